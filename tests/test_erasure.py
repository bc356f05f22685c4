"""All on record of a person ends by two people's word, and stays ended; a hold stops it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from manypaths.base.clock import to_microseconds, today
from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.base.personal import declared_models
from manypaths.base.seals import seal_logs, verify_logs
from manypaths.estimates.merging import merge_people
from manypaths.estimates.services import take_in_artifact, take_in_rating
from manypaths.evidence.drafts import RatingDraft
from manypaths.evidence.files import CheckedFile
from manypaths.evidence.models import ArtifactKind, RaterRole, Rating
from manypaths.evidence.storage import kept_file
from manypaths.interop.models import ImportRun, RunState
from manypaths.interop.runs import start_import
from manypaths.interop.tests.rosters import BUNDLE, write_zip
from manypaths.people.models import Person, Relationship, Role, User
from manypaths.people.tests.cast import OPERATOR, Cast, make_person, user_of
from manypaths.records.deleting import rows_of
from manypaths.records.erasures import (
    COOLING,
    ask_erasure,
    carry_out_erasures,
    confirm_erasure,
    erase_again,
    erasures,
    withdraw_erasure,
)
from manypaths.records.holds import held_among, holds, place_hold, release_hold
from manypaths.records.ledger import (
    copy_ledger,
    hash_of,
    keep_entries,
    ledger_file,
    read_ledger,
    write_ledger_file,
)
from manypaths.records.models import Erasure, ErasureState, Hold, LedgerEntry
from tests.stage import LATER, Stage, make_stage

pytestmark = pytest.mark.usefixtures("own_home")

CANARY = "kestrel-4f1c9b7e"
AFTER = LATER + COOLING + timedelta(hours=1)


@pytest.fixture
def stage(cast: Cast) -> Stage:
    """Give Ada a file and a canary in her texts; let her rate herself, and be rated by Ben."""
    stage = make_stage(cast)
    Person.objects.filter(pk=cast.ada.pk).update(family_name=CANARY)
    cast.ada.refresh_from_db()
    take_in_artifact(
        cast.ada,
        kind=ArtifactKind.FILE,
        title=CANARY,
        done_at=LATER,
        by=user_of(cast.ben),
        at=LATER,
        file=CheckedFile("half.txt", "text/plain", CANARY.encode()),
    )
    for rater, role in ((cast.ada, RaterRole.SELF), (cast.ben, RaterRole.TEACHER)):
        draft = RatingDraft(cast.ada, stage.adas.competency, 1, rater, role, LATER, note=CANARY)
        take_in_rating(draft, by=user_of(rater), at=LATER)
    return stage


def confirmed(stage: Stage) -> Erasure:
    erasure = ask_erasure(
        stage.cast.ada, reason="The family asks", by=stage.actors["femi"], at=LATER
    )
    return confirm_erasure(erasure, by=OPERATOR, at=LATER)


def texts_anywhere() -> str:
    """Return all that stands in the rows of all tables of ours."""
    return "\n".join(
        repr(row)
        for model, _ in declared_models()
        for row in getattr(model, "every_district", model._default_manager).values()
    )


def test_two_people_are_needed(stage: Stage) -> None:
    femi = stage.actors["femi"]
    erasure = ask_erasure(stage.cast.ada, reason="The family asks", by=femi, at=LATER)
    with pytest.raises(Refused, match="second person"):
        confirm_erasure(erasure, by=femi, at=LATER)
    assert carry_out_erasures(by=OPERATOR, at=AFTER) == []
    with pytest.raises(Refused, match="asked already"):
        ask_erasure(stage.cast.ada, reason="Again", by=OPERATOR, at=LATER)
    assert confirm_erasure(erasure, by=OPERATOR, at=LATER).state == ErasureState.CONFIRMED
    with pytest.raises(Refused):
        confirm_erasure(erasure, by=OPERATOR, at=LATER)


def test_nobody_ends_their_own_record_and_a_reason_is_said(stage: Stage) -> None:
    femi = stage.actors["femi"]
    own = Person.objects.get(given_name="Femi")
    with pytest.raises(Refused, match="their own"):
        ask_erasure(own, reason="Mine", by=femi, at=LATER)
    with pytest.raises(Refused, match="few words"):
        ask_erasure(stage.cast.ada, reason="  ", by=femi, at=LATER)
    erasure = ask_erasure(own, reason="She left", by=OPERATOR, at=LATER)
    with pytest.raises(Refused, match="their own"):
        confirm_erasure(erasure, by=femi, at=LATER)


def test_it_waits_for_its_day_and_can_be_taken_back_until_then(stage: Stage) -> None:
    erasure = confirmed(stage)
    assert carry_out_erasures(by=OPERATOR, at=LATER + timedelta(days=1)) == []
    withdraw_erasure(erasure, by=stage.actors["femi"], at=LATER)
    assert carry_out_erasures(by=OPERATOR, at=AFTER) == []
    assert Person.objects.filter(pk=stage.cast.ada.pk, family_name=CANARY).exists()
    with pytest.raises(Refused, match="over"):
        withdraw_erasure(erasure, by=OPERATOR, at=LATER)


def test_nothing_of_a_person_is_left_in_any_table_or_file(stage: Stage) -> None:
    ada, file = stage.cast.ada, kept_file(stage.cast.ada.artifacts.get(title=CANARY))
    assert CANARY in texts_anywhere()
    confirmed(stage)
    (done,) = carry_out_erasures(by=OPERATOR, at=AFTER)
    assert done.n_rows > 20
    assert done.n_files == 1
    told = texts_anywhere()
    for mark in (CANARY, str(ada.public_id), ada.public_id.hex, "A-17", "ada@example.org"):
        assert mark not in told
    assert not file.exists()
    for model, declared in declared_models():
        if declared.subject:
            assert not rows_of(model, [ada.pk]).exists(), model
    assert not Person.objects.filter(pk=ada.pk).exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_roster_that_waits_to_be_taken_in_goes_with_anybody(stage: Stage, tmp_path: Path) -> None:
    content = write_zip(tmp_path / "roster.zip", BUNDLE).read_bytes()
    femi = user_of(Person.objects.get(given_name="Femi"))
    run = start_import(content, file="roster.zip", target=None, by=femi, at=LATER)
    assert run.state == RunState.CHECKED
    confirmed(stage)
    carry_out_erasures(by=OPERATOR, at=AFTER)
    assert not ImportRun.objects.exists()


def test_who_worked_with_others_leaves_a_row_without_a_name(stage: Stage) -> None:
    ben = stage.cast.ben
    erasure = ask_erasure(ben, reason="He left", by=OPERATOR, at=LATER)
    confirm_erasure(erasure, by=stage.actors["femi"], at=LATER)
    carry_out_erasures(by=OPERATOR, at=AFTER)
    left = Person.objects.get(pk=ben.pk)
    assert (left.given_name, left.family_name, left.label, left.user) == ("", "", "", None)
    assert left.public_id != ben.public_id
    assert left.name == "Somebody who is no longer here"
    assert Rating.objects.get_queryset().filter(learner=stage.cast.ada, rater=left).exists()
    assert not User.objects.filter(username="ben@example.org").exists()


def test_who_was_merged_into_a_person_ends_with_them(stage: Stage) -> None:
    ada = stage.cast.ada
    twin = make_person(f"Adah {CANARY}", stage.cast.school, Role.STUDENT)
    merge_people(twin, ada, by=OPERATOR, at=LATER)
    ids = {hash_of(ada.public_id), hash_of(twin.public_id)}
    confirmed(stage)
    carry_out_erasures(by=OPERATOR, at=AFTER)
    assert CANARY not in texts_anywhere()
    assert ids <= set(LedgerEntry.objects.values_list("subject_hash", flat=True))


def test_a_guardian_who_is_erased_is_tied_to_nobody(stage: Stage) -> None:
    erasure = ask_erasure(stage.cast.eli, reason="They ask", by=OPERATOR, at=LATER)
    confirm_erasure(erasure, by=stage.actors["femi"], at=LATER)
    carry_out_erasures(by=OPERATOR, at=AFTER)
    assert not Relationship.objects.filter(learner=stage.cast.ada).exists()
    assert not Person.objects.filter(given_name="Eli").exists()


def test_the_logs_stay_whole_and_keep_numbers_alone(stage: Stage) -> None:
    seal_logs(at=LATER)
    confirmed(stage)
    carry_out_erasures(by=OPERATOR, at=AFTER)
    seal_logs(at=AFTER)
    assert verify_logs().is_whole
    entry = AuditEntry.objects.get(deed="erase person")
    assert entry.subject_id == stage.cast.ada.pk


def test_the_ledger_names_nobody_and_erases_again(stage: Stage, tmp_path: Path) -> None:
    public_id = stage.cast.ada.public_id
    confirmed(stage)
    carry_out_erasures(by=OPERATOR, at=AFTER)
    entry = LedgerEntry.objects.get(subject_hash=hash_of(public_id))
    assert entry.subject_hash == hash_of(public_id)
    assert str(public_id) not in texts_anywhere()
    copied = copy_ledger(tmp_path)
    assert hash_of(public_id) in [row.subject_hash for row in read_ledger(copied)]
    back = Person.objects.create(given_name="Ada", family_name=CANARY, public_id=public_id)
    keep_entries(read_ledger(copied))
    assert erase_again([entry.subject_hash], at=AFTER) == 1
    assert not Person.objects.filter(pk=back.pk).exists()
    assert LedgerEntry.objects.filter(subject_hash=entry.subject_hash).count() >= 1


def test_a_changed_ledger_is_refused_and_a_torn_last_line_passed_over(
    stage: Stage, tmp_path: Path
) -> None:
    place_hold(stage.cast.ada, reason="Case 7", until=None, by=OPERATOR, at=LATER)
    copied = copy_ledger(tmp_path)
    text = copied.read_text()
    copied.write_text(text + '{"at": 1, "wh')
    assert len(read_ledger(copied)) == 1
    copied.write_text(text.replace('"held"', '"erased"'))
    with pytest.raises(Refused, match="changed"):
        read_ledger(copied)
    copied.write_text("anything")
    with pytest.raises(Refused, match="no ledger"):
        read_ledger(copied)
    assert ledger_file().exists()


def test_the_ledger_goes_on_after_a_torn_line(stage: Stage) -> None:
    place_hold(stage.cast.ada, reason="Case 7", until=None, by=OPERATOR, at=LATER)
    write_ledger_file()
    whole = read_ledger(ledger_file())
    with ledger_file().open("a") as file:
        file.write('{"at": 1, "wh')
    place_hold(stage.cast.ben, reason="Case 8", until=None, by=OPERATOR, at=LATER)
    write_ledger_file()
    assert len(read_ledger(ledger_file())) == len(whole) + 1


@pytest.mark.parametrize("scope", ["learner", "group", "organization"])
def test_under_a_hold_it_waits_and_is_done_by_itself_on_release(stage: Stage, scope: str) -> None:
    hold = place_hold(
        getattr(stage.adas, scope), reason="Case 7", until=None, by=OPERATOR, at=LATER
    )
    erasure = confirmed(stage)
    assert carry_out_erasures(by=OPERATOR, at=AFTER) == []
    (shown,) = erasures(by=stage.actors["femi"])
    assert shown.is_held
    release_hold(hold, by=stage.actors["femi"], at=AFTER)
    assert [each.pk for each in carry_out_erasures(by=OPERATOR, at=AFTER)] == [erasure.pk]


def test_a_hold_ends_with_its_day_and_lets_nobody_read_more(stage: Stage) -> None:
    ada = stage.cast.ada
    hold = place_hold(stage.cast.district, reason="Case 7", until=today(), by=OPERATOR, at=LATER)
    assert held_among([ada.pk]) == {ada.pk}
    assert [held and held.pk for _, held in holds(by=stage.actors["femi"])] == [
        stage.cast.district.pk
    ]
    for name in ("ada", "ben", "cleo", "dana", "eli", "gwen"):
        with pytest.raises(NotFound):
            holds(by=stage.actors[name])
        with pytest.raises(NotFound):
            place_hold(ada, reason="Mine", until=None, by=stage.actors[name], at=LATER)
    Hold.objects.filter(pk=hold.pk).update(until=today() - timedelta(days=1))
    assert held_among([ada.pk]) == set()
    with pytest.raises(Refused, match="over"):
        place_hold(ada, reason="Late", until=today() - timedelta(days=1), by=OPERATOR, at=LATER)


def test_each_word_on_it_is_on_record(stage: Stage) -> None:
    last = AuditEntry.objects.latest("pk").pk
    hold = place_hold(stage.cast.ada, reason="Case 7", until=None, by=OPERATOR, at=LATER)
    release_hold(hold, by=OPERATOR, at=LATER)
    confirmed(stage)
    carry_out_erasures(by=OPERATOR, at=AFTER)
    deeds = AuditEntry.objects.filter(pk__gt=last).order_by("pk").values_list("deed", flat=True)
    assert list(deeds) == [
        "place hold",
        "release hold",
        "ask erasure",
        "confirm erasure",
        "erase person",
    ]
    assert to_microseconds(AFTER) in AuditEntry.objects.values_list("at", flat=True)
