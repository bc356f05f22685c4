"""What the engine learned from a log, as plain numbers with a version, and what it starts from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, field, fields, replace
from itertools import chain, pairwise
from math import inf, log
from typing import Any, NamedTuple

import numpy as np

from manypaths.mastery.contexts import TABLES, Contexts, ContextTable
from manypaths.mastery.log import ROLES, Alignment, Floats, Ints, Key

KIND = "dynamic-irt"
# The forms of the file: 1 knows no loadings and no contexts; a model without any still takes it.
_PLAIN, FORM = 1, 2
_NO_CONTEXTS: dict[str, Any] = {
    "items": (),
    "together": (),
    "carried": (1.0, 1.0, 1.0),
    "tables": {},
}


@dataclass(frozen=True)
class Settings:
    """What a fit starts from and what it is not to learn.

    `cut_points` is the expected success from which each level above the lowest begins (shape
    (n_levels - 1,), rising); the thresholds of ratings are fitted near them. `target` is the
    place of the cut point that counts as mastered, `tau` the expected success that does where
    there are no ratings.
    """

    cut_points: tuple[float, ...] = (0.5, 0.65, 0.8, 0.9)
    target: int = 2
    tau: float = 0.8

    def __post_init__(self) -> None:
        """Raise ValueError unless the cut points rise within (0, 1) and hold the target."""
        cuts = (0.0, *self.cut_points, 1.0)
        if not all(low < high for low, high in pairwise(cuts)):
            raise ValueError(f"cut points must rise between 0 and 1; got {self.cut_points}")
        if not 0 <= self.target < len(self.cut_points):
            raise ValueError(
                f"target must be a place among {len(self.cut_points)} cut points; got {self.target}"
            )
        if not 0 < self.tau < 1:
            raise ValueError(f"tau must lie between 0 and 1; got {self.tau}")


@dataclass(frozen=True)
class Spread:
    """Variances and half-life of the learner's part, on the logit scale.

    `general`: between learners in general ability; `competency`: of a learner's competencies
    around it; `general_step`, `competency_step`: by how much each may wander with one event;
    `half_life`: days after which half of a competency's own part is forgotten (inf: never).
    """

    general: float = 0.8
    competency: float = 0.6
    general_step: float = 0.002
    competency_step: float = 0.01
    half_life: float = inf


@dataclass(frozen=True)
class Cold:
    """Prior standard deviations of terms that no evidence has spoken of yet, fitted."""

    item: float = 0.8
    easiness: float = 0.8
    gain: float = 0.15
    rater: float = 0.4


class ItemTerms(NamedTuple):
    """What is fitted of one instrument: what it adds on the logit scale, and how unsure that is.

    `loading` is by how much it tells of general ability; 1 is usual.
    """

    term: float
    variance: float
    loading: float = 1.0


class Terms(NamedTuple):
    """What is fitted of one competency, on the logit scale.

    `easiness` is that of its average item, with its sampling `variance`; the gains are what the
    logarithm of one more than the number of successes, or failures, adds.
    """

    easiness: float
    gain_right: float
    gain_wrong: float
    variance: float


@dataclass(frozen=True)
class Model:
    """A fitted model: frozen, versioned, saved as one plain file.

    Terms are on the logit scale, by key. `raters` hold each rater's leniency with its sampling
    variance. A competency that is not named has the typical terms (easiness, gain_right,
    gain_wrong), an instrument or rater that is not named has 0, each with its cold variance.
    `contexts` are what the responses before one do to its chance, and to no estimate.
    `leniency_of_role` and `reliability_of_role` follow ROLES; `thresholds` are those of ratings,
    rising, and `has_ratings` says whether any rating spoke.
    """

    settings: Settings
    spread: Spread
    cold: Cold
    typical: tuple[float, float, float]
    competencies: Mapping[Key, Terms]
    instruments: Mapping[Key, ItemTerms]
    raters: Mapping[Key, tuple[float, float]]
    leniency_of_role: tuple[float, ...]
    reliability_of_role: tuple[float, ...]
    thresholds: tuple[float, ...]
    has_ratings: bool
    contexts: Contexts = field(default_factory=Contexts)
    n_responses: int = 0
    n_ratings: int = 0
    n_learners: int = 0
    _version: list[str] = field(default_factory=list, init=False, repr=False, compare=False)
    # What this is another reading of: it goes by the same version.
    _origin: "list[Model]" = field(default_factory=list, init=False, repr=False, compare=False)
    _placed: "list[Placed]" = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def version(self) -> str:
        """Return a name of kind, form and contents: equal numbers have an equal version."""
        if self._origin:
            return self._origin[0].version
        if not self._version:
            digest = hashlib.sha256(self.as_text().encode()).hexdigest()[:12]
            self._version.append(f"{KIND}-{self.form}-{digest}")
        return self._version[0]

    @property
    def form(self) -> int:
        """Return the form of the model's file: the earliest that holds all of it."""
        is_plain = self.contexts == Contexts() and all(
            terms.loading == 1 for terms in self.instruments.values()
        )
        return _PLAIN if is_plain else FORM

    @property
    def mastered_from(self) -> float:
        """Return the point on the logit scale from which a competency counts as mastered."""
        if self.has_ratings:
            return self.thresholds[self.settings.target]
        return logit(self.settings.tau)

    @property
    def kind(self) -> str:
        """Return the kind of model."""
        return KIND

    def terms_of(self, competency: Key) -> "Terms":
        """Return the terms of a competency, the typical ones for one that is not known."""
        known = self.competencies.get(competency)
        return known or Terms(*self.typical, self.cold.easiness**2)

    def item_terms_of(self, instrument: Key) -> ItemTerms:
        """Return the terms of an instrument, those of a new one for one that is not known."""
        return self.instruments.get(instrument) or ItemTerms(0.0, self.cold.item**2)

    def placed(self, alignment: Alignment) -> "Placed":
        """Return the terms in the places of an alignment.

        Looking up all keys costs as much as many predictions: those of the alignment that was
        asked for last are kept.
        """
        for kept in self._placed:
            if kept.alignment is alignment:
                return kept
        self._placed[:] = [Placed.of(self, alignment)]
        return self._placed[0]

    def __getstate__(self) -> dict[str, Any]:
        """Return what is sent elsewhere, where no alignment is the same object."""
        return {**self.__dict__, "_placed": []}

    def as_text(self) -> str:
        """Return the model as its plain file: JSON, numbers exact, keys in order."""
        content = {
            "format": "manypaths mastery model",
            "kind": KIND,
            "form": self.form,
            **{f.name: getattr(self, f.name) for f in fields(self) if not f.name.startswith("_")},
        }
        for part in ("settings", "spread", "cold"):
            content[part] = asdict(content[part])
        for table in _TABLES:
            content[table] = sorted(content[table].items(), key=_place_in_file)
        if self.form == _PLAIN:
            del content["contexts"]
            content["instruments"] = [(key, terms[:2]) for key, terms in content["instruments"]]
            return _json(content)
        content["contexts"] = {
            "items": self.contexts.items,
            "together": self.contexts.together,
            "carried": self.contexts.carried,
            "tables": {
                name: table._asdict()
                for name, table in zip(TABLES, self.contexts.tables, strict=False)
            },
        }
        return _json(content)


