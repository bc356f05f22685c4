"""Tables of other programs taken in by a mapping of their columns, which is remembered."""

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.changes import Changes
from manypaths.base.clock import today
from manypaths.base.errors import Fault, Refused
from manypaths.base.scope import current_scope
from manypaths.interop.foreign_tables import (
    FIELDS,
    ForeignTable,
    as_names,
    as_response_log,
    in_terms_of,
    require_columns,
)
from manypaths.interop.models import ColumnMapping
from manypaths.interop.report import ImportReport, TakenIn, refused
from manypaths.interop.response_import import ImportTarget, import_responses
from manypaths.people.access import Actor, require_leadership
from manypaths.people.directory import places_led
from manypaths.people.models import Group, Membership, Part, Person, Role, SourceId
from manypaths.people.names import LONGEST_PART
from manypaths.people.newcomers import source_of_list
from manypaths.people.queries import group_named
from manypaths.people.services import add_to_group, give_source_ids

# How dates are written is part of a mapping, beside the columns.
ORDER = "order"


def known_mapping(table: ForeignTable, *, by: Actor) -> ColumnMapping | None:
    """Return how a table with these columns was read before in this district."""
    places_led(by=by)
    return ColumnMapping.objects.filter(fingerprint=table.fingerprint).first()


@transaction.atomic
def remember_mapping(
    table: ForeignTable,
    kind: str,
    columns: Mapping[str, str],
    *,
    order: str,
    by: Actor,
    at: datetime,
) -> ColumnMapping:
    """Remember which column is what in tables with these columns, in place of what was before.

    Raises Refused where something needed is not named.
    """
    place = places_led(by=by)[0]
    if kind not in FIELDS:
        raise Refused(_("A table is a class list or responses."))
    require_columns(table, kind, columns)
    mapping, _made = ColumnMapping.objects.update_or_create(
        fingerprint=table.fingerprint,
        defaults={
            "kind": kind,
            "columns": dict(columns) | {ORDER: order},
            "said_at": at,
            "said_by": by.actor_id,
        },
    )
    record_deed("remember mapping", by=by, at=at, subject=("organization", place.pk), kind=kind)
    return mapping


def import_mapped(
    table: ForeignTable,
    mapping: ColumnMapping,
    target: ImportTarget,
    *,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
) -> ImportReport:
    """Take a table in as its mapping says. Raises Refused with faults in the file's own words."""
    columns = {field: name for field, name in mapping.columns.items() if field != ORDER}
    notices = [
        _("The columns were read as somebody said on %(day)s.") % {"day": mapping.said_at.date()}
    ]
    if table.encoding not in ("utf-8", "utf-8-sig"):
        notices.append(_("The file is written in %(encoding)s.") % {"encoding": table.encoding})
    if mapping.kind == "class list":
        report = _class_list(table, columns, target, by=by, at=at, dry_run=dry_run)
    else:
        order = str(mapping.columns.get(ORDER, "day first"))
        report = _responses(table, columns, order, target, by=by, at=at, dry_run=dry_run)
    return ImportReport(
        dry_run, report.changes, notices=[*notices, *report.notices], taken_in=report.taken_in
    )


def _responses(
    table: ForeignTable,
    columns: Mapping[str, str],
    order: str,
    target: ImportTarget,
    *,
    by: Actor,
    at: datetime,
    dry_run: bool,
) -> ImportReport:
    text, numbers = as_response_log(table, columns, order=order, zone=current_scope().zone)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(table.file).name
        path = path.with_suffix(".csv")
        path.write_text(text, "utf-8")
        try:
            return import_responses(path, target, by=by, at=at, dry_run=dry_run)
        except Refused as refusal:
            ours = {"correct": columns["correct"], **columns}
            raise Refused(
                refusal.message, in_terms_of(refusal.faults, table, ours, numbers)
            ) from None


@transaction.atomic
def _class_list(
    table: ForeignTable,
    columns: Mapping[str, str],
    target: ImportTarget,
    *,
    by: Actor,
    at: datetime,
    dry_run: bool,
) -> ImportReport:
    """Add who is not in the group yet: by their id in the list, else by their name."""
    group = group_named(target.group, by=by)
    require_leadership(by, group.organization)
    rows = as_names(table, columns)
    _require_names(table, columns, rows)
    source = source_of_list(group)
    members = Membership.objects.filter(group=group, part=Part.LEARNER).values("person")
    there = set(Person.objects.filter(pk__in=members).values_list("given_name", "family_name"))
    ids = set(SourceId.objects.filter(source=source).values_list("value", flat=True))
    # Two learners of one name are told apart by ids; without, the second is the first once more.
    new: dict[tuple[str, str, str], tuple[tuple[str, str], str]] = {}
    for _number, name, one in rows:
        if (one in ids) if one else (name in there):
            continue
        new.setdefault((*(("", "") if one else name), one), (name, one))
    wanted = list(new.values())
    people = _added([name for name, _id in wanted], group, by=by, at=at)
    pairs = [(p, one) for p, (_name, one) in zip(people, wanted, strict=True) if one]
    if pairs:
        give_source_ids(
            [person for person, _id in pairs],
            [one for _person, one in pairs],
            source=source,
            organization=group.organization,
            by=by,
            at=at,
        )
    n, n_new = len(rows), len(wanted)
    changes = Changes(read=n, created=n_new, unchanged=n - n_new)
    transaction.set_rollback(dry_run)
    memberships = Changes(read=n, created=n_new, unchanged=n - n_new)
    taken_in = None if dry_run or not people else _taken_in(people, group)
    kinds = {"people": changes, "memberships": memberships}
    return ImportReport(dry_run, kinds, taken_in=taken_in)


def _taken_in(people: list[Person], group: Group) -> TakenIn:
    added = [person.pk for person in people]
    rows = Membership.objects.filter(group=group, person__in=added)
    return TakenIn(group=group, people=added, memberships=list(rows.values_list("pk", flat=True)))


def _added(names: list[tuple[str, str]], group: Group, *, by: Actor, at: datetime) -> list[Person]:
    if not names:
        return []
    return add_to_group(
        names, group=group, part=Part.LEARNER, role=Role.STUDENT, starts_on=today(), by=by, at=at
    )


def _require_names(
    table: ForeignTable,
    columns: Mapping[str, str],
    rows: list[tuple[int, tuple[str, str], str]],
) -> None:
    column = columns.get("name") or columns.get("family_name") or columns.get("given_name")
    allowed = _("a name of letters on one line, each part with up to %(most)d") % {
        "most": LONGEST_PART
    }
    faults = [
        Fault(table.file, number, column, " ".join(name)[:80], allowed)
        for number, name, _id in rows
        if not any(letter.isalpha() for letter in "".join(name))
        or not "".join(name).isprintable()
        or max(map(len, name)) > LONGEST_PART
    ]
    if faults:
        raise refused(table.file, faults)
