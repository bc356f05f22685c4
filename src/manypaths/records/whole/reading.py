"""Take in a whole record that another installation gave out: the person and their evidence.

What the record refers to is found again by its own names where it is here already (a framework by
its identifier, a task by its id within that), else made. Beliefs are not copied but drawn anew from
the evidence, by the model that travels along or the one that is in force here.

What somebody may do for others is given where they are: teaching, leading and the like come in as
over. The ids by which rosters elsewhere know a person come in under names that no roster here has.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from manypaths.base.archives import opened_files
from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE
from manypaths.base.errors import Refused
from manypaths.base.signing_key import fingerprint
from manypaths.estimates.models import GeneralBelief
from manypaths.estimates.services import replay
from manypaths.evidence.models import Artifact
from manypaths.evidence.storage import keep_file
from manypaths.frameworks.models import Framework
from manypaths.people.access import Actor, current, require_operator
from manypaths.people.models import Membership, Organization, Person, Role, RoleHeld
from manypaths.people.services.rosters import give_role
from manypaths.records.packages import signed_files
from manypaths.records.whole.arrival import (
    MISFITS,
    Arrival,
    fields_of,
    is_known,
    is_never,
    misfit,
    values_here,
)
from manypaths.records.whole.document import people_in, read_document
from manypaths.records.whole.kinds import AROUND, Model, name_of, own_kinds, personless
from manypaths.records.whole.writing import KIND


@dataclass(frozen=True)
class TakenIn:
    """Whose record was taken in, how many rows of each kind, who signed it; and who sees it.

    `is_placed` says whether the person learns or works anywhere here today. Where they don't, only
    the operator sees them.
    """

    person: Person
    n_rows: dict[str, int]
    n_files: int
    signed_by: str
    is_placed: bool


def import_record(
    path: Path,
    *,
    by: Actor,
    at: datetime,
    key: str | None = None,
    here: tuple[Role, Organization] | None = None,
) -> TakenIn:
    """Take in the whole record of a person. All of it or nothing; for the operator alone.

    `key`, or its fingerprint, says whose package it has to be; `here` is a role that the person has
    here, and where. Raises Refused for a package that was changed after it was signed, a person who
    is here already, and what does not fit together.
    """
    require_operator(by)
    with opened_files(path) as files:
        manifest = signed_files(files, file=path.name, key=key)
        if manifest.kind != KIND:
            raise Refused(_("{file} holds no whole record.").format(file=path.name))
        content = read_document(files, path.name)
        with transaction.atomic():
            arrival = Arrival(content, files, at, fingerprint(manifest.public_key))
            person = _take_in(arrival)
            record_deed(
                "import whole record",
                by=by,
                at=at,
                subject=("person", person.pk),
                sha256=hashlib.sha256(files.read("manifest.json")).hexdigest(),
            )
            if here is not None:
                role, place = here
                give_role(person, role, organization=place, starts_on=arrival.on, by=by, at=at)
            for family in _families(arrival):
                # Tasks or a model of it may have come along: what is kept of frameworks ends here.
                record_deed("complete framework", by=by, at=at, subject=("framework", family.pk))
                replay(person, family, by=by, at=at)
    n_files = len(content["files"])
    return TakenIn(person, dict(arrival.n_rows), n_files, arrival.signed_by, _is_placed(person))


def district_of(path: Path) -> tuple[str, str]:
    """Return the name and the time zone of the district that a record comes from."""
    with opened_files(path) as files:
        signed_files(files, file=path.name)
        district = read_document(files, path.name)["district"]
    return str(district["name"]), str(district["time_zone"])


def _take_in(arrival: Arrival) -> Person:
    _make_people(arrival)
    for model in AROUND:
        _make_rows(arrival, model, arrival.content["around"].get(name_of(model), []))
    _require_families()
    own = [model for model, _ in own_kinds(with_notes=True)]
    for model in _in_order([m for m in own if m is not Person and m not in personless()]):
        _make_rows(arrival, model, arrival.content["records"].get(name_of(model), []))
    _keep_files(arrival)
    return Person.objects.get(pk=arrival.keys[arrival.content["person"]])


def _require_families() -> None:
    """Raise Refused where a framework is of a family that is none: its first version is its own."""
    fitting = Framework.objects.filter(family__family=F("family")).values("pk")
    astray = Framework.objects.exclude(pk__in=fitting).first()
    if astray is not None:
        raise misfit(Framework, 1, ValueError(f"the family of {astray.identifier}"))


def _make_people(arrival: Arrival) -> None:
    """Make the person and, without names, everybody else whom the record mentions, in its order."""
    (told,) = arrival.content["records"]["person"]
    for ref in people_in(arrival.content):
        if ref == arrival.content["person"]:
            person = _person(arrival, told)
        else:
            person = Person(
                label=_("Somebody elsewhere ({number})").format(number=ref.split(":")[1])
            )
        person.save()
        arrival.keys[ref] = person.pk
    arrival.n_rows["person"] = 1


def _person(arrival: Arrival, told: dict[str, Any]) -> Person:
    try:
        if Person.every_district.filter(public_id=told["public_id"]).exists():
            raise Refused(_("This person is here already; their record is not taken in twice."))
        return Person(**values_here(arrival, Person, told))
    except MISFITS as error:
        raise misfit(Person, 1, error) from error


def _make_rows(arrival: Arrival, model: Model, rows: list[dict[str, Any]]) -> None:
    """Make the rows of one kind that are not here yet, in the order of the record."""
    new: list[tuple[dict[str, Any], Any]] = []
    for number, told in enumerate(rows, 1):
        try:
            if is_known(arrival, model, told):
                continue
            values = values_here(arrival, model, told)
            if not is_never(model, values):
                new.append((told, model(**values)))
        except MISFITS as error:
            raise misfit(model, number, error) from error
    own_fields = [f for f in fields_of(model) if f.related_model is model]
    try:
        _save(model, [row for _, row in new])
        for told, row in new:
            arrival.keys[told["ref"]] = row.pk
        for told, row in new:
            changed = {f.attname: arrival.keys.get(told[f.name]) for f in own_fields}
            if any(changed.values()):
                for name, value in changed.items():
                    setattr(row, name, value)
                row.save(update_fields=list(changed))
    except (*MISFITS, DatabaseError) as error:
        raise misfit(model, len(rows), error) from error
    arrival.n_rows[name_of(model)] += len(new)


def _save(model: Model, rows: Sequence[Any]) -> None:
    with transaction.atomic():
        model._default_manager.bulk_create(rows, AT_ONCE)


def _is_placed(person: Person) -> bool:
    own = Membership.objects.filter(current(), person=person)
    return own.exists() or RoleHeld.objects.filter(current(), person=person).exists()


def _keep_files(arrival: Arrival) -> None:
    for ref, name in arrival.content["files"].items():
        artifact = Artifact.objects.filter(pk=arrival.keys.get(ref, 0)).first()
        if artifact is None or name not in arrival.files.names:
            raise Refused(
                _("The record names a file that is not in it: {name}.").format(name=name[:80])
            )
        content = arrival.files.read(name)
        if hashlib.sha256(content).hexdigest() != artifact.file_sha256:
            raise Refused(_("{name} is not the file that was handed in.").format(name=name[:80]))
        keep_file(artifact.public_id, content)


def _families(arrival: Arrival) -> list[Framework]:
    told = arrival.content["records"].get(name_of(GeneralBelief), [])
    try:
        keys = {arrival.keys[row["family"]] for row in told}
    except (KeyError, TypeError) as error:
        raise misfit(GeneralBelief, len(told), error) from error
    return list(Framework.objects.filter(pk__in=keys).order_by("pk"))


def _in_order(kinds: list[Model]) -> Iterator[Model]:
    """Yield the kinds, each after those that its rows refer to."""
    left = list(kinds)
    while left:
        ready = [
            model
            for model in left
            if not any(
                f.related_model in left and f.related_model is not model for f in fields_of(model)
            )
        ]
        yield from ready
        left = [model for model in left if model not in ready]
