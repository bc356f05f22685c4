"""All that a district owns, in one signed package, so that it can leave: tables, files, frameworks.

It is read in one moment while others go on working, and written as it is read: memory does not grow
with the district. `columns.json` says what each column of each table holds and leads to.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models

from manypaths.base.audit import record_deed
from manypaths.base.personal import PersonalFields, declared_models
from manypaths.base.progress import Tell, silence
from manypaths.base.scope import current_district
from manypaths.base.signing_key import signer_of
from manypaths.base.spreadsheets import safe_cell
from manypaths.frameworks.models import Framework
from manypaths.interop.case import to_case
from manypaths.people.access import Actor
from manypaths.people.models import Organization, User
from manypaths.people.queries import zone_of
from manypaths.records.access import require_records_office
from manypaths.records.packages import PackageWriter, new_package
from manypaths.records.whole.kinds import AnyField
from manypaths.upkeep.cells import kind_of, to_text
from manypaths.upkeep.tables import Reader, TableShape, one_moment

KIND = "manypaths district"
_AT_ONCE = 1 << 16
_NUMBERS = ("integer", "number")
# What is of no use elsewhere: ways to sign in, and what waits for a moment.
_LEFT_OUT = frozenset(("accounts", "integrations", "records"))


@dataclass(frozen=True)
class DistrictWritten:
    """How many rows of each table were written, and how many files and frameworks."""

    n_rows: dict[str, int]
    n_files: int
    n_frameworks: int


@dataclass(frozen=True)
class _Table:
    """A table of the package: which model, which columns, and which rows are the district's."""

    model: type[models.Model]
    shape: TableShape
    fields: Sequence[AnyField]
    where: str

    @property
    def name(self) -> str:
        return str(self.model._meta.model_name)


def export_district(
    target: Path, *, by: Actor, at: datetime, progress: Tell = silence
) -> DistrictWritten:
    """Write all that the district owns as a package. For those who lead it. One deed.

    Secrets by which people sign in are not in it, nor what is published above the districts.
    """
    require_records_office(by)
    district = Organization.objects.get(pk=current_district())
    tables = list(_tables(district.pk))
    with new_package(target) as package, one_moment() as reader:
        n_rows = {}
        for number, table in enumerate(tables):
            progress("Tables", number, len(tables))
            n_rows[table.name] = _write_table(package, reader, table)
        n_frameworks = _write_frameworks(package, progress)
        n_files = _write_files(package, district.pk, progress)
        package.add("columns.json", json.dumps(_columns(tables), ensure_ascii=False, indent=1))
        package.add("district.json", json.dumps(_about(district, at), ensure_ascii=False, indent=1))
        counts = n_rows | {"files": n_files, "frameworks": n_frameworks}
        package.sign(KIND, signer_of(settings.HOME), at=at, counts=counts)
    record_deed(
        "export district",
        by=by,
        at=at,
        subject=("organization", district.pk),
        rows=sum(n_rows.values()),
        files=n_files,
    )
    return DistrictWritten(n_rows, n_files, n_frameworks)


def _tables(district_id: int) -> Iterator[_Table]:
    for model, declared in declared_models():
        if model._meta.app_label in _LEFT_OUT:
            continue
        fields = [field for field in model._meta.concrete_fields if _leaves(field, declared)]
        columns = tuple((str(field.column), kind_of(field)) for field in fields)
        where = _whose(model, district_id)
        if where:
            yield _Table(model, TableShape(model._meta.db_table, columns), fields, where)


def _leaves(field: AnyField, declared: PersonalFields) -> bool:
    return field.name not in declared.secrets and not isinstance(field, models.BinaryField)


def _whose(model: type[models.Model], district_id: int) -> str:
    """Return the condition for the district's own rows; nothing where the table has none."""
    if model is User:
        return f"id IN (SELECT user_id FROM people_person WHERE district_id = {district_id:d})"  # noqa: S608  # a number
    names = {field.name for field in model._meta.concrete_fields}
    return f"district_id = {district_id:d}" if "district_id" in names else ""


def _write_table(package: PackageWriter, reader: Reader, table: _Table) -> int:
    n_rows, buffer = 0, io.StringIO()
    rows = csv.writer(buffer)
    rows.writerow([name for name, _ in table.shape.columns])
    writers = [(kind in _NUMBERS, to_text(kind)) for _, kind in table.shape.columns]
    with package.opened(f"tables/{table.name}.csv") as file:
        for row in reader.rows(table.shape, table.where):
            rows.writerow(
                [
                    "" if value is None else value if is_number else safe_cell(write(value))
                    for (is_number, write), value in zip(writers, row, strict=True)
                ]
            )
            n_rows += 1
            if buffer.tell() > _AT_ONCE:
                file.write(buffer.getvalue().encode())
                buffer.seek(0)
                buffer.truncate()
        file.write(buffer.getvalue().encode())
    return n_rows


def _write_frameworks(package: PackageWriter, progress: Tell) -> int:
    own = Framework.objects.filter(district_id=current_district()).order_by("pk")
    n_all = own.count()
    for number, framework in enumerate(own.iterator()):
        progress("Frameworks", number, n_all)
        content = json.dumps(to_case(framework).package, ensure_ascii=False, indent=1)
        package.add(f"frameworks/{framework.public_id}.json", content)
    return n_all


def _write_files(package: PackageWriter, district_id: int, progress: Tell) -> int:
    folder = Path(settings.MEDIA_ROOT) / str(district_id)
    files = sorted(path for path in folder.glob("??/*") if not path.suffix)
    for number, path in enumerate(files):
        progress("Files", number, len(files))
        package.copy(f"files/{path.name}", path)
    return len(files)


def _columns(tables: Sequence[_Table]) -> dict[str, Any]:
    """Return what each column holds, and which table's id it is, where it is one."""
    return {
        table.name: {
            column: {
                "holds": kind,
                **(
                    {"leads_to": field.related_model._meta.model_name}
                    if field.related_model
                    else {}
                ),
            }
            for (column, kind), field in zip(table.shape.columns, table.fields, strict=True)
        }
        for table in tables
    }


def _about(district: Organization, at: datetime) -> dict[str, Any]:
    return {
        "form": 1,
        "kind": KIND,
        "made_at": at.isoformat(),
        "district": {
            "id": district.pk,
            "public_id": str(district.public_id),
            "name": district.name,
            "time_zone": str(zone_of(district)),
        },
    }
