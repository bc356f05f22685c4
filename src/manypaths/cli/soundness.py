"""What `check` looks at, each with what it found and why that matters."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from manypaths.base import sqlite
from manypaths.base.clock import now
from manypaths.base.scope import district_scope
from manypaths.base.seals import verify_logs
from manypaths.cli.home import is_made
from manypaths.cli.risks import risks
from manypaths.estimates.queries import drifted_learners, families_with_evidence
from manypaths.evidence.storage import sweep
from manypaths.people.access import Operator
from manypaths.people.queries import districts, zone_of

# So many learners of each framework are replayed and compared with what is stored.
_SAMPLE = 20


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    # Nothing is wrong yet, and somebody should see to it.
    risk: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the finding as `check --json` prints it."""
        return asdict(self)


def findings() -> list[Finding]:
    """Return what was found, one thing after the other; later ones need the earlier ones."""
    found = [_database(), _tables()]
    if not all(finding.ok for finding in found):
        return found
    return [
        *(*found, _whole(), _files(), _logs(), *_estimates()),
        *(Finding(risk.name, True, risk.detail, risk.is_risk) for risk in risks()),
    ]


def _database() -> Finding:
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        return Finding("database", True, f"PostgreSQL {version}")
    version = sqlite.library_version()
    words = ".".join(map(str, version))
    journal = sqlite.safe_journal_mode(version)
    why = (
        "WAL, as this library has the repair of the WAL-reset fault"
        if journal == "WAL"
        else "a rollback journal, as WAL can lose commits with this library"
    )
    return Finding("database", True, f"SQLite {words} in {settings.HOME}, {why}")


def _tables() -> Finding:
    if not is_made():
        return Finding("tables", False, "there are none yet: run `manypaths init`")
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Finding("tables", False, f"{len(waiting)} migrations wait: run `manypaths init`")
    return Finding("tables", True, "up to date")


def _whole() -> Finding:
    if connection.vendor != "sqlite":
        connection.check_constraints()
        return Finding("integrity", True, "all references lead somewhere")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check")
        answer = cursor.fetchone()[0]
        cursor.execute("PRAGMA foreign_key_check")
        dangling = len(cursor.fetchall())
    detail = f"the file answers {answer!r}; {dangling} references lead nowhere"
    return Finding("integrity", answer == "ok" and not dangling, detail)


def _files() -> Finding:
    """Bring files and rows together where a power cut came between, and say what can't be."""
    operator, found = Operator(), []
    for district in districts(by=operator):
        with district_scope(district.pk, zone_of(district)):
            found.append(sweep(at=now()))
    kept, missing, strays, unsaved = (
        sum(getattr(one, name) for one in found)
        for name in ("kept", "missing", "strays", "unsaved")
    )
    detail = f"{kept} handed in, {missing} missing, {strays} without a row"
    if unsaved:
        detail += f"; {unsaved} that were never saved are gone"
    return Finding("files", not missing, detail)


def _logs() -> Finding:
    found = verify_logs()
    if found.is_whole:
        return Finding("audit", True, f"{found.n_entries:,} entries are as they were sealed")
    first = "; ".join(str(broken) for broken in found.breaks[:3])
    return Finding("audit", False, f"{len(found.breaks)} places are not as sealed: {first}")


def _estimates() -> Iterator[Finding]:
    operator = Operator()
    for district in districts(by=operator):
        with district_scope(district.pk, zone_of(district)):
            for family in families_with_evidence(by=operator):
                looked, drifted = drifted_learners(family, by=operator, sample=_SAMPLE)
                yield Finding(
                    f"estimates on {family.title}",
                    not drifted,
                    f"{looked} learners replayed, {drifted} differ from what is stored"
                    + (": run `manypaths estimate --rebuild`" if drifted else ""),
                )
