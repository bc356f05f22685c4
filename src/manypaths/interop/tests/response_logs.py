"""Small response logs, and what they leave behind."""

from collections.abc import Iterable
from pathlib import Path

from django.db import connection

from manypaths.estimates.models import Belief, GeneralBelief
from manypaths.estimates.rows import GENERAL_FIELDS, OWN_FIELDS
from manypaths.interop.report import ImportReport
from manypaths.interop.response_import import ImportTarget, import_responses
from manypaths.people.access import Actor
from manypaths.people.tests.cast import AT, OPERATOR

HEADER = "learner,item,time,correct,competencies\n"

Beliefs = dict[tuple[str, str], list[float | None]]


def written(folder: Path, content: str | bytes, name: str = "log.csv") -> Path:
    """Write a file as it is given, and return where."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def log_of(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


def take_in(
    path: Path,
    group: str = "7C",
    *,
    framework: str | None = None,
    by: Actor = OPERATOR,
    dry_run: bool = False,
) -> ImportReport:
    return import_responses(path, ImportTarget(group, framework), by=by, at=AT, dry_run=dry_run)


def row_counts() -> dict[str, int]:
    """Return how many rows each table of the database holds."""
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


def beliefs() -> Beliefs:
    """Return all beliefs of the district, by the learner's label and the competency's code."""
    general = GeneralBelief.objects.select_related("learner")
    own = Belief.objects.select_related("learner", "competency")
    return {
        (row.learner.label, ""): _numbers(row, (*GENERAL_FIELDS, "n_events")) for row in general
    } | {(row.learner.label, row.competency.code): _numbers(row, OWN_FIELDS) for row in own}


def _numbers(row: GeneralBelief | Belief, names: Iterable[str]) -> list[float | None]:
    return [getattr(row, name) for name in names]
