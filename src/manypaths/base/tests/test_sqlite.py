"""Which journal SQLite is given, and that it is the one in force."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from manypaths.base.sqlite import Version, has_repaired_wal, library_version, safe_journal_mode

REPAIRED = [(3, 51, 3), (3, 44, 6), (3, 44, 7), (3, 50, 7), (3, 52, 1), (3, 53, 4), (4, 0, 0)]
AFFECTED = [
    (3, 7, 0),
    (3, 40, 1),
    (3, 44, 5),
    (3, 45, 0),
    (3, 49, 9),
    (3, 50, 6),
    (3, 51, 0),
    (3, 51, 2),
    (3, 52, 0),  # withdrawn
]


@pytest.mark.parametrize("version", REPAIRED)
def test_write_ahead_logging_is_used_where_it_was_repaired(version: Version) -> None:
    assert has_repaired_wal(version)
    assert safe_journal_mode(version) == "WAL"


@pytest.mark.parametrize("version", AFFECTED)
def test_a_rollback_journal_is_used_where_it_can_lose_commits(version: Version) -> None:
    assert not has_repaired_wal(version)
    assert safe_journal_mode(version) == "DELETE"


# Opens the database file as every command does, and says what is in force there.
_OPENED = """
import sys
if {without_package}:
    sys.modules["pysqlite3"] = None
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "manypaths.settings"
import django
django.setup()
from django.db import connection
from manypaths.base import sqlite

def ask(pragma):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA " + pragma)
        return cursor.fetchone()

with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE written (n INTEGER)")
    cursor.execute("INSERT INTO written VALUES (1)")
print(json.dumps({{
    "version": sqlite.library_version(),
    "journal": ask("journal_mode")[0],
    "synchronous": ask("synchronous")[0],
    "foreign_keys": ask("foreign_keys")[0],
    "mmap_size": ask("mmap_size"),
    "transaction_mode": connection.transaction_mode,
}}))
"""


@pytest.mark.parametrize("without_package", [False, True])
def test_the_safe_journal_is_in_force_in_the_file(tmp_path: Path, without_package: bool) -> None:
    environment = {name: value for name, value in os.environ.items() if name[:10] != "MANYPATHS_"}
    answer = subprocess.run(
        [sys.executable, "-c", _OPENED.format(without_package=without_package)],
        env=environment | {"MANYPATHS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = json.loads(answer.stdout)
    major, minor, patch = found["version"]
    assert found["journal"] == safe_journal_mode((major, minor, patch)).lower()
    assert found["synchronous"] == 2  # FULL: a commit is on the disk before it is acknowledged
    assert found["foreign_keys"] == 1
    assert found["mmap_size"] in ([0], None)
    assert found["transaction_mode"] == "IMMEDIATE"
    # The header of the file itself: 2 at these places means write-ahead logging.
    header = (tmp_path / "manypaths.sqlite3").read_bytes()[18:20]
    assert header == (b"\2\2" if found["journal"] == "wal" else b"\1\1")


def test_the_newest_library_at_hand_is_used() -> None:
    packaged = pytest.importorskip("pysqlite3", reason="only packaged for Linux")
    import _sqlite3  # the library that Python itself links

    linked = tuple(int(part) for part in _sqlite3.sqlite_version.split("."))
    assert library_version() == max(packaged.sqlite_version_info, linked)
