"""The districts that are walked: with a year of work, of its first hour and day, and a huge one.

Each is built by the deeds that doors call, in a home with empty tables.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

SINCE = date(2020, 9, 1)
N_PEOPLE, N_IN_CLASS, N_COMPETENCIES = 2_000, 150, 759
_AREAS, _DEPTH = 23, 33
_LONG_NAME = ("Wilhelmina-Konstantina Oluwaseun", "Featherstonehaugh-Papadopoulos de la Cruz")
_LONG_STATEMENT = (
    "Explain, with a drawing, a table and a sentence of one's own, why multiplying numerator and "
    "denominator of a fraction by one and the same whole number leaves its value as it was, and "
    "use this to compare fractions whose denominators share no factor"
)


def demo() -> None:
    """Build a small demo district with a year of work."""
    from manypaths.demo.roster import ONE_CLASS_A_GRADE

    _demo(ONE_CLASS_A_GRADE)


def whole_demo() -> None:
    """Build the demo district as everybody gets it."""
    from manypaths.demo.roster import WHOLE_DISTRICT

    _demo(WHOLE_DISTRICT)


def _demo(size: Any) -> None:  # Any: models, once set up
    from manypaths.base.clock import now
    from manypaths.base.progress import silence
    from manypaths.demo.build import build_demo
    from manypaths.demo.school_days import last_school_day_before
    from manypaths.people.access import Operator

    build_demo(
        seed=1,
        last_day=last_school_day_before(now().date()),
        by=Operator(),
        progress=silence,
        size=size,
    )


def fresh() -> None:
    """Build what is there after a start from nothing: a district with its first leader."""
    _Founding("Fresh Springs")


def first_day() -> None:
    """Build a class with a framework on its first day, when nobody has done anything yet."""
    from manypaths.base.scope import district_scope
    from manypaths.interop.starters import bring_in_starter
    from manypaths.plans.services import choose_framework

    founding = _Founding("New Meadows")
    with district_scope(founding.district.pk):
        school = founding.school("Meadow School")
        group = founding.class_of(school, [("Ana", "Ito"), ("Bo", "Larsen"), ("Cy", "Moreau")])
        framework = bring_in_starter("mathematics-6-8", by=founding.by, at=founding.at)
        choose_framework(group, framework, by=founding.by, at=founding.at)


def huge() -> None:
    """Build 2,000 people, a class of 150 and a framework of 759 competencies, with long names."""
    from manypaths.base.scope import district_scope
    from manypaths.demo import names as book
    from manypaths.people.models import Role
    from manypaths.plans.services import choose_framework

    founding = _Founding("Great Plains")
    given, family = book._GIVEN.split(), book._FAMILY.split()
    names = [(given[n % len(given)], family[7 * n % len(family)]) for n in range(N_PEOPLE)]
    with district_scope(founding.district.pk):
        school = founding.school("Plains School")
        group = founding.class_of(school, [*names[: N_IN_CLASS - 1], _LONG_NAME])
        founding.add(names[N_IN_CLASS:], school, Role.STUDENT)
        framework = _large_framework(founding)
        choose_framework(group, framework, by=founding.by, at=founding.at)
        _one_week_of_answers(founding, group, framework)


DISTRICTS: dict[str, Callable[[], None]] = {
    "demo": demo,
    "whole_demo": whole_demo,
    "fresh": fresh,
    "first_day": first_day,
    "huge": huge,
}


class _Founding:
    """A district with its first leader, and how schools and classes come into it."""

    def __init__(self, name: str) -> None:
        from manypaths.accounts.services.first_leader import invite_first_leader
        from manypaths.base.clock import now
        from manypaths.base.scope import district_scope
        from manypaths.people.access import Operator
        from manypaths.people.services import create_district

        self.by, self.at = Operator(), now()
        self.district = create_district(name, by=self.by, at=self.at)
        with district_scope(self.district.pk):
            invite_first_leader(
                self.district, "Lea Winter", email="lea@example.org", by=self.by, at=self.at
            )

    def school(self, name: str) -> Any:
        from manypaths.people.services import create_school

        return create_school(name, parent=self.district, by=self.by, at=self.at)

    def add(self, names: list[tuple[str, str]], school: Any, role: Any) -> list[Any]:
        from manypaths.people.services import add_people

        return add_people(
            names, organization=school, role=role, starts_on=SINCE, by=self.by, at=self.at
        )

    def class_of(self, school: Any, names: list[tuple[str, str]]) -> Any:
        """Return a class of learners with these names, with a teacher, and the first's family."""
        from manypaths.people.models import Part, RelationshipKind, Role
        from manypaths.people.services import create_group, enroll, relate

        by, at = self.by, self.at
        learners = self.add(names, school, Role.STUDENT)
        teachers = self.add([("Tom", "Rivers")], school, Role.TEACHER)
        families = self.add([("Fay", names[0][1])], school, Role.FAMILY)
        group = create_group(school, "6A Mathematics", by=by, at=at)
        enroll(group, teachers, part=Part.LEAD, starts_on=SINCE, by=by, at=at)
        enroll(group, learners, part=Part.LEARNER, starts_on=SINCE, by=by, at=at)
        relate(
            [(families[0], learners[0])],
            kind=RelationshipKind.GUARDIAN,
            organization=school,
            starts_on=SINCE,
            consented_on=SINCE,
            by=by,
            at=at,
        )
        return group


