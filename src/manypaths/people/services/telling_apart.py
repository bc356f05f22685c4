"""Deeds on people who look like one and are two: said once, so that nobody is asked again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.people.access import Actor, require_leadership_of
from manypaths.people.models import Person, ToldApart


@transaction.atomic
def tell_apart(one: Person, other: Person, *, by: Actor, at: datetime) -> ToldApart:
    """Say that two who look like one person are two. Raises Refused where it was said already."""
    for person in (one, other):
        require_leadership_of(by, person)
    if one.pk == other.pk:
        raise Refused(_("This is one person: choose two."))
    first, second = sorted((one, other), key=lambda person: person.pk)
    # Waits for whoever says it at the same time.
    list(Person.objects.select_for_update().filter(pk=first.pk).values_list("pk"))
    either = Q(one=first, other=second) | Q(one=second, other=first)
    if ToldApart.objects.filter(either).exists():
        raise Refused(_("This has been said already."))
    told = ToldApart.objects.create(
        one=first, other=second, told_at=to_microseconds(at), told_by=by.actor_id
    )
    record_deed("tell apart", by=by, at=at, subject=("person", first.pk), other=second.pk)
    return told


@transaction.atomic
def suggest_again(told: ToldApart, *, by: Actor, at: datetime) -> None:
    """Take it back that two people are two: where they look like one, they are suggested again."""
    for person in (told.one, told.other):
        require_leadership_of(by, person)
    if not ToldApart.objects.filter(pk=told.pk).delete()[0]:
        raise NotFound
    record_deed("suggest again", by=by, at=at, subject=("person", told.one_id), other=told.other_id)
