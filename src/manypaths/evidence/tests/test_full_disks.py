"""Files that find no room: row and file both, or neither, and words that say why."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from manypaths.base.errors import Refused
from manypaths.evidence.files import check_file
from manypaths.evidence.models import Artifact, ArtifactKind
from manypaths.evidence.services import record_artifact
from manypaths.evidence.tests.shelf import LATER, Shelf, day, make_shelf
from manypaths.evidence.tests.uploads import PDF
from manypaths.people.tests.cast import Cast, user_of

pytestmark = pytest.mark.fault


@pytest.fixture
def shelf(cast: Cast) -> Shelf:
    return make_shelf()


@pytest.fixture
def disk(tmp_path: Path, settings: Settings, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Keep handed-in files on a small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", request.param, "tmpfs", folder], check=False
    )
    if made.returncode:
        pytest.skip("only root can make a small disk")
    settings.MEDIA_ROOT = folder / "files"
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def hand_in(cast: Cast, shelf: Shelf, name: str) -> Artifact:
    with transaction.atomic():
        return record_artifact(
            cast.ada,
            kind=ArtifactKind.FILE,
            title=name,
            competency=shelf.a,
            file=check_file("page.pdf", PDF),
            done_at=day(3),
            by=user_of(cast.ada),
            at=LATER,
        )


# Without room to speak of, and with plenty of room but for no more than a few files.
@pytest.mark.parametrize("disk", ["size=8m", "size=900m,nr_inodes=8"], indirect=True)
def test_on_a_full_disk_row_and_file_are_both_there_or_neither(
    cast: Cast,
    shelf: Shelf,
    disk: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    kept = 0
    for number in range(12):
        with suppress(Refused), django_capture_on_commit_callbacks(execute=True):
            hand_in(cast, shelf, f"Page {number}")
            kept += 1
    assert kept < 12
    with pytest.raises(Refused, match="no room for files"):
        hand_in(cast, shelf, "One more")
    rows = {str(public_id) for public_id in Artifact.objects.values_list("public_id", flat=True)}
    files = {path.name for path in disk.glob("files/*/*/*")}
    assert (len(rows), files) == (kept, rows)


@pytest.mark.parametrize("disk", ["size=900m"], indirect=True)
def test_on_a_disk_that_takes_no_writing_nothing_is_recorded(
    cast: Cast, shelf: Shelf, disk: Path
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with pytest.raises(Refused, match="no room for files"):
        hand_in(cast, shelf, "Page")
    assert not Artifact.objects.exists()