def _large_framework(founding: _Founding) -> Any:
    """Save 23 areas, each with 32 competencies one after the other, and an item for each."""
    from manypaths.evidence.drafts import AnswerDraft, SlipDraft, TaskDraft
    from manypaths.evidence.models import AnswerForm, TaskKind
    from manypaths.evidence.services import save_tasks
    from manypaths.frameworks.draft import AssociationDraft, CompetencyDraft, FrameworkDraft
    from manypaths.frameworks.models import AssociationKind
    from manypaths.frameworks.services import save_framework

    codes = [[f"A{area}.{number}" for number in range(1, _DEPTH)] for area in range(1, _AREAS + 1)]
    competencies, ties, tasks, slips = [], [], [], []
    for number, leaves in enumerate(codes, start=1):
        area = f"A{number}"
        competencies.append(CompetencyDraft(area, f"Area {number} of many", code=area))
        for code, before in zip(leaves, [None, *leaves], strict=False):
            statement = _LONG_STATEMENT if code == "A1.2" else f"Take step {code} without help"
            competencies.append(CompetencyDraft(code, statement, code=code))
            ties.append(AssociationDraft(f"{code}<{area}", AssociationKind.CHILD_OF, code, area))
            if before:
                step = AssociationDraft(f"{before}>{code}", AssociationKind.PRECEDES, before, code)
                ties.append(step)
            answers = (AnswerDraft("2", True), AnswerDraft("3", False, f"{code}.off-by-one"))
            slips.append(SlipDraft(f"{code}.off-by-one", code, f"counts one too many in {code}"))
            tasks.append(
                TaskDraft(
                    source_id=f"{code}-1",
                    kind=TaskKind.ITEM,
                    alignments=((code, 1.0),),
                    prompt=f"What is 1 + 1, in step {code}?",
                    answer_form=AnswerForm.NUMBER,
                    answers=answers,
                )
            )
    assert len(competencies) == N_COMPETENCIES
    draft = FrameworkDraft("large", "Everything there is", tuple(competencies), tuple(ties))
    framework = save_framework(draft, by=founding.by, at=founding.at).framework
    save_tasks(framework, tasks, slips=slips, by=founding.by, at=founding.at)
    return framework


def _one_week_of_answers(founding: _Founding, group: Any, framework: Any) -> None:
    """Let everybody in the class answer 40 items over four days, every third of them wrong."""
    import numpy as np

    from manypaths.base.clock import to_microseconds
    from manypaths.estimates.services import take_in_responses
    from manypaths.evidence.drafts import ResponseColumns
    from manypaths.evidence.models import Clock, Task
    from manypaths.people.models import Part

    learners = [m.person_id for m in group.memberships.filter(part=Part.LEARNER).order_by("pk")]
    tasks = list(Task.objects.filter(framework=framework).order_by("pk")[:40])
    n = len(learners) * len(tasks)
    learner, task = (
        np.repeat(learners, len(tasks)),
        np.tile([one.pk for one in tasks], len(learners)),
    )
    place = np.arange(n)
    is_right = (place + place // len(tasks)) % 3 != 0
    begun = to_microseconds(founding.at - timedelta(days=6))
    day = 86_400 * 1_000_000
    take_in_responses(
        ResponseColumns(
            learner=learner,
            task=task,
            outcome=is_right.astype(float),
            done_at=begun + (place % 4) * day + (place % len(tasks)) * 1_000_000,
            clock=np.full(n, Clock.CALENDAR.value),
            chosen=np.where(is_right, 0, 1),
            attempt=np.ones(n, np.int64),
        ),
        organization=founding.district,
        by=founding.by,
        at=founding.at,
    )
