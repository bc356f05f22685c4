"""Every table of ours says what it holds of people, field by field."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from manypaths.base.personal import OF_NOBODY, Erasure, PersonalFields, declared_models, goes_with

# Looked up by name, for this room knows none of the others.
PERSON: Any = apps.get_model("people", "Person")
USER: Any = apps.get_model("people", "User")
RESPONSE: Any = apps.get_model("evidence", "Response")

# They say whose row it is in the table, and nothing of a person.
_OF_THE_TABLE = {"id", "district_id"}


def faults_of(model: type[models.Model], declared: PersonalFields) -> Iterator[str]:
    """Yield what the declaration of a model gets wrong."""
    own = {field.name for field in model._meta.concrete_fields} - _OF_THE_TABLE
    said = {*declared.fields, *declared.impersonal}
    yield from (f"{name} is no field" for name in said - own)
    yield from (f"{name} is both" for name in declared.fields.keys() & declared.impersonal)
    if declared.subject is None:
        yield from (f"{name} leads to a person" for name in _ways_to_people(model))
        yield from (f"{name} is personal to nobody" for name in said)
        return
    yield from (f"{name} is not decided on" for name in own - said)
    yield from (
        f"{name} leads to a person" for name in _ways_to_people(model) & declared.impersonal
    )
    if _end_of(model, declared.subject) is not PERSON:
        yield f"{declared.subject!r} does not lead to a person"


def _ways_to_people(model: type[models.Model]) -> set[str]:
    return {
        field.name for field in model._meta.concrete_fields if field.related_model in (PERSON, USER)
    }


def _end_of(model: Any, path: str) -> Any:
    for step in path.split("__") if path else ():
        if step not in {field.name for field in model._meta.get_fields()}:
            return None
        model = model._meta.get_field(step).related_model
    return model


def test_every_field_of_every_table_is_decided_on() -> None:
    found = {model.__name__: list(faults_of(model, said)) for model, said in declared_models()}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_no_table_of_ours_is_left_out() -> None:
    ours = {model for model in apps.get_models() if model.__module__.startswith("manypaths.")}
    assert {model for model, _ in declared_models()} == ours
    assert len(ours) > 25


def test_a_table_without_a_declaration_stops_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(RESPONSE, "personal")
    with pytest.raises(AttributeError):
        list(declared_models())


WRONG = [
    (PERSON, OF_NOBODY, "user leads to a person"),
    (RESPONSE, OF_NOBODY, "learner leads to a person"),
    (RESPONSE, replace(RESPONSE.personal, subject="task"), "'task' does not lead to a person"),
    (RESPONSE, replace(RESPONSE.personal, subject="pupil"), "'pupil' does not lead to a person"),
    (RESPONSE, goes_with("learner", *RESPONSE.personal.fields, "mood"), "mood is no field"),
    (RESPONSE, goes_with("learner", "learner"), "outcome is not decided on"),
    (
        RESPONSE,
        replace(RESPONSE.personal, impersonal=frozenset({"outcome"})),
        "outcome is both",
    ),
]


@pytest.mark.parametrize(("model", "declared", "fault"), WRONG)
def test_a_wrong_declaration_is_found(
    model: type[models.Model], declared: PersonalFields, fault: str
) -> None:
    assert fault in faults_of(model, declared)


def test_a_row_that_goes_with_somebody_goes_whole() -> None:
    declared = goes_with("learner", "outcome", "task")
    assert set(declared.fields.values()) == {Erasure.DELETE}
    assert declared.subject == "learner"
