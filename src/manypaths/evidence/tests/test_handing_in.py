"""Drafts, files and what somebody answers to work that was handed in."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from manypaths.base.clock import now, to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.evidence.drafts import RatingDraft
from manypaths.evidence.files import check_file
from manypaths.evidence.models import Artifact, ArtifactKind, Draft, Look, RaterRole
from manypaths.evidence.queries import artifact_for, draft_in, waiting_to_be_looked_at
from manypaths.evidence.services import (
    drop_draft,
    look_at,
    record_artifact,
    record_rating,
    save_draft,
    withdraw_evidence,
)
from manypaths.evidence.storage import FilesSwept, kept_file, sweep
from manypaths.evidence.tests.shelf import LATER, Shelf, day, make_shelf
from manypaths.evidence.tests.uploads import PDF, picture
from manypaths.people.tests.cast import Cast, user_of


@pytest.fixture
def shelf(cast: Cast) -> Shelf:
    return make_shelf()


@pytest.fixture
def files(settings: Settings) -> Path:
    return Path(settings.MEDIA_ROOT)


def hand_in(cast: Cast, shelf: Shelf, **changes: Any) -> Artifact:
    given: dict[str, Any] = {
        "kind": ArtifactKind.TEXT,
        "title": "My work",
        "text": "A half is two quarters.",
        "competency": shelf.a,
        "done_at": day(3),
    }
    return record_artifact(cast.ada, by=user_of(cast.ada), at=LATER, **(given | changes))


def hand_in_file(cast: Cast, shelf: Shelf, **changes: Any) -> Artifact:
    file = check_file("page.pdf", PDF)
    return hand_in(cast, shelf, kind=ArtifactKind.FILE, text="", file=file, **changes)


def test_a_file_lies_under_the_id_of_its_row_once_that_is_saved(
    cast: Cast,
    shelf: Shelf,
    files: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        work = hand_in_file(cast, shelf)
    assert kept_file(work).read_bytes() == PDF
    assert kept_file(work).name == str(work.public_id)
    assert (work.file_name, work.file_type, work.file_bytes) == (
        "page.pdf",
        "application/pdf",
        len(PDF),
    )
    assert [path.name for path in files.rglob("*") if path.is_file()] == [str(work.public_id)]


def test_without_its_row_no_file_stays(cast: Cast, shelf: Shelf, files: Path) -> None:
    with suppress(RuntimeError), transaction.atomic():
        hand_in_file(cast, shelf)
        raise RuntimeError
    assert not Artifact.objects.all()
    assert sweep(at=now()).unsaved == 0  # its row may be on the way
    assert sweep(at=now() + timedelta(days=2)) == FilesSwept(0, 0, 0, unsaved=1)
    assert not [path for path in files.rglob("*") if path.is_file()]


def test_a_sweep_finishes_what_a_power_cut_left_half_done(
    cast: Cast, shelf: Shelf, files: Path
) -> None:
    work = hand_in_file(cast, shelf)  # committed here, but never given its name
    assert sweep(at=now()) == FilesSwept(1, 0, 0, 0)
    assert kept_file(work).read_bytes() == PDF
    kept_file(work).unlink()
    assert sweep(at=now()) == FilesSwept(0, 1, 0, 0)
    with pytest.raises(NotFound):
        kept_file(work)


def test_a_sweep_takes_nothing_away_whose_row_may_be_elsewhere(
    cast: Cast, shelf: Shelf, files: Path
) -> None:
    work = hand_in_file(cast, shelf)
    path = kept_file(work)
    path.rename(path.with_name(str(uuid4())))
    assert sweep(at=now() + timedelta(days=2)) == FilesSwept(0, 1, 1, 0)
    assert len([path for path in files.rglob("*") if path.is_file()]) == 1


def test_the_first_reader_finds_what_was_left_half_done(
    cast: Cast, shelf: Shelf, files: Path
) -> None:
    assert kept_file(hand_in_file(cast, shelf)).read_bytes() == PDF


def test_a_text_has_no_file(cast: Cast, shelf: Shelf, files: Path) -> None:
    with pytest.raises(NotFound):
        kept_file(hand_in(cast, shelf))


def test_the_same_handing_in_twice_is_recorded_once(cast: Cast, shelf: Shelf, files: Path) -> None:
    key = uuid4()
    first, again = (hand_in_file(cast, shelf, key=key) for _ in range(2))
    assert first == again
    assert first.public_id == key
    assert AuditEntry.objects.filter(deed="record artifact").count() == 1


def test_a_key_that_names_somebody_elses_work_tells_nothing(
    cast: Cast, shelf: Shelf, files: Path
) -> None:
    theirs = hand_in(cast, shelf)
    own = record_artifact(
        cast.ben,
        kind=ArtifactKind.TEXT,
        title="Mine",
        text="Mine",
        done_at=day(3),
        by=user_of(cast.ben),
        at=LATER,
        key=theirs.public_id,
    )
    assert own.public_id != theirs.public_id


def test_files_have_a_size_and_a_person_has_room_for_so_many(
    cast: Cast, shelf: Shelf, files: Path, settings: Settings
) -> None:
    settings.FILE_MEGABYTES = 0
    with pytest.raises(Refused, match="up to 0 megabytes"):
        hand_in_file(cast, shelf)
    settings.FILE_MEGABYTES, settings.PERSON_MEGABYTES = 1, 1
    hand_in_file(cast, shelf)
    Artifact.every_district.update(file_bytes=1_000_000)
    with pytest.raises(Refused, match="room for 1 megabytes"):
        hand_in_file(cast, shelf)
    assert Artifact.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": ArtifactKind.FILE}, "Choose the photo"),
        ({"text": "  "}, "needs words"),
        ({"title": " "}, "needs a title"),
        ({"kind": ArtifactKind.LINK}, "https://"),
        ({"link": "javascript:alert(1)"}, "https://"),
    ],
)
def test_what_is_empty_or_unsafe_is_not_recorded(
    cast: Cast, shelf: Shelf, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        hand_in(cast, shelf, **changes)


def test_a_draft_is_kept_once_for_a_place_and_goes_when_it_is_let_go(cast: Cast) -> None:
    ada = user_of(cast.ada)
    for number, text in enumerate(("A", "A h", "A half")):
        save_draft(cast.ada, "competency:1", text=text, by=ada, at=day(number))
    save_draft(cast.ada, "task:1", title="Another", by=ada, at=day(1))
    draft = draft_in(cast.ada, "competency:1", by=ada)
    assert draft is not None
    assert (draft.text, draft.saved_at) == ("A half", to_microseconds(day(2)))
    drop_draft(cast.ada, "competency:1", by=ada, at=LATER)
    assert [draft.place for draft in Draft.objects.all()] == ["task:1"]


def test_what_was_handed_in_is_no_draft_again(cast: Cast, shelf: Shelf) -> None:
    key, ada = uuid4(), user_of(cast.ada)
    assert save_draft(cast.ada, "task:1", text="A half", key=key, by=ada, at=day(0)) is not None
    hand_in(cast, shelf, key=key)
    drop_draft(cast.ada, "task:1", by=ada, at=day(1))
    assert save_draft(cast.ada, "task:1", text="A half", key=key, by=ada, at=day(1)) is None
    assert draft_in(cast.ada, "task:1", by=ada) is None
    assert save_draft(cast.ada, "task:1", text="More", key=uuid4(), by=ada, at=day(2)) is not None


def test_a_draft_is_its_writers_alone(cast: Cast) -> None:
    save_draft(cast.ada, "task:1", text="Secret", by=user_of(cast.ada), at=day(0))
    for other in (cast.ben, cast.eli, cast.dana):
        with pytest.raises(NotFound):
            draft_in(cast.ada, "task:1", by=user_of(other))
        with pytest.raises(NotFound):
            save_draft(cast.ada, "task:1", text="Mine", by=user_of(other), at=day(1))


def test_a_draft_is_not_without_end(cast: Cast) -> None:
    with pytest.raises(Refused):
        save_draft(cast.ada, "task:1", text="a" * 100_001, by=user_of(cast.ada), at=day(0))


def test_work_waits_until_somebody_looks_at_it(cast: Cast, shelf: Shelf) -> None:
    ben = user_of(cast.ben)
    first, second = hand_in(cast, shelf), hand_in(cast, shelf, done_at=day(1))
    hand_in(cast, shelf, competency=None)  # brought in from elsewhere: for nobody to look at
    assert waiting_to_be_looked_at([cast.ada], by=ben) == [second, first]
    look_at(second, words=" Say why. ", by=ben, at=LATER)
    look_at(second, words="Say why it is.", by=ben, at=LATER)
    assert Look.objects.get().words == "Say why it is."
    assert waiting_to_be_looked_at([cast.ada], by=ben) == [first]
    withdraw_evidence(first, reason="Twice", by=ben, at=LATER)
    assert waiting_to_be_looked_at([cast.ada], by=ben) == []


def test_work_that_somebody_rated_waits_no_more(cast: Cast, shelf: Shelf) -> None:
    work = hand_in(cast, shelf)
    for person, role, waits in (
        (cast.ada, RaterRole.SELF, True),
        (cast.ben, RaterRole.TEACHER, False),
    ):
        draft = RatingDraft(cast.ada, shelf.a, 1, person, role, day(4), artifact=work)
        record_rating(draft, by=user_of(person), at=LATER)
        assert bool(waiting_to_be_looked_at([cast.ada], by=user_of(cast.ben))) is waits


@pytest.mark.parametrize("name", ["ada", "eli", "cleo"])
def test_only_those_who_work_with_a_learner_answer_their_work(
    cast: Cast, shelf: Shelf, name: str
) -> None:
    work = hand_in(cast, shelf)
    with pytest.raises(NotFound):
        look_at(work, words="Fine", by=user_of(getattr(cast, name)), at=LATER)


def test_what_waits_takes_two_queries_however_much_it_is(
    cast: Cast, shelf: Shelf, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        hand_in(cast, shelf, done_at=day(number))
    ben = user_of(cast.ben)
    with django_assert_num_queries(2):
        for work in waiting_to_be_looked_at([cast.ada], by=ben):
            assert (work.learner.name, str(work.competency)) == ("Ada Okafor", "A")


def test_work_is_found_by_those_who_see_its_learner(cast: Cast, shelf: Shelf, files: Path) -> None:
    work = hand_in(cast, shelf, kind=ArtifactKind.FILE, file=check_file("a.jpg", picture()))
    for name in ("ada", "ben", "eli", "dana"):
        assert artifact_for(work.public_id, by=user_of(getattr(cast, name))) == work
    with pytest.raises(NotFound):
        artifact_for(work.public_id, by=user_of(cast.cleo))
    with pytest.raises(NotFound):
        artifact_for(uuid4(), by=user_of(cast.ben))
