"""Fit the engine to a district's evidence on a family, and put a model in force."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.errors import Refused
from manypaths.estimates.access import require_upkeep
from manypaths.estimates.engine import new_row, row_in_force, settings_of
from manypaths.estimates.evidence_log import FamilyLog, log_of
from manypaths.estimates.models import FittedModel, GeneralBelief
from manypaths.estimates.services.replaying import lock_all, write_beliefs
from manypaths.estimates.sites import HERE, Site
from manypaths.estimates.telling import note_family
from manypaths.frameworks.models import Framework
from manypaths.people.access import Actor


@transaction.atomic
def fit_model(
    family: Framework, *, by: Actor, at: datetime, seed: int = 0, site: Site = HERE
) -> FittedModel:
    """Fit a model to all evidence on a family, put it in force and compute all beliefs by it.

    Achievements stay as they are. Raises Refused where there is no evidence to learn from.
    """
    require_upkeep(by, family)
    family_log = log_of(family)
    if not family_log.log.n_events:
        raise Refused(
            gettext("There is no evidence on {family} yet to learn from.").format(family=family)
        )
    return _fit(family, family_log, by=by, at=at, seed=seed, site=site)


@transaction.atomic
def bring_up_to_date(
    family: Framework, *, by: Actor, at: datetime, site: Site = HERE
) -> FittedModel | None:
    """Fit the first model where none has learned from evidence, and complete missing beliefs.

    Where a fitted model is in force its numbers stay; learners whose beliefs another model made
    are computed again by it. Returns the model in force, None where there is no evidence.
    """
    require_upkeep(by, family)
    row = row_in_force(family)
    if row is None or not row.n_learners:
        family_log = log_of(family)
        has_evidence = family_log.log.n_events > 0
        return _fit(family, family_log, by=by, at=at, site=site) if has_evidence else row
    if GeneralBelief.objects.filter(family=family).exclude(model=row).exists():
        lock_all()
        write_beliefs(family, row, log_of(family), site=site)
        note_family(family, at=at)
    return row


def is_unfitted(family: Framework) -> bool:
    """Say whether no model has learned from evidence on the family yet."""
    row = row_in_force(family)
    return row is None or not row.n_learners


def fit_family(family: Framework, *, by: Actor, at: datetime) -> FittedModel:
    """Fit a model to the evidence that was taken in, as a part of that deed."""
    return _fit(family, log_of(family), by=by, at=at)


def put_in_force(row: FittedModel, *, at: datetime, site: Site = HERE) -> int:
    """Let a model speak for its family from now on, and write all beliefs by it.

    Returns how many pieces there are. The evidence is read again: while a model was fitted to it
    more may have come.
    """
    FittedModel.objects.filter(family=row.family_id, in_force=True).update(in_force=False)
    row.in_force, row.is_candidate = True, False
    row.save()
    lock_all()
    n_events = write_beliefs(row.family, row, log_of(row.family), site=site)
    note_family(row.family, at=at)
    return n_events


def _fit(
    family: Framework,
    family_log: FamilyLog,
    *,
    by: Actor,
    at: datetime,
    seed: int = 0,
    site: Site = HERE,
) -> FittedModel:
    from manypaths.mastery.fitting import fit  # brings the compiler, so only here

    model = fit(family_log.log, settings=settings_of(family), seed=seed, over=site.passes)
    row = new_row(family, model, at=at)
    n_events = put_in_force(row, at=at, site=site)
    record_deed(
        "fit model",
        by=by,
        at=at,
        subject=("fitted model", row.pk),
        family=family.pk,
        version=row.version,
        count=n_events,
    )
    return row
