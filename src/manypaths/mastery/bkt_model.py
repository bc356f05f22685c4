"""Bayesian knowledge tracing with items: what it learned, as plain numbers with a version.

A competency is known or not yet known to a learner. It is known at first with the chance `prior`;
after each response it comes to be known with the chance `learn` and is lost with the chance
`forget`. An answer is right with the chance `1 - slip` where the competency is known, and with the
chance `guess` where it is not. Guess and slip are the item's own, near those of its competency.

Source: Corbett & Anderson (1995), User Modeling and User-Adapted Interaction 4, 253-278. There no
item has numbers of its own and nothing is forgotten.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from math import inf, log
from typing import Any, NamedTuple

from manypaths.mastery.log import Key

KIND = "bkt"
FORM = 1  # of the file; raised when its fields change their meaning


class Skill(NamedTuple):
    """What is fitted of one competency: five probabilities (see above)."""

    prior: float
    learn: float
    forget: float
    guess: float
    slip: float


class Answering(NamedTuple):
    """What is fitted of one item: P(right | not known) and P(wrong | known)."""

    guess: float
    slip: float


@dataclass(frozen=True)
class BktModel:
    """A fitted model: frozen, versioned, saved as one plain file.

    A competency that is not named in `competencies` has the numbers in `typical`; an item that is
    not named in `instruments` those of the competencies that it shows, by their shares. After each
    `half_life` days half of P(known) is forgotten (inf: none). `answer_weight` and `skill_weight`
    say how many responses the prior of an item's numbers, and of a competency's, weighed in the
    fit. Raises ValueError for what is no probability, or where guess and slip sum to 1 or more:
    beyond that a wrong answer would speak for knowing.
    """

    typical: Skill
    competencies: Mapping[Key, Skill]
    instruments: Mapping[Key, Answering]
    half_life: float = inf
    answer_weight: float = 10.0
    skill_weight: float = 10.0
    n_responses: int = 0
    n_learners: int = 0
    _version: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raise ValueError for numbers that the model can't hold."""
        _require_telling("the typical competency", self.typical)
        for key, skill in self.competencies.items():
            _require_telling(f"competency {key!r}", skill)
        for key, answering in self.instruments.items():
            _require_telling(f"item {key!r}", answering)
        if not self.half_life > 0:
            raise ValueError(f"a half-life is a number of days above 0; got {self.half_life}")

    @property
    def kind(self) -> str:
        """Return the kind of model."""
        return KIND

    @property
    def version(self) -> str:
        """Return a name of kind, form and contents: equal numbers have an equal version."""
        if not self._version:
            digest = hashlib.sha256(self.as_text().encode()).hexdigest()[:12]
            self._version.append(f"{KIND}-{FORM}-{digest}")
        return self._version[0]

    @property
    def fading(self) -> float:
        """Return what a day takes from the logarithm of P(known)."""
        return fading_of(self.half_life)

    def skill_of(self, competency: Key) -> Skill:
        """Return the numbers of a competency, the typical ones for one that is not known."""
        return self.competencies.get(competency, self.typical)

    def answering_of(self, instrument: Key, shown: Iterable[tuple[Key, float]]) -> Answering:
        """Return the numbers of an item, or what its competencies (key, share) let expect."""
        known = self.instruments.get(instrument)
        if known is not None:
            return known
        skills = [(self.skill_of(key), share) for key, share in shown]
        return Answering(
            sum(share * skill.guess for skill, share in skills),
            sum(share * skill.slip for skill, share in skills),
        )

    def as_text(self) -> str:
        """Return the model as its plain file: JSON, numbers exact, keys in order."""
        content = {
            "format": "manypaths mastery model",
            "kind": KIND,
            "form": FORM,
            **{f.name: getattr(self, f.name) for f in fields(self) if not f.name.startswith("_")},
        }
        for table in ("competencies", "instruments"):
            content[table] = sorted(content[table].items(), key=_place_in_file)
        if self.half_life == inf:
            content["half_life"] = None  # JSON knows no infinity
        return json.dumps(content, allow_nan=False)


def fading_of(half_life: float) -> float:
    """Return what a day takes from the logarithm of P(known), by half-life in days."""
    return log(2) / half_life


def bkt_model_of(content: dict[str, Any]) -> BktModel:
    """Return the model of a plain file's content. Raises ValueError for another kind or form."""
    parts = dict(content)
    found = (parts.pop("format", None), parts.pop("kind", None), parts.pop("form", None))
    if found != ("manypaths mastery model", KIND, FORM):
        raise ValueError(f"not a model of kind {KIND}, form {FORM}; found {found}")
    try:
        half_life = parts.pop("half_life")
        return BktModel(
            typical=Skill(*parts.pop("typical")),
            competencies={key: Skill(*row) for key, row in parts.pop("competencies")},
            instruments={key: Answering(*row) for key, row in parts.pop("instruments")},
            half_life=inf if half_life is None else half_life,
            **parts,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"a part of the model is missing or misshapen: {error}") from error


def _place_in_file(row: tuple[Key, Any]) -> tuple[str, bool]:
    return str(row[0]), isinstance(row[0], str)


def _require_telling(whose: str, numbers: Skill | Answering) -> None:
    for name, number in numbers._asdict().items():
        if not (isinstance(number, int | float) and 0 <= number <= 1):
            raise ValueError(f"{name} of {whose} must be a probability; got {number!r}")
    if numbers.guess + numbers.slip >= 1:
        raise ValueError(
            f"guess and slip of {whose} must sum to less than 1, or a wrong answer would speak "
            f"for knowing; got {numbers.guess} and {numbers.slip}"
        )
