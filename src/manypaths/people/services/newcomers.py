"""The way back for a list of newcomers: who came by it and has nothing here yet goes again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from manypaths.base.audit import record_deed
from manypaths.base.bulk import in_chunks
from manypaths.people.access import Actor, require_leadership
from manypaths.people.models import Membership, Part, Person
from manypaths.people.newcomers import Newcomers, newcomers_who_stay, on_record

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class TakenBack:
    """Who of a list stays (row ids), and how many are on record no more."""

    stayed: list[int]
    n_removed: int


@transaction.atomic
def take_back_newcomers(newcomers: Newcomers, *, on: date, by: Actor, at: datetime) -> TakenBack:
    """Take back that a list brought people: who has nothing of their own here is removed.

    The others stay with all that is theirs, and their place in the group ends the day before; one
    that began this very day was a slip of the hand, and goes.
    """
    group = newcomers.group
    require_leadership(by, group.organization)
    there = sorted(on_record(newcomers, by=by))
    for chunk in in_chunks(there):  # nobody gets anything until we are done
        list(Person.objects.select_for_update().filter(pk__in=chunk).values_list("pk"))
    stayed = [person.pk for person in newcomers_who_stay(newcomers, by=by)]
    gone = sorted(set(there) - set(stayed))
    for chunk in in_chunks(gone):
        Person.objects.filter(pk__in=chunk).delete()
    for chunk in in_chunks(sorted(newcomers.memberships)):
        opened = Membership.objects.filter(pk__in=chunk, group=group, part=Part.LEARNER)
        opened.filter(starts_on__gte=on).delete()
        still = opened.filter(Q(ends_on=None) | Q(ends_on__gte=on))
        still.update(ends_on=on - _ONE_DAY)
    record_deed(
        "take back newcomers",
        by=by,
        at=at,
        subject=("group", group.pk),
        n_removed=len(gone),
        n_stayed=len(stayed),
    )
    return TakenBack(stayed, len(gone))