@dataclass(frozen=True)
class Placed:
    """A model's terms in the places of an alignment.

    `competencies`, (n_competencies, 4), are Terms; `items`, (n_instruments, 4), those of
    Parameters; `item_places` and `set_places` the places that contexts have for instruments and
    for the alignment's sets of competencies.
    """

    alignment: Alignment
    competencies: Floats
    items: Floats
    item_places: Ints
    set_places: Ints

    @classmethod
    def of(cls, model: Model, alignment: Alignment) -> "Placed":
        """Look up all keys of an alignment; what is new to the model starts cold."""
        terms = [model.terms_of(key) for key in alignment.competencies]
        items = np.zeros((len(alignment.instruments), 4))
        known = chain.from_iterable(map(model.item_terms_of, alignment.instruments))
        items[:, :3] = np.fromiter(known, float).reshape(-1, 3)
        items[~alignment.has_difficulty] = (0.0, 0.0, 1.0, 0.0)
        return cls(
            alignment,
            competencies=np.array(terms, float).reshape(-1, 4),
            items=items,
            item_places=model.contexts.places_of_items(alignment.instruments),
            set_places=model.contexts.places_of_sets(alignment.togethers[1]),
        )


def _json(content: dict[str, Any]) -> str:
    if content["spread"]["half_life"] == inf:
        content["spread"]["half_life"] = None  # JSON knows no infinity
    return json.dumps(content, allow_nan=False)


_TABLES = ("competencies", "instruments", "raters")


def _place_in_file(row: tuple[Key, Any]) -> tuple[str, bool]:
    return str(row[0]), isinstance(row[0], str)


def logit(p: float) -> float:
    """Return log(p / (1 - p))."""
    return log(p / (1 - p))


