"""A record on its way in: which row of it is which row here, and what it says here."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models
from django.utils.translation import gettext as _

from manypaths.base.archives import Files
from manypaths.base.clock import date_of
from manypaths.base.errors import Refused
from manypaths.base.scope import current_district
from manypaths.estimates.models import FittedModel
from manypaths.evidence.models import Criterion, Slip, Task
from manypaths.frameworks.models import Association, Competency, Framework, Level, Scale
from manypaths.people.models import (
    Group,
    Membership,
    Organization,
    OrganizationKind,
    Part,
    Relationship,
    Role,
    RoleHeld,
    SourceId,
    Term,
)
from manypaths.plans.models import Grouping, Support
from manypaths.records.whole.kinds import AnyField, Model, all_rows, fields_out, is_actor, name_of
from manypaths.records.whole.model_file import Renumber, renumbered

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
MISFITS = (ValidationError, KeyError, ValueError, TypeError, AttributeError, ArithmeticError)


@dataclass
class Arrival:
    """A record on its way in: which row of it is which row here."""

    content: dict[str, Any]
    files: Files
    at: datetime
    signed_by: str
    keys: dict[str, int] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    n_rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def on(self) -> date:
        """Return the day on which it arrives."""
        return date_of(self.at)


def fields_of(model: Model) -> list[AnyField]:
    """Return the fields with which a row of this kind comes in."""
    declared: Any = model
    return fields_out(model, declared.personal)


def values_here(arrival: Arrival, model: Model, told: dict[str, Any]) -> dict[str, Any]:
    """Return what a row here says, from what the record says. Raises for values that don't fit."""
    values: dict[str, Any] = {}
    for each in fields_of(model):
        if each.related_model is model:
            continue  # once all of them are there
        if each.name not in told and each.has_default():
            continue  # a record from before there was such a field
        value = told[each.name]
        if each.related_model is not None:
            values[each.attname] = _key(arrival, value)
        elif is_actor(each):
            values[each.attname] = None if each.null else 0
        elif value is None and each.null:
            values[each.name] = None
        else:
            values[each.name] = _checked(each, value)
    return _adapted(arrival, model, values)


def _key(arrival: Arrival, ref: str | None) -> int | None:
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


def _adapted(arrival: Arrival, model: Model, values: dict[str, Any]) -> dict[str, Any]:
    """Return values as they hold in this installation."""
    if "public_id" in values and _is_taken(model, values["public_id"]):
        del values["public_id"]
    if model is Organization:
        values["parent_id"] = current_district()
        values["is_demonstration"] = False
    if model in _KNOWN_TO_ROSTERS:
        values["source_id"] = ""
    if model is Task:
        # To read evidence by, and offered to nobody until somebody here saves it.
        values["retired_at"] = values["retired_at"] or arrival.at
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


def _elsewhere(arrival: Arrival, source: str) -> str:
    """Return a name for the ids of a source elsewhere, which is no source's name here."""
    district = str(arrival.content["district"]["name"])
    return f"{source[:40]} · {district[:35]} · {arrival.signed_by}"


def _is_for_others(model: Model, values: dict[str, Any]) -> bool:
    """Say whether a row lets its person see others or act for them."""
    if model is RoleHeld:
        return bool(values["role"] != Role.STUDENT)
    return bool(model is Membership and values["part"] != Part.LEARNER)


def is_never(model: Model, values: dict[str, Any]) -> bool:
    """Say whether a spell is over before it begins."""
    if model not in _SPELLS or values["ends_on"] is None:
        return False
    return bool(values["ends_on"] < values["starts_on"])


def _is_taken(model: Model, public_id: object) -> bool:
    manager: Any = getattr(model, "every_district", model._default_manager)
    return bool(manager.filter(public_id=public_id).exists())


def _keys_here(arrival: Arrival) -> Renumber:
    return lambda kind, number: arrival.keys.get(f"{kind}:{number}")


def is_known(arrival: Arrival, model: Model, told: dict[str, Any]) -> bool:
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


def _is_known_scale(arrival: Arrival, ref: str) -> bool:
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
    arrival: Arrival, model: Model, told: dict[str, Any], names: tuple[str, ...]
) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for name in names:
        each: Any = model._meta.get_field(name)
        wanted[name] = _key(arrival, told[name]) if each.related_model else told[name]
    return wanted


def misfit(model: Model, number: int, error: Exception) -> Refused:
    """Return what to raise for the row of this number, from 1, that does not fit."""
    told = _("record.json does not fit together at {kind} {number}: {error}")
    if isinstance(error, DatabaseError):
        # A database repeats the values that it refused.
        why = type(error).__name__
    else:
        why = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    return Refused(told.format(kind=name_of(model), number=number, error=why[:200]))
