"""However a roster is damaged: it is taken in whole and stays the same, or nothing changes."""

import csv
import io
import json
import tempfile
from pathlib import Path

from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from manypaths.base.errors import Refused
from manypaths.estimates.tests.world import make_world
from manypaths.interop.oneroster.roster_import import import_roster
from manypaths.interop.report import ImportReport
from manypaths.interop.tests.rosters import BUNDLE, USERS_OF_1_1, write_folder
from manypaths.interop.tests.test_oneroster import AT
from manypaths.interop.tests.test_results import RESULTS
from manypaths.people.models import Organization
from manypaths.people.tests.cast import OPERATOR

DEMOGRAPHICS = """sourcedId,status,dateLastModified,birthDate,sex,asian
u1,,,2014-03-05,female,true
u2,,,2013-11-30,male,false
"""
WHOLE = BUNDLE | RESULTS | {"demographics.csv": DEMOGRAPHICS}
LISTS = sorted({*WHOLE} - {"manifest.csv"})
MANIFEST = "propertyName,value\noneroster.version,{version}\n{lists}"
# What a cell may hold instead: of other columns, of other software, of nobody.
ODD = [
    *("", " ", "u1", "u2", "u9", "s1", "s2", "d1", "c1", "c2", "fall", "math7", "u1,u2", "s1,s2"),
    *("active", "tobedeleted", "TRUE", "no", "student", "teacher", "principal", "guardian", "aide"),
    *(
        "2026-08-17",
        "2026-11-20",
        "2027-01-01",
        "9999-12-31",
        "0001-01-01",
        "2026-02-30",
        "17.8.26",
    ),
    *("0", "-1", "1e999", "NaN", "15", "\u00a0", "Hill\u00a0School", "Hill School", "x" * 600),
    *("=1+1", "\u202e", "\x00", "\ud7ff", '"', "a,b", "school", "district", "department", "B"),
]
DAMAGES = ["other"] * 4 + ["odd"] * 2 + ["swap", "drop", "double", "cut", "file"]
CELLS = st.sampled_from(ODD) | st.text(max_size=6)

Tables = dict[str, list[list[str]]]


def tables_of(files: dict[str, str]) -> Tables:
    return {name: list(csv.reader(io.StringIO(files[name]))) for name in LISTS if name in files}


@st.composite
def damaged(draw: st.DrawFn, tables: Tables) -> Tables:
    """Draw lists with up to four cells, rows or columns changed, dropped, doubled or moved."""
    tables = {name: [list(row) for row in rows] for name, rows in tables.items()}
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(tables)))
        rows = tables[name]
        if not rows:
            continue
        number = draw(st.integers(0, len(rows) - 1))
        row = rows[number]
        column = draw(st.integers(0, max(len(row) - 1, 0)))
        match draw(st.sampled_from(DAMAGES)):
            case "other" if row:
                row[column] = draw(st.sampled_from([one[column] for one in rows if one[column:]]))
            case "odd" if row:
                row[column] = draw(CELLS)
            case "swap":
                other = draw(st.sampled_from(rows))
                rows[number] = other[:column] + row[column:]
            case "drop":
                del rows[number]
            case "double":
                rows.insert(draw(st.integers(0, len(rows))), list(row))
            case "cut":
                for one in rows:
                    del one[column : column + 1]
            case "file":
                del tables[name]
    return tables


def written(tables: Tables, *, version: str, modes: dict[str, str]) -> dict[str, str]:
    files = {}
    for name, rows in tables.items():
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        files[name] = out.getvalue()
    lists = "".join(f"file.{name[:-4]},{mode}\n" for name, mode in modes.items())
    return files | {"manifest.csv": MANIFEST.format(version=version, lists=lists)}


def bring(district: Organization, files: dict[str, str]) -> ImportReport | Refused:
    with tempfile.TemporaryDirectory() as folder:
        path = write_folder(Path(folder) / "b", files)
        try:
            return import_roster(path, district=district, by=OPERATOR, at=AT)
        except Refused as refused:
            return refused


def rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def check(district: Organization, files: dict[str, str]) -> None:
    """Take the files in: either nothing changes, or the same again changes nothing."""
    before = rows()
    report = bring(district, files)
    if isinstance(report, Refused):
        event("refused")
        assert json.dumps([fault.as_json() for fault in report.faults])
        assert rows() == before
    else:
        event("taken in")
        assert json.dumps(report.as_json())
        again = bring(district, files)
        assert isinstance(again, ImportReport)
        assert not any(c.created or c.updated or c.retired for c in again.changes.values())


def modes_of(tables: Tables) -> st.SearchStrategy[dict[str, str]]:
    one = st.sampled_from(["bulk", "bulk", "bulk", "delta", "absent"])
    of_one_kind = [st.just(dict.fromkeys(tables, mode)) for mode in ("bulk", "bulk", "delta")]
    return st.one_of(*of_one_kind, st.fixed_dictionaries(dict.fromkeys(tables, one)))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=100,
    deadline=None,
)
@given(data=st.data())
def test_a_damaged_roster_is_taken_in_whole_or_not_at_all(
    district: Organization, data: st.DataObject
) -> None:
    version = data.draw(st.sampled_from(["1.1", "1.2"]))
    lists = WHOLE | ({"users.csv": USERS_OF_1_1} if version == "1.1" else {})
    whole = tables_of(lists)
    tables = data.draw(damaged(whole))
    modes = data.draw(modes_of(tables))
    with transaction.atomic():
        make_world()
        if data.draw(st.booleans()):
            bring(district, written(whole, version=version, modes=dict.fromkeys(whole, "bulk")))
        check(district, written(tables, version=version, modes=modes))
        transaction.set_rollback(True)
