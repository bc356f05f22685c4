"""What of a class's needs somebody has seen to already, and so belongs in no list of things to do.

Help is planned or a small group is kept for a coming day, a check waits on the learner's path, or
what the learner may move on to is open to them: until evidence follows, nobody need do it again.
Who needs help is not seen to by a step on their path: they are those whom steps alone do not take
there.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from manypaths.base.prepared import prepared
from manypaths.people.models import Group
from manypaths.plans.models import Choice, ListKind, Seat, StepKind, Support

# Learners with what they learn (its lineage), by list.
SeenTo = Mapping[ListKind, frozenset[tuple[int, int]]]


def seen_to(
    group: Group, choices: Sequence[Choice], supports: Sequence[Support], *, on: date
) -> SeenTo:
    """Return who has been seen to, of which list. One query, for the small groups from that day."""
    helped = {
        (one.learner_id, support.competency.lineage_id or 0)
        for support in supports
        for one in support.learners.all()
    }
    helped.update((learner, lineage or 0) for learner, lineage in _seats_to_come(group.pk, on))
    to_show = (_pair(choice) for choice in choices if choice.kind == StepKind.SHOW)
    return {
        ListKind.HELP: frozenset(helped),
        ListKind.SHOW: frozenset(to_show),
        ListKind.MOVE_ON: frozenset(map(_pair, choices)),
    }


def _pair(choice: Choice) -> tuple[int, int]:
    return choice.learner_id, choice.competency.lineage_id or 0


@prepared
def _seats_to_come(group: int, on: date) -> QuerySet[Any, tuple[int, int | None]]:
    seats = Seat.objects.filter(grouping__group=group, grouping__held_on__gte=on)
    return seats.values_list("learner", "competency__lineage")
