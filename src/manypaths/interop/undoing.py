"""Take an import back: its responses, the newcomers of a class list, an unused framework."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from manypaths.base.clock import today
from manypaths.base.errors import Refused
from manypaths.estimates.models import Achievement
from manypaths.estimates.services import withdraw_responses
from manypaths.evidence.models import Rating, Response, Task
from manypaths.frameworks.models import Framework
from manypaths.frameworks.services import retire_framework
from manypaths.interop.models import ImportKind, ImportRun, RunState
from manypaths.people.access import Actor, people_led_by
from manypaths.people.models import Person
from manypaths.people.newcomers import Newcomers, newcomers_who_stay
from manypaths.people.services.newcomers import take_back_newcomers


def take_back(run: ImportRun, *, reason: str, by: Actor, at: datetime) -> None:
    """Undo what an import brought, as one deed. Raises Refused where it can't be, and says why.

    Of a log, the responses are withdrawn with the reason and estimates follow; people, group and
    items stay, as does what the log corrected. Of a class list, who has nothing of their own here
    is removed, and the others leave the group. A framework is retired while nothing refers to it.
    """
    if run.first_response is not None and run.last_response is not None and run.group is not None:
        ids = range(run.first_response, run.last_response + 1)
        withdraw_responses(ids, organization=run.group.organization, reason=reason, by=by, at=at)
        return
    came = newcomers_of(run)
    if came is not None:
        taken = take_back_newcomers(came, on=today(), by=by, at=at)
        run.stayed, run.n_removed = taken.stayed, taken.n_removed
        return
    if run.framework is None or not run.made_framework:
        raise Refused(_nothing_to_take_back(run))
    refusal = why_in_use(run.framework)
    if refusal:
        raise Refused(refusal)
    retire_framework(run.framework, by=by, at=at)


def newcomers_of(run: ImportRun) -> Newcomers | None:
    """Return who came by an import of a class list, None where nobody did."""
    if run.group is None or not run.made_people:
        return None
    return Newcomers(run.group, run.made_people, run.made_memberships)


def who_would_stay(run: ImportRun, *, by: Actor) -> list[Person]:
    """Return who would stay on record if a class list were taken back, by name."""
    came = newcomers_of(run)
    if came is None or run.state != RunState.DONE:
        return []
    return newcomers_who_stay(came, by=by)


def who_stayed(run: ImportRun, *, by: Actor) -> list[Person]:
    """Return who stayed on record when a class list was taken back, as far as `by` leads them."""
    if not run.stayed:
        return []
    found = people_led_by(by).filter(pk__in=run.stayed)
    return list(found.order_by("family_name", "given_name", "pk"))


def why_in_use(framework: Framework) -> str:
    """Return why a framework can't simply go, "" where nothing refers to it."""
    family = {"competency__framework__family": framework.family_id}
    if Framework.objects.filter(previous=framework).exists():
        return _("A next version of this framework has been started, so it stays.")
    n_responses = Response.objects.filter(
        task__alignments__competency__framework__family=framework.family_id
    ).count()
    n_pieces = n_responses + Rating.objects.filter(**family).count()
    n_pieces += Achievement.objects.filter(**family).count()
    if n_pieces:
        told = ngettext(
            "%(n)s piece of evidence rests on this framework, so it stays.",
            "%(n)s pieces of evidence rest on this framework, so it stays.",
            n_pieces,
        )
        return told % {"n": n_pieces}
    n_tasks = Task.objects.filter(framework__family=framework.family_id).count()
    if n_tasks:
        told = ngettext(
            "%(n)s task shows its competencies, so it stays.",
            "%(n)s tasks show its competencies, so it stays.",
            n_tasks,
        )
        return told % {"n": n_tasks}
    return ""


def _nothing_to_take_back(run: ImportRun) -> str:
    if run.kind == ImportKind.ROSTER:
        return _("A roster is mended by the next roster: what it says holds from then on.")
    if run.framework is not None and run.first_response is None and run.group is None:
        return _(
            "This import changed a framework that was here before. Bring in its earlier package "
            "to go back."
        )
    return _("This import brought nothing new, so there is nothing to take back.")
