"""Work on models that takes longer than a page may."""

import logging

from django.utils.translation import override
from django_tasks import task

from manypaths.base.clock import now
from manypaths.base.scope import district_scope
from manypaths.estimates.models import ModelRun
from manypaths.estimates.services.model_runs import give_up, work_on
from manypaths.people.models import User
from manypaths.people.standing import home_of

log = logging.getLogger(__name__)


@task()
def do_model_work(run_id: int, user_id: int) -> None:
    """Do the work that a run is for, in the district of who asked for it."""
    user = User.objects.filter(pk=user_id).first()
    home = home_of(user) if user else None
    if user is None or home is None:
        return
    with district_scope(home.district.pk, home.zone), override(user.language or "en"):
        run = ModelRun.objects.filter(pk=run_id).select_related("family", "model__family").first()
        if run is None or not run.is_at_work:
            return
        try:
            work_on(run, by=user, at=now())
        except Exception:  # a door: the page says that it broke, the log says why
            log.exception("work on a model broke", extra={"run": run.pk})
            give_up(run, at=now())
