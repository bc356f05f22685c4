"""The deed that takes in a roster of another system: schools, terms, classes, people, who is where.

What was there is found again by the source's ids, so a second time changes nothing. What the
roster itself began and no longer has ends on the day before; evidence and people stay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, count
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Cast, Concat

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE, in_chunks, insert_columns
from manypaths.base.changes import Changes
from manypaths.people.access import Actor, current, require_leadership
from manypaths.people.models import (
    Group,
    Merge,
    Organization,
    OrganizationKind,
    Person,
    Role,
    RoleHeld,
    SourceId,
    Term,
)
from manypaths.people.roster import GroupDraft, PersonDraft, RosterDraft, TermDraft
from manypaths.people.roster_spells import Keys, Spells, key_of

_LONGEST_NAME, _LONGEST_PART, _LONGEST_TERM = 200, 100, 100
_LONGEST_TAIL = 60
Row = TypeVar("Row", Organization, Term, Group)


@dataclass(frozen=True)
class TakenRoster:
    """What became of each kind of row, and the people of the roster by their source ids."""

    changes: dict[str, Changes]
    people: dict[str, int]
    groups: dict[str, int]


@transaction.atomic
def take_in_roster(
    draft: RosterDraft,
    *,
    district: Organization,
    by: Actor,
    at: datetime,
    on: date,
    sha256: str = "",
) -> TakenRoster:
    """Make the district's schools, classes and people as the roster says, as of a day.

    Raises Refused where the roster names a school, term or person that it does not hold.
    """
    require_leadership(by, district)
    schools, school_changes = _take_schools(draft, district)
    schools[""] = district.pk
    terms, term_changes = _take_terms(draft, district)
    groups, group_changes = _take_groups(draft, schools, terms, on)
    people, people_changes = _take_people(draft)
    spells = Spells(draft, on, people)
    changes = {
        "schools": school_changes,
        "terms": term_changes,
        "groups": group_changes,
        "people": people_changes,
        "roles": spells.roles(schools),
        "memberships": spells.memberships(
            groups, _closed(draft, schools, groups), _first_days(draft, groups, terms)
        ),
        "relationships": spells.ties(),
    }
    record_deed(
        "take in roster",
        by=by,
        at=at,
        subject=("organization", district.pk),
        source=draft.source,
        sha256=sha256,
        **{f"{kind}_created": change.created for kind, change in changes.items()},
        **{f"{kind}_retired": change.retired for kind, change in changes.items()},
    )
    return TakenRoster(changes, people, groups)


def known_ids(source: str) -> dict[str, set[str]]:
    """Return the ids of a source that are on record, by the kind of row that they name.

    `families` are those of the people who hold the role of a family.
    """
    schools = Organization.objects.filter(kind=OrganizationKind.SCHOOL).exclude(source_id="")
    people = dict(SourceId.objects.filter(source=source).values_list("value", "person"))
    held = RoleHeld.objects.filter(current(), role=Role.FAMILY, source=source)
    families = set(held.values_list("person", flat=True))
    return {
        "schools": set(schools.values_list("source_id", flat=True)),
        "terms": set(Term.objects.exclude(source_id="").values_list("source_id", flat=True)),
        "groups": set(Group.objects.exclude(source_id="").values_list("source_id", flat=True)),
        "people": set(people),
        "families": {value for value, person in people.items() if person in families},
    }


def _take_schools(draft: RosterDraft, district: Organization) -> tuple[dict[str, int], Changes]:
    rows = list(Organization.objects.filter(parent=district, kind=OrganizationKind.SCHOOL))
    known = {row.source_id: row for row in rows if row.source_id}
    # A school that was made here by hand is the roster's first of the same name.
    by_name = {row.name: row for row in rows if not row.source_id}
    for school in draft.schools:
        name = _shortened(school.name, _LONGEST_NAME)
        if school.source_id not in known and name in by_name:
            known[school.source_id] = by_name.pop(name)
    wanted = [_Named(one.source_id, one.name, (district.pk,)) for one in draft.schools]
    names = _names(wanted, known, [((district.pk,), row.name, row.pk) for row in rows])
    changes, values, new = Changes(read=len(wanted)), [], []
    for school in draft.schools:
        row, name = known.get(school.source_id), names[school.source_id]
        if row is not None:
            values.append((row, {"name": name, "source_id": school.source_id}))
            continue
        new.append(
            Organization(
                kind=OrganizationKind.SCHOOL,
                name=name,
                parent=district,
                time_zone=district.time_zone,
                source_id=school.source_id,
            )
        )
    _bring_up(values, changes)
    changes.created = len(new)
    known.update({row.source_id: row for row in Organization.objects.bulk_create(new, AT_ONCE)})
    return {source_id: row.pk for source_id, row in known.items()}, changes


def _take_terms(draft: RosterDraft, district: Organization) -> tuple[dict[str, Term], Changes]:
    known = {row.source_id: row for row in Term.objects.exclude(source_id="")}
    changes, values = Changes(read=len(draft.terms)), []
    for term in draft.terms:
        row = known.get(term.source_id)
        if row is None:
            known[term.source_id] = Term.objects.create(
                organization=district, source_id=term.source_id, **_of_term(term)
            )
            changes.created += 1
        else:
            values.append((row, _of_term(term)))
    _bring_up(values, changes)
    return known, changes


def _of_term(term: TermDraft) -> dict[str, Any]:
    # The last day counts; a term of a single day still ends after it starts.
    ends_on = max(term.ends_on, term.starts_on + timedelta(days=1))
    name = _shortened(term.name, _LONGEST_TERM)
    return {"name": name, "starts_on": term.starts_on, "ends_on": ends_on}


def _take_groups(
    draft: RosterDraft, schools: Keys, terms: Mapping[str, Term], on: date
) -> tuple[dict[str, int], Changes]:
    rows = list(Group.objects.all())
    known = {row.source_id: row for row in rows if row.source_id}
    term_of = {one.source_id: _term_now(one, terms, on).pk for one in draft.groups}
    wanted = [
        _Named(one.source_id, one.name, (key_of(schools, one.school), term_of[one.source_id]))
        for one in draft.groups
    ]
    held = [((row.organization_id, row.term_id), row.name, row.pk) for row in rows]
    names = _names(wanted, known, held)
    changes, values, new = Changes(read=len(wanted)), [], []
    for group in wanted:
        row, (school, term) = known.get(group.source_id), group.place
        named = {"organization_id": school, "term_id": term, "name": names[group.source_id]}
        if row is None:
            new.append(Group(source_id=group.source_id, **named))
        else:
            values.append((row, named))
    _bring_up(values, changes)
    changes.created = len(new)
    known.update({row.source_id: row for row in Group.objects.bulk_create(new, AT_ONCE)})
    return {source_id: row.pk for source_id, row in known.items()}, changes


def _term_now(group: GroupDraft, terms: Mapping[str, Term], on: date) -> Term:
    """Return the term in which a class is: of those around a day the longest, else the nearest."""
    found = [key_of(terms, one) for one in group.terms]
    around = [term for term in found if term.starts_on <= on <= term.ends_on]
    ahead = [term for term in found if term.starts_on > on]
    if around:
        return max(around, key=lambda term: term.ends_on - term.starts_on)
    return min(ahead, key=lambda t: t.starts_on) if ahead else max(found, key=lambda t: t.ends_on)


def _closed(draft: RosterDraft, schools: Keys, groups: Keys) -> set[int]:
    """Return the groups that are deleted, themselves or with their school."""
    gone = [schools[one] for one in draft.gone_schools if one in schools]
    of_schools = Group.objects.filter(organization__in=gone).exclude(source_id="")
    return {groups[one] for one in draft.gone_groups if one in groups} | set(
        of_schools.values_list("pk", flat=True)
    )


def _first_days(draft: RosterDraft, groups: Keys, terms: Mapping[str, Term]) -> dict[int, date]:
    """Return by group the first day of its terms."""
    starts: dict[int, date] = {}
    for chunk in in_chunks(sorted(groups.values())):
        rows = Group.objects.filter(pk__in=chunk, term__isnull=False)
        starts.update(rows.values_list("pk", "term__starts_on"))
    for group in draft.groups:
        starts[groups[group.source_id]] = min(terms[one].starts_on for one in group.terms)
    return starts


def _take_people(draft: RosterDraft) -> tuple[dict[str, int], Changes]:
    known = dict(SourceId.objects.filter(source=draft.source).values_list("value", "person"))
    names = (
        {
            pk: (given, family)
            for pk, given, family in Person.objects.values_list("pk", "given_name", "family_name")
        }
        if known
        else {}
    )
    changes = Changes(read=len(draft.people))
    new = [person for person in draft.people if person.source_id not in known]
    renamed = []
    naming = _who_names(draft, known)
    for person in draft.people:
        key = known.get(person.source_id)
        if key is None:
            continue
        given, family = _parts(person)
        if names.get(key) == (given, family) or naming[key] != person.source_id:
            changes.unchanged += 1
        else:
            renamed.append(Person(pk=key, given_name=given, family_name=family))
    Person.objects.bulk_update(renamed, ["given_name", "family_name"], AT_ONCE // 10)
    changes.updated, changes.created = len(renamed), len(new)
    made = Person.objects.bulk_create([_person(person) for person in new], AT_ONCE)
    insert_columns(
        SourceId,
        {
            "person_id": [person.pk for person in made],
            "source": [draft.source] * len(new),
            "value": [person.source_id for person in new],
        },
    )
    known.update({d.source_id: row.pk for d, row in zip(new, made, strict=True)})
    return known, changes


def _who_names(draft: RosterDraft, known: Mapping[str, int]) -> dict[int, str]:
    """Return by which of their ids each person is named: their own, before one of a merge."""
    merges = Merge.objects.filter(undone_at=None).values_list("moved", flat=True)
    rows = [row for moved in merges for row in moved.get("people.sourceid.person", ())]
    came: set[str] = set()
    for chunk in in_chunks(rows):
        held = SourceId.objects.filter(pk__in=chunk, source=draft.source)
        came.update(held.values_list("value", flat=True))
    naming = {key: value for value, key in known.items() if value not in came}
    for person in draft.people:
        if person.source_id in known:
            naming.setdefault(known[person.source_id], person.source_id)
    return naming


def _person(draft: PersonDraft) -> Person:
    given, family = _parts(draft)
    return Person(given_name=given, family_name=family)


def _parts(draft: PersonDraft) -> tuple[str, str]:
    return _shortened(draft.given_name, _LONGEST_PART), _shortened(draft.family_name, _LONGEST_PART)


class _Named(NamedTuple):
    """A row of the roster that has a name of its own at a place: a school, or a class in a term."""

    source_id: str
    name: str
    place: tuple[int, ...]


def _names(
    wanted: Sequence[_Named],
    known: Mapping[str, Organization | Group],
    held: Sequence[tuple[tuple[int | None, ...], str, int]],
) -> dict[str, str]:
    """Return the names of schools or classes, each once at its place.

    Sections of one course often share a title: the second is told apart by its id. Whoever has a
    name keeps it, in whichever order the roster comes. `held` are the places and names that there
    are, with their rows.
    """
    ours = {known[one.source_id].pk for one in wanted if one.source_id in known}
    used = {(place, name) for place, name, pk in held if pk not in ours}
    now = {pk: (place, name) for place, name, pk in held}
    found: dict[str, str] = {}
    for one in wanted:
        row = known.get(one.source_id)
        place, name = now[row.pk] if row else ((), "")
        if place == one.place and name in (_name(one), _name(one, one.source_id)):
            found[one.source_id] = name
            used.add((one.place, name))
    for one in wanted:
        if one.source_id not in found:
            tails = chain(["", one.source_id], (f"{one.source_id}, {n}" for n in count(2)))
            names = (_name(one, tail) for tail in tails)
            found[one.source_id] = next(name for name in names if (one.place, name) not in used)
            used.add((one.place, found[one.source_id]))
    return found


def _name(one: _Named, tail: str = "") -> str:
    """Return a name that fits, with what tells it apart."""
    shown = f" ({tail[-_LONGEST_TAIL:]})" if tail else ""
    return _shortened(one.name, _LONGEST_NAME - len(shown)).rstrip() + shown


def _bring_up(rows: Sequence[tuple[Row, Mapping[str, object]]], changes: Changes) -> None:
    """Save what is new in rows. Names that rows may take from one another are put aside first."""
    moved = []
    for row, values in rows:
        if all(getattr(row, name) == value for name, value in values.items()):
            changes.unchanged += 1
            continue
        for name, value in values.items():
            setattr(row, name, value)
        moved.append(row)
    if not moved:
        return
    table, aside = type(moved[0])._default_manager, f"{uuid4()} "
    for chunk in in_chunks([row.pk for row in moved]):
        numbered = Concat(Value(aside), Cast("pk", models.CharField()))
        table.filter(pk__in=chunk).update(name=numbered)
    table.bulk_update(moved, list(rows[0][1]), AT_ONCE // 10)
    changes.updated += len(moved)


def _shortened(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest]
