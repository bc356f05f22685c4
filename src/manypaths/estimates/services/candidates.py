"""Fit a model beside the one in force, and let a person decide which of them speaks."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.errors import NotFound, Refused
from manypaths.base.progress import Tell, silence
from manypaths.estimates.access import require_upkeep
from manypaths.estimates.comparison import held_out_scores
from manypaths.estimates.engine import (
    current_version,
    engine_for,
    new_row,
    row_in_force,
    settings_of,
)
from manypaths.estimates.evidence_log import FamilyLog, log_of
from manypaths.estimates.models import FittedModel
from manypaths.estimates.queries import estimated_competencies
from manypaths.estimates.services.fitting import put_in_force
from manypaths.estimates.sites import HERE, Site
from manypaths.estimates.switching import Switch, effects_of, require_switchable
from manypaths.frameworks.models import Framework
from manypaths.people.access import Actor

_N_PARTS = 4


def fit_candidate(
    family: Framework,
    *,
    by: Actor,
    at: datetime,
    seed: int = 0,
    progress: Tell = silence,
    site: Site = HERE,
) -> FittedModel:
    """Fit a model to all evidence on a family, compare it with the one in force, and keep both.

    What is in force stays as it is, and an earlier candidate goes. The work is done outside any
    transaction, so that others can write meanwhile. Raises Refused without evidence.
    """
    require_upkeep(by, family)
    progress("Reading the evidence", 0, _N_PARTS)
    family_log = log_of(family)
    if not family_log.log.n_events:
        raise Refused(
            gettext("There is no evidence on {family} yet to learn from.").format(family=family)
        )
    from manypaths.mastery.fitting import fit  # brings the compiler, so only here

    progress("Fitting", 1, _N_PARTS)
    model = fit(family_log.log, settings=settings_of(family), seed=seed, over=site.passes)
    competencies = estimated_competencies(current_version(family))
    switch = Switch(family, competencies, before=engine_for(family), after=model, at=at)
    row = new_row(family, model, at=at)
    row.is_candidate = True
    row.comparison = _compared(switch, family_log, seed=seed, progress=progress, site=site)
    return _keep_candidate(row, by=by, at=at)


@transaction.atomic
def switch_model(model: FittedModel, *, by: Actor, at: datetime) -> FittedModel:
    """Put a candidate, or a model that was in force before, in force; compute all beliefs by it.

    Achievements stay as they are, and the model that is replaced is kept. Raises Refused for a
    model that can't speak for the family now, and for a candidate whose comparison is stale.
    """
    row = _locked(model, by=by)
    require_switchable(row)
    replaced = row_in_force(row.family)
    n_events = put_in_force(row, at=at)
    record_deed(
        "switch model",
        by=by,
        at=at,
        subject=("fitted model", row.pk),
        family=row.family_id,
        version=row.version,
        replaced=replaced.version if replaced else None,
        count=n_events,
    )
    return row


@transaction.atomic
def discard_candidate(candidate: FittedModel, *, by: Actor, at: datetime) -> None:
    """Drop a candidate. Raises Refused for a model that is, or ever was, in force."""
    row = _locked(candidate, by=by)
    if not row.is_candidate:
        raise Refused(
            gettext("{version} is no candidate: models that were in force are kept.").format(
                version=row.version
            )
        )
    record_deed(
        "discard candidate",
        by=by,
        at=at,
        subject=("fitted model", row.pk),
        family=row.family_id,
        version=row.version,
    )
    row.delete()


def _compared(
    switch: Switch, family_log: FamilyLog, *, seed: int, progress: Tell, site: Site
) -> dict[str, Any]:
    """Return scores of both models, and how many statuses would differ. It names nobody."""
    progress("Comparing on held-out learners", 2, _N_PARTS)
    in_force = row_in_force(switch.family)
    scores = held_out_scores(switch, family_log, in_force=in_force, seed=seed, site=site)
    progress("Comparing statuses", 3, _N_PARTS)
    return {
        "seed": seed,
        "n_pieces": family_log.log.n_events,
        "compared_with": switch.before.version,
        **scores,
        "changes": effects_of(switch, family_log).as_json(),
    }


@transaction.atomic
def _keep_candidate(row: FittedModel, *, by: Actor, at: datetime) -> FittedModel:
    _lock_models(row.family)
    FittedModel.objects.filter(family=row.family, is_candidate=True).delete()
    row.save()
    record_deed(
        "fit candidate",
        by=by,
        at=at,
        subject=("fitted model", row.pk),
        family=row.family_id,
        version=row.version,
        count=row.n_responses + row.n_ratings,
    )
    return row


def _locked(model: FittedModel, *, by: Actor) -> FittedModel:
    """Return the row as it stands, for somebody who may choose, until the transaction ends."""
    require_upkeep(by, model.family)
    _lock_models(model.family)
    row = FittedModel.objects.filter(pk=model.pk).select_related("family").first()
    if row is None:
        raise NotFound
    return row


def _lock_models(family: Framework) -> None:
    """Let one deed at a time choose among the models of a family, until the transaction ends."""
    list(FittedModel.objects.select_for_update().filter(family=family).values_list("pk"))
