"""A backup holds everything of one moment, can be checked, and comes back as it was."""

import json
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.errors import Refused
from manypaths.upkeep.backups import check_backup
from tests.installed import COMMAND, Environment, answer, bare, furnished, run

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

GROUP = "7A"
LOG = "learner,item,time,correct,competencies\n" + "".join(
    f"{who},item {n},{1_790_000_000 + 86_400 * n},{(n + len(who)) % 2},{'AB'[n % 2]}\n"
    for who in ("ana", "ben", "cleo", "dagmar")
    for n in range(12)
)


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Environment]:
    with furnished(tmp_path / "home") as found:
        yield found


@pytest.fixture
def backup(environment: Environment, tmp_path: Path) -> Path:
    """Make a home with a class's work, and back it up."""
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    answer(environment, "init", "--name", "Wide Valley")
    answer(environment, "import", "responses", tmp_path / "log.csv", "--group", GROUP)
    path = tmp_path / "backups" / "one.zip"
    assert answer(environment, "backup", path)["rows"] > 48
    return path


def test_a_backup_comes_back_as_it_was_on_either_database(
    environment: Environment, backup: Path, tmp_path: Path
) -> None:
    before = answer(environment, "class", "--group", GROUP)
    elsewhere = bare(tmp_path / "elsewhere")
    restored = answer(elsewhere, "restore", backup)
    assert answer(elsewhere, "class", "--group", GROUP) == before
    assert answer(elsewhere, "check")["ok"]
    again = tmp_path / "backups" / "two.zip"
    assert answer(elsewhere, "backup", again)["rows"] == restored["rows"]
    assert manifest(again)["tables"] == manifest(backup)["tables"]


def test_work_goes_on_after_a_restore(
    environment: Environment, backup: Path, tmp_path: Path
) -> None:
    (tmp_path / "more.csv").write_text(LOG.replace("item ", "new "), encoding="utf-8")
    with furnished(tmp_path / "second") as second:
        answer(second, "restore", backup)
        report = answer(second, "import", "responses", tmp_path / "more.csv", "--group", GROUP)
        assert report["responses"]["created"] == 48
        assert answer(second, "check")["ok"]


def test_a_backup_holds_one_moment_while_others_write(
    environment: Environment, backup: Path, tmp_path: Path
) -> None:
    (tmp_path / "more.csv").write_text(LOG.replace("item ", "new "), encoding="utf-8")
    words = (COMMAND, "import", "responses", tmp_path / "more.csv", "--group", GROUP, "--json")
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) as writer:
        paths = [tmp_path / "backups" / f"{n}.zip" for n in range(3)]
        for path in paths:
            answer(environment, "backup", path)
        assert writer.wait(timeout=120) == 0
    for path in paths:
        tables = manifest(path)["tables"]
        # Responses and what is believed of them are written in one deed, so both or neither.
        assert tables["evidence_response"]["rows"] in (48, 96)
        elsewhere = bare(tmp_path / path.stem)
        answer(elsewhere, "restore", path)
        assert answer(elsewhere, "check")["ok"]


def test_a_damaged_backup_is_refused_and_says_where(backup: Path, tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled.zip"
    with zipfile.ZipFile(backup) as good, zipfile.ZipFile(spoiled, "w") as bad:
        for name in good.namelist():
            contents = good.read(name)
            if name == "tables/evidence_response.csv":
                contents = contents.replace(b"0.0", b"1.0", 1)
            bad.writestr(name, contents)
    for command in ("check-backup", "restore"):
        done = run(bare(tmp_path / "home3"), command, spoiled)
        assert done.returncode == 1
        assert "tables/evidence_response.csv in spoiled.zip is damaged" in done.stderr


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None
)
@given(data=st.data())
def test_a_backup_with_any_byte_changed_is_refused_or_means_the_same(
    backup: Path, data: st.DataObject
) -> None:
    content = bytearray(backup.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    spoiled = backup.with_name("changed.zip")
    spoiled.write_bytes(content)
    with suppress(Refused):
        assert check_backup(spoiled) == check_backup(backup)


def test_a_backup_of_a_newer_version_is_refused(backup: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.zip"
    with zipfile.ZipFile(backup) as good, zipfile.ZipFile(newer, "w") as later:
        for name in good.namelist():
            contents = good.read(name)
            if name == "manifest.json":
                said = json.loads(contents)
                said["migrations"].append(["people", "9999_from_the_future"])
                contents = json.dumps(said).encode()
            later.writestr(name, contents)
    done = run(bare(tmp_path / "home4"), "restore", newer)
    assert done.returncode == 1
    assert "people.9999_from_the_future" in done.stderr


def test_nothing_is_restored_over_records(environment: Environment, backup: Path) -> None:
    done = run(environment, "restore", backup)
    assert done.returncode == 1
    assert "records here already" in done.stderr


def test_a_backup_never_overwrites_and_older_ones_go_when_asked(
    environment: Environment, backup: Path, tmp_path: Path
) -> None:
    assert run(environment, "backup", backup).returncode == 1
    (backup.parent / "other.zip").write_bytes(b"not a backup")
    second, third = backup.parent / "two.zip", backup.parent / "three.zip"
    answer(environment, "backup", second)
    assert answer(environment, "backup", third, "--keep", 2)["dropped"] == 1
    left = {path.name for path in backup.parent.glob("*.zip")}
    assert left == {"two.zip", "three.zip", "other.zip"}


def manifest(path: Path) -> dict[str, dict[str, dict[str, int]]]:
    with zipfile.ZipFile(path) as archive:
        found: dict[str, dict[str, dict[str, int]]] = json.loads(archive.read("manifest.json"))
    return found