def read_model(text: str) -> Model:
    """Return the model of a plain file.

    Raises ValueError for another kind, a form that is not known, or other content.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"a model is one JSON object; {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"a model is one JSON object; got {text[:40]!r}")
    found = (content.pop("format", None), content.pop("kind", None), content.pop("form", None))
    if found[:2] != ("manypaths mastery model", KIND) or found[2] not in (_PLAIN, FORM):
        raise ValueError(f"not a model of kind {KIND}, form {FORM} or before; found {found}")
    if found[2] == _PLAIN:
        content["contexts"] = _NO_CONTEXTS
    try:
        model = _model_of(content)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"a part of the model is missing or misshapen: {error}") from error
    _require_whole(model)
    return model


def _model_of(content: dict[str, Any]) -> Model:
    settings, spread = content.pop("settings"), content.pop("spread")
    settings["cut_points"] = tuple(settings["cut_points"])
    if spread["half_life"] is None:
        spread["half_life"] = inf
    content["competencies"] = {key: Terms(*terms) for key, terms in content["competencies"]}
    content["instruments"] = {key: ItemTerms(*terms) for key, terms in content["instruments"]}
    content["raters"] = {key: (term, variance) for key, (term, variance) in content["raters"]}
    for name in ("typical", "leniency_of_role", "reliability_of_role", "thresholds"):
        content[name] = tuple(content[name])
    return Model(
        settings=Settings(**settings),
        spread=Spread(**spread),
        cold=Cold(**content.pop("cold")),
        contexts=_contexts_of(content.pop("contexts")),
        **content,
    )


def _contexts_of(content: dict[str, Any]) -> Contexts:
    tables = content["tables"]
    if tables and tuple(tables) != TABLES:
        raise ValueError(f"contexts have the tables {', '.join(TABLES)}; got {', '.join(tables)}")
    return Contexts(
        items=tuple(content["items"]),
        together=tuple(tuple(keys) for keys in content["together"]),
        carried=tuple(content["carried"]),
        tables=tuple(
            ContextTable(*(_tuple_of(table[name]) for name in ContextTable._fields))
            for table in tables.values()
        ),
    )


def _require_whole(model: Model) -> None:
    """Raise ValueError unless all terms are numbers, and as many as the engine counts on."""
    numbers = [*astuple(model.spread), *astuple(model.cold), *model.typical, *model.thresholds]
    numbers += [*model.leniency_of_role, *model.reliability_of_role]
    for table in _TABLES:
        numbers += [number for row in getattr(model, table).values() for number in row]
    for context in model.contexts.tables:
        _require_places(model.contexts, context)
        numbers += (*context.term, *context.variance, context.unseen)
    for number in numbers:
        if not isinstance(number, int | float) or number != number:
            raise ValueError(f"a model's terms are numbers; got {number!r}")
    counts = {
        "typical": 3,
        "leniency_of_role": len(ROLES),
        "reliability_of_role": len(ROLES),
        "thresholds": len(model.settings.cut_points),
    }
    for name, count in counts.items():
        if len(getattr(model, name)) != count:
            raise ValueError(f"{name} holds {count} numbers; got {getattr(model, name)}")
    if not all(low < high for low, high in pairwise(model.thresholds)):
        raise ValueError(f"thresholds must rise; got {model.thresholds}")


def _tuple_of(part: Any) -> Any:  # noqa: ANN401  # a column, or a number as it is
    return tuple(part) if isinstance(part, list) else part


def _require_places(contexts: Contexts, table: ContextTable) -> None:
    if len({len(column) for column in table[:5]}) != 1:
        raise ValueError("the columns of a context table have one length")
    most = max(len(contexts.items), len(contexts.together))
    for column, low, high in ((table[0], -1, most), (table[1], -1, most), (table[2], 0, 1024)):
        if not all(isinstance(place, int) and low <= place < high for place in column):
            raise ValueError(f"places and situations of contexts lie from {low} up to {high - 1}")


def unfitted(settings: Settings | None = None) -> Model:
    """Return the model of somebody who has seen no evidence: priors alone."""
    settings = settings or Settings()
    return Model(
        settings=settings,
        spread=Spread(),
        cold=Cold(),
        typical=(0.0, 0.1, 0.05),
        competencies={},
        instruments={},
        raters={},
        leniency_of_role=(0.0,) * len(ROLES),
        reliability_of_role=(1.0,) * len(ROLES),
        thresholds=tuple(logit(cut) for cut in settings.cut_points),
        has_ratings=False,
    )


def without_contexts(model: Model) -> Model:
    """Return the model without contexts, by which beliefs move alike.

    Where nobody asks for predictions it spares numbering cells and keeping histories.
    """
    return replace(model, contexts=Contexts())


def with_tau(model: Model, tau: float) -> Model:
    """Return the model with another success that counts as mastered; its version stays.

    Nothing that was learned depends on it: it only says how the numbers are read.
    """
    if tau == model.settings.tau:
        return model
    read = replace(model, settings=replace(model.settings, tau=tau))
    read._origin.append(model)
    return read


def with_spread(model: Model, **changes: float) -> Model:
    """Return the model with other variances or another half-life."""
    return replace(model, spread=replace(model.spread, **changes))
