"""My class in the browser of a teacher: its lists, its acts, its weight, and who gets in."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from manypaths.base.clock import now, today
from manypaths.estimates.services import take_in
from manypaths.estimates.tests.world import World, make_world
from manypaths.evidence.drafts import ResponseDraft
from manypaths.evidence.models import Rating, Response
from manypaths.people.models import Person
from manypaths.people.queries import SHORT_ID
from manypaths.people.tests.cast import OPERATOR, Cast, user_of
from manypaths.plans.supporting import SupportDraft, plan_support, write_note
from manypaths.plans.tests.work import LATER, bring_learners, practise, sign_off
from manypaths.web.tests.clients import client_of, page, read

MOST_BYTES = 61_440
PAGES = ("one", "by_competency", "matrix", "csv", "groups", "window")


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


@pytest.fixture
def ben(cast: Cast) -> Client:
    return client_of(cast.ben)


@pytest.fixture
def slipping(cast: Cast, world: World) -> list[Person]:
    """Let three learners show the same slip, lately."""
    people = bring_learners(cast, 4)
    for place, person in enumerate(people):
        for number in range(16):
            is_right = number % 2 == 1
            draft = ResponseDraft(
                person,
                world.tasks[f"F1-{1 + number % 5}"],
                float(is_right),
                now() - timedelta(days=20 - number),
                chosen=1 if place < len(people) - 1 and not is_right else None,
            )
            take_in(draft, by=OPERATOR, at=now())
    return people[:3]


def at(name: str, cast: Cast, *more: object) -> str:
    return reverse(f"classes:{name}", args=[cast.ada_class.public_id, *more])


def row(world: World, people: list[Person], **more: object) -> dict[str, object]:
    """Return what the form of a row sends."""
    who = " ".join(str(person.public_id)[:SHORT_ID] for person in people)
    return {"competency": world.competencies["F1"].public_id, "who": who, **more}


def undo_of(client: Client, answer_of: Callable[[], object]) -> str:
    """Do a deed, and return the address that the toast of the next page takes it back by."""
    answer_of()
    shown = page(client, reverse("home:start"))
    return next(
        form.attributes["action"]
        for form in shown.all("form")
        if "/classes/" in form.attributes.get("action", "")
    )


def test_a_slip_stands_with_its_learners(ben: Client, cast: Cast, slipping: list[Person]) -> None:
    shown = page(ben, at("one", cast))
    assert "the same slip" in shown.text
    assert "Group these 3" in shown.text


def test_strangers_get_the_page_of_what_is_not_there(cast: Cast, world: World) -> None:
    for person in (cast.cleo, cast.ada, cast.eli):
        for name in PAGES:
            assert client_of(person).get(at(name, cast)).status_code == 404


def test_a_class_takes_the_same_queries_for_few_and_many(
    ben: Client, cast: Cast, world: World, slipping: list[Person]
) -> None:
    def n_queries(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ben.get(at(name, cast)).status_code == 200
        return len(captured)

    names = ("one", "by_competency", "matrix", "csv")
    few = {name: n_queries(name) for name in names}
    for person in bring_learners(cast, 26):
        sign_off(world, person, "F2")
    assert {name: n_queries(name) for name in names} == few


@pytest.mark.parametrize("n_learners", [30, 150])
def test_the_pages_of_a_class_stay_light(
    ben: Client, cast: Cast, world: World, slipping: list[Person], n_learners: int
) -> None:
    bring_learners(cast, n_learners - 5)
    sheets = ("web/tokens.css", "web/parts.css", "my_class/class.css")
    styles = sum(Path(str(finders.find(name))).stat().st_size for name in sheets)
    for name in ("one", "by_competency", "matrix"):
        assert len(ben.get(at(name, cast)).content) + styles <= MOST_BYTES, name


def test_a_row_is_cleared_and_put_back(
    ben: Client, cast: Cast, world: World, slipping: list[Person]
) -> None:
    sent = row(world, slipping, list="help")
    undo = undo_of(ben, lambda: ben.post(at("clear", cast), sent))
    assert "Group these" not in page(ben, at("one", cast)).text
    ben.post(undo)
    assert "Group these 3" in page(ben, at("one", cast)).text


def test_no_row_is_cleared_from_a_list_that_is_none(
    ben: Client, cast: Cast, world: World, slipping: list[Person]
) -> None:
    assert ben.post(at("clear", cast), row(world, slipping, list="all")).status_code == 404


def test_a_class_is_rated_at_once_and_that_taken_back(
    ben: Client, cast: Cast, world: World
) -> None:
    address = at("rate", cast, world.competencies["F1"].public_id)
    assert "not seen" in page(ben, address).text
    sent = {f"level-{cast.ada.public_id}": "2", "done_on": today().isoformat()}
    undo = undo_of(ben, lambda: ben.post(address, sent))
    assert Rating.objects.standing().get().level == 2
    ben.post(undo)
    assert not Rating.objects.standing().exists()


def test_a_large_class_is_rated_thirty_at_a_time(ben: Client, cast: Cast, world: World) -> None:
    bring_learners(cast, 34)
    address = at("rate", cast, world.competencies["F1"].public_id)
    first = page(ben, address).all("input", type="radio", value="2")
    assert len(first) == 30
    sent = {first[0].attributes["name"]: "2", "done_on": today().isoformat()}
    answer = ben.post(address, sent)
    assert answer.headers["Location"] == f"{address}?from=30"
    rest = page(ben, f"{address}?from=30").all("input", type="radio", value="2")
    assert len(rest) == 5
    sent = {rest[0].attributes["name"]: "1", "done_on": today().isoformat()}
    answer = ben.post(f"{address}?from=30", sent)
    assert answer.headers["Location"] == at("one", cast)
    assert [rating.level for rating in Rating.objects.order_by("pk")] == [2, 1]


def test_what_was_marked_stays_marked_where_the_day_is_wrong(
    ben: Client, cast: Cast, world: World
) -> None:
    address = at("rate", cast, world.competencies["F1"].public_id)
    answer = ben.post(address, {f"level-{cast.ada.public_id}": "2", "done_on": "2999-01-01"})
    assert answer.status_code == 200
    assert [one.attributes["value"] for one in read(answer).all("input", checked="")] == ["2"]
    assert not Rating.objects.exists()


def test_an_answer_on_paper_is_put_on_record(ben: Client, cast: Cast, world: World) -> None:
    address = at("record", cast, world.competencies["F1"].public_id)
    sent = {
        "learner": str(cast.ada.public_id),
        "task": str(world.tasks["F1-1"].public_id),
        "outcome": "1",
        "done_on": today().isoformat(),
    }
    assert ben.post(address, sent).status_code == 302
    assert Response.objects.get(learner=cast.ada).outcome == 1


def test_signing_off_a_class_is_one_look_and_one_deed(
    ben: Client, cast: Cast, world: World
) -> None:
    sent = {
        **row(world, [cast.ada]),
        "learner": str(cast.ada.public_id),
        "demonstrated_on": today().isoformat(),
    }
    assert ben.post(at("sign", cast), sent).status_code == 302
    assert cast.ada.achievements.count() == 1


def test_planned_help_stands_in_the_list_until_it_was_given(
    ben: Client, cast: Cast, world: World, slipping: list[Person]
) -> None:
    draft = SupportDraft("Number line walk", world.competencies["F1"], slipping, LATER.date())
    plan_support(cast.ada_class, draft, by=user_of(cast.ben), at=LATER)
    shown = page(ben, at("one", cast))
    assert "Number line walk" in shown.text
    assert "Log a session" in shown.text


def test_a_file_of_the_class_holds_no_formulas(ben: Client, cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "+")
    cast.ada.given_name = "=1+1"
    cast.ada.save(update_fields=["given_name"])
    text = ben.get(at("csv", cast)).content.decode()
    assert text.startswith("\ufeff")
    assert "'=1+1 Okafor" in text
    assert "\n=1" not in text


def test_notes_of_teachers_are_on_no_page_of_the_learner_or_family(
    cast: Cast, world: World
) -> None:
    practise(world, cast.ada, "F1", "+-")
    write_note(cast.ada, "Talked about the tractor.", by=user_of(cast.ben), at=LATER)
    notes = at("notes", cast, cast.ada.public_id)
    assert "tractor" in page(client_of(cast.ben), notes).text
    places = [
        notes,
        reverse("path:of", args=[cast.ada.public_id]),
        reverse("evidence:of", args=[cast.ada.public_id]),
        reverse("why:of", args=[cast.ada.public_id, world.competencies["F1"].public_id]),
        reverse("family:all"),
    ]
    for person in (cast.ada, cast.eli):
        for address in places:
            assert "tractor" not in page(client_of(person), address).html
