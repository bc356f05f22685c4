"""What people around the shown student wrote: work handed in, answers to it, contests, notes.

It comes in by the deeds of pages, each in the name of who would do it. The texts are fixed, and who
writes them follows from the roster, so that a seed gives the same again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from PIL import Image, ImageDraw

from manypaths.base.clock import from_microseconds, to_microseconds
from manypaths.demo.cast import user_of
from manypaths.demo.happenings import Happenings
from manypaths.demo.school_days import at_hour
from manypaths.estimates.services import answer_contest, open_contest, say_word
from manypaths.evidence.files import CheckedFile, check_file
from manypaths.evidence.models import Artifact, ContestOutcome, Response
from manypaths.frameworks.models import Competency
from manypaths.people.models import Person, Relationship, RelationshipKind, User
from manypaths.plans.family_notes import write_family_note
from manypaths.plans.services import ask_for_help
from manypaths.plans.supporting import write_note
from manypaths.sittings.services import answer_work, hand_in
from manypaths.sittings.work import WorkAnswer, WorkDraft

# The class that is shown works on the first of these; on its scale "secure" stands third.
_SIGNED, _PERCENTS, _WEEK = "N5", "R5", "S1"
_SECURE = 2

_CARDS = """We drew ten cards and played four rounds.

Round 1: 0 + 4 = 4
Round 2: 4 + (−6) = −2
Round 3: −2 − (−6) = 4, because I gave the −6 card back.
Round 4: 4 + 3 = 7

When I give a negative card back, my score goes up. On the number line I stand at −2 and taking
away −6 turns me round, so I walk 6 to the right."""
_CARDS_SEEN = (
    "Round 3 is the heart of it, and you told it twice, as asked. Next time, show me a round that "
    "ends below zero."
)
_SIGNS = """I started with 100, 60 and 250.

30% off and then 10% off: 63, 37.80 and 157.50
40% off: 60, 36 and 150

The second percent is of the smaller price, so it takes away less. The first sign takes off 37%."""
_LINE = "My number line for 5 − (−3). I drew the step with the card that goes away."
_DOTS = """Minutes on my way to school: 12, 14, 11, 13, 12, 15, 12, 40, 13, 12.

