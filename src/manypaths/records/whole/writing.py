"""Write the whole record of a person: JSON, CSV by kind, files, a page to read, all signed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction

from manypaths import __version__
from manypaths.base.audit import record_deed
from manypaths.base.clock import from_microseconds
from manypaths.base.errors import NotFound
from manypaths.base.scope import current_district
from manypaths.base.signing_key import signer_of
from manypaths.base.spreadsheets import as_csv
from manypaths.estimates.engine import current_version
from manypaths.estimates.models import FittedModel, GeneralBelief
from manypaths.estimates.queries import estimates_with_evidence
from manypaths.evidence.files import clean_name
from manypaths.evidence.models import Artifact, Clock
from manypaths.evidence.storage import kept_file
from manypaths.people.access import Actor, Operator
from manypaths.people.access_log import views_of
from manypaths.people.models import Organization, Person
from manypaths.people.queries import zone_of
from manypaths.records.access import require_whole_record
from manypaths.records.packages import PackageWriter, new_package
from manypaths.records.whole.gathering import Gathered, gather
from manypaths.records.whole.kinds import AROUND, Model, is_moment, left_out_kinds, name_of
from manypaths.records.whole.model_file import Renumber, renumbered
from manypaths.records.whole.names import OthersNames
from manypaths.records.whole.reading_page import Sheet, readable_page

KIND = "manypaths whole record"
FORM = 1
_MOST_LOOKS = 100_000
# Names stand in these by right: they are published, or the names of schools and classes.
_WITHOUT_NAMES_OF_PEOPLE = frozenset(
    (
        *("framework", "competency", "association", "progression", "scale", "level", "task"),
        *("alignment", "answer", "criterion", "slip", "fittedmodel"),
    )
)


@dataclass(frozen=True)
class WholeRecord:
    """What was written: how many rows of each kind, and files."""

    n_rows: dict[str, int]
    n_files: int


@transaction.atomic
def export_record(
    person: Person, target: IO[bytes] | Path, *, by: Actor, at: datetime, with_notes: bool = False
) -> WholeRecord:
    """Write all that is on record of a person as a package, for them, their family or a leader.

    The names of other people are in none of it. Notes that educators wrote for each other leave by
    the operator's word alone (`with_notes`). Raises NotFound for everybody else. One deed.
    """
    require_whole_record(by, person)
    if with_notes and not isinstance(by, Operator):
        raise NotFound
    record = whole_record(person, by=by, at=at, with_notes=with_notes)
    with new_package(target) as package:
        written = _write(package, record, at)
    record_deed(
        "export whole record",
        by=by,
        at=at,
        subject=("person", person.pk),
        rows=sum(written.n_rows.values()),
        files=written.n_files,
    )
    return written


@dataclass(frozen=True)
class Record:
    """A whole record in hand: its JSON, and the pieces of work whose files go along."""

    person: Person
    gathered: Gathered
    content: dict[str, Any]
    files: dict[str, Artifact]

    @property
    def kinds(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of each kind that has some."""
        found: dict[str, list[dict[str, Any]]] = self.content["records"]
        return {kind: rows for kind, rows in found.items() if rows}


def whole_record(person: Person, *, by: Actor, at: datetime, with_notes: bool = False) -> Record:
    """Return all that is on record of a person, for those who may take it along."""
    require_whole_record(by, person)
    gathered = gather(person, with_notes=with_notes)
    names = OthersNames.beside(person)
    files = {
        f"file-{row.public_id}-{clean_name(row.file_name)}": row
        for row in gathered.own.get(Artifact, [])
        if row.file_name and _is_there(row)
    }
    district = Organization.objects.get(pk=current_district())
    content: dict[str, Any] = {
        "form": FORM,
        "kind": KIND,
        "made_at": at.isoformat(),
        "version": __version__,
        "district": {"name": district.name, "time_zone": str(zone_of(district))},
        "person": gathered.ref(Person, person.pk),
        "records": {
            name_of(model): [names.without(gathered.as_json(row)) for row in rows]
            for model, rows in gathered.own.items()
        },
        "around": dict(_around(gathered, names)),
        "estimates": list(_estimates(person, gathered, by=by, at=at)),
        "looks": [
            {"at": view.at.isoformat(), "role": view.role.value, "page": view.page}
            for view in views_of(person, by=by, most=_MOST_LOOKS)
        ],
        "files": {gathered.ref(Artifact, row.pk): name for name, row in files.items()},
        "left_out": sorted(name_of(model) for model in left_out_kinds(with_notes=with_notes)),
    }
    return Record(person, gathered, content, files)


