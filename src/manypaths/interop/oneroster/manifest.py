"""What a bundle says of itself: its version, and which lists are whole and which tell changes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from manypaths.base.worded import worded
from manypaths.interop.oneroster.columns import Column
from manypaths.interop.oneroster.tables import Findings, Row, Table, read_table

MANIFEST = "manifest.csv"
_MODES = ("bulk", "delta", "absent")
_VERSIONS = ("1.1", "1.2")
_TEXT = Column(lambda value: value, "a text", is_required=True)
_COLUMNS = {"propertyName": _TEXT, "value": _TEXT}


@dataclass(frozen=True)
class Manifest:
    """The version that a manifest names, and the mode of each list by its name in lower case."""

    version: str
    modes: Mapping[str, str]
    is_there: bool


def read_manifest(contents: bytes | None, findings: Findings) -> Manifest:
    """Read a manifest, None where the bundle has none."""
    if contents is None:
        findings.tolerate("There is no manifest.csv; every file is taken as bulk")
        return Manifest("", {}, is_there=False)
    table = read_table(MANIFEST, contents, _COLUMNS, findings)
    said = {row.text("propertyName").lower(): row for row in table.rows}
    modes = {}
    for name, row in said.items():
        if not name.startswith("file."):
            continue
        mode = row.text("value").lower()
        if mode not in _MODES:
            allowed = worded("one of {words}", words="bulk, delta, absent")
            findings.fault(MANIFEST, row.number, "value", mode, allowed)
        file = name.removeprefix("file.")
        if file.endswith(".csv"):
            findings.tolerate("The manifest writes the names of lists with .csv")
        modes[file.removesuffix(".csv")] = mode
    return Manifest(_version(said.get("oneroster.version"), findings), modes, is_there=True)


def deltas(
    manifest: Manifest, tables: Mapping[str, Table], files: Collection[str], findings: Findings
) -> dict[str, bool]:
    """Return of each list whether it tells only changes; `files` are all names that are there.

    A list that the manifest does not name is whole where all that it names are; a manifest that
    leaves it open is a fault, for a list of changes that was taken as whole would end all others.
    """
    modes = manifest.modes
    names = {name.lower(): name for name in tables}
    for name, mode in modes.items():
        if mode != "absent" and name not in files:
            findings.tolerate(f"The manifest names {name[:80]}.csv, which is not there")
        if mode == "absent" and name in names:
            findings.tolerate(f"The manifest calls {names[name]}.csv absent, and it is there")
    stated = {mode for mode in modes.values() if mode != "absent"}
    found = {}
    for lower, name in names.items():
        mode = modes.get(lower, "absent")
        if manifest.is_there and mode == "absent":
            if stated != {"bulk"}:
                allowed = worded("{row} and bulk or delta", row=f"file.{name}")
                findings.fault(MANIFEST, None, "propertyName", None, allowed)
            elif lower not in modes:
                findings.tolerate(f"The manifest does not name {name}.csv; it is taken as bulk")
        found[name] = mode == "delta"
    return found


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
