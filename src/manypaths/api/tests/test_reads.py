"""What programs read: frameworks, rosters, estimates, why and next steps; and who sees that."""

from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from manypaths.api.tests.callers import Caller, caller_for, told
from manypaths.base.clock import now
from manypaths.base.models import ViewEntry
from manypaths.estimates.queries import estimates_of, why
from manypaths.estimates.services import take_in
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import ResponseDraft
from manypaths.people.access_log import ViewerRole, views_of
from manypaths.people.tests.cast import OPERATOR, Cast, make_class, user_of
from manypaths.plans.queries import next_steps


@pytest.fixture
def world(cast: Cast) -> World:
    made = make_world()
    for number in range(4):
        draft = ResponseDraft(cast.ada, made.tasks["F1-1"], float(number > 0), day(number))
        take_in(draft, by=OPERATOR, at=now())
    return made


@pytest.fixture
def caller(cast: Cast) -> Caller:
    return caller_for(cast.school)


def test_frameworks_are_listed_and_given_with_competencies_and_ties(
    world: World, caller: Caller
) -> None:
    listed = told(caller.get("/frameworks"))
    assert [row["id"] for row in listed["items"]] == [str(world.framework.public_id)]
    given = told(caller.get(f"/frameworks/{world.framework.public_id}"))
    codes = {row["code"]: row for row in given["competencies"]}
    assert codes["F1"]["id"] == str(world.competencies["F1"].public_id)
    assert codes["F1"]["is_estimated"]
    kinds = {tie["kind"] for tie in given["associations"]}
    assert kinds == {"precedes"}


