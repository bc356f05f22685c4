"""Steps of imports that take longer than a page may."""

import logging

from django.utils.translation import override
from django_tasks import task

from manypaths.base.clock import now
from manypaths.base.scope import district_scope
from manypaths.interop.models import AT_WORK, ImportRun
from manypaths.interop.runs import DoneElsewhere, give_up, work_on
from manypaths.people.models import User
from manypaths.people.standing import home_of

log = logging.getLogger(__name__)


@task()
def do_step(run_id: int, user_id: int) -> None:
    """Do the step that an import has been set to, in the district of who asked for it."""
    user = User.objects.filter(pk=user_id).first()
    home = home_of(user) if user else None
    if user is None or home is None:
        return
    with district_scope(home.district.pk, home.zone), override(user.language or "en"):
        run = ImportRun.objects.filter(pk=run_id).select_related("framework", "group").first()
        if run is not None and run.is_at_work:
            step_of(run, user)


def step_of(run: ImportRun, user: User) -> None:
    """Do a step; whatever breaks is noted on the run, where whoever waits for it looks."""
    try:
        work_on(run, by=user, at=now())
    except DoneElsewhere:
        log.info("import step was done elsewhere", extra={"run": run.pk})
    except Exception:  # a door: the page says that it broke, the log says why
        log.exception("import broke", extra={"run": run.pk})
        give_up(run, at=now())


def go_on_with_imports() -> int:
    """Put steps into the queue whose process did not live to finish them; return how many.

    For the only worker of a database, before it begins. A step that somebody is still at is put
    there too: whoever comes second finds it done.
    """
    left = list(ImportRun.every_district.filter(state__in=AT_WORK).values_list("pk", "asked_by"))
    for run, user in left:
        do_step.enqueue(run, user)
    return len(left)
