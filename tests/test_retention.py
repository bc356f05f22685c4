"""What is over its time is named first and deleted then, and nothing else."""

from datetime import date, datetime, timedelta

import pytest

from manypaths.base.clock import to_microseconds, today
from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry, Seal
from manypaths.base.seals import seal_logs, verify_logs
from manypaths.estimates.models import Achievement, Belief
from manypaths.estimates.services import AchievementDraft, sign_off
from manypaths.evidence.models import Artifact, Response
from manypaths.people.models import Membership, Person, RoleHeld, Term
from manypaths.people.tests.cast import OPERATOR, Cast
from manypaths.plans.models import Note
from manypaths.records.holds import place_hold
from manypaths.records.ledger import hash_of
from manypaths.records.models import LedgerEntry
from manypaths.records.retention import (
    KINDS,
    delete_again,
    delete_due,
    people_due,
    policy,
    set_policy,
    what_is_due,
)
from manypaths.records.rounds import make_round
from tests.stage import LATER, Stage, make_stage

pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def leave(person: Person, on: date) -> None:
    """Let all that a person is here end with a day."""
    RoleHeld.objects.filter(person=person).update(ends_on=on)
    Membership.objects.filter(person=person).update(ends_on=on)


def due(name: str, on: date | None = None) -> dict[str, int]:
    found = next(each for each in what_is_due(by=OPERATOR, on=on) if each.kind.name == name)
    return {table: n for table, n in found.n_rows.items() if n}


def test_nothing_goes_of_who_is_here(stage: Stage) -> None:
    assert due("evidence") == due("plans") == due("people") == {}
    far = today() + timedelta(days=4_000)
    assert due("evidence", far) == due("plans", far) == due("people", far) == {}


def test_evidence_goes_a_year_after_leaving_and_what_was_signed_off_stays(stage: Stage) -> None:
    ada = stage.cast.ada
    sign_off(AchievementDraft(ada, stage.adas.competency, LATER.date()), by=OPERATOR, at=LATER)
    leave(ada, today() - timedelta(days=365))
    assert due("evidence") == {}
    leave(ada, today() - timedelta(days=366))
    found = due("evidence")
    assert found["response"] == Response.objects.count() > 0
    assert found["belief"] > 0
    assert Response.objects.exists(), "a look changes nothing"
    done = delete_due(by=OPERATOR, at=LATER)
    assert done["evidence"] == sum(found.values())
    assert not Response.objects.exists()
    assert not Belief.objects.filter(learner=ada).exists()
    assert not Note.objects.filter(learner=ada).exists()
    assert Achievement.objects.filter(learner=ada).exists()
    assert Person.objects.get(pk=ada.pk).name == "Ada Okafor"
    assert delete_due(by=OPERATOR, at=LATER)["evidence"] == 0


def test_names_go_three_years_after_leaving_where_nothing_is_left(stage: Stage) -> None:
    leave(stage.cast.ada, today() - timedelta(days=2_000))
    assert due("people") == {}, "evidence is still there"
    delete_due(by=OPERATOR, at=LATER)
    assert due("people") == {"person": 1}
    delete_due(by=OPERATOR, at=LATER)
    assert not Person.objects.filter(given_name="Ada").exists()


def test_work_goes_a_year_after_the_school_year_in_which_it_was_done(stage: Stage) -> None:
    n_pieces = Artifact.objects.count()
    assert n_pieces >= 2
    # The work of the stage is of February to April 2026.
    Term.objects.update(starts_on=date(2026, 1, 7), ends_on=date(2026, 5, 29))
    assert due("work", date(2027, 5, 29)) == {}
    assert due("work", date(2027, 5, 31))["artifact"] == n_pieces
    Term.objects.update(starts_on=date(2020, 1, 7), ends_on=date(2020, 5, 29))
    assert due("work", date(2027, 7, 30)) == {}
    assert due("work", date(2027, 8, 2))["artifact"] == n_pieces