The mean is 15.4, and the median is 12.5. On one day the bus did not come, and that one value pulls
the mean up. I would tell a friend the median."""


@dataclass(frozen=True)
class Writings:
    """Brings into the shown class what its people wrote in the last days of the year."""

    happenings: Happenings

    def bring_in(self) -> None:
        """Hand work in, answer some of it, contest two answers, and write words and notes."""
        self._hand_in_work()
        self._contest()
        student, teacher = self._student, self._user(self._teacher)
        say_word(
            student,
            self._competency(_SIGNED),
            level=_SECURE,
            reason=(
                f"At the board {student.first_name} took away a negative on the number line, and "
                "told the class why. The quick checks do not show that yet."
            ),
            by=teacher,
            at=self._at(-2, 15),
        )
        words = f"{student.first_name} explains well aloud. Ask first, then let the pen follow."
        write_note(student, words, by=teacher, at=self._at(-2, 15.25))
        self._write_from_home()
        asked = self._classmates[2]
        ask_for_help(
            asked,
            by=self._user(asked),
            at=self._at(-1, 13),
            competency=self._competency(_SIGNED),
            words="I mix up which way to go when there are two minus signs.",
        )

    def _hand_in_work(self) -> None:
        first, second, *_ = self._classmates
        seen = self._work(self._student, _SIGNED, "The card that goes away", _CARDS, on=-6)
        answer_work(
            seen, WorkAnswer(_CARDS_SEEN), by=self._user(self._teacher), at=self._at(-5, 16)
        )
        self._work(self._student, _PERCENTS, "Two signs in a shop", _SIGNS, on=-1)
        drawn = check_file("number-line.png", _number_line())
        self._work(first, _SIGNED, "My number line", _LINE, on=-2, file=drawn)
        rated = self._work(second, _WEEK, "My way to school", _DOTS, on=-4)
        answer = WorkAnswer("You saw what one value does, and said so. Well told.", _SECURE)
        answer_work(rated, answer, by=self._user(self._teacher), at=self._at(-3, 16))

    def _work(
        self,
        learner: Person,
        code: str,
        title: str,
        text: str,
        *,
        on: int,
        file: CheckedFile | None = None,
    ) -> Artifact:
        task = self.happenings.mathematics.tasks[f"{code}-show"]
        draft = WorkDraft(self._competency(code), title, text, task=task, file=file)
        return hand_in(learner, draft, by=self._user(learner), at=self._at(on, 14))

    def _contest(self) -> None:
        """Contest two answers of the student: the teacher has looked at the older contest."""
        by = self._user(self._student)
        for number, piece in enumerate(self._wrong_answers()):
            if number == 0:
                words = "I had this right in my notebook, and picked the line below by mistake."
                contest = open_contest(piece, words, by=by, at=self._at(-4, 15))
                answer_contest(
                    contest,
                    outcome=ContestOutcome.WITHDRAWN,
                    answer="Your notebook shows it. I have taken this answer out.",
                    by=self._user(self._teacher),
                    at=self._at(-3, 15),
                )
            else:
                words = "I think that my answer says the same as the right one."
                open_contest(piece, words, by=by, at=self._at(-1, 15))

    def _wrong_answers(self) -> Sequence[Response]:
        """Return the student's last two wrong answers, but on what the class has an idea about."""
        wrong = Response.objects.standing().filter(learner=self._student, outcome=0)
        before = wrong.filter(done_at__lt=to_microseconds(self._at(-5, 8)))
        others = before.exclude(task__alignments__competency__code=_SIGNED)
        return list(others.order_by("-done_at", "pk")[:2])

    def _write_from_home(self) -> None:
        ties = Relationship.objects.filter(learner=self._student, ends_on=None)
        tie = ties.filter(kind=RelationshipKind.GUARDIAN).order_by("pk").first()
        if tie is None:
            return
        for day, words in (
            (-6, "We are away on Friday. What can we take along to practise?"),
            (-2, "The card game is a great success here: even the little ones play."),
        ):
            write_family_note(
                self._student, words, by=self._user(tie.supporter), at=self._at(day, 19)
            )

    def _user(self, person: Person) -> User:
        return user_of(person, at=self._at(-8, 8))

    def _at(self, day: int, hour: float) -> datetime:
        return from_microseconds(at_hour(self.happenings.year.scene.days.dates[day], hour))

    def _competency(self, code: str) -> Competency:
        return self.happenings.mathematics.competencies[code]

    @property
    def _student(self) -> Person:
        return self._named(self.happenings.year.shown.student)

    @property
    def _teacher(self) -> Person:
        return self._named(self.happenings.year.shown.teacher)

    @property
    def _classmates(self) -> list[Person]:
        places = self.happenings.year.scene.shown_class.students
        everybody = (self.happenings.people.students[place] for place in places)
        return [person for person in everybody if person != self._student]

    def _named(self, source_id: str) -> Person:
        return self.happenings.people.by_source_id[source_id]


def _number_line() -> bytes:
    """Return a picture of a number line with a step of three from five to the right."""
    width, height, step = 720, 240, 60
    picture = Image.new("RGB", (width, height), "#fbfbf7")
    pen, middle = ImageDraw.Draw(picture), 150
    pen.line([(24, middle), (width - 24, middle)], fill="#17211f", width=4)
    for number in range(10):
        x = 60 + number * step
        pen.line([(x, middle - 10), (x, middle + 10)], fill="#17211f", width=3)
        pen.text((x - 4, middle + 18), str(number), fill="#17211f", font_size=22)
    start, end = 60 + 5 * step, 60 + 8 * step
    pen.arc([(start, middle - 100), (end, middle + 60)], 180, 360, fill="#0b5a4f", width=5)
    pen.polygon([(end, middle - 8), (end - 12, middle - 30), (end + 10, middle - 30)], "#0b5a4f")
    pen.text((start + 26, 18), "5 − (−3) = 8", fill="#0b5a4f", font_size=24)
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
