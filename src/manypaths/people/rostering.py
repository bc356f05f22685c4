"""The deed that takes in a roster of another system: schools, terms, classes, people, who is where.

What was there is found again by the source's ids, so a second time changes nothing. What the
roster itself began and no longer has ends on the day before; evidence and people stay.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE, in_chunks, insert_columns
from manypaths.base.changes import Changes
from manypaths.base.errors import Refused
from manypaths.people.access import Actor, require_leadership
from manypaths.people.models import (
    Group,
    Membership,
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
    for person in draft.people:
        key = known.get(person.source_id)
        if key is None:
            continue
        given, family = _parts(person)
        if names.get(key) == (given, family):
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


def _person(draft: PersonDraft) -> Person:
    given, family = _parts(draft)
    return Person(given_name=given, family_name=family)


def _parts(draft: PersonDraft) -> tuple[str, str]:
    return _shortened(draft.given_name, _LONGEST_PART), _shortened(draft.family_name, _LONGEST_PART)


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
        new: list[tuple[_Key, date, date | None]] = []
        moved = []
        for key, (starts_on, ends_on) in wanted.items():
            row = known.get(key)
            start = starts_on or (row[1] if row else self.on)
            if row is None or (row[2] is not None and row[1] != start and row[2] < self.on):
                new.append((key, start, ends_on))
            elif (row[1], row[2]) == (start, ends_on):
                changes.unchanged += 1
            else:
                moved.append(table(pk=row[0], starts_on=start, ends_on=ends_on))
        self._write(table, fields, new, moved, others)
        changes.created, changes.updated = len(new), len(moved)
        changes.retired = self._end(table, self._ended(known, wanted, gone))
        return changes

    def _known(
        self, table: type[models.Model], fields: Sequence[str]
    ) -> dict[_Key, tuple[int, date, date | None]]:
        """Return the newest row of each key: its id, first and last day."""
        rows = table._default_manager.filter(source=self.draft.source).order_by("starts_on", "pk")
        names = ("pk", "starts_on", "ends_on", *fields)
        return {tuple(key): (pk, start, end) for pk, start, end, *key in rows.values_list(*names)}

    def _ended(
        self,
        known: Mapping[_Key, tuple[int, date, date | None]],
        wanted: Mapping[_Key, object],
        gone: set[_Key],
    ) -> list[tuple[int, date]]:
        left = {self.people[one] for one in self.draft.gone_people if one in self.people}
        found = []
        for key, (pk, start, end) in known.items():
            is_open = end is None or end >= self.on
            is_missing = not self.draft.is_delta and key not in wanted
            if is_open and (is_missing or key in gone or left.intersection(key)):
                found.append((pk, max(start, self.on - timedelta(days=1))))
        return found

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
        raise Refused(f"The roster names {source_id!r} and does not hold it.") from None


def _bring_up(row: models.Model, changes: Changes, **values: object) -> None:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        changes.unchanged += 1
        return
    for name in changed:
        setattr(row, name, values[name])
    row.save(update_fields=[name.removesuffix("_id") for name in changed])
    changes.updated += 1


def _shortened(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest]
