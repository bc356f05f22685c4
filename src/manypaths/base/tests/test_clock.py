import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.base.clock import from_microseconds, now, to_microseconds, today
from manypaths.base.scope import OutsideScope, district_scope

# Hypothesis takes its bounds without a zone, and adds one itself.
moments = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.timezones(),
)


@given(moment=moments)
def test_a_moment_comes_back_from_the_table_as_it_went_in(moment: datetime) -> None:
    assert from_microseconds(to_microseconds(moment)) == moment.astimezone(UTC)


@given(microseconds=st.integers(-(2**50), 2**53))
def test_a_number_comes_back_from_a_moment_as_it_went_in(microseconds: int) -> None:
    moment = from_microseconds(microseconds)
    assert moment.tzinfo is UTC
    assert to_microseconds(moment) == microseconds


@given(one=moments, other=moments)
def test_numbers_stand_in_the_order_of_the_moments(one: datetime, other: datetime) -> None:
    earlier, later = sorted((one.astimezone(UTC), other.astimezone(UTC)))
    assert to_microseconds(earlier) <= to_microseconds(later)


def test_the_number_counts_from_1970_in_utc() -> None:
    assert (
        to_microseconds(datetime(1970, 1, 2, 1, tzinfo=ZoneInfo("Africa/Lagos"))) == 86_400 * 10**6
    )
    assert to_microseconds(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1


@given(moment=st.datetimes())
def test_a_time_without_a_zone_is_refused(moment: datetime) -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        to_microseconds(moment)


def test_now_is_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= now() <= before + timedelta(minutes=1)
    assert now().tzinfo is UTC


def test_today_is_the_date_on_the_districts_wall() -> None:
    # These two never share a date: they are 25 hours apart.
    dates = []
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        with district_scope(1, ZoneInfo(zone)):
            dates.append(today())
    assert dates[0] > dates[1]


def test_there_is_no_today_outside_a_district() -> None:
    with pytest.raises(OutsideScope):
        today()


def test_tasks_beside_each_other_keep_their_own_days() -> None:
    async def day_in(zone: str) -> object:
        with district_scope(1, ZoneInfo(zone)):
            await asyncio.sleep(0)
            return today()

    async def both() -> tuple[object, object]:
        return await asyncio.gather(day_in("Pacific/Kiritimati"), day_in("Pacific/Pago_Pago"))

    first, second = asyncio.run(both())
    assert first != second
