"""Batches that come split, twice or in another order, and answers under a clock that jumps."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.scope import district_scope
from manypaths.estimates.queries import drifted_learners
from manypaths.estimates.tests.world import make_world
from manypaths.evidence.models import Response
from manypaths.interop.tests.response_logs import Beliefs, beliefs, log_of, take_in, written
from manypaths.people.models import Organization
from manypaths.people.services import change_district
from manypaths.people.tests.cast import AT, OPERATOR, make_cast, make_district, user_of
from manypaths.sittings.models import Place, Sitting
from manypaths.sittings.services import answer_place, start_sitting

pytestmark = [pytest.mark.fault, pytest.mark.django_db]
examples = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

FIRST = log_of(*(f"u{n % 3},i{n},{n},{n % 2},K{n % 3}" for n in range(12)))
ROWS = [f"u{n % 4},j{n % 5},{100 + n},{(n * 7) % 3 % 2},K{n % 3}" for n in range(14)]


@contextmanager
def passing_district() -> Iterator[None]:
    """Work in a district of its own, of which nothing stays."""
    with transaction.atomic():
        district = make_district()
        with district_scope(district.pk):
            yield
        transaction.set_rollback(True)


def left_by(folder: Path, *batches: list[str]) -> tuple[Beliefs, int]:
    """Return the beliefs and the number of responses that batches leave, one after the other."""
    with passing_district():
        take_in(written(folder, FIRST))  # a first log brings the model along
        for number, batch in enumerate(batches):
            take_in(written(folder, log_of(*batch), f"{number}.csv"))
        return beliefs(), Response.objects.standing().count()


def agree(one: Beliefs, other: Beliefs) -> bool:
    return one.keys() == other.keys() and all(
        a == pytest.approx(b, abs=1e-9)
        for key in one
        for a, b in zip(one[key], other[key], strict=True)
    )


@examples
@given(drawn=st.data())
def test_batches_split_repeated_and_reordered_leave_what_one_leaves(
    db: None, tmp_path: Path, drawn: st.DataObject
) -> None:
    cuts = sorted(drawn.draw(st.sets(st.integers(1, len(ROWS) - 1), max_size=4)))
    edges = [0, *cuts, len(ROWS)]
    batches = [ROWS[a:b] for a, b in pairwise(edges)]
    again = drawn.draw(st.lists(st.sampled_from(batches), max_size=3))
    sent = drawn.draw(st.permutations(batches + again))
    split, whole = left_by(tmp_path, *sent), left_by(tmp_path, ROWS)
    assert split[1] == whole[1] == 26
    assert agree(split[0], whole[0])


# Around the changes of the hour in Lisbon, a leap day, and the end of 32 bits of seconds.
MOMENTS = [
    datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 59, tzinfo=UTC),
    datetime(2028, 2, 28, 23, 59, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, tzinfo=UTC),
]
JUMPS = [timedelta(hours=-1), timedelta(days=1), timedelta(minutes=1), timedelta(seconds=-1)]


@examples
@given(
    begins=st.sampled_from(MOMENTS),
    sent=st.lists(
        st.tuples(st.integers(1, 5), st.sampled_from(JUMPS), st.sampled_from(["1/2", "1/4"])),
        min_size=1,
        max_size=14,
    ),
)
def test_answers_sent_again_under_a_clock_that_jumps_count_once(
    db: None, begins: datetime, sent: list[tuple[int, timedelta, str]]
) -> None:
    with transaction.atomic():
        district = make_district()
        with district_scope(district.pk):
            change_district(district, name=None, time_zone="Europe/Lisbon", by=OPERATOR, at=AT)
        with district_scope(district.pk):
            _answer_all(begins, sent)
        transaction.set_rollback(True)


def _answer_all(begins: datetime, sent: list[tuple[int, timedelta, str]]) -> None:
    cast, world = make_cast(Organization.objects.get(kind="district")), make_world()
    at, first = begins, dict[int, str]()
    ada, step = user_of(cast.ada), world.competencies["F1"]
    sitting = start_sitting(cast.ada, step, by=ada, at=at, rng=Random(1))
    for number, jump, given_answer in sent:
        at += jump
        answer_place(sitting, number, given_answer, by=ada, at=at)
        first.setdefault(number, given_answer)
    places = Place.objects.filter(sitting=sitting).exclude(answered_at=None)
    assert {place.number: place.given for place in places} == first
    assert Response.objects.count() == len(first)
    assert (Sitting.objects.get().ended_at is not None) == (len(first) == 5)
    assert drifted_learners(world.framework, by=OPERATOR, sample=10) == (1, 0)
