"""Parameters of pyBKT in and out, so that a model can move between the two.

pyBKT gives its parameters in two forms: the rows of `Model.params()`, (skill, param, class, value),
and the mapping `Model.coef_`. A model with guess and slip by class ("multigs") keeps the names of
the classes in the rows alone; they are taken for the keys of items. With equal parameters the two
expect the same of every response, as long as each shows one competency. That was compared with
pyBKT 1.4.1, which moves its states by the first class's guess and slip whatever the response's own.

Source: Badrinath, Wang & Pardos (2021), pyBKT: an accessible Python library of Bayesian knowledge
tracing models, Proceedings of EDM, 468-474.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from manypaths.mastery.bkt_model import Answering, BktModel, Skill
from manypaths.mastery.log import Alignment, Floats, Key

Row = tuple[str, str, str, float]  # skill, param, class, value
Coef = dict[str, dict[str, float | Floats]]

_EVERY = "default"
# By field of a Skill, in the order in which pyBKT lists them.
_PARAM = {
    "prior": "prior",
    "learn": "learns",
    "guess": "guesses",
    "slip": "slips",
    "forget": "forgets",
}


def from_pybkt(params: Any) -> BktModel:  # noqa: ANN401  # a data frame, without naming its library
    """Return the model of pyBKT's parameters.

    `params` is what `Model.params()` returns, its rows as tuples or mappings, or `Model.coef_`. A
    skill without its own guess and slip, for all its items have theirs, has their mean. What is
    new to the model has the mean of all skills. Raises ValueError for parameters that are missing,
    by class where only guess and slip may be, or no model (see BktModel).
    """
    skills: dict[Key, Skill] = {}
    items: dict[Key, Answering] = {}
    for name, found in _by_skill(_rows(params)).items():
        by_class = {field: _by_class(name, field, found) for field in _PARAM}
        classes = [key for key in by_class["guess"] if key != _EVERY]
        if by_class["guess"].keys() != by_class["slip"].keys():
            raise ValueError(f"skill {name!r} has guesses and slips of different classes")
        skills[name] = Skill(*(_own(by_class[field]) for field in Skill._fields))
        for key in classes:
            item = Answering(by_class["guess"][key], by_class["slip"][key])
            if items.setdefault(key, item) != item:
                raise ValueError(f"item {key!r} has other numbers in each of its skills")
    if not skills:
        raise ValueError("there are no parameters of any skill")
    typical = Skill(*np.mean(list(skills.values()), axis=0).tolist())
    return BktModel(typical, skills, items)


def to_pybkt(model: BktModel, alignment: Alignment | None = None) -> list[Row]:
    """Return the rows of `Model.params()`, ordered as there.

    With an alignment, guess and slip stand by item, else they are the skill's. Raises ValueError
    for what pyBKT can't say: forgetting by time, or an item that shows several competencies.
    """
    _require_no_clock(model)
    items = _items_of(alignment) if alignment else {}
    rows: list[Row] = []
    for key, skill in model.competencies.items():
        for field, param in _PARAM.items():
            if field in Answering._fields and key in items:
                rows += [
                    (str(key), param, str(item), getattr(numbers, field))
                    for item in items[key]
                    for numbers in (model.answering_of(item, [(key, 1.0)]),)
                ]
            else:
                rows.append((str(key), param, _EVERY, getattr(skill, field)))
    return rows


def to_pybkt_coef(model: BktModel) -> Coef:
    """Return the mapping that `Model.coef_` is and can be set to; guess and slip are the skills'.

    Raises ValueError for a model that forgets by time, which pyBKT can't say.
    """
    coef: Coef = {}
    for skill, param, _, value in to_pybkt(model):
        coef.setdefault(skill, {})[param] = value if param == "prior" else np.array([value])
    return coef


def _rows(params: Any) -> Iterable[Row]:  # noqa: ANN401  # see from_pybkt
    if hasattr(params, "reset_index"):
        params = params.reset_index().to_dict("records")
    if isinstance(params, Mapping):
        for skill, found in params.items():
            for param, values in found.items():
                numbers = np.ravel(values).tolist()
                if len(numbers) != 1:
                    raise ValueError(
                        f"{param} of skill {skill!r} holds {len(numbers)} numbers; coef_ does not "
                        "say whose they are, so hand in params()"
                    )
                yield str(skill), param, _EVERY, float(numbers[0])
        return
    for row in params:
        skill, param, of, value = (
            (row["skill"], row["param"], row["class"], row["value"])
            if isinstance(row, Mapping)
            else row
        )
        yield str(skill), str(param), str(of), float(value)


def _by_skill(rows: Iterable[Row]) -> dict[str, dict[str, dict[str, float]]]:
    found: dict[str, dict[str, dict[str, float]]] = {}
    for skill, param, of, value in rows:
        if param not in _PARAM.values():
            raise ValueError(f"param is {param!r}; allowed: {', '.join(_PARAM.values())}")
        found.setdefault(skill, {}).setdefault(param, {})[of] = value
    return found


def _by_class(skill: str, field: str, found: dict[str, dict[str, float]]) -> dict[str, float]:
    # Models that do not forget may come without the row that says so.
    values = found.get(_PARAM[field], {_EVERY: 0.0} if field == "forget" else {})
    if not values:
        raise ValueError(f"skill {skill!r} has no {_PARAM[field]}")
    if field not in Answering._fields and len(values) > 1:
        raise ValueError(f"{_PARAM[field]} of skill {skill!r} must be one number; got {values}")
    return values


def _own(by_class: dict[str, float]) -> float:
    return by_class.get(_EVERY, sum(by_class.values()) / len(by_class))


def _items_of(alignment: Alignment) -> dict[Key, list[Key]]:
    items: dict[Key, list[Key]] = {}
    for place, key in enumerate(alignment.instruments):
        shown = alignment.competency[alignment.starts[place] : alignment.starts[place + 1]]
        if shown.size > 1:
            raise ValueError(f"item {key!r} shows {shown.size} competencies; pyBKT knows one")
        items.setdefault(alignment.competencies[shown[0]], []).append(key)
    return items


def _require_no_clock(model: BktModel) -> None:
    if model.fading:
        raise ValueError(
            f"the model forgets half in {model.half_life:g} days; pyBKT does not know the time"
        )
