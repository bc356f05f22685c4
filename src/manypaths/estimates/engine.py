"""Which model speaks for a family of frameworks in a district, and what it starts from."""

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.db.models import QuerySet

from manypaths.base.kept import FRAMEWORKS, MODELS, kept_until
from manypaths.base.prepared import prepared
from manypaths.estimates.models import FittedModel
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.rules import StatusRules
from manypaths.mastery import Model, Settings
from manypaths.mastery.model import read_model, unfitted, with_tau, without_contexts

_DEFAULT = Settings()


def row_in_force(family: Framework) -> FittedModel | None:
    """Return the model in force for a family, None before the first fit.

    Its file is read when it is first asked for: most processes know the model already.
    """
    return _in_force.first(family.pk)


@prepared
def _in_force(family: int) -> QuerySet[FittedModel]:
    return FittedModel.objects.filter(family=family, in_force=True).defer("parameters")


def new_row(family: Framework, model: Model, *, at: datetime) -> FittedModel:
    """Return a row, not saved yet, that holds the engine's model of a family."""
    return FittedModel(
        family=family,
        kind=model.kind,
        version=model.version,
        parameters=model.as_text(),
        fitted_at=at,
        n_responses=model.n_responses,
        n_ratings=model.n_ratings,
        n_learners=model.n_learners,
    )


def engine_of(row: FittedModel) -> Model:
    """Return the engine's model of a row; models are read once a process."""
    return _read(_Stored(row.version, row))


def mover_of(row: FittedModel) -> Model:
    """Return what moves beliefs by a row's model: the same numbers, without what only predicts."""
    return _mover(_Stored(row.version, row))


def family_of(framework: Framework) -> Framework:
    """Return the first version of a framework, which models and general beliefs belong to."""
    assert framework.family is not None  # set when the framework was saved
    return framework.family


def lineage_of(competency: Competency) -> Competency:
    """Return the first row of a competency over all versions, which evidence hangs on."""
    assert competency.lineage is not None  # set when the competency was saved
    return competency.lineage


def current_version(family: Framework) -> Framework:
    """Return the newest published version of a family: its target and thresholds count."""
    return version_now(family.pk)


def version_now(family: int) -> Framework:
    """Return the current version of the family with this row id."""
    # A copy, for a deed may change the row that it is given.
    return copy(_current_version(family))


def self_ratings_move(family: Framework) -> bool:
    """Say whether learners' ratings of themselves move estimates in the current version."""
    return current_version(family).self_ratings_move


def engine_for(family: Framework) -> Model:
    """Return the engine's model for a family: the one in force, or priors alone."""
    return _engine_for(family)


def mover_for(family: Framework) -> Model:
    """Return what moves beliefs by the model for a family, without what only predicts."""
    return _mover_for(family)


def read_by(model: Model, framework: Framework) -> Model:
    """Return the model as a framework's rules read it: with what these call mastered now."""
    return with_tau(model, StatusRules.of(framework.rules).tau)


def settings_of(family: Framework) -> Settings:
    """Return what a fit starts from: the cut points, target and tau of the current version."""
    framework = current_version(family)
    tau = StatusRules.of(framework.rules).tau
    if not framework.cut_points or not framework.target_level:
        return Settings(_DEFAULT.cut_points, _DEFAULT.target, tau)
    return Settings(tuple(framework.cut_points), framework.target_level - 1, tau)


@kept_until(FRAMEWORKS, most=256)
def _current_version(family: int) -> Framework:
    versions = Framework.objects.filter(family=family).select_related("scale", "family")
    newest = versions.filter(published_at__isnull=False).order_by("-published_at", "-pk").first()
    return newest or versions.get(pk=family)


# Priors come into force without a deed of their own, with the first evidence: as the same model,
# until a deed on the framework changes its settings.
@kept_until(FRAMEWORKS, MODELS)
def _engine_for(family: Framework) -> Model:
    row = row_in_force(family)
    return engine_of(row) if row else unfitted(settings_of(family))


@kept_until(FRAMEWORKS, MODELS)
def _mover_for(family: Framework) -> Model:
    return without_contexts(_engine_for(family))


@dataclass(frozen=True)
class _Stored:
    """A stored model by its version: two with the same numbers are the same."""

    version: str
    row: FittedModel = field(compare=False)


@lru_cache(maxsize=32)
def _read(stored: _Stored) -> Model:
    return read_model(stored.row.parameters)


@lru_cache(maxsize=32)
def _mover(stored: _Stored) -> Model:
    return without_contexts(_read(stored))
