"""Take in a whole record that another installation gave out: the person and their evidence.

What the record refers to is found again by its own names where it is here already (a framework by
its identifier, a task by its id within that), else made. Beliefs are not copied but drawn anew from
the evidence, by the model that travels along or the one that is in force here.

What somebody may do for others is given where they are: teaching, leading and the like come in as
over. The ids by which rosters elsewhere know a person come in under names that no roster here has.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext as _

from manypaths.base.archives import MOST_BYTES, Files, opened_files
from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE
from manypaths.base.clock import date_of
from manypaths.base.errors import Refused
from manypaths.base.scope import current_district
from manypaths.base.signing_key import fingerprint
from manypaths.estimates.models import FittedModel, GeneralBelief
from manypaths.estimates.services import replay
from manypaths.evidence.models import Artifact, Criterion, Slip, Task
from manypaths.evidence.storage import keep_file
from manypaths.frameworks.models import Association, Competency, Framework, Level, Scale
from manypaths.interop.json_text import read_json
from manypaths.people.access import Actor, current, require_operator
from manypaths.people.models import (
    Group,
    Membership,
    Organization,
    OrganizationKind,
    Part,
    Person,
    Relationship,
    Role,
    RoleHeld,
    SourceId,
    Term,
)
from manypaths.people.services.rosters import give_role
from manypaths.plans.models import Grouping, Support
from manypaths.records.packages import signed_files
from manypaths.records.whole.kinds import (
    AROUND,
    AnyField,
    Model,
    all_rows,
    fields_out,
    is_actor,
    name_of,
    own_kinds,
    personless,
)
from manypaths.records.whole.model_file import Renumber, renumbered
from manypaths.records.whole.writing import FORM, KIND

_RECORD = "record.json"
_SOMEBODY = re.compile(r"person:[0-9]{1,9}")
# By which fields a row is found again, where it is here already.
_NAMED_BY: dict[Model, tuple[str, ...]] = {
    Organization: ("name",),
    Term: ("organization", "name"),
    Group: ("organization", "term", "name"),
    Framework: ("identifier",),
    Competency: ("framework", "identifier"),
    Association: ("framework", "identifier"),
    Task: ("framework", "source_id"),
    Slip: ("framework", "code"),
    Criterion: ("task", "position"),
    Level: ("scale", "position"),
    # A class of two who come with records of their own.
    Grouping: ("group", "held_on"),
    Support: ("public_id",),
}
# Parts of a row are taken in with it; of one that is here already, its own parts stay.
_WHOLE_OF = {
    "competency": "framework",
    "association": "framework",
    "progression": "competency",
    "level": "scale",
    "alignment": "task",
    "answer": "task",
    "criterion": "task",
}
# What rosters name by ids of their own, and what they say of who is where.
_KNOWN_TO_ROSTERS = (Organization, Term, Group)
_SPELLS = (RoleHeld, Membership, Relationship)

# What a value that does not fit raises on its way in.
_MISFITS = (ValidationError, KeyError, ValueError, TypeError, AttributeError, ArithmeticError)

Rows = list[dict[str, Any]]


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


@dataclass
class _Arrival:
    """A record on its way in: which row of it is which row here."""

    content: dict[str, Any]
    files: Files
    on: date
    signed_by: str
    keys: dict[str, int] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    n_rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))


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
        content = _content(files, path.name)
        with transaction.atomic():
            arrival = _Arrival(content, files, date_of(at), fingerprint(manifest.public_key))
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
        district = _content(files, path.name)["district"]
    return str(district["name"]), str(district["time_zone"])


def _content(files: Files, file: str) -> dict[str, Any]:
    try:
        content = _value(files)
        if content["kind"] != KIND or content["form"] != FORM:
            raise Refused(
                _("{file} is of form {form}; this version reads form {ours}.").format(
                    file=file, form=content["form"], ours=FORM
                )
            )
        _require_form(content)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(_("{file} holds no whole record.").format(file=file)) from error
    found: dict[str, Any] = content
    return found


def _value(files: Files) -> dict[str, Any]:
    """Return what the record's file holds. Raises ValueError for what no database keeps."""
    reading = read_json(files.read(_RECORD), file=_RECORD, most_bytes=MOST_BYTES)
    if reading.faults or not isinstance(reading.value, dict):
        raise ValueError(_RECORD)
    return reading.value