def test_who_is_held_keeps_everything_and_is_counted(stage: Stage) -> None:
    leave(stage.cast.ada, today() - timedelta(days=2_000))
    place_hold(stage.cast.school, reason="Case 7", until=None, by=OPERATOR, at=LATER)
    found = next(each for each in what_is_due(by=OPERATOR) if each.kind.name == "evidence")
    assert (found.total, found.n_held) == (0, 1)
    delete_due(by=OPERATOR, at=LATER)
    assert Response.objects.exists()


def test_a_school_shortens_a_time_and_never_lengthens_it(stage: Stage) -> None:
    femi = stage.actors["femi"]
    set_policy({"evidence": 60}, deletes_by_itself=False, by=femi, at=LATER)
    assert policy().days["evidence"] == 60
    assert policy().days["work"] == KINDS["work"].days
    for name, days in (("evidence", 366), ("evidence", 3), ("logs", 399), ("nothing", 100)):
        with pytest.raises(Refused, match="allowed"):
            set_policy({name: days}, deletes_by_itself=False, by=femi, at=LATER)
    leave(stage.cast.ada, today() - timedelta(days=61))
    assert due("evidence")


def test_the_times_and_whom_they_concern_are_for_those_who_lead_the_district(stage: Stage) -> None:
    (first, *_) = what_is_due(by=stage.actors["femi"])
    for name in ("ada", "ben", "cleo", "dana", "eli", "gwen"):
        by = stage.actors[name]
        with pytest.raises(NotFound):
            what_is_due(by=by)
        with pytest.raises(NotFound):
            people_due(first, by=by)
        with pytest.raises(NotFound):
            set_policy({}, deletes_by_itself=True, by=by, at=LATER)


def test_rounds_delete_by_themselves_only_where_somebody_said_so(stage: Stage) -> None:
    leave(stage.cast.ada, today() - timedelta(days=400))
    assert make_round(at=LATER).n_deleted == {}
    assert Response.objects.exists()
    set_policy({}, deletes_by_itself=True, by=stage.actors["femi"], at=LATER)
    assert make_round(at=LATER).n_deleted["evidence"] > 0
    assert not Response.objects.exists()


def test_what_was_deleted_is_in_the_ledger_and_deleted_again(stage: Stage) -> None:
    ada = stage.cast.ada
    leave(ada, today() - timedelta(days=400))
    rows = list(Response.objects.values())
    delete_due(by=OPERATOR, at=LATER)
    wanted = hash_of(ada.public_id)
    entry = LedgerEntry.objects.get(detail="evidence", subject_hash=wanted)
    Response.objects.bulk_create(Response(**row) for row in rows)
    assert delete_again("evidence", {entry.subject_hash: entry.up_to or 0}, at=LATER) > 0
    assert not Response.objects.exists()


def test_logs_are_pruned_by_whole_seals_and_the_chain_goes_on(stage: Stage) -> None:
    seal_logs(at=LATER)
    assert make_round(at=LATER + timedelta(days=2_556)).n_pruned == 0
    n_before = AuditEntry.every_district.count()
    assert make_round(at=LATER + timedelta(days=2_558)).n_pruned > 20
    assert AuditEntry.every_district.count() < n_before
    found = verify_logs()
    assert found.is_whole
    assert found.n_pruned > 20
    assert Seal.objects.exclude(pruned_at=None).exists()


def test_under_a_hold_no_log_is_pruned(stage: Stage) -> None:
    seal_logs(at=LATER)
    place_hold(stage.cast.ada, reason="Case 7", until=None, by=OPERATOR, at=LATER)
    assert make_round(at=LATER + timedelta(days=2_558)).n_pruned == 0


def test_a_round_leaves_the_moment_of_deeds_alone(stage: Stage) -> None:
    leave(stage.cast.ada, today() - timedelta(days=400))
    delete_due(by=OPERATOR, at=LATER)
    entry = AuditEntry.objects.filter(deed="delete by retention").first()
    assert entry is not None
    assert entry.at == to_microseconds(LATER)
    assert isinstance(LATER, datetime)
