"""Deeds on what is sealed: take it in, say who may read it, wrap it by another key."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE, in_chunks
from manypaths.base.changes import Changes
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import current_district
from manypaths.demographics import keys
from manypaths.demographics.access import require_district
from manypaths.demographics.models import DataKey, Demographics, DemographicsRight
from manypaths.demographics.vault import data_key, opened, sealed, unwrapped, wrapped
from manypaths.people.access import (
    Actor,
    current,
    require_leadership,
    require_operator,
    require_sight,
)
from manypaths.people.models import Organization, Person, Role, RoleHeld, User

# By the roster's own column names.
Facts = Mapping[str, str]


@transaction.atomic
def take_in_demographics(
    facts: Mapping[int, Facts],
    *,
    gone: frozenset[int] = frozenset(),
    district: Organization,
    by: Actor,
    at: datetime,
) -> Changes:
    """Seal what a roster says of people, by their row ids; what it says of `gone` ones is deleted.

    Raises NotFound unless `by` leads the district; to write takes no right to read.
    """
    require_leadership(by, district)
    changes = Changes(read=len(facts))
    key = data_key(at=at)
    held = {row.person_id: row for row in Demographics.objects.all()} if facts else {}
    new, moved = [], []
    for chunk in in_chunks(sorted(facts)):
        for person in Person.objects.filter(pk__in=chunk):
            told, row = dict(facts[person.pk]), held.get(person.pk)
            if row is not None and opened(row, key) == told:
                changes.unchanged += 1
                continue
            text = sealed(told, person.public_id, key)
            values = {"sealed_for": person.public_id, "sealed": text, "sealed_at": at}
            if row is None:
                new.append(Demographics(person=person, **values))
            else:
                moved.append(Demographics(pk=row.pk, **values))
    Demographics.objects.bulk_create(new, AT_ONCE)
    Demographics.objects.bulk_update(moved, ["sealed_for", "sealed", "sealed_at"], AT_ONCE // 10)
    changes.created, changes.updated = len(new), len(moved)
    changes.retired, _rows = Demographics.objects.filter(person__in=gone).delete()
    record_deed(
        "take in demographics",
        by=by,
        at=at,
        subject=("organization", district.pk),
        count=len(facts),
    )
    return changes


@transaction.atomic
def give_demographics_right(person: Person, *, by: Actor, at: datetime) -> DemographicsRight:
    """Let a leader read what is sealed of the people they lead.

    Only who leads the whole district gives it, and nobody to themself. Raises Refused for somebody
    who leads nothing here, and for who holds it already.
    """
    require_district(by)
    require_sight(by, [person])
    if isinstance(by, User) and person.user_id == by.pk:
        raise Refused(_("Nobody gives this right to themself: another leader can."))
    if not RoleHeld.objects.filter(current(), person=person, role=Role.LEADER).exists():
        raise Refused(_("Only a leader can be given this right."))
    if DemographicsRight.objects.filter(person=person, ended_at=None).exists():
        raise Refused(_("%(person)s holds this right already.") % {"person": person.name})
    given = DemographicsRight.objects.create(person=person, given_at=at, given_by=by.actor_id)
    record_deed("give demographics right", by=by, at=at, subject=("person", person.pk))
    return given


@transaction.atomic
def end_demographics_right(
    right: DemographicsRight, *, by: Actor, at: datetime
) -> DemographicsRight:
    """Take the right back. Raises Refused for one that has ended."""
    require_district(by)
    held = DemographicsRight.objects.select_for_update().filter(pk=right.pk).first()
    if held is None:
        raise NotFound
    right = held
    if right.ended_at is not None:
        raise Refused(_("This right has ended already."))
    right.ended_at, right.ended_by = at, by.actor_id
    right.save(update_fields=["ended_at", "ended_by"])
    record_deed("end demographics right", by=by, at=at, subject=("person", right.person_id))
    return right


def rewrap_keys(*, by: Actor, at: datetime) -> int:
    """Make a new key and wrap every district's key by it; return how many districts there were.

    Sealed rows stay as they are. Older keys are deleted once nothing is wrapped by them.
    """
    require_operator(by)
    older = keys.keys_here()
    newest = keys.make_key(at=at)
    with transaction.atomic():
        rows = list(DataKey.every_district.select_for_update().order_by("pk"))
        for row in rows:
            again = wrapped(unwrapped(row), row, newest)
            DataKey.every_district.filter(pk=row.pk).update(wrapped=again, wrapped_by=newest)
        record_deed("rewrap keys", by=by, at=at, subject=("organization", current_district()))
    for name in older:
        if not DataKey.every_district.filter(wrapped_by=name).exists():
            keys.drop_key(name)
    return len(rows)
