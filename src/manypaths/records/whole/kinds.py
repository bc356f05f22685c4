"""Which rows make up a whole record, and how their fields are written: from the declarations.

Rows that speak of the person leave by `personal`; what they refer to goes along, so that the record
means the same elsewhere: tasks, whole frameworks, groups. Others become numbers without names.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from django.apps import apps
from django.db import models

from manypaths.base.personal import PersonalFields, declared_models
from manypaths.estimates.models import Belief, FittedModel, GeneralBelief
from manypaths.evidence.models import Alignment, Answer, Criterion, Slip, Task, Withdrawal
from manypaths.frameworks.models import (
    Association,
    Competency,
    Framework,
    Level,
    Progression,
    Scale,
)
from manypaths.people.models import Group, Merge, Organization, Person, Term, ToldApart, User
from manypaths.plans.models import Grouping, Note, Support

Model = type[models.Model]
AnyField: TypeAlias = "models.Field[Any, Any]"
AnyRows: TypeAlias = "models.QuerySet[Any, Any]"

# What goes along where a row refers to it, each after what it refers to itself.
AROUND: tuple[Model, ...] = (
    Organization,
    Term,
    Group,
    Scale,
    Level,
    Framework,
    Competency,
    Association,
    Progression,
    Task,
    Slip,
    Alignment,
    Answer,
    Criterion,
    Withdrawal,
    Grouping,
    Support,
    FittedModel,
)
# What an educator wrote for those who teach the learner alone: it leaves with the operator's word.
FOR_EDUCATORS: tuple[Model, ...] = (Note,)
# They are computed anew from the evidence.
COMPUTED: tuple[Model, ...] = (Belief, GeneralBelief)
# What names people who are not the subject, in free words.
_NAMES_OTHERS = {(Support, "given_by")}
_OF_THE_TABLE = {"id", "district_id"}


def own_kinds(*, with_notes: bool) -> Iterator[tuple[Model, PersonalFields]]:
    """Yield the models whose rows speak of a person and leave, with their declarations."""
    left_out = left_out_kinds(with_notes=with_notes)
    for model, declared in declared_models():
        if declared.subject is not None and model not in left_out:
            yield model, declared


def left_out_kinds(*, with_notes: bool) -> frozenset[Model]:
    """Return the models whose rows speak of a person and don't leave.

    What is sealed has a right of its own, and leaves by who holds it; what a merge set aside is
    there to undo it; that two are told apart is for those who keep the lists.
    """
    sealed = {
        model
        for model, declared in declared_models()
        if declared.subject is not None
        and any(isinstance(field, models.BinaryField) for field in model._meta.concrete_fields)
    }
    return frozenset((*sealed, Merge, ToldApart, *(() if with_notes else FOR_EDUCATORS)))


def name_of(model: Model) -> str:
    """Return the name of a kind of rows in a record."""
    return str(model._meta.model_name)


def model_called(name: str) -> Model | None:
    """Return the model of a kind in a record, None for one that is not known here."""
    known = (model for model, _ in declared_models())
    return next((model for model in known if name_of(model) == name), None)


def all_rows(model: Model) -> AnyRows:
    """Return the rows of a model that lie in the scope."""
    rows: AnyRows = model._default_manager.all()
    return rows


def rows_about(model: Model, declared: PersonalFields, person: Person) -> AnyRows:
    """Return the rows of a model that speak of a person, in the order of their ids."""
    path = declared.subject or "pk"
    return all_rows(model).filter(**{path: person.pk}).order_by("pk")


def fields_out(model: Model, declared: PersonalFields) -> list[AnyField]:
    """Return the fields with which a row leaves: personal ones but secrets, else all of them."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.name not in _OF_THE_TABLE
        and not isinstance(field, models.BinaryField)
        and (model, field.name) not in _NAMES_OTHERS
        and (
            declared.subject is None
            or (field.name in declared.fields and field.name not in declared.secrets)
            or field.name == "public_id"
        )
    ]


def is_actor(field: AnyField) -> bool:
    """Say whether a field holds the number of a user who did something."""
    name: str = field.attname
    is_number = isinstance(field, models.BigIntegerField) and field.related_model is None
    return is_number and (name.endswith("_by") or name == "actor_id")


def is_moment(field: AnyField) -> bool:
    """Say whether a field holds microseconds since 1970."""
    is_number = isinstance(field, models.BigIntegerField) and field.related_model is None
    return is_number and str(field.attname).endswith("_at")


def plain(value: object) -> object:
    """Return a value of a row as JSON has it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def personless() -> frozenset[Model]:
    """Return what is made anew elsewhere, and never taken in: ways to sign in, what is computed."""
    rooms = ("accounts", "demographics", "integrations", "interop")
    made_anew = (model for room in rooms for model in apps.get_app_config(room).get_models())
    return frozenset((User, *made_anew, *COMPUTED))
