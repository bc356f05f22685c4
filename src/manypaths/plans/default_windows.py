"""What groups work on that have no window of their own: set by a district for a framework."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from manypaths.base.audit import record_deed
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound
from manypaths.estimates.access import require_upkeep
from manypaths.estimates.engine import family_of, lineage_of
from manypaths.frameworks.models import Competency, Framework
from manypaths.people.access import Actor
from manypaths.plans.models import DefaultWindowEntry, WindowEntry


@dataclass(frozen=True)
class DefaultWindow:
    """The lineages in a framework's default window, and how many groups keep one of their own."""

    lineages: frozenset[int]
    n_groups_with_own: int


@transaction.atomic
def set_default_window(
    framework: Framework, competencies: Sequence[Competency], *, by: Actor, at: datetime
) -> Framework:
    """Set what groups without a window of their own work on, in place of what it was before.

    It holds in every version of the framework. With nothing in it, everything is open to them.
    Raises NotFound for a competency of another framework.
    """
    family = family_of(framework)
    require_upkeep(by, family)
    if any(c.framework_id != framework.pk for c in competencies):
        raise NotFound
    DefaultWindowEntry.objects.filter(competency__framework__family=family).delete()
    wanted = dict.fromkeys(lineage_of(competency) for competency in competencies)
    entries = [
        DefaultWindowEntry(competency=lineage, opened_at=to_microseconds(at), opened_by=by.actor_id)
        for lineage in wanted
    ]
    DefaultWindowEntry.objects.bulk_create(entries)
    record_deed(
        "set default window",
        by=by,
        at=at,
        subject=("framework", framework.pk),
        count=len(entries),
    )
    return framework


def default_window_of(framework: Framework, *, by: Actor) -> DefaultWindow:
    """Return what groups without a window of their own work on. Two queries."""
    family = family_of(framework)
    require_upkeep(by, family)
    entries = DefaultWindowEntry.objects.filter(competency__framework__family=family)
    own = WindowEntry.objects.filter(competency__framework__family=family)
    return DefaultWindow(
        lineages=frozenset(entries.values_list("competency", flat=True)),
        n_groups_with_own=own.values("group").distinct().count(),
    )