def _around(gathered: Gathered, names: OthersNames) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for model in AROUND:
        kind = name_of(model)
        rows = [gathered.as_json(row) for _, row in sorted(gathered.around[model].items())]
        if model is FittedModel:
            for row in rows:
                model_of_row = renumbered(row["parameters"], _numbers_of(gathered))
                row["parameters"], row["version"] = model_of_row.as_text(), model_of_row.version
                row["comparison"] = None
        if kind not in _WITHOUT_NAMES_OF_PEOPLE:
            rows = names.without(rows)
        yield kind, rows


def _numbers_of(gathered: Gathered) -> Renumber:
    kinds: list[Model] = [*AROUND, Person]
    models_of = {name_of(model): model for model in kinds}
    return lambda kind, pk: gathered.number(models_of[kind], pk)


def _estimates(
    person: Person, gathered: Gathered, *, by: Actor, at: datetime
) -> Iterator[dict[str, Any]]:
    """Yield where the person stands today on each competency that there is evidence for."""
    for general in gathered.own.get(GeneralBelief, []):
        framework = current_version(general.family)
        found = estimates_with_evidence([person], framework, by=by, at=at)
        for row in range(len(found)):
            competency = found.pairs.competencies[int(found.pairs.what[row])]
            yield {
                "framework": framework.identifier,
                "framework_title": framework.title,
                "competency": competency.identifier,
                "competency_code": competency.code,
                "competency_name": competency.name,
                "status": found.status(row).value,
                "certainty": found.certainty(row).value,
                "mean": float(found.numbers.mean[row]),
                "sd": float(found.numbers.sd[row]),
                "p_mastered": float(found.numbers.p_mastered[row]),
                "expected_success": float(found.numbers.success[row]),
                "pieces": int(found.n_pieces[row]),
            }


def _write(package: PackageWriter, record: Record, at: datetime) -> WholeRecord:
    package.add("record.json", json.dumps(record.content, ensure_ascii=False, indent=1))
    sheets = [_sheet(record, kind, rows) for kind, rows in record.kinds.items()]
    sheets.insert(0, _estimates_sheet(record))
    for sheet in sheets:
        with package.opened(f"{sheet.kind}.csv") as file:
            for part in as_csv(sheet.header, sheet.rows):
                file.write(part)
    for name, artifact in record.files.items():
        package.copy(name, kept_file(artifact))
    package.add("styles.css", _styles())
    package.add("index.html", readable_page(record.person.name, record.content, sheets))
    n_rows = {kind: len(rows) for kind, rows in record.kinds.items()}
    package.sign(KIND, signer_of(settings.HOME), at=at, counts=n_rows)
    return WholeRecord(n_rows, len(record.files))


def _estimates_sheet(record: Record) -> Sheet:
    rows = record.content["estimates"]
    header = list(rows[0]) if rows else ["framework", "competency", "status"]
    return Sheet("estimates", header, [list(row.values()) for row in rows])


def _sheet(record: Record, kind: str, rows: list[dict[str, Any]]) -> Sheet:
    """Return rows as a table for people: times as dates, rows elsewhere by their names."""
    model = next(m for m in record.gathered.own if name_of(m) == kind)
    moments = {f.name for f in model._meta.concrete_fields if is_moment(f)}
    header = list(rows[0])
    return Sheet(
        kind,
        header,
        [[_cell(record, row, name, is_moment=name in moments) for name in header] for row in rows],
    )


def _cell(record: Record, row: dict[str, Any], name: str, *, is_moment: bool) -> object:
    value = row[name]
    if is_moment and isinstance(value, int):
        if name == "done_at" and row.get("clock", Clock.CALENDAR) != Clock.CALENDAR:
            return value
        return from_microseconds(value).isoformat(timespec="seconds")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if name != "ref" and isinstance(value, str) and ":" in value:
        return _named(record, value)
    return value


def _named(record: Record, text: str) -> str:
    """Return a reference with the name of what it leads to, where that has one."""
    kind, _, number = text.partition(":")
    if not number.isdigit() or kind not in record.content["around"]:
        return text
    rows = record.content["around"][kind]
    row = rows[int(number) - 1] if 0 < int(number) <= len(rows) else {}
    name = next((row[key] for key in ("title", "name", "statement", "reason") if row.get(key)), "")
    return f"{name} ({text})" if name else text


def _is_there(artifact: Artifact) -> bool:
    try:
        kept_file(artifact)
    except NotFound:
        return False
    return True


def _styles() -> str:
    sheets = (settings.WEB / "static" / "web" / name for name in ("tokens.css", "parts.css"))
    return "\n".join(sheet.read_text("utf-8") for sheet in sheets)