def test_tasks_come_a_page_at_a_time_each_once(world: World, caller: Caller) -> None:
    found, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = told(caller.get(f"/frameworks/{world.framework.public_id}/tasks", **query))
        assert len(page["items"]) <= 2
        found += [row["id"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(found) == sorted(str(task.public_id) for task in world.tasks.values())


def test_a_roster_is_read_from_the_organization_down_to_people(cast: Cast, caller: Caller) -> None:
    organizations = told(caller.get("/organizations"))["items"]
    assert [row["name"] for row in organizations] == ["Hill School"]
    groups = told(caller.get("/groups"))["items"]
    assert [row["name"] for row in groups] == ["7B Mathematics"]
    people = told(caller.get(f"/groups/{groups[0]['id']}/people"))["items"]
    assert {(row["name"], *row["parts"]) for row in people} == {
        ("Ada Okafor", "learner"),
        ("Ben Silva", "lead"),
    }


def test_people_come_a_page_at_a_time_each_once(cast: Cast) -> None:
    caller = caller_for(cast.district)
    learners = [cast.ada, cast.ben, cast.dana, cast.eli]
    group = make_class("Many", cast.school, lead=cast.ben, learners=learners)
    first = told(caller.get(f"/groups/{group.public_id}/people", limit=3))
    rest = told(caller.get(f"/groups/{group.public_id}/people", limit=3, cursor=first["next"]))
    names = [row["name"] for row in (*first["items"], *rest["items"])]
    assert sorted(names) == ["Ada Okafor", "Ben Silva", "Dana Novak", "Eli Okafor"]
    assert rest["next"] is None


def test_estimates_are_those_of_the_pages(cast: Cast, world: World, caller: Caller) -> None:
    given = told(
        caller.get(f"/learners/{cast.ada.public_id}/estimates", framework=world.framework.public_id)
    )
    table = estimates_of([cast.ada], world.framework, by=OPERATOR, at=now())
    assert [row["p_mastered"] for row in given["estimates"]] == table.numbers.p_mastered.tolist()
    assert [row["status"] for row in given["estimates"]] == [
        table.status(row).value for row in range(len(table))
    ]


def test_the_rows_of_why_sum_to_the_estimate(cast: Cast, world: World, caller: Caller) -> None:
    competency = world.competencies["F1"]
    given = told(caller.get(f"/learners/{cast.ada.public_id}/why", competency=competency.public_id))
    for name, shift in (("p_mastered", "shift_p"), ("mean", "shift_mean")):
        summed = given["prior"][name] + sum(row[shift] for row in given["rows"])
        assert summed == pytest.approx(given["estimate"][name], abs=1e-9)
    reasons = why(cast.ada, competency, by=OPERATOR, at=now())
    assert len(given["rows"]) == len(reasons.explanation.pieces)
    assert sum(row["done_at"] is not None for row in given["rows"]) == 4


def test_next_steps_are_those_of_the_pages(cast: Cast, world: World, caller: Caller) -> None:
    path = f"/learners/{cast.ada.public_id}/next-steps"
    given = told(caller.get(path, framework=world.framework.public_id))
    offered = next_steps(cast.ada, world.framework, by=OPERATOR, at=now())
    assert [row["reason"] for row in given["steps"]] == [offer.reason for offer in offered]
    assert given["steps"]


def test_the_statuses_of_a_group_are_those_of_its_learners(
    cast: Cast, world: World, caller: Caller
) -> None:
    path = f"/groups/{cast.ada_class.public_id}/status"
    given = told(caller.get(path, framework=world.framework.public_id))
    one = told(
        caller.get(f"/learners/{cast.ada.public_id}/estimates", framework=world.framework.public_id)
    )
    assert [row["learner"] for row in given["items"]] == [str(cast.ada.public_id)]
    assert given["items"][0]["status"] == {
        row["competency"]: row["status"] for row in one["estimates"]
    }


READS = (
    "/learners/{ada}/estimates?framework={framework}",
    "/learners/{ada}/why?competency={competency}",
    "/learners/{ada}/next-steps?framework={framework}",
    "/groups/{group}/status?framework={framework}",
    "/groups/{group}/people",
)


@pytest.fixture
def book(cast: Cast, world: World) -> dict[str, object]:
    return {
        "ada": cast.ada.public_id,
        "group": cast.ada_class.public_id,
        "framework": world.framework.public_id,
        "competency": world.competencies["F1"].public_id,
    }


@pytest.mark.parametrize("read", READS)
def test_families_see_which_program_looked_and_at_what(
    cast: Cast, book: dict[str, object], caller: Caller, read: str
) -> None:
    before = ViewEntry.objects.count()
    told(caller.get(read.format(**book)))
    assert ViewEntry.objects.count() == before + 1
    (view,) = views_of(cast.ada, by=user_of(cast.eli))
    assert view.role == ViewerRole.INTEGRATION
    assert caller.token is not None
    assert view.actor_id == caller.token.acts_as
    assert view.page.startswith("api:")


@pytest.mark.parametrize("read", READS)
def test_what_is_elsewhere_answers_byte_for_byte_as_what_is_not_there(
    cast: Cast, book: dict[str, object], read: str
) -> None:
    elsewhere = caller_for(cast.school_elsewhere)
    nobody = book | {"ada": uuid4(), "group": uuid4()}
    forbidden = elsewhere.get(read.format(**book))
    missing = elsewhere.get(read.format(**nobody))
    assert forbidden.status_code == missing.status_code == 404
    assert forbidden.content == missing.content
    assert set(forbidden.headers) == set(missing.headers)
    assert ViewEntry.objects.count() == 0


def test_a_look_that_cannot_be_written_is_refused(
    cast: Cast, book: dict[str, object], caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(ViewEntry.objects, "create", broken)
    answer = caller.get(READS[0].format(**book))
    assert answer.status_code == 500
    assert b"p_mastered" not in answer.content


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=ten",
        "limit=" + "9" * 5000,
        "limit=1&limit=2",
        "cursor=nothing",
        "page=2",
        "cursor=%00",
        "limit=NaN",
    ],
)
def test_a_query_that_makes_no_sense_is_told_so(cast: Cast, caller: Caller, query: str) -> None:
    answer = caller.get(f"/groups?{query}")
    assert answer.status_code == 422
    assert told(answer)["faults"]


def test_a_page_of_a_group_takes_as_many_queries_whatever_its_size(
    cast: Cast, world: World, caller: Caller, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    path = f"/groups/{cast.ada_class.public_id}/status"
    with django_assert_max_num_queries(40):
        told(caller.get(path, framework=world.framework.public_id))
