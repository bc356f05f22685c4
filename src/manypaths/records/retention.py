"""How long each kind of record is kept, what would go today, and letting it go.

The table below is the policy, in code and on a page. A school may shorten each time down to the
least; nothing is kept longer but by a hold. What goes, goes for good: with its files, and noted in
the ledger so that an older backup does not bring it back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Max, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manypaths.base.audit import record_deed
from manypaths.base.clock import date_of, from_microseconds, to_microseconds, today
from manypaths.base.errors import Refused
from manypaths.base.scope import current_district, current_scope
from manypaths.estimates.models import Achievement, Belief, GeneralBelief, TeachersWord
from manypaths.evidence.models import (
    Artifact,
    Clock,
    Contest,
    Draft,
    Look,
    Rating,
    Response,
    TaskKind,
)
from manypaths.people.access import Actor, Operator
from manypaths.people.models import Membership, Person, Relationship, RoleHeld, Term
from manypaths.plans.models import (
    Choice,
    ClearedRow,
    FamilyNote,
    HelpRequest,
    Note,
    Seat,
    SupportedLearner,
)
from manypaths.records.access import require_records_office
from manypaths.records.deleting import (
    delete_rows,
    drop_doomed_files,
    erase_person,
    everyone_in,
    loosen,
    rows_of,
    take_out,
)
from manypaths.records.holds import held_among
from manypaths.records.ledger import Subject, note
from manypaths.records.models import LedgerKind, RetentionSettings
from manypaths.sittings.models import Place, Sitting

Model = type[models.Model]
_AT_ONCE = 50
# Where no term says when a school year ends.
_YEAR_ENDS = (7, 31)


@dataclass(frozen=True)
class Kind:
    """A kind of record: from when its days count, how many they are, and what it holds."""

    name: str
    words: str | Promise
    counted_from: str | Promise
    days: int
    least_days: int
    tables: tuple[Model, ...]


# Places before sittings, and what is said of a piece before the piece: nothing refers to what goes.
_EVIDENCE: tuple[Model, ...] = (
    *(Contest, Place, Sitting, Look, Rating, Response, Artifact, TeachersWord),
    *(Belief, GeneralBelief),
)
_PLANS: tuple[Model, ...] = (
    *(HelpRequest, Seat, SupportedLearner, Note, FamilyNote, ClearedRow, Draft),
)
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "evidence",
            gettext_lazy("Answers, ratings, and the estimates that rest on them"),
            gettext_lazy("after leaving"),
            365,
            30,
            _EVIDENCE,
        ),
        Kind(
            "work",
            gettext_lazy("Work handed in, with its files, unless it is in a portfolio"),
            gettext_lazy("after the school year"),
            365,
            30,
            (Look, Artifact),
        ),
        Kind(
            "plans",
            gettext_lazy("Chosen steps, planned help, notes, what families wrote"),
            gettext_lazy("after leaving"),
            365,
            30,
            (*_PLANS, Choice),
        ),
        Kind(
            "people",
            gettext_lazy("Names and all else, where nothing is left that was signed off"),
            gettext_lazy("after leaving"),
            1096,
            365,
            (Person,),
        ),
        Kind(
            "logs",
            gettext_lazy("Who did what and who looked"),
            gettext_lazy("after it was written"),
            2557,
            400,
            (),
        ),
    )
}


@dataclass(frozen=True)
class Due:
    """What of one kind would go on a day: how many rows by table, of how many people."""

    kind: Kind
    days: int
    n_rows: Mapping[str, int]
    people: Sequence[int]
    n_held: int
    next_on: date | None

    @property
    def n_people(self) -> int:
        """Return of how many people something goes."""
        return len(self.people)

    @property
    def total(self) -> int:
        """Return how many rows go."""
        return sum(self.n_rows.values())


@dataclass(frozen=True)
class Policy:
    """How many days each kind is kept here, and whether what is over goes by itself."""

    days: Mapping[str, int]
    deletes_by_itself: bool


def policy() -> Policy:
    """Return the times of the district: its own where it has shortened them."""
    row = RetentionSettings.objects.first()
    own = row.days if row is not None else {}
    return Policy(
        {name: int(own.get(name, kind.days)) for name, kind in KINDS.items()},
        bool(row is not None and row.deletes_by_itself),
    )


@transaction.atomic
def set_policy(
    days: Mapping[str, int], *, deletes_by_itself: bool, by: Actor, at: datetime
) -> Policy:
    """Say how long each kind is kept, and whether it goes by itself. For who leads the district.

    Raises Refused for a time that is longer than the usual one, or shorter than the least.
    """
    require_records_office(by)
    for name, wanted in days.items():
        kind = KINDS.get(name)
        if kind is None or not kind.least_days <= wanted <= kind.days:
            told = _("{kind}: from {least} to {most} days are allowed, not {wanted}.")
            raise Refused(
                told.format(
                    kind=name if kind is None else kind.words,
                    least=kind.least_days if kind else 0,
                    most=kind.days if kind else 0,
                    wanted=wanted,
                )
            )
    own = {name: wanted for name, wanted in days.items() if wanted != KINDS[name].days}
    row, _made = RetentionSettings.objects.get_or_create(
        defaults={"changed_at": to_microseconds(at)}
    )
    row.days, row.deletes_by_itself = own, deletes_by_itself
    row.changed_at, row.changed_by = to_microseconds(at), by.actor_id
    row.save()
    record_deed(
        "set retention",
        by=by,
        at=at,
        subject=("retention", row.pk),
        by_itself=deletes_by_itself,
        **{name: int(wanted) for name, wanted in own.items()},
    )
    return policy()


def what_is_due(*, by: Actor, on: date | None = None) -> list[Due]:
    """Return what would go on a day (today), kind by kind. Nothing is changed."""
    require_records_office(by)
    day, ours = on or today(), policy()
    left = _left_on()
    return [_DUE[name](KINDS[name], ours.days[name], day, left) for name in KINDS if name in _DUE]


def people_due(due: Due, *, by: Actor, most: int = 200) -> list[Person]:
    """Return of whom something of a kind goes, for those who lead the district, by name."""
    require_records_office(by)
    rows = Person.objects.filter(pk__in=due.people[:5_000])
    return list(rows.order_by("family_name", "given_name", "pk")[:most])


def delete_due(*, by: Actor, at: datetime, most_people: int = 2_000) -> dict[str, int]:
    """Delete what is over, fifty people a transaction and so many in all; return rows by kind.

    For the operator: the worker, a command. What a hold keeps is passed over.
    """
    if not isinstance(by, Operator):
        require_records_office(by)
    deleted: dict[str, int] = {}
    for due in what_is_due(by=by):
        people = list(due.people[:most_people])
        n_rows = 0
        for first in range(0, len(people), _AT_ONCE):
            n_rows += _delete(due, people[first : first + _AT_ONCE], by=by, at=at)
        deleted[due.kind.name] = n_rows
    drop_doomed_files()
    return deleted


def delete_again(kind: str, hashes: Mapping[str, int], *, at: datetime) -> int:
    """Delete of people what the ledger says was deleted, up to the moments that it names.

    `hashes` maps hashed people to those moments. In one district's scope, before anybody is let in.
    """
    from manypaths.records.ledger import hash_of

    n_rows = 0
    for person in list(Person.objects.all()):
        up_to = hashes.get(hash_of(person.public_id))
        if up_to is None:
            continue
        with transaction.atomic():
            if kind == "people":
                n_rows += sum(erase_person(person).values())
            elif kind == "work":
                n_rows += _take_work([pk for pk, _who in _work_over(up_to, [person.pk])])
            else:
                n_rows += sum(delete_rows(KINDS[kind].tables, [person.pk]).values())
            record_deed(
                "delete again", by=Operator(), at=at, subject=("person", person.pk), kind=kind
            )
    drop_doomed_files()
    return n_rows


@transaction.atomic
def _delete(due: Due, people: Sequence[int], *, by: Actor, at: datetime) -> int:
    people = sorted(set(people) - held_among(people))
    rows = list(Person.objects.select_for_update().filter(pk__in=people))
    subjects = [Subject("person", each.public_id) for row in rows for each in everyone_in(row)]
    kind, up_to = due.kind, to_microseconds(at)
    if kind.name == "people":
        n_rows = sum(sum(erase_person(person).values()) for person in rows)
    elif kind.name == "work":
        up_to = _end_of(today() - timedelta(days=due.days + 1))
        n_rows = _take_work([pk for pk, _who in _work_over(up_to, people)])
        loosen(people)
    else:
        n_rows = sum(delete_rows(kind.tables, people).values())
    note(LedgerKind.DELETED, subjects, at=at, detail=kind.name, up_to=up_to)
    record_deed(
        "delete by retention",
        by=by,
        at=at,
        subject=("retention", 0),
        kind=kind.name,
        people=len(rows),
        rows=n_rows,
    )
    return n_rows


def _left_on() -> dict[int, date]:
    """Return when people left: the last day of the last thing that they were here. Four queries.

    Somebody who was never anything has not left, and somebody with an open end is here.
    """
    ends: dict[int, date | None] = {}
    for model, who in (
        (RoleHeld, "person"),
        (Membership, "person"),
        (Relationship, "supporter"),
    ):
        is_open = Q(ends_on=None) | Q(ends_on__gte=today())
        rows: Any = model.objects
        ends.update(dict.fromkeys(rows.filter(is_open).values_list(who, flat=True)))
        found = rows.values_list(who).annotate(last=Max("ends_on"))
        for person, last in found:
            known = ends.get(person, date.min)
            if known is not None and last is not None:
                ends[person] = max(known, last)
    return {person: last for person, last in ends.items() if last is not None}


def _due_after_leaving(kind: Kind, days: int, day: date, left: Mapping[int, date]) -> Due:
    over = {person for person, last in left.items() if last + timedelta(days=days) < day}
    people = _who_has(kind.tables, over)
    held = held_among(people)
    going = sorted(people - held)
    waiting = [
        last + timedelta(days=days + 1)
        for last in left.values()
        if last + timedelta(days=days) >= day
    ]
    counts = {str(m._meta.model_name): _count(m, going) for m in kind.tables}
    return Due(kind, days, counts, going, len(held), min(waiting, default=None))


def _due_people(kind: Kind, days: int, day: date, left: Mapping[int, date]) -> Due:
    over = {person for person, last in left.items() if last + timedelta(days=days) < day}
    kept = _who_has((Achievement, Response, Rating, Artifact), over)
    named = set(
        Person.objects.filter(pk__in=over)
        .exclude(given_name="", family_name="", label="")
        .filter(merged_into=None)
        .values_list("pk", flat=True)
    )
    people = named - kept
    held = held_among(people)
    going = sorted(people - held)
    waiting = [
        last + timedelta(days=days + 1)
        for last in left.values()
        if last + timedelta(days=days) >= day
    ]
    return Due(kind, days, {"person": len(going)}, going, len(held), min(waiting, default=None))


def _due_work(kind: Kind, days: int, day: date, left: Mapping[int, date]) -> Due:
    del left
    over = _work_over(_end_of(day - timedelta(days=days + 1)), None)
    people = {who for _pk, who in over}
    held = held_among(people)
    n_rows = sum(who not in held for _pk, who in over)
    return Due(kind, days, {"artifact": n_rows}, sorted(people - held), len(held), None)


_DUE: Mapping[str, Callable[[Kind, int, date, Mapping[int, date]], Due]] = {
    "evidence": _due_after_leaving,
    "work": _due_work,
    "plans": _due_after_leaving,
    "people": _due_people,
}


def _work_over(up_to: int, people: Sequence[int] | None) -> list[tuple[int, int]]:
    """Return the pieces of work, with whose they are, whose school year ended by a moment."""
    rows = Artifact.every_district.filter(district_id=current_district())
    rows = rows.exclude(task__kind=TaskKind.PORTFOLIO).filter(recorded_at__lte=up_to)
    if people is not None:
        rows = rows.filter(learner__in=people)
    years = _years()
    return [
        (pk, who)
        for pk, who, clock, done_at, recorded_at in rows.values_list(
            "pk", "learner", "clock", "done_at", "recorded_at"
        )
        if _end_of(_year_end(years, done_at if clock == Clock.CALENDAR else recorded_at)) <= up_to
    ]


def _take_work(pieces: Sequence[int]) -> int:
    n_rows = take_out(Look.every_district.filter(artifact__in=pieces))
    return n_rows + take_out(Artifact.every_district.filter(pk__in=pieces))


def _years() -> list[tuple[date, date]]:
    return list(Term.objects.values_list("starts_on", "ends_on"))


def _year_end(years: Sequence[tuple[date, date]], microseconds: int) -> date:
    """Return the last day of the school year in which something was done."""
    day = date_of(from_microseconds(microseconds))
    ends = [ends_on for starts_on, ends_on in years if starts_on <= day <= ends_on]
    if ends:
        return max(ends)
    this_year = date(day.year, *_YEAR_ENDS)
    return this_year if day <= this_year else date(day.year + 1, *_YEAR_ENDS)


def _end_of(day: date) -> int:
    return to_microseconds(
        datetime.combine(day + timedelta(days=1), datetime.min.time(), current_scope().zone)
    )


def _who_has(tables: Iterable[Model], people: set[int]) -> set[int]:
    """Return which of these people have rows in one of the tables."""
    found: set[int] = set()
    if not people:
        return found
    for model in tables:
        declared: Any = model
        path = declared.personal.subject
        rows = model._default_manager.values_list(path, flat=True).distinct()
        found |= people & set(rows)
    return found


def _count(model: Model, people: Sequence[int]) -> int:
    return sum(
        rows_of(model, people[first : first + 500]).count() for first in range(0, len(people), 500)
    )
