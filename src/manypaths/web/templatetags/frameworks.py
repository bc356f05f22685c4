"""Words for what belongs to a framework."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from manypaths.evidence.models import TaskKind
from manypaths.evidence.queries import TaskCount

register = template.Library()


@register.simple_tag
def task_count(count: TaskCount) -> str:
    """Return how many tasks of a kind there are, and how deep they go."""
    counted = _counted(TaskKind(count.kind), count.n) % {"n": count.n}
    if count.shallowest is None or count.deepest is None:
        return counted
    if count.shallowest == count.deepest:
        told = _("%(tasks)s (depth %(deepest)s)")
    else:
        told = _("%(tasks)s (depth %(shallowest)s to %(deepest)s)")
    return told % {
        "tasks": counted,
        "shallowest": count.shallowest,
        "deepest": count.deepest,
    }


def _counted(kind: TaskKind, n: int) -> str:
    return {
        TaskKind.ITEM: ngettext("%(n)s question", "%(n)s questions", n),
        TaskKind.CHECK: ngettext("%(n)s check", "%(n)s checks", n),
        TaskKind.PROJECT: ngettext("%(n)s project", "%(n)s projects", n),
        TaskKind.OBSERVATION: ngettext("%(n)s observation", "%(n)s observations", n),
        TaskKind.RESOURCE: ngettext("%(n)s thing to study", "%(n)s things to study", n),
        TaskKind.PORTFOLIO: ngettext("%(n)s portfolio", "%(n)s portfolios", n),
    }[kind]
