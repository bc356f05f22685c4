"""A whole bundle: which files it has, in which version and mode, and whether its ids hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from manypaths.base.archives import Files, opened_files
from manypaths.base.worded import worded
from manypaths.interop.oneroster.columns import COLUMNS, NEEDED, USERS_OF_1_1, Column
from manypaths.interop.oneroster.tables import Findings, Row, Table, read_table
from manypaths.interop.report import refused

MANIFEST = "manifest.csv"
_MODES = ("bulk", "delta", "absent")
_VERSIONS = ("1.1", "1.2")

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


def read_bundle(path: Path, *, known: Known) -> Bundle:
    """Read a folder or zip of OneRoster 1.1 or 1.2.

    Ids of rows that are in no file of the bundle must be `known`. Raises Refused with all faults.
    """
    with opened_files(path) as files:
        by_name = {name.lower().removesuffix(".csv"): name for name in files.names}
        findings = Findings()
        version, modes = _manifest(files, by_name, findings)
        columns = dict(COLUMNS)
        tables = {}
        for name in columns:
            file = by_name.get(name.lower())
            if file is None:
                continue
            if file != f"{name}.csv":
                findings.tolerate(f"{name}.csv is called {file}")
            tables[name] = _table(files, file, name, columns[name], findings)
    shape = "1.1" if "role" in _columns_of(tables, "users") else "1.2"
    if version and version != shape:
        findings.tolerate(f"The manifest says {version}, and the lists are those of {shape}")
    version = shape
    bundle = Bundle(path.name, version, _deltas(tables, modes), tables, findings)
    _require_needed(bundle)
    _check_keys(bundle)
    _check_status(bundle)
    _check_references(bundle, known)
    _check_dates(bundle)
    if findings.faults:
        raise refused(path.name, findings.faults)
    return bundle


def _table(
    files: Files, file: str, name: str, columns: Mapping[str, Column], findings: Findings
) -> Table:
    contents = files.read(file)
    if name == "users" and _has_role_column(contents):
        columns = {**columns, **USERS_OF_1_1}
    return read_table(f"{name}.csv", contents, columns, findings)


def _has_role_column(contents: bytes) -> bool:
    """Say whether a list of users keeps roles itself, as in 1.1."""
    header = contents.split(b"\n", 1)[0].lower().replace(b'"', b"")
    return b"role" in [cell.strip() for cell in header.split(b",")]


def _columns_of(tables: Mapping[str, Table], name: str) -> frozenset[str]:
    return tables[name].columns if name in tables else frozenset()


def _manifest(
    files: Files, by_name: Mapping[str, str], findings: Findings
) -> tuple[str, dict[str, str]]:
    """Return the version that a manifest names, and the mode of each file."""
    file = by_name.get("manifest")
    if file is None:
        findings.tolerate("There is no manifest.csv; every file is taken as bulk")
        return "", {}
    text = Column(lambda value: value, "a text")
    table = read_table(MANIFEST, files.read(file), {"propertyName": text, "value": text}, findings)
    said = {row.text("propertyName").lower(): row for row in table.rows}
    modes = {}
    for name, row in said.items():
        if not name.startswith("file."):
            continue
        mode = row.text("value").lower()
        if mode not in _MODES:
            findings.fault(
                MANIFEST,
                row.number,
                "value",
                mode,
                worded("one of {words}", words="bulk, delta, absent"),
            )
        modes[name.removeprefix("file.")] = mode
        if mode in ("bulk", "delta") and name.removeprefix("file.") not in by_name:
            findings.tolerate(
                f"The manifest names {name.removeprefix('file.')}.csv, which is not there"
            )
    return _version(said.get("oneroster.version"), findings), modes


def _version(row: Row | None, findings: Findings) -> str:
    if row is None:
        findings.tolerate("The manifest names no version of OneRoster")
        return ""
    version = row.text("value")
    for known in _VERSIONS:
        if version == known or version.startswith(f"{known}."):
            return known
    findings.fault(MANIFEST, row.number, "value", version, worded("OneRoster 1.1 or 1.2"))
    return ""


def _deltas(tables: Mapping[str, Table], modes: Mapping[str, str]) -> dict[str, bool]:
    return {name: modes.get(name.lower()) == "delta" for name in tables}


def _require_needed(bundle: Bundle) -> None:
    for name in NEEDED:
        if name not in bundle.tables and not any(bundle.is_delta.values()):
            bundle.findings.fault(f"{name}.csv", None, None, None, worded("this file is required"))


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


def _check_status(bundle: Bundle) -> None:
    for name, table in bundle.tables.items():
        for row in table.rows:
            status = row.values.get("status")
            if bundle.is_delta[name] and status is None:
                bundle.findings.fault(
                    f"{name}.csv",
                    row.number,
                    "status",
                    "",
                    worded("active or tobedeleted, in a delta"),
                )
            elif not bundle.is_delta[name] and status is not None:
                bundle.findings.tolerate(f"{name}.csv has a status although it is bulk")


def _check_references(bundle: Bundle, known: Known) -> None:
    ids = {
        name: {row.text("sourcedId") for row in table.rows} for name, table in bundle.tables.items()
    }
    for name, table in bundle.tables.items():
        columns = {**COLUMNS[name], **(USERS_OF_1_1 if name == "users" else {})}
        for column, kind in columns.items():
            if not kind.refers_to or column not in table.columns:
                continue
            if kind.refers_to not in ids and kind.refers_to not in NEEDED:
                continue  # a file that a roster may leave out, such as courses
            held = ids.get(kind.refers_to, set())
            for row in table.rows:
                for one in _ids_in(row, column):
                    if one not in held and not known(kind.refers_to, one):
                        bundle.findings.fault(f"{name}.csv", row.number, column, one, kind.allowed)


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
