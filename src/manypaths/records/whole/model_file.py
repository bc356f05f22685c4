"""A fitted model with other keys: it names competencies, tasks and raters by numbers of rows."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from manypaths.mastery.bkt_model import KIND as BKT
from manypaths.mastery.bkt_model import BktModel, bkt_model_of
from manypaths.mastery.log import Key
from manypaths.mastery.model import Model, read_model, without_contexts

Renumber = Callable[[str, int], int | None]
Terms = TypeVar("Terms")


def renumbered(text: str, number: Renumber) -> Model | BktModel:
    """Return the model of a file with the keys that `number` gives; what has none is left out.

    `number` is told the kind (competency, task, criterion, person) and the number. What only helps
    to predict stays behind, for it names tasks of others.
    """
    model = _read(text)
    competencies = _with_keys(
        model.competencies.items(), lambda key: _plain("competency", key, number)
    )
    instruments = _with_keys(model.instruments.items(), lambda key: _instrument(key, number))
    if isinstance(model, BktModel):
        return replace(model, competencies=competencies, instruments=instruments)
    raters = _with_keys(model.raters.items(), lambda key: _plain("person", key, number))
    changed: Any = {"competencies": competencies, "instruments": instruments, "raters": raters}
    return replace(without_contexts(model), **changed)


def _read(text: str) -> Model | BktModel:
    content = json.loads(text)
    return bkt_model_of(content) if content.get("kind") == BKT else read_model(text)


def _with_keys(
    rows: Iterable[tuple[Key, Terms]], key_of: Callable[[Key], Key | None]
) -> dict[Key, Any]:  # Any: terms of either kind of model
    found = ((key_of(key), terms) for key, terms in rows)
    return {key: terms for key, terms in found if key is not None}


def _plain(kind: str, key: Key, number: Renumber) -> Key | None:
    return number(kind, key) if isinstance(key, int) else None


def _instrument(key: Key, number: Renumber) -> Key | None:
    if isinstance(key, int):
        return number("task", key)
    kind, _, pk = key.partition(" ")
    named = {"rated": "competency", "criterion": "criterion"}.get(kind)
    if named is None or not pk.isdigit():
        return None
    renamed = number(named, int(pk))
    return None if renamed is None else f"{kind} {renamed}"
