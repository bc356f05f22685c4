"""Erasure of a person: asked by one leader, confirmed by another, done after some days.

Until its day it can be taken back. Under a hold it waits, and is done by itself on release.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.clock import from_microseconds, to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import current_owner
from manypaths.people.access import Actor, Operator
from manypaths.people.models import Person, User
from manypaths.records.access import require_records_office
from manypaths.records.deleting import (
    drop_doomed_files,
    erase_person,
    everyone_in,
    rewrite_database,
)
from manypaths.records.holds import held_among
from manypaths.records.ledger import Subject, hash_of, note
from manypaths.records.models import OPEN, Erasure, ErasureState, LedgerKind

# Between the second person's word and the deed: a mistake is found, a badge is fetched.
COOLING = timedelta(days=7)


@dataclass(frozen=True)
class ErasureShown:
    """An erasure with its person, while there is one, who asked, and whether a hold stops it."""

    erasure: Erasure
    person: Person | None
    asked_by: Person | None
    is_held: bool

    @property
    def due_at(self) -> datetime | None:
        """Return from when it is done."""
        due = self.erasure.due_at
        return None if due is None else from_microseconds(due)


@transaction.atomic
def ask_erasure(person: Person, *, reason: str, by: Actor, at: datetime) -> Erasure:
    """Ask that all on record of a person ends. Nothing happens until somebody else confirms it.

    Raises NotFound for somebody who does not lead the district; Refused without a reason, for
    oneself, and where it was asked already.
    """
    require_records_office(by)
    if person.district_id != current_owner() or person.pk is None:
        raise NotFound
    if isinstance(by, User) and person.user_id == by.pk:
        raise Refused(_("Nobody asks for their own erasure here. Ask another leader to."))
    if not reason.strip():
        raise Refused(_("Say in a few words who asked for this, and on what ground."))
    # Locked, for two who ask at once would else both be let through.
    Person.objects.select_for_update().get(pk=person.pk)
    if Erasure.objects.filter(person_number=person.pk, state__in=OPEN).exists():
        raise Refused(_("This was asked already, and waits."))
    erasure = Erasure.objects.create(
        person_number=person.pk,
        person_hash=hash_of(person.public_id),
        reason=reason.strip()[:500],
        state=ErasureState.ASKED,
        asked_at=to_microseconds(at),
        asked_by=by.actor_id,
    )
    record_deed("ask erasure", by=by, at=at, subject=("person", person.pk))
    return erasure


@transaction.atomic
def confirm_erasure(
    erasure: Erasure, *, by: Actor, at: datetime, cooling: timedelta = COOLING
) -> Erasure:
    """Confirm an erasure that somebody else asked for. It is done when its days are over.

    Raises Refused for the one who asked, and for the person themself.
    """
    require_records_office(by)
    erasure = _locked(erasure)
    if erasure.state != ErasureState.ASKED:
        raise Refused(_("This waits for nobody's word any more."))
    if erasure.asked_by == by.actor_id:
        raise Refused(_("A second person has to confirm this, not the one who asked."))
    if isinstance(by, User) and Person.objects.filter(pk=erasure.person_number, user=by).exists():
        raise Refused(_("Nobody confirms their own erasure."))
    erasure.state = ErasureState.CONFIRMED
    erasure.confirmed_at, erasure.confirmed_by = to_microseconds(at), by.actor_id
    erasure.due_at = to_microseconds(at + cooling)
    erasure.save()
    record_deed("confirm erasure", by=by, at=at, subject=("person", erasure.person_number))
    return erasure


@transaction.atomic
def withdraw_erasure(erasure: Erasure, *, by: Actor, at: datetime) -> Erasure:
    """Take back an erasure that is not done yet."""
    require_records_office(by)
    erasure = _locked(erasure)
    if erasure.state not in OPEN:
        raise Refused(_("This is over; it can't be taken back."))
    erasure.state, erasure.ended_at = ErasureState.WITHDRAWN, to_microseconds(at)
    erasure.save()
    record_deed("withdraw erasure", by=by, at=at, subject=("person", erasure.person_number))
    return erasure


def carry_out_erasures(*, by: Actor, at: datetime) -> list[Erasure]:
    """Do the confirmed erasures of the district whose days are over and that no hold stops.

    Each in a transaction of its own, all or nothing; then their files go, and no byte of them is
    left in an embedded database's file. For the operator: the worker, a command.
    """
    _require_operator(by)
    due = Erasure.objects.filter(
        state=ErasureState.CONFIRMED, due_at__lte=to_microseconds(at)
    ).order_by("due_at", "pk")
    done = [each for each in list(due) if _carry_out(each, by=by, at=at)]
    n_files = drop_doomed_files()
    for each in done:
        each.n_files = n_files if len(done) == 1 else each.n_files
        each.save(update_fields=["n_files"])
    if done:
        rewrite_database()
    return done


def erasures(*, by: Actor, most: int = 50) -> list[ErasureShown]:
    """Return the erasures of the district, open ones first, then the newest. Fixed queries."""
    require_records_office(by)
    rows = list(Erasure.objects.order_by("-asked_at", "-pk")[:most])
    rows.sort(key=lambda row: row.state not in OPEN)
    numbers = [row.person_number for row in rows if row.state in OPEN]
    people = Person.objects.in_bulk(numbers)
    askers = Person.objects.filter(user__in={row.asked_by for row in rows if row.asked_by})
    by_user = {person.user_id: person for person in askers}
    held = held_among(numbers)
    return [
        ErasureShown(
            row,
            people.get(row.person_number) if row.state in OPEN else None,
            by_user.get(row.asked_by),
            row.state in OPEN and row.person_number in held,
        )
        for row in rows
    ]


def erasure_for(erasure_id: UUID, *, by: Actor) -> Erasure:
    """Return an erasure of the district if `by` leads it, else raise NotFound."""
    require_records_office(by)
    erasure = Erasure.objects.filter(public_id=erasure_id).first()
    if erasure is None:
        raise NotFound
    return erasure


def erase_again(hashes: Sequence[str], *, at: datetime) -> int:
    """Erase whom the ledger says was erased, after an older backup was brought back.

    In the scope of one district, before anybody is let in; return how many people.
    """
    wanted, n_erased = set(hashes), 0
    for person in list(Person.objects.all()):
        if hash_of(person.public_id) in wanted:
            with transaction.atomic():
                _erase(person, Operator(), at, again=True)
            n_erased += 1
    return n_erased


@transaction.atomic
def _carry_out(erasure: Erasure, *, by: Actor, at: datetime) -> bool:
    """Do one erasure; say whether it was done now."""
    erasure_now = _locked(erasure)
    if erasure_now.state != ErasureState.CONFIRMED or held_among([erasure.person_number]):
        return False
    person = Person.objects.select_for_update().filter(pk=erasure.person_number).first()
    counts = _erase(person, by, at, again=False) if person is not None else {}
    erasure.state, erasure.ended_at = ErasureState.DONE, to_microseconds(at)
    erasure.n_rows = sum(counts.values())
    # What people wrote about why may name whom it is about.
    erasure.reason = _("(done)")
    erasure.save()
    return True


def _erase(person: Person, by: Actor, at: datetime, *, again: bool) -> dict[str, int]:
    number = person.pk
    subjects = [Subject("person", each.public_id) for each in everyone_in(person)]
    counts = erase_person(person)
    note(LedgerKind.ERASED, subjects, at=at)
    record_deed(
        "erase again" if again else "erase person",
        by=by,
        at=at,
        subject=("person", number),
        rows=sum(counts.values()),
    )
    return counts


def _locked(erasure: Erasure) -> Erasure:
    found = Erasure.objects.select_for_update().filter(pk=erasure.pk).first()
    if found is None:
        raise NotFound
    return found


def _require_operator(by: Actor) -> None:
    if not isinstance(by, Operator):
        raise NotFound
