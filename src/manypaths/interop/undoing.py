"""Take an import back: withdraw its responses, or retire the framework that nothing refers to."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from manypaths.base.errors import Refused
from manypaths.estimates.models import Achievement
from manypaths.estimates.services import withdraw_responses
from manypaths.evidence.models import Rating, Response, Task
from manypaths.frameworks.models import Framework
from manypaths.frameworks.services import retire_framework
from manypaths.interop.models import ImportKind, ImportRun
from manypaths.people.access import Actor


def take_back(run: ImportRun, *, reason: str, by: Actor, at: datetime) -> None:
    """Undo what an import brought, as one deed. Raises Refused where it can't be, and says why.

    Of a log, the responses are withdrawn with the reason and estimates follow; people, group and
    items stay, as does what the log corrected. A framework is retired while nothing refers to it.
    """
    if run.first_response is not None and run.last_response is not None and run.group is not None:
        ids = range(run.first_response, run.last_response + 1)
        withdraw_responses(ids, organization=run.group.organization, reason=reason, by=by, at=at)
        return
    if run.framework is None or not run.made_framework:
        raise Refused(_nothing_to_take_back(run))
    refusal = why_in_use(run.framework)
    if refusal:
        raise Refused(refusal)
    retire_framework(run.framework, by=by, at=at)


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
