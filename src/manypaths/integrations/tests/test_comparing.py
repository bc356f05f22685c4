"""Changes of status that no evidence makes are told as well: each once, and none is lost."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.estimates.engine import new_row, settings_of
from manypaths.estimates.merging import merge_people, unmerge_people
from manypaths.estimates.models import Belief, FamilyToTell, GeneralBelief, Watch
from manypaths.estimates.queries import estimates_of
from manypaths.estimates.services import (
    AchievementDraft,
    fit_model,
    rebuild,
    sign_off,
    take_in,
    withdraw,
)
from manypaths.estimates.services.fitting import put_in_force
from manypaths.estimates.tests.world import World, day
from manypaths.evidence.drafts import ResponseDraft
from manypaths.evidence.models import Response
from manypaths.integrations import comparing, posting
from manypaths.integrations.models import Delivery, Endpoint, LastStatus
from manypaths.integrations.services import Event, remove_endpoint
from manypaths.integrations.tests.receiver import Receiver, listen
from manypaths.mastery.model import unfitted
from manypaths.people.models import Merge, Part, Person, Role
from manypaths.people.services import enroll
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person
from manypaths.plans.tests.work import undone

LATER = day(60)

Statuses = dict[str, list[str]]


def classmates(cast: Cast, n: int) -> list[Person]:
    people = [make_person(f"Mate {number}", cast.school, Role.STUDENT) for number in range(n)]
    enroll(cast.ada_class, people, part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    return people


def answer(
    world: World, learner: Person, *, at: datetime, code: str = "F1", outcome: float = 1.0
) -> Response:
    number = 1 + Response.objects.count() % 5
    draft = ResponseDraft(learner, world.tasks[f"{code}-{number}"], outcome, at)
    return take_in(draft, by=OPERATOR, at=at)


def practise(world: World, learner: Person, outcomes: str) -> None:
    for number, sign in enumerate(outcomes):
        answer(world, learner, at=day(number), outcome=float(sign == "+"))


def sign(world: World, learner: Person, *, at: datetime) -> None:
    sign_off(AchievementDraft(learner, world.competencies["F1"], at.date()), by=OPERATOR, at=at)


def let_fade(world: World) -> None:
    """Put a model in force by which half of what was learned is forgotten in ten days."""
    settings = settings_of(world.framework)
    usual = unfitted(settings)
    fading = replace(usual, spread=replace(usual.spread, half_life=10.0))
    put_in_force(new_row(world.framework, fading, at=AT), at=AT)
    rebuild(world.framework, by=OPERATOR, at=AT)


def work_until_done(at: datetime) -> None:
    while posting.work(at):
        pass


def told(receiver: Receiver, at: datetime) -> Counter[str]:
    """Let the worker do all that there is; return how often a change of status was told of whom."""
    del receiver.told[:]
    work_until_done(at)
    events = [event for event in receiver.events if event["type"] == Event.STATUS_CHANGED]
    return Counter(event["data"]["learner"] for event in events)


def statuses(world: World, people: list[Person], at: datetime) -> Statuses:
    table = estimates_of(people, world.framework, by=OPERATOR, at=at)
    rows = table.status_by_code()
    return {str(one.public_id): list(row.values()) for one, row in zip(people, rows, strict=True)}


def changed(before: Statuses, after: Statuses) -> Counter[str]:
    return Counter(name for name, found in after.items() if found != before[name])


def test_forgetting_is_told_on_the_day_on_which_it_changes_a_status(
    cast: Cast, world: World, receiver: Receiver
) -> None:
    let_fade(world)
    listen(receiver, cast.school, Event.STATUS_CHANGED)
    practise(world, cast.ada, "+" * 12)
    sign(world, cast.ada, at=day(13))
    assert told(receiver, day(13)) == {str(cast.ada.public_id): 1}
    at, n_told = day(13), 0
    for _ in range(8):
        before, at = statuses(world, [cast.ada], at), at + timedelta(days=12)
        found = told(receiver, at)
        assert found == changed(before, statuses(world, [cast.ada], at))
        assert told(receiver, at + timedelta(hours=1)) == {}
        n_told += found.total()
    assert statuses(world, [cast.ada], at) == {
        str(cast.ada.public_id): ["worth a refresh", "not started", "not started"]
    }
    assert n_told == 1


def test_another_model_is_told_of_whom_it_changes_at_once(
    cast: Cast, world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "LEARNERS_AT_ONCE", 2)
    people = [cast.ada, *classmates(cast, 6)]
    for number, learner in enumerate(people):
        practise(world, learner, "+" * number + "-" * (6 - number))
    listen(receiver, cast.school, Event.STATUS_CHANGED)
    assert told(receiver, LATER) == {}  # what is so already is no change
    before = statuses(world, people, LATER)
    fit_model(world.framework, by=OPERATOR, at=LATER)
    expected = changed(before, statuses(world, people, LATER))
    assert expected
    assert told(receiver, LATER) == expected
    assert told(receiver, LATER) == {}


def test_a_rebuild_is_told_of_whom_it_changes(cast: Cast, world: World, receiver: Receiver) -> None:
    listen(receiver, cast.school, Event.STATUS_CHANGED)
    for learner in (cast.ada, *classmates(cast, 2)):
        practise(world, learner, "++++")
    assert told(receiver, LATER).total() == 3
    # As if the beliefs on one of them had been lost on the way.
    Belief.objects.filter(learner=cast.ada).delete()
    GeneralBelief.objects.filter(learner=cast.ada).delete()
    comparing.changed_since_told([cast.ada], world.framework, at=LATER)
    rebuild(world.framework, by=OPERATOR, at=LATER)
    assert told(receiver, LATER) == {str(cast.ada.public_id): 1}


def test_a_merge_is_told_of_who_is_kept_and_its_end_of_both(
    cast: Cast, world: World, receiver: Receiver
) -> None:
    (twin,) = classmates(cast, 1)
    practise(world, twin, "++++")
    listen(receiver, cast.school, Event.STATUS_CHANGED)
    assert told(receiver, LATER) == {}
    merge = merge_people(twin, cast.ada, by=OPERATOR, at=LATER)
    assert told(receiver, LATER) == {str(cast.ada.public_id): 1}
    assert told(receiver, LATER + timedelta(days=1)) == {}
    unmerge_people(merge, by=OPERATOR, at=LATER)
    assert told(receiver, LATER + timedelta(days=1)) == {
        str(cast.ada.public_id): 1,
        str(twin.public_id): 1,
    }


def test_what_changed_before_anything_was_compared_is_told_all_the_same(
    cast: Cast, world: World, receiver: Receiver
) -> None:
    people = [cast.ada, *classmates(cast, 2)]
    for learner in people:
        practise(world, learner, "++++")
    listen(receiver, cast.school, Event.STATUS_CHANGED)
    (endpoint,) = Endpoint.objects.all()
    comparing.plan_comparisons([endpoint], at=LATER)
    sign(world, cast.ada, at=LATER)
    posting.compare_statuses([endpoint], at=LATER)
    assert LastStatus.objects.count() == 2  # Ada's waits for what is known to have changed it
    assert told(receiver, LATER) == {str(cast.ada.public_id): 1}


def test_a_worker_that_dies_among_batches_tells_each_once(
    cast: Cast, world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_fade(world)
    people = [cast.ada, *classmates(cast, 4)]
    listen(receiver, cast.school, Event.STATUS_CHANGED)
    for learner in people:
        practise(world, learner, "+" * 12)
        sign(world, learner, at=day(13))
    assert told(receiver, day(13)).total() == len(people)
    monkeypatch.setattr(comparing, "LEARNERS_AT_ONCE", 2)
    at, make, n_made = day(200), posting._make, 0

    def make_and_die(*args: Any, **kwargs: Any) -> None:  # Any: as it is called
        nonlocal n_made
        n_made += 1
        make(*args, **kwargs)
        if n_made in (1, 3):
            raise KeyboardInterrupt

    del receiver.told[:]
    with monkeypatch.context() as patch:
        patch.setattr(posting, "_make", make_and_die)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                work_until_done(at)
    work_until_done(at)
    assert n_made == 3
    assert Counter(event["data"]["learner"] for event in receiver.events) == {
        str(learner.public_id): 1 for learner in people
    }


def test_a_batch_costs_as_many_queries_whoever_is_in_it(
    cast: Cast, world: World, receiver: Receiver
) -> None:
    endpoint, _ = listen(receiver, cast.school, Event.STATUS_CHANGED)

    def n_queries() -> int:
        told(receiver, LATER)
        LastStatus.objects.all().delete()
        FamilyToTell.objects.create(family=world.framework, at=0)
        with CaptureQueriesContext(connection) as queries:
            posting.compare_statuses([endpoint], at=LATER)
        assert Delivery.objects.exists()
        return len(queries)

    practise(world, cast.ada, "+")
    n_queries()  # some of it is kept from now on
    few = n_queries()
    for learner in classmates(cast, 12):
        practise(world, learner, "++")
    n_queries()
    assert n_queries() == few


def test_where_nobody_is_told_of_statuses_none_is_kept(
    cast: Cast, world: World, receiver: Receiver
) -> None:
    listen(receiver, cast.school, Event.EVIDENCE_RECORDED)
    endpoint, program = listen(receiver, cast.school, Event.STATUS_CHANGED)
    practise(world, cast.ada, "++")
    told(receiver, LATER)
    assert LastStatus.objects.exists()
    remove_endpoint(endpoint, by=program, at=LATER)
    told(receiver, LATER)
    rebuild(world.framework, by=OPERATOR, at=LATER)
    practise(world, cast.ada, "++")
    assert told(receiver, LATER) == {}
    assert not LastStatus.objects.exists()
    assert not FamilyToTell.objects.exists()
    assert Watch.objects.get().compared_on is None


def test_a_district_that_told_before_this_was_compared_goes_on_from_what_it_told(
    cast: Cast, world: World, receiver: Receiver
) -> None:
    people = [cast.ada, *classmates(cast, 1)]
    listen(receiver, cast.school, Event.STATUS_CHANGED)
    for learner in people:
        practise(world, learner, "++++")
    told(receiver, LATER)
    LastStatus.objects.filter(learner=cast.ada).update(status="ready to show")
    LastStatus.objects.exclude(learner=cast.ada).delete()
    Watch.objects.update(compared_on=None)
    assert told(receiver, LATER) == {str(cast.ada.public_id): 1}


deeds = st.lists(
    st.tuples(
        st.sampled_from(["answer", "answer", "sign", "withdraw", "merge", "rebuild", "days"]),
        st.integers(0, 2),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.sweep
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(done=deeds)
def test_whatever_happens_each_change_of_status_is_told_once(
    cast: Cast,
    world: World,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    done: list[tuple[str, int, bool]],
) -> None:
    monkeypatch.setattr(comparing, "LEARNERS_AT_ONCE", 1)
    with undone():
        let_fade(world)
        people = [cast.ada, *classmates(cast, 2)]
        for learner in people:
            practise(world, learner, "++++++++")
        listen(receiver, cast.school, Event.STATUS_CHANGED)
        at, merge = LATER, None
        assert told(receiver, at) == {}
        for deed, number, is_right in done:
            for person in people:
                person.refresh_from_db()
            shown = [one for one in people if one.merged_into_id is None]
            who, before = shown[number % len(shown)], statuses(world, shown, at)
            at += timedelta(hours=1)
            merge = _do(world, deed, who, shown, merge, at=at, is_right=is_right)
            at += timedelta(days=20 * (deed == "days"))
            still = [one for one in shown if one.merged_into_id is None]
            after = statuses(world, still, at)
            found = told(receiver, at)
            expected = changed(before, after)
            assert {name: n for name, n in found.items() if name in after} == expected


def _do(
    world: World,
    deed: str,
    who: Person,
    shown: list[Person],
    merge: Merge | None,
    *,
    at: datetime,
    is_right: bool,
) -> Merge | None:
    if deed == "answer":
        answer(world, who, at=at, outcome=float(is_right))
    elif deed == "sign":
        sign(world, who, at=at)
    elif deed == "withdraw":
        row = Response.objects.standing().filter(learner=who).order_by("-pk").first()
        if row is not None:
            withdraw(row, reason="Not theirs.", by=OPERATOR, at=at)
    elif deed == "rebuild":
        rebuild(world.framework, by=OPERATOR, at=at)
    elif deed == "merge" and merge is not None:
        unmerge_people(merge, by=OPERATOR, at=at)
        return None
    elif deed == "merge":
        other = next(one for one in shown if one != who)
        merge = merge_people(other, who, by=OPERATOR, at=at)
        other.refresh_from_db()
    return merge
