"""A whole bundle: which files it has, in which version and mode, and whether its ids hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from manypaths.base.archives import opened_files
from manypaths.base.worded import worded
from manypaths.interop.oneroster.columns import COLUMNS, NEEDED, USERS_OF_1_1, Column
from manypaths.interop.oneroster.manifest import deltas, read_manifest
from manypaths.interop.oneroster.tables import Findings, Row, Table, header_of, read_table
from manypaths.interop.report import refused

# Says whether an id of a file is known already, from an earlier bundle.
Known = Callable[[str, str], bool]


@dataclass
class Bundle:
    """The tables of a bundle by name (without `.csv`), and what reading brought to light."""

    file: str
    version: str
    is_delta: Mapping[str, bool]
    tables: dict[str, Table]
    findings: Findings = field(default_factory=Findings)

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a table; none where the file is missing."""
        table = self.tables.get(name)
        return table.rows if table else []

    def is_whole(self, name: str) -> bool:
        """Say whether a list is there and says all, so that what is missing has ended."""
        return name in self.tables and not self.is_delta[name]


def read_bundle(path: Path, *, known: Known) -> Bundle:
    """Read a folder or zip of OneRoster 1.1 or 1.2.

    Ids of rows that are in no file of the bundle must be `known`. Raises Refused with all faults.
    """
    with opened_files(path) as files:
        by_name = {name.lower().removesuffix(".csv"): name for name in files.names}
        findings = Findings()
        at = by_name.get("manifest")
        manifest = read_manifest(files.read(at) if at else None, findings)
        tables = {}
        for name, columns in COLUMNS.items():
            file = by_name.get(name.lower())
            if file is None:
                continue
            if file != f"{name}.csv":
                findings.tolerate(f"{name}.csv is called {file}")
            tables[name] = _table(files.read(file), name, columns, findings)
    shape = "1.1" if "role" in _columns_of(tables, "users") else "1.2"
    if manifest.version and manifest.version != shape:
        findings.tolerate(
            f"The manifest says {manifest.version}, and the lists are those of {shape}"
        )
    is_delta = deltas(manifest, tables, by_name, findings)
    bundle = Bundle(path.name, shape, is_delta, tables, findings)
    _require_needed(bundle)
    _check_keys(bundle)
    _check_status(bundle, has_manifest=manifest.is_there)
    _check_references(bundle, known)
    _check_dates(bundle)
    if findings.faults:
        raise refused(path.name, findings.faults)
    return bundle


def _table(contents: bytes, name: str, columns: Mapping[str, Column], findings: Findings) -> Table:
    if name == "users" and "role" in header_of(contents):
        columns = {**columns, **USERS_OF_1_1}
    return read_table(f"{name}.csv", contents, columns, findings)


def _columns_of(tables: Mapping[str, Table], name: str) -> frozenset[str]:
    return tables[name].columns if name in tables else frozenset()


def _require_needed(bundle: Bundle) -> None:
    if any(bundle.is_delta.values()):
        return
    for name in (*NEEDED, "roles") if bundle.version == "1.2" else NEEDED:
        table = bundle.tables.get(name)
        if table is None:
            bundle.findings.fault(f"{name}.csv", None, None, None, worded("this file is required"))
        elif table.is_whole and not table.rows:
            # Taken at its word it would end all that is on record.
            allowed = worded("at least one row below the names of the columns")
            bundle.findings.fault(f"{name}.csv", 2, None, None, allowed)


def _check_keys(bundle: Bundle) -> None:
    for name, table in bundle.tables.items():
        seen: dict[str, int] = {}
        for row in table.rows:
            key = row.text("sourcedId")
            if not key:
                continue
            first = seen.setdefault(key, row.number)
            if first != row.number:
                bundle.findings.fault(
                    f"{name}.csv",
                    row.number,
                    "sourcedId",
                    key,
                    worded("an id of its own; row {first} has it", first=first),
                )


def _check_status(bundle: Bundle, *, has_manifest: bool) -> None:
    for name, table in bundle.tables.items():
        for row in table.rows:
            status = row.values.get("status")
            if bundle.is_delta[name]:
                if status is None:
                    allowed = worded("active or tobedeleted, in a delta")
                    bundle.findings.fault(f"{name}.csv", row.number, "status", "", allowed)
                if "dateLastModified" not in row.values:
                    bundle.findings.tolerate(
                        f"{name}.csv has no dateLastModified although it is delta"
                    )
            elif status == "tobedeleted" and not has_manifest:
                # A list of changes, most likely: taken as whole, it would end all that it omits.
                allowed = worded("active, or a manifest.csv that says bulk or delta")
                bundle.findings.fault(f"{name}.csv", row.number, "status", "tobedeleted", allowed)
            elif status is not None:
                bundle.findings.tolerate(f"{name}.csv has a status although it is bulk")


def _check_references(bundle: Bundle, known: Known) -> None:
    ids = {
        name: {row.text("sourcedId") for row in table.rows}
        for name, table in bundle.tables.items()
        if table.is_whole
    }
    for name, table in bundle.tables.items():
        columns = {**COLUMNS[name], **(USERS_OF_1_1 if name == "users" else {})}
        for column, kind in columns.items():
            if column in table.columns and _is_checked(bundle, name, kind.refers_to):
                _check_column(bundle, table, column, kind, ids.get(kind.refers_to, set()), known)


def _is_checked(bundle: Bundle, name: str, other: str) -> bool:
    """Say whether a list's ids of another list must be found there, or be on record."""
    table = bundle.tables.get(other)
    if not other or (table is not None and not table.is_whole):
        return False  # whatever can't be read may hold it
    if table is None and not any(bundle.is_delta.values()):
        return False  # that it is missing is told, or it is none that a roster needs
    if other in NEEDED:
        return True
    # Courses and line items are not kept: of a later bundle only those that it brings are known.
    return table is not None and not bundle.is_delta[other] and not bundle.is_delta[name]


def _check_column(
    bundle: Bundle, table: Table, column: str, kind: Column, held: set[str], known: Known
) -> None:
    for row in table.rows:
        for one in _ids_in(row, column):
            if one not in held and not known(kind.refers_to, one) and not row.is_gone:
                bundle.findings.fault(table.file, row.number, column, one, kind.allowed)


def _ids_in(row: Row, column: str) -> tuple[str, ...]:
    value = row.values.get(column)
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


_SPANS = (
    ("academicSessions", "startDate", "endDate"),
    ("roles", "beginDate", "endDate"),
    ("enrollments", "beginDate", "endDate"),
)


def _check_dates(bundle: Bundle) -> None:
    for name, first, last in _SPANS:
        for row in bundle.rows(name):
            start, end = row.values.get(first), row.values.get(last)
            if isinstance(start, date) and isinstance(end, date) and end < start:
                bundle.findings.fault(
                    f"{name}.csv",
                    row.number,
                    last,
                    end.isoformat(),
                    worded("a day not before {start}", start=start),
                )
