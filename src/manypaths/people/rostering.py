"""The deed that takes in a roster of another system: schools, terms, classes, people, who is where.

What was there is found again by the source's ids, so a second time changes nothing. What the
roster itself began and no longer has ends on the day before; evidence and people stay.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE, in_chunks, insert_columns
from manypaths.base.changes import Changes
from manypaths.base.errors import Refused
from manypaths.people.access import Actor, require_leadership
from manypaths.people.models import (
    Group,
    Membership,
    Merge,
    Organization,
    OrganizationKind,
    Person,
    Relationship,
    RoleHeld,
    SourceId,
    Term,
)
from manypaths.people.roster import PersonDraft, RosterDraft, TermDraft

_LONGEST_NAME, _LONGEST_PART, _LONGEST_TERM = 200, 100, 100
# Who is where, as the row ids of a table: (person, organization, role), say.
_Key = tuple[Any, ...]
_Keys = Mapping[str, int]


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
    terms, term_changes = _take_terms(draft, district)
    groups, group_changes = _take_groups(draft, schools, terms)
    people, people_changes = _take_people(draft)
    schools[""] = district.pk
    spells = _Spells(draft, on, people)
    changes = {
        "schools": school_changes,
        "terms": term_changes,
        "groups": group_changes,
        "people": people_changes,
        "roles": spells.roles(schools),
        "memberships": spells.memberships(groups, terms_of_groups(groups.values())),
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


def terms_of_groups(groups: Iterable[int]) -> dict[int, date]:
    """Return the first day of each group's term, by group."""
    starts: dict[int, date] = {}
    for chunk in in_chunks(sorted(groups)):
        rows = Group.objects.filter(pk__in=chunk, term__isnull=False)
        starts.update(rows.values_list("pk", "term__starts_on"))
    return starts


def known_ids(source: str) -> dict[str, set[str]]:
    """Return the ids of a source that are on record, by the kind of row that they name."""
    schools = Organization.objects.filter(kind=OrganizationKind.SCHOOL).exclude(source_id="")
    return {
        "schools": set(schools.values_list("source_id", flat=True)),
        "terms": set(Term.objects.exclude(source_id="").values_list("source_id", flat=True)),
        "groups": set(Group.objects.exclude(source_id="").values_list("source_id", flat=True)),
        "people": set(SourceId.objects.filter(source=source).values_list("value", flat=True)),
    }


def _take_schools(draft: RosterDraft, district: Organization) -> tuple[dict[str, int], Changes]:
    rows = list(Organization.objects.filter(parent=district, kind=OrganizationKind.SCHOOL))
    by_source = {row.source_id: row for row in rows if row.source_id}
    # A school that was made here by hand is the roster's of the same name.
    by_name = {row.name: row for row in rows if not row.source_id}
    changes = Changes(read=len(draft.schools))
    for school in draft.schools:
        row = by_source.get(school.source_id) or by_name.get(school.name)
        if row is None:
            row = Organization.objects.create(
                kind=OrganizationKind.SCHOOL,
                name=_shortened(school.name, _LONGEST_NAME),
                parent=district,
                time_zone=district.time_zone,
                source_id=school.source_id,
            )
            changes.created += 1
        else:
            _bring_up(row, changes, name=school.name, source_id=school.source_id)
        by_source[school.source_id] = row
    return {source_id: row.pk for source_id, row in by_source.items()}, changes


def _take_terms(draft: RosterDraft, district: Organization) -> tuple[dict[str, int], Changes]:
    known = {row.source_id: row for row in Term.objects.exclude(source_id="")}
    changes = Changes(read=len(draft.terms))
    for term in draft.terms:
        row = known.get(term.source_id)
        if row is None:
            known[term.source_id] = Term.objects.create(
                organization=district, source_id=term.source_id, **_of_term(term)
            )
            changes.created += 1
        else:
            _bring_up(row, changes, **_of_term(term))
    return {source_id: row.pk for source_id, row in known.items()}, changes


