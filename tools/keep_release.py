"""Keep a small demo district of this release, for the tests of later ones to upgrade.

Once a release, on both databases: run it as it is, and by tools/with-postgres. Writes to
tests/releases/<version>/: `sqlite3.xz` or `postgresql.sql.xz`, and `facts.json`.
"""

import json
import lzma
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["MANYPATHS_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manypaths.settings")
        sys.path.insert(0, str(ROOT))
        django.setup()
        keep(Path(home))


def keep(home: Path) -> None:
    from django.db import connection
    from tests.releases.facts import LAST_DAY, facts

    from manypaths import __version__
    from manypaths.base.progress import silence
    from manypaths.cli.home import make_tables
    from manypaths.demo.build import build_demo
    from manypaths.demo.roster import ONE_CLASS_A_GRADE
    from manypaths.people.access import Operator

    make_tables()
    build_demo(
        seed=1,
        last_day=LAST_DAY,
        by=Operator(),
        progress=silence,
        size=ONE_CLASS_A_GRADE,
    )
    found = facts()
    folder = ROOT / "tests" / "releases" / __version__
    folder.mkdir(exist_ok=True)
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        (folder / "sqlite3.xz").write_bytes(lzma.compress(file.read_bytes(), preset=9))
    else:
        connection.close()
        (folder / "postgresql.sql.xz").write_bytes(lzma.compress(dump().encode(), preset=9))
    (folder / "facts.json").write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")


def dump() -> str:
    """Return the database as statements that any client runs, without those of psql alone."""
    command = [
        "pg_dump",
        "--no-owner",
        "--rows-per-insert=500",
        os.environ["MANYPATHS_DATABASE_URL"],
    ]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "".join(line for line in text.splitlines(True) if not line.startswith("\\"))


if __name__ == "__main__":
    main()
