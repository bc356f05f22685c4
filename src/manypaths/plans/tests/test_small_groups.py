"""Small groups for a day: the same need in each, newly mixed, kept and changed by who teaches."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.estimates.merging import link_learner
from manypaths.estimates.tests.world import World, make_world
from manypaths.mastery.groups import Sizes
from manypaths.people.models import Person, Role, RoleHeld
from manypaths.people.services import add_unnamed_learners
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, user_of
from manypaths.plans.models import Grouping, NeedKind, Seat
from manypaths.plans.queries import seats_of, suggested_groups
from manypaths.plans.services import keep_groups, move_seat, set_window
from manypaths.plans.small_groups import (
    MOST_LEARNERS,
    GroupingSuggested,
    GroupNeed,
    SmallGroup,
    together_lately,
)
from manypaths.plans.tests.work import LATER, bring_learners, practise, sign_off

TOMORROW = LATER.date() + timedelta(days=1)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def suggested(
    cast: Cast, world: World, *, held_on: date = TOMORROW, sizes: Sizes | None = None
) -> GroupingSuggested:
    return suggested_groups(
        cast.ada_class,
        world.framework,
        by=user_of(cast.ben),
        at=LATER,
        held_on=held_on,
        sizes=sizes,
    )


def needs(found: GroupingSuggested) -> list[tuple[str, str, int]]:
    return [
        (group.need.kind.value, group.need.competency.code, len(group.learners))
        for group in found.groups
    ]


def small(world: World, learners: Sequence[Person], code: str = "F1") -> SmallGroup:
    return SmallGroup(GroupNeed(NeedKind.BEGIN, world.competencies[code]), learners, "They begin.")


def keep(cast: Cast, groups: Sequence[SmallGroup], *, held_on: date = TOMORROW) -> Grouping:
    by = user_of(cast.ben)
    return keep_groups(cast.ada_class, groups, held_on=held_on, by=by, at=LATER)


def test_learners_with_the_same_need_are_together_and_told_why(cast: Cast, world: World) -> None:
    people = bring_learners(cast, 6)
    for person in people[:3]:
        practise(world, person, "F1", "-+-+-+-+-+-+-+-+")
    for person in people[3:]:
        practise(world, person, "F1", "+" * 8)
        sign_off(world, person, "F1", number=20)
    set_window(
        cast.ada_class, list(world.competencies.values())[:2], by=user_of(cast.ben), at=LATER
    )
    found = suggested(cast, world)
    of_slip, beginning = sorted(found.groups, key=lambda group: group.need.kind, reverse=True)
    assert of_slip.need.kind is NeedKind.SLIP
    assert set(people[:3]) <= set(of_slip.learners)
    assert of_slip.reason == "These three kept to the slip “adds both” on five items."
    assert set(people[3:]) <= set(beginning.learners)
    assert "are ready to begin “Fractions, step F2”." in beginning.reason
    placed = Counter(learner.pk for group in found.groups for learner in group.learners)
    assert max(placed.values()) == 1
    assert len(placed) + len(found.left_alone) == 7


def test_a_class_without_evidence_begins_with_what_comes_first(cast: Cast, world: World) -> None:
    bring_learners(cast, 5)
    found = suggested(cast, world)
    assert needs(found) == [("begin", "F1", 6)]
    assert found.groups[0].reason == "These six are ready to begin “Fractions, step F1”."


def test_whoever_is_alone_is_told_why(cast: Cast, world: World) -> None:
    found = suggested(cast, world)
    assert found.groups == []
    assert [left.learner for left in found.left_alone] == [cast.ada]
    assert found.left_alone[0].reason == "Too few others share what comes next."
    for code in world.competencies:
        sign_off(world, cast.ada, code, number=59)
    reason = suggested(cast, world).left_alone[0].reason
    assert reason == "Needs nothing now that a small group could be about."


def test_educators_work_in_larger_groups(cast: Cast, world: World) -> None:
    people = [cast.ada, *bring_learners(cast, 11)]
    assert [n for _, _, n in needs(suggested(cast, world))] == [6, 6]
    RoleHeld.objects.bulk_create(
        RoleHeld(person=one, organization=cast.school, role=Role.TEACHER, starts_on=SINCE)
        for one in people
    )
    assert all(6 <= n <= 10 for _, _, n in needs(suggested(cast, world)))
    assert [n for _, _, n in needs(suggested(cast, world, sizes=Sizes(4, 4)))] == [4, 4, 4]


def test_over_the_weeks_everyone_meets_others(cast: Cast, world: World) -> None:
    bring_learners(cast, 8)
    shared: Counter[tuple[int, int]] = Counter()
    for week in range(3):
        held_on = TOMORROW + timedelta(weeks=week)
        found = suggested(cast, world, held_on=held_on, sizes=Sizes(3, 3))
        grouping = keep(cast, found.groups, held_on=held_on)
        pairs = together_lately(grouping.seats.select_related("grouping"), held_on)
        shared.update((int(one), int(other)) for one, other in pairs)
    # Nine in threes can meet for three weeks, and more, without a pair that meets twice.
    assert sum(shared.values()) == 27
    assert max(shared.values()) == 1


def test_what_was_long_ago_no_longer_counts(cast: Cast, world: World) -> None:
    bring_learners(cast, 5)
    first = suggested(cast, world, sizes=Sizes(3, 3))
    keep(cast, first.groups)
    late = suggested(cast, world, held_on=TOMORROW + timedelta(days=57), sizes=Sizes(3, 3))
    assert [group.learners for group in late.groups] == [group.learners for group in first.groups]
    soon = suggested(cast, world, held_on=TOMORROW + timedelta(days=7), sizes=Sizes(3, 3))
    assert [group.learners for group in soon.groups] != [group.learners for group in first.groups]


def test_pairs_count_half_for_each_week_more(cast: Cast, world: World) -> None:
    grouping = keep(cast, [small(world, [cast.ada, *bring_learners(cast, 1)])])
    seats = list(grouping.seats.select_related("grouping"))
    weights = [
        next(iter(together_lately(seats, TOMORROW + timedelta(days=days)).values()))
        for days in (1, 7, 14, 21)
    ]
    assert weights == [1, 1, 0.5, 0.25]


def test_kept_groups_are_on_record_with_their_reasons(cast: Cast, world: World) -> None:
    people = bring_learners(cast, 3)
    keep(cast, [small(world, people[:2]), small(world, [cast.ada, people[2]], "F2")])
    seats = seats_of(cast.ada_class, TOMORROW, by=user_of(cast.ben))
    assert [(seat.number, seat.learner, seat.competency.code) for seat in seats] == [
        (1, people[0], "F1"),
        (1, people[1], "F1"),
        (2, people[2], "F2"),
        (2, cast.ada, "F2"),
    ]
    assert {seat.reason for seat in seats} == {"They begin."}
    entry = AuditEntry.objects.get(deed="keep groups")
    assert entry.facts == {"count": 2}


def test_groups_kept_again_take_the_place_of_those_of_the_day(cast: Cast, world: World) -> None:
    keep(cast, [small(world, [cast.ada])])
    keep(cast, [small(world, [cast.ada], "F2")])
    keep(cast, [small(world, [cast.ada], "F3")], held_on=TOMORROW + timedelta(days=1))
    codes = Seat.objects.order_by("grouping__held_on").values_list("competency__code", flat=True)
    assert list(codes) == ["F2", "F3"]


def test_nobody_is_in_two_small_groups_or_from_elsewhere(cast: Cast, world: World) -> None:
    with pytest.raises(Refused, match="somebody is in two"):
        keep(cast, [small(world, [cast.ada]), small(world, [cast.ada], "F2")])
    with pytest.raises(NotFound):
        keep(cast, [small(world, [cast.eli])])
    assert not Grouping.objects.exists()


def test_a_learner_is_moved_to_another_small_group_with_an_entry(cast: Cast, world: World) -> None:
    people = bring_learners(cast, 2)
    grouping = keep(cast, [small(world, [cast.ada]), small(world, people, "F2")])
    seat = grouping.seats.get(learner=cast.ada)
    move_seat(seat, to=2, by=user_of(cast.ben), at=LATER)
    seat.refresh_from_db()
    assert (seat.number, seat.competency.code) == (2, "F2")
    entry = AuditEntry.objects.get(deed="move seat")
    assert (entry.subject_id, entry.facts) == (seat.pk, {"before": 1, "to": 2})
    with pytest.raises(Refused, match="in small group 2 already"):
        move_seat(seat, to=2, by=user_of(cast.ben), at=LATER)
    with pytest.raises(Refused, match="no small group 3"):
        move_seat(seat, to=3, by=user_of(cast.ben), at=LATER)


@pytest.mark.parametrize("name", ["ada", "cleo", "eli"])
def test_who_does_not_lead_a_class_groups_nobody(cast: Cast, world: World, name: str) -> None:
    seat = keep(cast, [small(world, [cast.ada])]).seats.get()
    by = user_of(getattr(cast, name))
    with pytest.raises(NotFound):
        suggested_groups(cast.ada_class, world.framework, by=by, at=LATER, held_on=TOMORROW)
    with pytest.raises(NotFound):
        keep_groups(cast.ada_class, [], held_on=TOMORROW, by=by, at=LATER)
    with pytest.raises(NotFound):
        seats_of(cast.ada_class, TOMORROW, by=by)
    with pytest.raises(NotFound):
        move_seat(seat, to=1, by=by, at=LATER)


def test_the_places_of_an_unnamed_learner_become_the_persons(cast: Cast, world: World) -> None:
    unnamed = add_unnamed_learners(
        ["17"], source="log", group=cast.ada_class, starts_on=SINCE, by=OPERATOR, at=AT
    ).by_source_id["17"]
    keep(cast, [small(world, [unnamed])])
    both = keep(
        cast,
        [small(world, [cast.ada]), small(world, [unnamed])],
        held_on=TOMORROW + timedelta(days=1),
    )
    link_learner(unnamed, cast.ada, by=user_of(cast.ben), at=LATER)
    assert set(Seat.objects.values_list("learner", flat=True)) == {cast.ada.pk}
    assert both.seats.get().number == 1


def test_a_group_that_nobody_could_look_over_is_refused(cast: Cast, world: World) -> None:
    add_unnamed_learners(
        [str(n) for n in range(MOST_LEARNERS)],
        source="log",
        group=cast.ada_class,
        starts_on=SINCE,
        by=OPERATOR,
        at=AT,
    )
    with pytest.raises(Refused, match="up to 300 learners; 7B Mathematics has 301"):
        suggested(cast, world)


def test_groups_take_the_same_queries_however_large_the_class(cast: Cast, world: World) -> None:
    counts = []
    for n in (3, 6):
        for person in bring_learners(cast, n):
            practise(world, person, "F1", "-+-+-+")
        keep(cast, suggested(cast, world).groups, held_on=TOMORROW - timedelta(days=n))
        with CaptureQueriesContext(connection) as queries:
            suggested(cast, world)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 24