def _of_term(term: TermDraft) -> dict[str, Any]:
    # The last day counts; a term of a single day still ends after it starts.
    ends_on = max(term.ends_on, term.starts_on + timedelta(days=1))
    name = _shortened(term.name, _LONGEST_TERM)
    return {"name": name, "starts_on": term.starts_on, "ends_on": ends_on}


def _take_groups(
    draft: RosterDraft, schools: _Keys, terms: _Keys
) -> tuple[dict[str, int], Changes]:
    rows = list(Group.objects.all())
    known = {row.source_id: row for row in rows if row.source_id}
    taken = {(row.organization_id, row.term_id, row.name): row.source_id for row in rows}
    changes, new = Changes(read=len(draft.groups)), []
    for group in draft.groups:
        school, term = _key(schools, group.school), _key(terms, group.term)
        name = _shortened(group.name, _LONGEST_NAME)
        if taken.get((school, term, name), group.source_id) != group.source_id:
            # Sections of one course often share a title.
            name = _shortened(f"{group.name} ({group.source_id})", _LONGEST_NAME)
        taken[school, term, name] = group.source_id
        row = known.get(group.source_id)
        if row is None:
            new.append(
                Group(organization_id=school, term_id=term, name=name, source_id=group.source_id)
            )
        else:
            _bring_up(row, changes, organization_id=school, term_id=term, name=name)
    changes.created = len(new)
    known.update({row.source_id: row for row in Group.objects.bulk_create(new, AT_ONCE)})
    return {source_id: row.pk for source_id, row in known.items()}, changes


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


# Where a key names people.
_PEOPLE_FIELDS = ("person_id", "supporter_id", "learner_id")


@dataclass(frozen=True)
class _Spell:
    """A row that is there: what it joins, from when to when, and whether this roster began it."""

    pk: int
    key: _Key
    starts_on: date
    ends_on: date | None
    is_ours: bool

    def is_over_by(self, on: date, start: date) -> bool:
        """Say whether it had ended by a day, so that another start is a time of its own."""
        return self.ends_on is not None and self.ends_on < on and self.starts_on != start


