"""Fit a candidate, or put a model in force, beside the pages: asked for, done, and noted."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.errors import ManypathsError, Refused
from manypaths.estimates.access import require_upkeep
from manypaths.estimates.models import (
    FittedModel,
    GeneralBelief,
    ModelRun,
    ModelRunState,
    ModelWork,
)
from manypaths.estimates.services.candidates import fit_candidate, switch_model
from manypaths.estimates.switching import require_switchable
from manypaths.frameworks.models import Framework
from manypaths.people.access import Actor
from manypaths.people.models import User

# Work that has not ended by then was lost with its worker, and stands in nobody's way.
LOST_AFTER = timedelta(hours=12)


def start_fit(family: Framework, *, by: User, at: datetime) -> ModelRun:
    """Ask for a candidate: it is fitted and compared beside the pages, and what is in force stays.

    Raises Refused without evidence, and where work on the family's models is under way.
    """
    require_upkeep(by, family)
    if not GeneralBelief.objects.filter(family=family).exists():
        raise Refused(
            gettext("There is no evidence on {family} yet to learn from.").format(family=family)
        )
    return _start(family, ModelWork.FIT, None, by=by, at=at)


def start_switch(model: FittedModel, *, by: User, at: datetime) -> ModelRun:
    """Ask for a model to be put in force: all beliefs are computed by it beside the pages.

    Raises Refused for a model that can't speak for its family now, and where work is under way.
    """
    require_upkeep(by, model.family)
    require_switchable(model)
    return _start(model.family, ModelWork.SWITCH, model, by=by, at=at)


def work_on(run: ModelRun, *, by: Actor, at: datetime) -> None:
    """Do what a run is for; what refuses it is noted on the run."""
    try:
        if run.work == ModelWork.FIT:
            fit_candidate(run.family, by=by, at=at, progress=_teller(run))
        elif run.model is not None:
            switch_model(run.model, by=by, at=at)
        _end(run, ModelRunState.DONE, at)
    except ManypathsError as error:
        run.refusal = error.message
        _end(run, ModelRunState.REFUSED, at)


def give_up(run: ModelRun, *, at: datetime) -> None:
    """Note that the work broke for a reason that is ours."""
    _end(run, ModelRunState.BROKEN, at)


def _start(
    family: Framework, work: ModelWork, model: FittedModel | None, *, by: User, at: datetime
) -> ModelRun:
    from manypaths.estimates.tasks import do_model_work  # knows this module

    lost = ModelRun.objects.filter(family=family, state=ModelRunState.AT_WORK)
    lost.filter(asked_at__lt=at - LOST_AFTER).update(state=ModelRunState.BROKEN, ended_at=at)
    try:
        with transaction.atomic():
            run = ModelRun.objects.create(
                family=family,
                work=work,
                model=model,
                state=ModelRunState.AT_WORK,
                asked_by=by.pk,
                asked_at=at,
            )
            record_deed(
                f"ask to {work.value} model",
                by=by,
                at=at,
                subject=("model run", run.pk),
                family=family.pk,
            )
    except IntegrityError as error:
        raise Refused(
            gettext("Work on the models of {family} is under way. Wait until it is done.").format(
                family=family
            )
        ) from error
    do_model_work.enqueue(run.pk, by.pk)
    return run


def _teller(run: ModelRun) -> Callable[[str, int, int], None]:
    """Return what notes how far a run is, where others can see it: outside of transactions."""

    def tell(what: str, done: int, total: int) -> None:
        if not connection.in_atomic_block:
            rows = ModelRun.objects.filter(pk=run.pk)
            rows.update(step=what[:60], n_done=done, n_parts=total)

    return tell


def _end(run: ModelRun, state: ModelRunState, at: datetime) -> None:
    run.state, run.ended_at, run.step = state, at, ""
    run.save(update_fields=["state", "ended_at", "step", "refusal"])