def _require_form(content: dict[str, Any]) -> None:
    """Raise one of several errors for what can't be read through as a record."""
    for part in ("records", "around"):
        for rows in content[part].values():
            for row in rows:
                _require_text(row["ref"])
    (person,) = content["records"]["person"]
    district = content["district"]
    if not _SOMEBODY.fullmatch(content["person"]) or person["ref"] != content["person"]:
        raise ValueError
    _require_text(district["name"], district["time_zone"])
    _require_text(*content["files"].values())


def _require_text(*values: object) -> None:
    if not all(isinstance(value, str) for value in values):
        raise TypeError


def _take_in(arrival: _Arrival) -> Person:
    _make_people(arrival)
    for model in AROUND:
        _make_rows(arrival, model, arrival.content["around"].get(name_of(model), []))
    own = [model for model, _ in own_kinds(with_notes=True)]
    for model in _in_order([m for m in own if m is not Person and m not in personless()]):
        _make_rows(arrival, model, arrival.content["records"].get(name_of(model), []))
    _keep_files(arrival)
    return Person.objects.get(pk=arrival.keys[arrival.content["person"]])


def _make_people(arrival: _Arrival) -> None:
    """Make the person and, without names, everybody else whom the record mentions, in its order."""
    (told,) = arrival.content["records"]["person"]
    for ref in _people_in(arrival.content):
        if ref == arrival.content["person"]:
            person = _person(arrival, told)
        else:
            person = Person(
                label=_("Somebody elsewhere ({number})").format(number=ref.split(":")[1])
            )
        person.save()
        arrival.keys[ref] = person.pk
    arrival.n_rows["person"] = 1


def _person(arrival: _Arrival, told: dict[str, Any]) -> Person:
    try:
        if Person.every_district.filter(public_id=told["public_id"]).exists():
            raise Refused(_("This person is here already; their record is not taken in twice."))
        return Person(**_values(arrival, Person, told))
    except _MISFITS as error:
        raise _misfit(Person, 1, error) from error


def _people_in(content: dict[str, Any]) -> list[str]:
    """Return all that the record calls a person, by number."""
    found = {content["person"]}
    for rows in (*content["records"].values(), *content["around"].values()):
        for row in rows:
            found.update(
                value
                for value in row.values()
                if isinstance(value, str) and _SOMEBODY.fullmatch(value)
            )
    return sorted(found, key=lambda ref: int(ref.split(":")[1]))


def _make_rows(arrival: _Arrival, model: Model, rows: Rows) -> None:
    """Make the rows of one kind that are not here yet, in the order of the record."""
    new: list[tuple[dict[str, Any], Any]] = []
    for number, told in enumerate(rows, 1):
        try:
            if _is_known(arrival, model, told):
                continue
            values = _values(arrival, model, told)
            if not _is_never(model, values):
                new.append((told, model(**values)))
        except _MISFITS as error:
            raise _misfit(model, number, error) from error
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
    except (DatabaseError, ValueError, TypeError) as error:
        raise _misfit(model, len(rows), error) from error
    arrival.n_rows[name_of(model)] += len(new)


def fields_of(model: Model) -> list[AnyField]:
    """Return the fields with which a row of this kind comes in."""
    declared: Any = model
    return fields_out(model, declared.personal)


def _save(model: Model, rows: Sequence[Any]) -> None:
    with transaction.atomic():
        model._default_manager.bulk_create(rows, AT_ONCE)


def _values(arrival: _Arrival, model: Model, told: dict[str, Any]) -> dict[str, Any]:
    """Return what a row here says, from what the record says. Raises for values that don't fit."""
    values: dict[str, Any] = {}
    for each in fields_of(model):
        value = told[each.name]
        if each.related_model is model:
            continue  # once all of them are there
        if each.related_model is not None:
            values[each.attname] = _key(arrival, value)
        elif is_actor(each):
            values[each.attname] = None if each.null else 0
        elif value is None and each.null:
            values[each.name] = None
        else:
            values[each.name] = _checked(each, value)
    return _adapted(arrival, model, values)


def _key(arrival: _Arrival, ref: str | None) -> int | None:
    if ref is None or ref.startswith("user:"):
        return None
    return arrival.keys.get(ref) if ref.startswith("fittedmodel:") else arrival.keys[ref]


def _checked(each: AnyField, value: object) -> object:
    if isinstance(each, models.CharField | models.TextField) and not isinstance(value, str):
        raise ValueError(f"{each.name} is a text")
    found = each.to_python(value)
    each.run_validators(found)
    if each.choices and found not in dict(each.flatchoices) and found != "":
        raise ValueError(f"{each.name} can't be {found!r}"[:200])
    return found


