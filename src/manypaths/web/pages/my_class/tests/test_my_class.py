"""My class: what a class needs stands there, every row's act works, and can be taken back."""

import re
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from manypaths.base.clock import now, today
from manypaths.base.models import ViewEntry
from manypaths.estimates.models import Achievement
from manypaths.estimates.services import take_in
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import ResponseDraft
from manypaths.evidence.models import Rating
from manypaths.people.models import Part, Person, Role
from manypaths.people.services import enroll
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person, user_of
from manypaths.plans.models import Choice, Note, Seat, Support, WindowEntry
from manypaths.plans.queries import open_choices
from manypaths.plans.supporting import MOST_NOTES, write_note
from manypaths.web.pages.my_class.groups import next_school_day
from manypaths.web.tests.clients import Page, client_of, page, read

WRONG = 1  # the position of the wrong answer that shows the slip


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def joined(cast: Cast, n: int) -> list[Person]:
    """Bring more learners into Ada's class."""
    people = [make_person(f"Learner{k} Test{k}", cast.school, Role.STUDENT) for k in range(n)]
    enroll(cast.ada_class, people, part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    return people


def answer(person: Person, world: World, code: str, outcomes: list[float]) -> None:
    """Let a learner answer tasks on a competency on the last days, a task a day."""
    for n, outcome in enumerate(outcomes, start=1):
        draft = ResponseDraft(
            person,
            world.tasks[f"{code}-{n}"],
            outcome,
            now() - timedelta(days=10 - n),
            chosen=None if outcome else WRONG,
        )
        take_in(draft, by=OPERATOR, at=now())


def address(route: str, cast: Cast, *args: object) -> str:
    return reverse(f"classes:{route}", args=(cast.ada_class.public_id, *args))


def shown(client: Client, cast: Cast) -> Page:
    return page(client, address("one", cast))


def row(world: World, *people: Person, code: str = "F1") -> dict[str, str]:
    """Return what the form of a row sends."""
    who = " ".join(str(person.public_id)[:8] for person in people)
    return {"competency": str(world.competencies[code].public_id), "who": who}


def test_an_empty_class_says_what_to_do(cast: Cast) -> None:
    assert "Three steps" in shown(client_of(cast.ben), cast).text


def test_everyones_status_stands_in_the_matrix_with_its_word(cast: Cast, world: World) -> None:
    answer(cast.ada, world, "F1", [1, 1])
    found = shown(client_of(cast.ben), cast)
    cells = found.all("td", class_="e") + found.all("td", class_="o")
    assert {cell.text for cell in cells} <= {"needs evidence", "not started"}
    assert any(cell.text == "needs evidence" for cell in cells)
    assert ViewEntry.objects.get().page == "classes:one"


def opened_with(client: Client, cast: Cast, **headers: str) -> Page:
    return read(client.get(address("one", cast), headers=headers))


PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


@pytest.mark.parametrize(
    ("headers", "opens_by_competency"),
    [
        ({"user-agent": PHONE}, True),
        ({"sec-ch-ua-mobile": "?1"}, True),
        ({"sec-ch-ua-mobile": "?0", "user-agent": "Mozilla/5.0 (X11; Linux x86_64)"}, False),
        # A phone that was told to ask for the pages of a computer.
        ({"sec-ch-ua-mobile": "?0", "user-agent": PHONE}, False),
        ({}, False),
    ],
)
def test_on_a_phone_a_class_opens_by_competency(
    cast: Cast, world: World, headers: dict[str, str], *, opens_by_competency: bool
) -> None:
    answer(cast.ada, world, "F1", [1, 1])
    found = opened_with(client_of(cast.ben), cast, **headers)
    assert bool(found.all("h2", id="spread")) is opens_by_competency
    assert bool(found.all("h2", id="matrix")) is not opens_by_competency
    if opens_by_competency:
        assert found.all("a", href=address("matrix", cast))[0].text == "By learner"


def test_a_class_says_that_it_differs_from_device_to_device(cast: Cast, world: World) -> None:
    answer(cast.ada, world, "F1", [1, 1])
    varies = client_of(cast.ben).get(address("one", cast))["Vary"]
    assert {"Sec-CH-UA-Mobile", "User-Agent"} <= set(varies.split(", "))


def test_a_name_with_marks_of_html_stays_a_name(cast: Cast, world: World) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(given_name='<b>"A"', family_name="=1+1")
    answer(cast.ada, world, "F1", [1, 1])
    client = client_of(cast.ben)
    assert "<b>&quot;A&quot;" not in shown(client, cast).html
    assert "&lt;b&gt;&quot;A&quot; =1+1" in shown(client, cast).html
    file = client.get(address("csv", cast)).content.decode("utf-8-sig")
    assert '\n"<b>""A"" =1+1"' in file


def test_the_file_holds_nothing_that_a_spreadsheet_would_run(cast: Cast, world: World) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(given_name="=cmd()", family_name="")
    answer(cast.ada, world, "F1", [1, 1])
    response = client_of(cast.ben).get(address("csv", cast))
    assert "'=cmd()" in response.content.decode("utf-8-sig")
    assert response["Content-Disposition"].startswith("attachment")
    assert ViewEntry.objects.get().purpose == "export"


def test_a_check_is_given_to_those_named_and_can_be_taken_back(cast: Cast, world: World) -> None:
    answer(cast.ada, world, "F1", [1, 1])
    client = client_of(cast.ben)
    sent = {**row(world, cast.ada), "kind": "show"}
    client.post(address("give", cast), sent)
    # Pressed twice, it is given once.
    told = client.post(address("give", cast), sent, follow=True).content.decode()
    assert Choice.objects.get().is_learners_own is False
    assert [c.learner for c in open_choices([cast.ada], by=OPERATOR)] == [cast.ada]
    undo = re.search(r'action="([^"]*take-back[^"]*)"', told)
    assert undo is not None
    client.post(undo[1])
    assert open_choices([cast.ada], by=OPERATOR) == []


def list_of(found: Page, name: str) -> str:
    """Return the words of a section of the class, from its heading to the next."""
    after = found.html.split(f'id="{name}"', 1)[1]
    return after.split("<h2", 1)[0]


def test_who_has_the_check_is_asked_for_no_second_one(cast: Cast, world: World) -> None:
    (other,) = joined(cast, 1)
    for person in (cast.ada, other) * 2:
        answer(person, world, "F1", [1] * 5)
    client = client_of(cast.ben)
    assert "Ada, Learner0" in list_of(shown(client, cast), "ready")
    client.post(address("give", cast), {**row(world, cast.ada), "kind": "show"})
    found = shown(client, cast)
    assert "<b>Learner0</b>" in list_of(found, "ready")
    assert "<b>Ada</b>" in list_of(found, "planned")
    client.post(address("give", cast), {**row(world, other), "kind": "show"})
    found = shown(client, cast)
    assert "Give the check" not in found.text
    assert "<b>Ada, Learner0</b>" in list_of(found, "planned")
    # The row takes back what its learners have, though it was given at two times.
    back = re.search(r'formaction="(take-back/[^"]*)"', list_of(found, "planned"))
    assert back is not None
    taken = address("one", cast) + back[1].replace("&amp;", "&")
    client.post(taken, row(world, cast.ada, other))
    assert "<b>Ada, Learner0</b>" in list_of(shown(client, cast), "ready")


def test_what_was_given_in_two_ways_is_two_rows_each_taken_back_alone(
    cast: Cast, world: World
) -> None:
    (other,) = joined(cast, 1)
    answer(cast.ada, world, "F1", [1, 1])
    client = client_of(cast.ben)
    client.post(address("give", cast), {**row(world, cast.ada), "kind": "show"})
    client.post(address("give", cast), {**row(world, other), "kind": "practise"})
    planned = list_of(shown(client, cast), "planned")
    assert planned.count("<li>") == 2
    backs = re.findall(r'formaction="(take-back/[^"]*kind=show)"', planned)
    client.post(address("one", cast) + backs[0].replace("&amp;", "&"), row(world, cast.ada))
    assert [choice.kind for choice in open_choices([cast.ada, other], by=OPERATOR)] == ["practise"]


def test_what_somebody_else_gave_is_not_said_to_be_taken_back(cast: Cast, world: World) -> None:
    answer(cast.ada, world, "F1", [1, 1])
    client_of(cast.dana).post(address("give", cast), {**row(world, cast.ada), "kind": "show"})
    sent = f"{address('take_back', cast)}?competency={world.competencies['F1'].public_id}"
    told = client_of(cast.ben).post(sent, row(world, cast.ada), follow=True)
    assert "only who gave it can do that" in read(told).text
    assert len(open_choices([cast.ada], by=OPERATOR)) == 1


def test_some_are_grouped_for_the_next_school_day_moved_and_taken_out(
    cast: Cast, world: World
) -> None:
    others = joined(cast, 3)
    answer(cast.ada, world, "F1", [1, 1])
    client, day = client_of(cast.ben), next_school_day(today())
    client.post(address("add_group", cast), row(world, cast.ada, others[0]))
    client.post(address("add_group", cast), row(world, others[1], others[2], code="F2"))
    assert {s.grouping.held_on for s in Seat.objects.select_related("grouping")} == {day}
    seat = Seat.objects.get(learner=cast.ada)
    client.post(address("move_seat", cast, seat.public_id), {"to": "2", "day": day.isoformat()})
    assert Seat.objects.get(learner=cast.ada).number == 2
    assert "Group 2" in page(client, address("groups", cast)).text
    client.post(f"{address('drop_group', cast, 2)}?day={day.isoformat()}")
    assert Seat.objects.get().learner == others[0]


def test_two_of_one_given_name_are_told_apart_wherever_the_class_names_them(
    cast: Cast, world: World
) -> None:
    other, third = joined(cast, 2)
    Person.objects.filter(pk=other.pk).update(given_name="Ada", family_name="Berg")
    for person in (cast.ada, other, third) * 2:
        answer(person, world, "F1", [1] * 5)
    client = client_of(cast.ben)
    for where in ("suggested", "groups"):
        assert "Ada O." in page(client, address(where, cast)).text
    assert "<b>Ada B., Ada O., Learner1</b>" in list_of(shown(client, cast), "ready")
    sent = row(world, cast.ada, other)
    told = read(client.post(address("add_group", cast), sent, follow=True))
    assert "Group 1 is planned: Ada B., Ada O." in told.text
    assert {"Ada B.", "Ada O."} <= {element.text for element in told.all("li")}


def test_what_several_demonstrated_is_signed_off_after_a_look(cast: Cast, world: World) -> None:
    (other,) = joined(cast, 1)
    answer(cast.ada, world, "F1", [1, 1])
    client = client_of(cast.ben)
    looked = client.get(address("sign", cast), row(world, cast.ada, other))
    assert cast.ada.name in looked.content.decode()
    # As a browser sends it: what the row said stays in the address.
    sent = {
        "competency": str(world.competencies["F1"].public_id),
        "learner": [str(cast.ada.public_id)],
        "demonstrated_on": today().isoformat(),
        "note": "Explained it to a friend.",
    }
    client.post(f"{address('sign', cast)}?{urlencode(row(world, cast.ada, other))}", sent)
    assert Achievement.objects.get().learner == cast.ada


def test_a_class_is_rated_in_one_go_and_blanks_are_no_ratings(cast: Cast, world: World) -> None:
    (other,) = joined(cast, 1)
    client = client_of(cast.ben)
    competency = world.competencies["F1"].public_id
    form = page(client, address("rate", cast, competency))
    assert len(form.all("input", type="radio")) == 10  # four levels and "not seen", twice
    sent = {"done_on": today().isoformat(), f"level-{other.public_id}": "2"}
    client.post(address("rate", cast, competency), sent)
    rating = Rating.objects.get()
    assert (rating.learner, rating.level, rating.rater) == (other, 2, cast.ben)


def test_ratings_of_a_day_to_come_are_refused_and_nothing_is_lost(cast: Cast, world: World) -> None:
    (other,) = joined(cast, 1)
    client = client_of(cast.ben)
    later = (today() + timedelta(days=3)).isoformat()
    sent = {"done_on": later, f"level-{other.public_id}": "2", f"level-{cast.ada.public_id}": "1"}
    answered = client.post(address("rate", cast, world.competencies["F1"].public_id), sent)
    assert not Rating.objects.exists()
    body = answered.content.decode()
    assert body.count("checked") == 2
    assert later in body


def test_help_is_planned_logged_and_then_no_longer_stands_there(cast: Cast, world: World) -> None:
    answer(cast.ada, world, "F1", [1, 1])
    client = client_of(cast.ben)
    sent = {
        "competency": str(world.competencies["F1"].public_id),
        "learner": [str(cast.ada.public_id)],
        "title": "Number line walk",
        "given_by": "Mr. Adeyemi",
        "planned_for": today().isoformat(),
        "n_sessions": "2",
    }
    client.post(f"{address('plan_help', cast)}?{urlencode(row(world, cast.ada))}", sent)
    assert "Number line walk" in shown(client, cast).text
    support = Support.objects.get()
    log = address("log_help", cast, support.public_id)
    for act in ("missed", "given", "given"):
        client.post(log, {"act": act, "held_on": today().isoformat(), "minutes": "15"})
    assert support.sessions.filter(was_given=True).count() == 2
    assert "Number line walk" not in shown(client, cast).text


def test_of_very_many_notes_the_newest_are_shown_and_said_so(cast: Cast, world: World) -> None:
    for number in range(MOST_NOTES + 1):
        at = day(0) + timedelta(minutes=number)
        write_note(cast.ada, f"Note {number}.", by=user_of(cast.ben), at=at)
    shown = page(client_of(cast.ben), address("notes", cast, cast.ada.public_id)).text
    assert "The newest 100 notes stand here." in shown
    assert "Note 1." in shown
    assert "Note 0." not in shown


def test_notes_are_for_educators_alone(cast: Cast, world: World) -> None:
    answer(cast.ada, world, "F1", [1, 1])
    notes = address("notes", cast, cast.ada.public_id)
    client_of(cast.ben).post(notes, {"text": "Ask about the poster."})
    assert "Ask about the poster." in page(client_of(cast.ben), notes).text
    for person in (cast.ada, cast.eli, cast.cleo):
        assert client_of(person).get(notes).status_code == 404
    note = Note.objects.get()
    client_of(cast.ben).post(notes, {"take_back": str(note.public_id)})
    assert "Ask about the poster." not in page(client_of(cast.ben), notes).text


def test_what_the_class_works_on_is_set_with_one_that_comes_first(cast: Cast, world: World) -> None:
    answer(cast.ada, world, "F1", [1, 1])
    f1, f2 = (str(world.competencies[code].public_id) for code in ("F1", "F2"))
    client_of(cast.ben).post(address("window", cast), {"competency": [f1, f2], "pinned": f2})
    entries = WindowEntry.objects.values_list("competency__code", "is_pinned")
    assert set(entries) == {("F1", False), ("F2", True)}


def test_nobody_else_acts_on_a_class(cast: Cast, world: World) -> None:
    answer(cast.ada, world, "F1", [1, 1])
    for person in (cast.ada, cast.eli, cast.cleo):
        client = client_of(person)
        assert client.get(address("one", cast)).status_code == 404
        assert client.post(address("give", cast), row(world, cast.ada)).status_code == 404
        assert client.post(address("add_group", cast), row(world, cast.ada)).status_code == 404
    assert not Choice.objects.exists()
    assert not Seat.objects.exists()


def test_who_is_not_in_the_class_can_be_given_nothing(cast: Cast, world: World) -> None:
    answer(cast.ada, world, "F1", [1, 1])
    stranger = make_person("Zoe Quinn", cast.school, Role.STUDENT)
    answered = client_of(cast.ben).post(address("give", cast), row(world, stranger))
    assert answered.status_code == 404
    assert not Choice.objects.exists()


def test_a_large_class_takes_as_many_queries_as_a_small_one(cast: Cast, world: World) -> None:
    answer(cast.ada, world, "F1", [1, 1])
    client = client_of(cast.ben)
    counts = []
    for n in (2, 27):
        for person in joined(cast, n):
            answer(person, world, "F1", [1])
        shown(client, cast)
        with CaptureQueriesContext(connection) as queries:
            shown(client, cast)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 45


def test_more_than_thirty_stand_on_pages(cast: Cast, world: World) -> None:
    for person in joined(cast, 34):
        answer(person, world, "F1", [1])
    client = client_of(cast.ben)
    first = page(client, address("matrix", cast))
    assert first.all("tbody")[0].text.count("Learner") == 29  # and Ada
    assert "Next 30" in first.text
    second = page(client, f"{address('matrix', cast)}?from=30")
    assert "Next 30" not in second.text


def test_the_next_school_day_is_no_weekend() -> None:
    friday = date(2026, 11, 20)
    assert next_school_day(friday).isoweekday() == 1