@dataclass(frozen=True)
class _Spells:
    """Roles, memberships and ties: each from a day, to a day or open."""

    draft: RosterDraft
    on: date
    people: _Keys

    def roles(self, schools: _Keys) -> Changes:
        wanted = {
            (self._person(s.person), _key(schools, s.school), s.role.value): (
                s.starts_on,
                s.ends_on,
            )
            for s in self.draft.roles
        }
        gone = {
            (self._person(s.person), _key(schools, s.school), s.role.value)
            for s in self.draft.gone_roles
        }
        return self._bring_in(RoleHeld, ("person_id", "organization_id", "role"), wanted, gone, {})

    def memberships(self, groups: _Keys, term_starts: Mapping[int, date]) -> Changes:
        wanted = {}
        for s in self.draft.memberships:
            group = _key(groups, s.group)
            start = s.starts_on or term_starts.get(group)
            wanted[group, self._person(s.person), s.part.value] = (start, s.ends_on)
        gone = {
            (_key(groups, s.group), self._person(s.person), s.part.value)
            for s in self.draft.gone_memberships
        }
        return self._bring_in(Membership, ("group_id", "person_id", "part"), wanted, gone, {})

    def ties(self) -> Changes:
        wanted = {
            (self._person(t.supporter), self._person(t.learner), t.kind.value): (None, None)
            for t in self.draft.ties
            # Two ids of one person tie nobody to themself.
            if self._person(t.supporter) != self._person(t.learner)
        }
        keys = ("supporter_id", "learner_id", "kind")
        return self._bring_in(Relationship, keys, wanted, set(), {"consented_on": None})

    def _person(self, source_id: str) -> int:
        return _key(self.people, source_id)

    def _bring_in(
        self,
        table: type[models.Model],
        fields: Sequence[str],
        wanted: Mapping[_Key, tuple[date | None, date | None]],
        gone: set[_Key],
        others: Mapping[str, Any],
    ) -> Changes:
        changes = Changes(read=len(wanted))
        known = self._known(table, fields)
        newest = {row.key: row for row in known if row.is_ours}
        by_start = {(row.key, row.starts_on): row for row in known}
        new: list[tuple[_Key, date, date | None]] = []
        moved = []
        for key, (starts_on, ends_on) in wanted.items():
            row = newest.get(key)
            start = starts_on or (row.starts_on if row else self.on)
            # Of a start there is one row, whoever began it.
            row = by_start.get((key, start), row)
            if row is None or row.is_over_by(self.on, start):
                new.append((key, start, ends_on))
            elif not row.is_ours or (row.starts_on, row.ends_on) == (start, ends_on):
                changes.unchanged += 1
            else:
                moved.append(table(pk=row.pk, starts_on=start, ends_on=ends_on))
        self._write(table, fields, new, moved, others)
        changes.created, changes.updated = len(new), len(moved)
        people = [place for place, name in enumerate(fields) if name in _PEOPLE_FIELDS]
        changes.retired = self._end(table, self._ended(known, people, wanted, gone))
        return changes

    def _known(self, table: type[models.Model], fields: Sequence[str]) -> list["_Spell"]:
        """Return the rows that are there, of this roster and of others, by their start."""
        names = ("pk", "source", "starts_on", "ends_on", *fields)
        rows = table._default_manager.order_by("starts_on", "pk").values_list(*names)
        return [
            _Spell(pk, tuple(key), start, end, source == self.draft.source)
            for pk, source, start, end, *key in rows
        ]

    def _ended(
        self,
        known: Sequence["_Spell"],
        people: Sequence[int],
        wanted: Mapping[_Key, object],
        gone: set[_Key],
    ) -> list[tuple[int, date]]:
        left = self._left()
        found = []
        for row in known:
            if not row.is_ours or (row.ends_on is not None and row.ends_on < self.on):
                continue
            is_missing = not self.draft.is_delta and row.key not in wanted
            is_gone = row.key in gone and row.key not in wanted
            if is_missing or is_gone or any(row.key[place] in left for place in people):
                found.append((row.pk, max(row.starts_on, self.on - timedelta(days=1))))
        return found

    def _left(self) -> set[int]:
        """Return who has left by every id that the source has of them."""
        gone = self.draft.gone_people
        ids = self.people if self.draft.is_delta else [one.source_id for one in self.draft.people]
        staying = {self.people[one] for one in ids if one not in gone}
        return {self.people[one] for one in gone if one in self.people} - staying

    def _write(
        self,
        table: type[models.Model],
        fields: Sequence[str],
        new: Sequence[tuple[_Key, date, date | None]],
        moved: Sequence[models.Model],
        others: Mapping[str, Any],
    ) -> None:
        columns: dict[str, Sequence[Any]] = {
            name: [key[place] for key, _, _ in new] for place, name in enumerate(fields)
        }
        columns["starts_on"] = [start for _, start, _ in new]
        columns["ends_on"] = [end for _, _, end in new]
        columns["source"] = [self.draft.source] * len(new)
        columns |= {name: [value] * len(new) for name, value in others.items()}
        insert_columns(table, columns)
        table._default_manager.bulk_update(moved, ["starts_on", "ends_on"], AT_ONCE // 10)

    @staticmethod
    def _end(table: type[models.Model], ended: Sequence[tuple[int, date]]) -> int:
        by_day: dict[date, list[int]] = {}
        for pk, day in ended:
            by_day.setdefault(day, []).append(pk)
        for day, keys in by_day.items():
            for chunk in in_chunks(keys):
                table._default_manager.filter(pk__in=chunk).update(ends_on=day)
        return len(ended)


def _key(keys: _Keys, source_id: str) -> int:
    try:
        return keys[source_id]
    except KeyError:
        raise Refused(
            _("The roster names {one} and does not hold it.").format(one=repr(source_id))
        ) from None


def _bring_up(row: models.Model, changes: Changes, **values: object) -> None:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        changes.unchanged += 1
        return
    for name in changed:
        setattr(row, name, values[name])
    row.save(update_fields=changed)
    changes.updated += 1


def _shortened(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest]