def _adapted(arrival: _Arrival, model: Model, values: dict[str, Any]) -> dict[str, Any]:
    """Return values as they hold in this installation."""
    if "public_id" in values and _is_taken(model, values["public_id"]):
        del values["public_id"]
    if model is Organization:
        values["parent_id"] = current_district()
        values["is_demonstration"] = False
    if model in _KNOWN_TO_ROSTERS:
        values["source_id"] = ""
    if model is SourceId:
        values["source"] = _elsewhere(arrival, values["source"])
    if model in _SPELLS:
        values["source"] = values["source_rows"] = ""
    if _is_for_others(model, values):
        before = arrival.on - timedelta(days=1)
        values["ends_on"] = min(values["ends_on"] or before, before)
    if model is FittedModel:
        found = renumbered(values["parameters"], _keys_here(arrival))
        # The version names the numbers with their keys, which are others here.
        values["parameters"], values["version"] = found.as_text(), found.version
        values["is_candidate"] = False
    return values


def _elsewhere(arrival: _Arrival, source: str) -> str:
    """Return a name for the ids of a source elsewhere, which is no source's name here."""
    district = str(arrival.content["district"]["name"])
    return f"{source[:40]} · {district[:35]} · {arrival.signed_by}"


def _is_for_others(model: Model, values: dict[str, Any]) -> bool:
    """Say whether a row lets its person see others or act for them."""
    if model is RoleHeld:
        return bool(values["role"] != Role.STUDENT)
    return bool(model is Membership and values["part"] != Part.LEARNER)


def _is_never(model: Model, values: dict[str, Any]) -> bool:
    """Say whether a spell is over before it begins."""
    if model not in _SPELLS or values["ends_on"] is None:
        return False
    return bool(values["ends_on"] < values["starts_on"])


def _is_placed(person: Person) -> bool:
    own = Membership.objects.filter(current(), person=person)
    return own.exists() or RoleHeld.objects.filter(current(), person=person).exists()


def _is_taken(model: Model, public_id: object) -> bool:
    manager: Any = getattr(model, "every_district", model._default_manager)
    return bool(manager.filter(public_id=public_id).exists())


def _keys_here(arrival: _Arrival) -> Renumber:
    return lambda kind, number: arrival.keys.get(f"{kind}:{number}")


def _is_known(arrival: _Arrival, model: Model, told: dict[str, Any]) -> bool:
    """Say whether a row is here already, or is not wanted here; note which one it is."""
    ref = told["ref"]
    if model is Organization and told["kind"] != OrganizationKind.SCHOOL:
        arrival.keys[ref] = current_district()
        return True
    if model is Scale:
        return _is_known_scale(arrival, ref)
    if model is FittedModel:
        family = arrival.keys[told["family"]]
        return FittedModel.objects.filter(family=family, in_force=True).exists()
    whole = _WHOLE_OF.get(name_of(model))
    is_part_of_known = whole is not None and told[whole] in arrival.known
    names = _NAMED_BY.get(model)
    if names is None:
        return is_part_of_known
    found = all_rows(model).filter(**_named(arrival, model, told, names)).first()
    if found is None:
        if is_part_of_known and model is Level:
            raise ValueError("the scale of this framework has fewer levels here")
        return is_part_of_known and model not in (Competency,)
    arrival.keys[ref] = found.pk
    arrival.known.add(ref)
    return True


def _is_known_scale(arrival: _Arrival, ref: str) -> bool:
    """Say whether the scale is that of a framework that is here already."""
    for framework in arrival.content["around"].get("framework", []):
        if framework["scale"] == ref:
            found = Framework.objects.filter(identifier=framework["identifier"]).first()
            if found is not None and found.scale_id is not None:
                arrival.keys[ref] = found.scale_id
                arrival.known.add(ref)
                return True
    return False


def _named(
    arrival: _Arrival, model: Model, told: dict[str, Any], names: tuple[str, ...]
) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for name in names:
        each: Any = model._meta.get_field(name)
        wanted[name] = _key(arrival, told[name]) if each.related_model else told[name]
    return wanted


def _keep_files(arrival: _Arrival) -> None:
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


def _families(arrival: _Arrival) -> list[Framework]:
    told = arrival.content["records"].get(name_of(GeneralBelief), [])
    keys = {arrival.keys[row["family"]] for row in told}
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


def _misfit(model: Model, number: int, error: Exception) -> Refused:
    told = _("record.json does not fit together at {kind} {number}: {error}")
    if isinstance(error, DatabaseError):
        # A database repeats the values that it refused.
        why = type(error).__name__
    else:
        why = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    return Refused(told.format(kind=name_of(model), number=number, error=why[:200]))
