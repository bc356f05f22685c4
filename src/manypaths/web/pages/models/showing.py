"""What the pages of models show: figures with what they say, and counts of what would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from manypaths.base.errors import Refused
from manypaths.estimates.engine import current_version
from manypaths.estimates.models import FittedModel, ModelRun
from manypaths.estimates.queries import (
    effects_of_switch,
    estimated_competencies,
    evidence_counts,
    latest_model_run,
    models_of,
)
from manypaths.estimates.status import Status
from manypaths.estimates.switching import Move
from manypaths.frameworks.models import Framework
from manypaths.people.access import Actor
from manypaths.web.pages.models import words

Json = Mapping[str, Any]

# On more pieces of evidence than this nobody waits for a page: the command names learners then.
MOST_PIECES = 300_000
_MOST_ROWS, _MOST_NAMED = 10, 20

# What each figure says, and whether more of it is better.
_FIGURES: Mapping[str, tuple[Promise, Promise, int]] = {
    "auc": (
        _("Tells right from wrong (AUC)"),
        _(
            "Of a right and a wrong answer, how often it held the right one for likelier. "
            "A coin reaches .5; more is better."
        ),
        3,
    ),
    "log_loss": (
        _("Surprise by answers (log-loss)"),
        _("How surprised it was by what came, on average. Less is better."),
        4,
    ),
    "ece": (
        _("Chances against shares (calibration)"),
        _(
            "Of answers with a chance of 70 in 100, were 7 of 10 right? How far it was off, on "
            "average. Less is better."
        ),
        3,
    ),
    "calibration_slope": (
        _("Sure where it may be (slope)"),
        _("At 1 it is as sure as it may be; below 1 too sure, above not sure enough."),
        2,
    ),
    "rating_log_loss": (
        _("Surprise by ratings (log-loss)"),
        _("How surprised it was by the levels that raters gave, on average. Less is better."),
        4,
    ),
}


@dataclass(frozen=True)
class FigureShown:
    """A figure of both models, with what it says."""

    name: str | Promise
    says: str | Promise
    candidate: str
    in_force: str


@dataclass(frozen=True)
class StatusMove:
    """How many pairs of a learner and a competency go from one status to another."""

    before: Status
    after: Status
    n: int


@dataclass(frozen=True)
class ChangesShown:
    """How many statuses would differ: of how many, which, and on which competencies."""

    n_learners: int
    n_learners_changed: int
    n_changed: int
    moves: Sequence[StatusMove]
    competencies: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class ComparisonShown:
    """How a candidate did beside the model in force."""

    sentences: Sequence[str]
    figures: Sequence[FigureShown]
    changes: ChangesShown


@dataclass(frozen=True)
class FrameworkShown:
    """The models of a framework, and what is being done with them."""

    family: Framework
    in_force: FittedModel | None
    candidate: FittedModel | None
    comparison: ComparisonShown | None
    earlier: Sequence[FittedModel]
    run: ModelRun | None
    n_pieces: int
    n_learners: int


@dataclass(frozen=True)
class ModelShown:
    """One model, and what would change for whom if it spoke.

    `refusal` says why it can't be put in force now; `is_too_much` that nobody is named here.
    """

    model: FittedModel
    changes: ChangesShown | None
    largest: Sequence[Move]
    refusal: str
    is_too_much: bool


def show_framework(family: Framework, *, by: Actor) -> FrameworkShown:
    """Return what the page of a framework's models shows. A fixed number of queries."""
    rows = models_of(family, by=by)
    n_pieces, n_learners = evidence_counts(family, by=by)
    candidate = next((row for row in rows if row.is_candidate), None)
    return FrameworkShown(
        family=family,
        in_force=next((row for row in rows if row.in_force), None),
        candidate=candidate,
        comparison=None if candidate is None else _comparison(candidate),
        # Priors alone never learned, and nobody goes back to them.
        earlier=_earlier(rows),
        run=latest_model_run(family, by=by),
        n_pieces=n_pieces,
        n_learners=n_learners,
    )


def show_model(model: FittedModel, *, by: Actor, at: datetime) -> ModelShown:
    """Return what would change for whom by a model; learners are named whom `by` may see."""
    family = model.family
    kept = _changes((model.comparison or {})["changes"], family) if model.is_candidate else None
    n_pieces, _n_learners = evidence_counts(model.family, by=by)
    if n_pieces > MOST_PIECES:
        return ModelShown(model, kept, (), "", is_too_much=True)
    try:
        effects = effects_of_switch(model, by=by, at=at, n_largest=_MOST_NAMED)
    except Refused as refusal:
        return ModelShown(model, kept, (), refusal.message, is_too_much=False)
    changes = _changes(effects.as_json(), family)
    return ModelShown(model, changes, effects.largest, "", is_too_much=False)


def _earlier(rows: Sequence[FittedModel]) -> list[FittedModel]:
    """Return models that were in force before, those with the same numbers once."""
    speaking = {row.version for row in rows if row.in_force}
    found = {
        row.version: row
        for row in reversed(rows)
        if not (row.in_force or row.is_candidate) and row.n_learners
    }
    return [row for row in reversed(found.values()) if row.version not in speaking]


def _comparison(candidate: FittedModel) -> ComparisonShown:
    found: Json = candidate.comparison or {}
    return ComparisonShown(
        sentences=words.on_comparison(found),
        figures=_figures(found),
        changes=_changes(found["changes"], candidate.family),
    )


def _figures(found: Json) -> list[FigureShown]:
    ours, theirs = found["candidate"], found["in_force"]
    if not ours:
        return []
    return [
        FigureShown(title, says, *(_with_error(one, name, digits) for one in (ours, theirs)))
        for name, (title, says, digits) in _FIGURES.items()
        if ours[name] is not None
    ]


def _with_error(figures: Json, name: str, digits: int) -> str:
    """Return a figure, give or take its standard error where that is known."""
    value, error = figures.get(name), figures.get(f"{name}_error")
    if value is None:
        return ""
    return f"{value:.{digits}f}" + (f" ± {error:.{digits}f}" if error else "")


def _changes(found: Json, family: Framework) -> ChangesShown:
    names = {str(c): c.name for c in estimated_competencies(current_version(family))}
    moved = [row for row in found["by_status"] if row["before"] != row["after"]]
    touched = [row for row in found["by_competency"] if row["n_pairs_changed"]]
    most = sorted(touched, key=lambda row: -int(row["n_pairs_changed"]))[:_MOST_ROWS]
    return ChangesShown(
        n_learners=found["n_learners"],
        n_learners_changed=found["n_learners_changed"],
        n_changed=found["n_pairs_changed"],
        moves=[
            StatusMove(Status(row["before"]), Status(row["after"]), row["n_pairs"])
            for row in sorted(moved, key=lambda row: -int(row["n_pairs"]))
        ],
        competencies=[
            (names.get(row["competency"], row["competency"]), row["n_pairs_changed"])
            for row in most
        ],
    )
