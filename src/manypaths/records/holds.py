"""Holds: by law nothing of some people may be deleted. They let nobody read more than before."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.clock import to_microseconds, today
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import current_district, current_owner
from manypaths.people.access import Actor
from manypaths.people.models import Group, Membership, Organization, Person, RoleHeld
from manypaths.records.access import require_records_office
from manypaths.records.ledger import Subject, note
from manypaths.records.models import Hold, HoldScope, LedgerKind

Held = Person | Group | Organization
SCOPES: dict[str, type[Held]] = {
    HoldScope.PERSON: Person,
    HoldScope.GROUP: Group,
    HoldScope.ORGANIZATION: Organization,
}


@transaction.atomic
def place_hold(held: Held, *, reason: str, until: date | None, by: Actor, at: datetime) -> Hold:
    """Forbid to delete records of a person, a group's or an organization's people.

    Raises Refused without a reason, or for a day that is over; NotFound for somebody who does not
    lead the district.
    """
    require_records_office(by)
    if held.district_id != current_owner() or held.pk is None:
        raise NotFound
    if not reason.strip():
        raise Refused(_("Say in a few words why this is kept, such as the number of a case."))
    if until is not None and until < today():
        raise Refused(_("This day is over. Choose a later one, or none."))
    hold = Hold.objects.create(
        scope=type(held).__name__.lower(),
        scope_id=held.pk,
        reason=reason.strip()[:500],
        until=until,
        placed_at=to_microseconds(at),
        placed_by=by.actor_id,
    )
    record_deed("place hold", by=by, at=at, subject=("hold", hold.pk), scope=hold.scope)
    note(LedgerKind.HELD, [Subject(hold.scope, held.public_id)], at=at, detail=str(hold.public_id))
    return hold


@transaction.atomic
def release_hold(hold: Hold, *, by: Actor, at: datetime) -> Hold:
    """End a hold; what waited for that is done by itself soon after."""
    require_records_office(by)
    known = Hold.objects.filter(pk=hold.pk)
    if not known.exists():
        raise NotFound
    rows = known.filter(released_at=None)
    if not rows.update(released_at=to_microseconds(at), released_by=by.actor_id):
        raise Refused(_("This hold was released already."))
    record_deed("release hold", by=by, at=at, subject=("hold", hold.pk))
    held = SCOPES[hold.scope].objects.filter(pk=hold.scope_id).first()
    if held is not None:
        subject = Subject(hold.scope, held.public_id)
        note(LedgerKind.RELEASED, [subject], at=at, detail=str(hold.public_id))
    hold.refresh_from_db()
    return hold


def holds(*, by: Actor) -> list[tuple[Hold, Held | None]]:
    """Return the holds in force with whom they hold, newest first. A fixed number of queries."""
    require_records_office(by)
    found = list(in_force().order_by("-placed_at", "-pk"))
    rows = {
        scope: model.objects.in_bulk([hold.scope_id for hold in found if hold.scope == scope])
        for scope, model in SCOPES.items()
    }
    return [(hold, rows[hold.scope].get(hold.scope_id)) for hold in found]


def hold_for(hold_id: UUID, *, by: Actor) -> Hold:
    """Return a hold of the district if `by` leads it, else raise NotFound."""
    require_records_office(by)
    hold = Hold.objects.filter(public_id=hold_id).first()
    if hold is None:
        raise NotFound
    return hold


def in_force() -> QuerySet[Hold]:
    """Return the holds of the district that are in force today."""
    return Hold.objects.filter(Q(until=None) | Q(until__gte=today()), released_at=None)


def held_among(people: Iterable[int]) -> set[int]:
    """Return which of these people (row ids) a hold keeps. Fixed queries."""
    wanted = set(people)
    found = list(in_force())
    if not found or not wanted:
        return set()
    by_scope = {scope: [h.scope_id for h in found if h.scope == scope] for scope in HoldScope}
    if current_district() in by_scope[HoldScope.ORGANIZATION]:
        return wanted
    places = Organization.objects.filter(
        Q(pk__in=by_scope[HoldScope.ORGANIZATION]) | Q(parent__in=by_scope[HoldScope.ORGANIZATION])
    ).values("pk")
    members = Membership.objects.filter(
        Q(group__in=by_scope[HoldScope.GROUP]) | Q(group__organization__in=places)
    ).values("person")
    roles = RoleHeld.objects.filter(organization__in=places).values("person")
    kept = Person.objects.filter(
        Q(pk__in=by_scope[HoldScope.PERSON]) | Q(pk__in=members) | Q(pk__in=roles)
    )
    return wanted & set(kept.values_list("pk", flat=True))


def is_anything_held() -> bool:
    """Say whether a hold is in force in any district: the logs of all are kept then."""
    rows = Hold.every_district.filter(released_at=None)
    return rows.filter(Q(until=None) | Q(until__gte=date.today())).exists()  # noqa: DTZ011  # a day more or less
