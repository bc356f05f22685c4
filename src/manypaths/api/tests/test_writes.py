"""What programs hand on: once, whole, and the same however often and in what portions it comes."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.api.tests.callers import Caller, caller_for, told
from manypaths.base.audit import newest_deed_on
from manypaths.base.clock import now
from manypaths.base.models import AuditEntry
from manypaths.estimates.queries import estimates_of
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.models import Rating, Response
from manypaths.integrations.models import KeptAnswer
from manypaths.people.models import Person, Role
from manypaths.people.tests.cast import OPERATOR, Cast, make_class, make_person

_keys = count()


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


@pytest.fixture
def caller(cast: Cast) -> Caller:
    return caller_for(cast.school)


@pytest.fixture
def learners(cast: Cast) -> list[Person]:
    people = [cast.ada, *(make_person(f"Kim {n}", cast.school, Role.STUDENT) for n in range(3))]
    make_class("8A", cast.school, lead=cast.ben, learners=people)
    return people


def response_row(world: World, learner: Person, number: int, /, **other: object) -> dict[str, Any]:
    task = sorted(world.tasks)[number % 5]
    return {
        "client_id": f"quiz-{number}",
        "learner": str(learner.public_id),
        "task": str(world.tasks[task].public_id),
        "outcome": float(number % 3 > 0),
        "done_at": day(number).isoformat(),
        **other,
    }


def rating_row(cast: Cast, world: World, number: int = 0, /, **other: object) -> dict[str, Any]:
    return {
        "client_id": f"rubric-{number}",
        "learner": str(cast.ada.public_id),
        "competency": str(world.competencies["F1"].public_id),
        "level": "secure",
        "rater": str(cast.ben.public_id),
        "role": "teacher",
        "done_at": day(number).isoformat(),
        **other,
    }


def rows_of(world: World, learners: Sequence[Person], n: int = 12) -> list[dict[str, Any]]:
    return [response_row(world, learners[k % len(learners)], k) for k in range(n)]


def beliefs(world: World, learners: Sequence[Person]) -> list[float]:
    table = estimates_of(learners, world.framework, by=OPERATOR, at=day(100))
    return [*table.numbers.mean.tolist(), *table.numbers.sd.tolist()]


def test_a_response_is_recorded_and_moves_the_estimate(
    cast: Cast, world: World, caller: Caller
) -> None:
    before = beliefs(world, [cast.ada])
    answer = caller.post("/responses", response_row(world, cast.ada, 1))
    assert told(answer) == {"rows": [{"client_id": "quiz-1", "state": "recorded"}]}
    (row,) = Response.objects.standing()
    assert (row.learner_id, row.outcome) == (cast.ada.pk, 1.0)
    assert caller.token is not None
    assert row.recorded_by == caller.token.acts_as
    assert beliefs(world, [cast.ada]) != before


def test_a_rating_is_recorded_in_the_name_of_who_gave_it(
    cast: Cast, world: World, caller: Caller
) -> None:
    told(caller.post("/ratings", rating_row(cast, world)))
    (rating,) = Rating.objects.standing()
    assert (rating.rater_id, rating.role, rating.level) == (cast.ben.pk, "teacher", 2)


def test_a_batch_is_one_deed(world: World, caller: Caller, learners: list[Person]) -> None:
    newest = newest_deed_on("organization")
    told(caller.post("/responses/batch", {"rows": rows_of(world, learners)}))
    deeds = AuditEntry.objects.filter(subject_kind="organization", pk__gt=newest)
    (deed,) = deeds.values_list("deed", "facts")
    assert (deed[0], deed[1]["count"]) == ("record responses", 12)


@pytest.mark.parametrize("portions", [[12], [1] * 12, [5, 7], [1, 10, 1]])
def test_rows_end_in_the_same_state_however_they_come(
    world: World, caller: Caller, learners: list[Person], portions: list[int]
) -> None:
    whole, twins = learners[:2], learners[2:]
    told(caller.post("/responses/batch", {"rows": rows_of(world, whole)}))
    rows = [row | {"client_id": f"twin-{n}"} for n, row in enumerate(rows_of(world, twins))]
    for backwards in (True, False):  # each portion comes twice, the first time from the end
        left = rows[::-1] if backwards else list(rows)
        for size in portions:
            part, left = left[:size], left[size:]
            told(caller.post("/responses/batch", {"rows": part}))
    assert Response.objects.standing().count() == 2 * len(rows)
    assert beliefs(world, twins) == pytest.approx(beliefs(world, whole), abs=1e-9)


def test_the_same_row_again_is_known_and_changes_nothing(
    cast: Cast, world: World, caller: Caller
) -> None:
    row = response_row(world, cast.ada, 1)
    told(caller.post("/responses", row))
    again = told(caller.post("/responses/batch", {"rows": [row, row]}))
    assert [one["state"] for one in again["rows"]] == ["known", "known"]
    assert Response.objects.standing().count() == 1


def test_the_moment_of_a_row_is_the_same_in_any_zone(
    cast: Cast, world: World, caller: Caller
) -> None:
    told(caller.post("/responses", response_row(world, cast.ada, 1)))
    row = response_row(world, cast.ada, 1, done_at="2026-02-03T11:00:00+01:00")
    assert told(caller.post("/responses", row))["rows"][0]["state"] == "known"


def test_a_client_id_names_one_row_for_ever(cast: Cast, world: World, caller: Caller) -> None:
    told(caller.post("/responses", response_row(world, cast.ada, 1)))
    answer = caller.post("/responses", response_row(world, cast.ada, 1, outcome=0.5))
    assert answer.status_code == 409
    assert told(answer)["faults"][0]["field"] == "client_id"
    twice = [response_row(world, cast.ada, 2), response_row(world, cast.ada, 2, outcome=0.5)]
    assert caller.post("/responses/batch", {"rows": twice}).status_code == 409
    assert Response.objects.standing().count() == 1


def test_two_programs_may_use_the_same_client_id(cast: Cast, world: World, caller: Caller) -> None:
    told(caller.post("/responses", response_row(world, cast.ada, 1)))
    other = caller_for(cast.school, name="Another")
    told(other.post("/responses", response_row(world, cast.ada, 1, outcome=0.5)))
    assert Response.objects.standing().count() == 2


def test_the_same_call_with_a_key_is_answered_alike(
    cast: Cast, world: World, caller: Caller
) -> None:
    row = response_row(world, cast.ada, 1)
    first = caller.post("/responses", row, key="call-1")
    second = caller.post("/responses", row, key="call-1")
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Response.objects.standing().count() == 1


def test_another_call_with_the_same_key_is_refused_in_words(
    cast: Cast, world: World, caller: Caller
) -> None:
    told(caller.post("/responses", response_row(world, cast.ada, 1), key="call-1"))
    answer = caller.post("/responses", response_row(world, cast.ada, 2), key="call-1")
    assert answer.status_code == 409
    assert "Idempotency-Key" in told(answer)["detail"]


def test_a_call_that_failed_can_come_again_with_its_key(
    cast: Cast, world: World, caller: Caller
) -> None:
    wrong = response_row(world, cast.ada, 1, outcome=7)
    assert caller.post("/responses", wrong, key="call-1").status_code == 422
    assert not KeptAnswer.objects.exists()
    told(caller.post("/responses", response_row(world, cast.ada, 1), key="call-1"))


def test_a_batch_is_all_or_nothing_with_faults_by_row_and_field(
    cast: Cast, world: World, caller: Caller
) -> None:
    rows = [response_row(world, cast.ada, number) for number in range(6)]
    rows[1]["learner"] = str(uuid4())
    rows[2]["task"] = str(uuid4())
    rows[3]["done_at"] = (now() + timedelta(days=2)).isoformat()
    rows[4]["chosen"] = 999
    answer = caller.post("/responses/batch", {"rows": rows})
    assert answer.status_code == 422
    faults = {(fault["row"], fault["field"]) for fault in told(answer)["faults"]}
    assert faults == {(2, "learner"), (3, "task"), (4, "done_at"), (5, "chosen")}
    assert not Response.objects.standing().exists()


def test_a_learner_elsewhere_answers_as_one_that_is_not_there(
    cast: Cast, world: World, caller: Caller
) -> None:
    hidden, ghost = make_person("Zoe", cast.school_elsewhere, Role.STUDENT).public_id, uuid4()
    said = []
    for learner in (hidden, ghost):
        answer = caller.post("/responses", response_row(world, cast.ada, 1, learner=str(learner)))
        assert answer.status_code == 422
        said.append(answer.content.replace(str(learner).encode(), b"ID"))
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"level": "sublime"}, "level"),
        ({"role": "family"}, "role"),
        ({"role": "coach"}, "role"),
        ({"role": "self"}, "role"),
        ({"rater": str(uuid4())}, "rater"),
        ({"competency": str(uuid4())}, "competency"),
        ({"done_at": "1999-12-31T23:59:59Z"}, "done_at"),
    ],
)
def test_a_rating_that_nobody_could_give_is_refused(
    cast: Cast, world: World, caller: Caller, change: dict[str, str], field: str
) -> None:
    answer = caller.post("/ratings", rating_row(cast, world, **change))
    assert answer.status_code == 422
    assert {fault["field"] for fault in told(answer)["faults"]} == {field}
    assert not Rating.objects.standing().exists()


def test_ratings_come_in_batches_too(cast: Cast, world: World, caller: Caller) -> None:
    rows = [rating_row(cast, world, number) for number in range(3)]
    rows.append(
        rating_row(cast, world, 4, rater=str(cast.ada.public_id), role="self", level="developing")
    )
    assert len(told(caller.post("/ratings/batch", {"rows": rows}))["rows"]) == 4
    assert Rating.objects.standing().count() == 4
    told(caller.post("/ratings/batch", {"rows": rows[::-1]}))
    assert Rating.objects.standing().count() == 4


def test_500_rows_are_taken_and_501_are_not(world: World, caller: Caller, cast: Cast) -> None:
    rows = [response_row(world, cast.ada, number) for number in range(501)]
    for row in rows:
        row["done_at"] = day(1).isoformat()
    assert caller.post("/responses/batch", {"rows": rows}).status_code == 422
    assert caller.post("/responses/batch", {"rows": rows[:500]}).status_code == 200
    assert caller.post("/responses/batch", {"rows": []}).status_code == 422


BODIES = [
    (b"", 422),
    (b"{", 400),
    (b"[" * 100_000, 400),
    (b"[" * 100_000 + b"]" * 100_000, 400),
    (b'{"outcome": NaN}', 400),
    (b'{"outcome": Infinity}', 400),
    (b'{"outcome": 1e999}', 400),
    (b'{"attempt": ' + b"9" * 5000 + b"}", 400),
    (b'{"client_id": "a", "client_id": "b"}', 400),
    (b'{"client_id": "\\ud800"}', 400),
    (b'{"client_id": "\\u0000"}', 400),
    (b"\xff\xfe", 400),
    (b"null", 422),
    (b"[]", 422),
    (b'"text"', 422),
    (b"1", 422),
    (b'{"rows": {}}', 422),
    (b" " * 1_000_001, 413),
]


@pytest.mark.parametrize(("body", "status"), BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("path", ["/responses", "/ratings/batch"])
def test_a_body_that_makes_no_sense_is_told_so(
    cast: Cast, caller: Caller, path: str, body: bytes, status: int
) -> None:
    answer = caller.post(path, body)
    assert answer.status_code == status, answer.content
    told(answer)


WRONG = [
    {"outcome": True},
    {"outcome": "1"},
    {"outcome": 1.5},
    {"outcome": None},
    {"attempt": 1.5},
    {"attempt": 0},
    {"attempt": "1"},
    {"chosen": -1},
    {"chosen": True},
    {"client_id": ""},
    {"client_id": "a b"},
    {"client_id": "x" * 101},
    {"client_id": 7},
    {"learner": "nobody"},
    {"learner": 7},
    {"learner": ["a"]},
    {"done_at": 1_770_000_000},
    {"done_at": "1770000000"},
    {"done_at": "2026-02-03"},
    {"done_at": "2026-02-03T10:00:00"},
    {"done_at": "0001-01-01T00:00:00+14:00"},
    {"done_at": "9999-12-31T23:59:59-14:00"},
    {"recorded_by": 1},
    {"district_id": 1},
]


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_a_field_of_another_kind_or_name_is_refused(
    cast: Cast, world: World, caller: Caller, change: dict[str, object]
) -> None:
    answer = caller.post("/responses", response_row(world, cast.ada, 1, **change))
    assert answer.status_code == 422, answer.content
    assert {fault["field"] for fault in told(answer)["faults"]} == set(change)
    assert not Response.objects.standing().exists()


def test_only_json_is_read(cast: Cast, caller: Caller) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = caller.client.post(
            "/api/v1/responses", b"a=1", content_type=kind, headers=caller.headers
        )
        assert answer.status_code == 415, kind
        told(answer)


scraps = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda parts: (
        st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=8), parts, max_size=3)
    ),
    max_leaves=5,
)
PATHS = ("/responses", "/responses/batch", "/ratings", "/ratings/batch", "/webhooks")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(chance=st.data())
def test_no_body_whatever_breaks_a_write(
    cast: Cast, world: World, caller: Caller, chance: st.DataObject
) -> None:
    path = chance.draw(st.sampled_from(PATHS))
    makers: dict[str, Callable[..., dict[str, Any]]] = {
        "/webhooks": _webhook,
        "/ratings": rating_row,
        "/ratings/batch": rating_row,
    }
    row = makers.get(path, _responses_row)(cast, world, next(_keys))
    for name in chance.draw(st.lists(st.sampled_from(sorted(row)), max_size=2)):
        row[name] = chance.draw(scraps)
    content = chance.draw(st.sampled_from([row, {"rows": [row]}, {"rows": [row, row]}]) | scraps)
    key = chance.draw(st.none() | st.text(st.characters(codec="latin-1"), max_size=120))
    key = None if key is None or "\n" in key or "\r" in key else key
    told(caller.post(path, json.dumps(content).encode(), key=key))


def _webhook(cast: Cast, world: World, number: int) -> dict[str, Any]:
    return {"url": f"https://1.1.1.1/{number}", "events": ["status.changed"]}


def _responses_row(cast: Cast, world: World, number: int) -> dict[str, Any]:
    return response_row(world, cast.ada, 1, client_id=f"drawn-{number}")
