"""Who is where by a roster, and from when to when: roles, memberships and ties brought up to date.

Each row of these tables knows which row of the roster began it. So a delta that tells of one row
ends what that row said before and says no more: a pupil who moved is no longer where they were.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from manypaths.base.bulk import AT_ONCE, in_chunks, insert_columns
from manypaths.base.changes import Changes
from manypaths.base.errors import Refused
from manypaths.people.models import Membership, Relationship, RoleHeld
from manypaths.people.roster import Listed, RosterDraft

# Who is where, as the row ids of a table: (person, organization, role), say.
Key = tuple[Any, ...]
Keys = Mapping[str, int]
# The rows of the roster by which somebody is somewhere, each to a day or open: usually one.
Rows = Mapping[str, date | None]
_Said = TypeVar("_Said")
_Found = TypeVar("_Found")
# Where a key names people.
_PEOPLE_FIELDS = ("person_id", "supporter_id", "learner_id")


class _Told(NamedTuple):
    """A time somewhere, as a row of the roster says it: perhaps without a first day."""

    key: Key
    row: str
    starts_on: date | None
    ends_on: date | None


class _Spell(NamedTuple):
    """A time somewhere by rows of the roster that say the same, from its first day."""

    key: Key
    rows: Rows
    starts_on: date

    @property
    def ends_on(self) -> date | None:
        """Return the last day by that row which holds longest, None for one that is open."""
        return None if None in self.rows.values() else max(filter(None, self.rows.values()))


class _Held(NamedTuple):
    """A row that is there: what it joins, from when to when, and whether this roster began it."""

    pk: int
    key: Key
    rows: Rows
    starts_on: date
    ends_on: date | None
    is_ours: bool

    def is_over_by(self, on: date) -> bool:
        """Say whether it had ended before a day."""
        return self.ends_on is not None and self.ends_on < on


@dataclass(frozen=True)
class _Table:
    """One of the three tables: the fields of its key, and what new rows have besides."""

    model: type[models.Model]
    fields: tuple[str, ...]
    # Where a key says in which school or group somebody is.
    place: int
    others: Mapping[str, Any]

    @property
    def people(self) -> list[int]:
        """Return at which places a key names people."""
        return [place for place, name in enumerate(self.fields) if name in _PEOPLE_FIELDS]


_ROLES = _Table(RoleHeld, ("person_id", "organization_id", "role"), 1, {})
_MEMBERSHIPS = _Table(Membership, ("group_id", "person_id", "part"), 0, {})
_TIES = _Table(Relationship, ("supporter_id", "learner_id", "kind"), 0, {"consented_on": None})


@dataclass(frozen=True)
class Spells:
    """What a roster says of roles, memberships and ties, as of a day."""

    draft: RosterDraft
    on: date
    people: Keys

    def roles(self, schools: Keys) -> Changes:
        """Bring roles up to date; one without a first day begins on the day of the roster."""
        listed = self.draft.roles
        told = [
            _Told(
                (key_of(self.people, s.person), key_of(schools, s.school), s.role.value),
                s.row,
                s.starts_on,
                s.ends_on,
            )
            for s in listed.said
        ]
        gone = {
            (self.people.get(s.person), schools.get(s.school), s.role.value) for s in listed.gone
        }
        closed = {schools[one] for one in self.draft.gone_schools if one in schools}
        return self._bring_in(_ROLES, listed, told, gone, closed, {})

    def memberships(
        self, groups: Keys, closed: Collection[int], starts: Mapping[int, date]
    ) -> Changes:
        """Bring memberships up to date; one without a first day begins with the group's term.

        `closed` are the groups that nobody is in any more.
        """
        listed = self.draft.memberships
        told = [
            _Told(
                (key_of(groups, s.group), key_of(self.people, s.person), s.part.value),
                s.row,
                s.starts_on,
                s.ends_on,
            )
            for s in listed.said
        ]
        gone = {(groups.get(s.group), self.people.get(s.person), s.part.value) for s in listed.gone}
        return self._bring_in(_MEMBERSHIPS, listed, told, gone, closed, starts)

    def ties(self) -> Changes:
        """Bring ties up to date; two ids of one person tie nobody to themself."""
        listed = self.draft.ties
        told = [
            _Told(
                (key_of(self.people, t.supporter), key_of(self.people, t.learner), t.kind.value),
                t.row,
                None,
                None,
            )
            for t in listed.said
        ]
        told = [one for one in told if one.key[0] != one.key[1]]
        return self._bring_in(_TIES, listed, told, set(), set(), {})

    def _bring_in(
        self,
        table: _Table,
        listed: Listed[_Said],
        told: Sequence[_Told],
        gone: Collection[Key],
        closed: Collection[int],
        starts: Mapping[int, date],
    ) -> Changes:
        held = self._held(table)
        spells = self._spells(told, held, starts)
        matches = _matches(spells, held, listed, self.on)
        changes, kept = Changes(read=len(spells)), set()
        new, moved = [], []
        for spell, row in zip(spells, matches, strict=True):
            if row is None:
                new.append(spell)
                continue
            kept.add(row.pk)
            now = spell._replace(rows={**_untold(row, listed), **spell.rows})
            is_same = (row.starts_on, row.ends_on) == (now.starts_on, now.ends_on)
            changes.unchanged += is_same or not row.is_ours
            if row.is_ours and not (is_same and row.rows == now.rows):
                moved.append((row.pk, now))
        left, ended = self._left(), []
        for row in held:
            if not row.is_ours or row.pk in kept or row.is_over_by(self.on):
                continue
            # Older installations did not keep which rows it was.
            is_told = not listed.rows.isdisjoint(row.rows) or (not row.rows and row.key in gone)
            is_left = row.key[table.place] in closed or any(
                row.key[n] in left for n in table.people
            )
            untold = _untold(row, listed)
            if listed.is_whole or is_left or (is_told and not untold):
                ended.append(row)
            elif is_told:
                moved.append((row.pk, _Spell(row.key, untold, row.starts_on)))
        self._write(table, new, moved)
        self._end(table, ended)
        changes.created, changes.retired = len(new), len(ended)
        changes.updated = changes.read - changes.created - changes.unchanged
        return changes

    def _held(self, table: _Table) -> list[_Held]:
        """Return the rows that are there, of this roster and of others, by their start."""
        names = ("pk", "source", "source_rows", "starts_on", "ends_on", *table.fields)
        rows = table.model._default_manager.order_by("starts_on", "pk").values_list(*names)
        ours = self.draft.source
        return [
            _Held(pk, tuple(key), _rows_in(said), start, end, source == ours)
            for pk, source, said, start, end, *key in rows
        ]

    def _spells(
        self, told: Sequence[_Told], held: Sequence[_Held], starts: Mapping[int, date]
    ) -> list[_Spell]:
        """Return what is said with a first day each, once of a key and first day.

        What ended before it began never was.
        """
        earlier = [row for row in held if row.is_ours and row.starts_on <= self.on]
        began = {row.key: row.starts_on for row in earlier}
        began_by = {(row.key, said): row.starts_on for row in earlier for said in row.rows}
        found: dict[tuple[Key, date], _Spell] = {}
        for key, row, first, last in told:
            start = first or began_by.get((key, row)) or began.get(key)
            start = start or starts.get(key[0], self.on)
            if last is None or last >= start:
                other = found.get((key, start))
                rows = {**(other.rows if other else {}), row: last}
                found[key, start] = _Spell(key, rows, start)
        return list(found.values())

    def _left(self) -> set[int]:
        """Return who has left by every id that the source has of them."""
        draft = self.draft
        ids = [one.source_id for one in draft.people] if draft.is_whole else self.people
        staying = {self.people[one] for one in ids if one not in draft.gone_people}
        return set(self.people.values()) - staying

    def _write(
        self, table: _Table, new: Sequence[_Spell], moved: Sequence[tuple[int, _Spell]]
    ) -> None:
        columns: dict[str, Sequence[Any]] = {
            name: [spell.key[place] for spell in new] for place, name in enumerate(table.fields)
        }
        columns["starts_on"] = [spell.starts_on for spell in new]
        columns["ends_on"] = [spell.ends_on for spell in new]
        columns["source"] = [self.draft.source] * len(new)
        columns["source_rows"] = [_text_of(spell.rows) for spell in new]
        columns |= {name: [value] * len(new) for name, value in table.others.items()}
        insert_columns(table.model, columns)
        rows = [
            table.model(
                pk=pk,
                starts_on=spell.starts_on,
                ends_on=spell.ends_on,
                source_rows=_text_of(spell.rows),
            )
            for pk, spell in moved
        ]
        fields = ["starts_on", "ends_on", "source_rows"]
        table.model._default_manager.bulk_update(rows, fields, AT_ONCE // 10)

    def _end(self, table: _Table, ended: Sequence[_Held]) -> None:
        """End rows on the day before; what had no day until then never was."""
        rows = table.model._default_manager
        for chunk in in_chunks([row.pk for row in ended if row.starts_on >= self.on]):
            rows.filter(pk__in=chunk).delete()
        for chunk in in_chunks([row.pk for row in ended if row.starts_on < self.on]):
            # Nothing says it any more: what its rows say from now on is another time.
            rows.filter(pk__in=chunk).update(ends_on=self.on - timedelta(days=1), source_rows="")


def _matches(
    spells: Sequence[_Spell], held: Sequence[_Held], listed: Listed[_Said], on: date
) -> list[_Held | None]:
    """Return for each spell the row that is this very time, None where there is none yet.

    First that of the same first day, whoever began it; then, of the roster's own, that of the same
    row of the roster; last the newest, unless a delta may speak of another time beside it.
    """
    by_start = {(row.key, row.starts_on): row for row in held}
    by_row: dict[tuple[Key, str], list[_Held]] = {}
    by_key: dict[Key, list[_Held]] = {}
    for row in held:
        # A time that other rows speak of as well stays as it is.
        if row.is_ours and not row.is_over_by(on) and not _untold(row, listed):
            for said in row.rows:
                by_row.setdefault((row.key, said), []).append(row)
            by_key.setdefault(row.key, []).append(row)
    found = [by_start.get((spell.key, spell.starts_on)) for spell in spells]
    taken = {row.pk for row in found if row is not None}

    def match(place: int, rows: Sequence[_Held]) -> None:
        row = next((row for row in reversed(rows) if row.pk not in taken), None)
        if row is not None and found[place] is None:
            taken.add(row.pk)
            found[place] = row

    open_ones = [place for place, row in enumerate(found) if row is None] if by_key else []
    for place in open_ones:
        for said in spells[place].rows:
            match(place, by_row.get((spells[place].key, said), ()))
    for place in open_ones:
        rows = by_key.get(spells[place].key, ())
        match(place, rows if listed.is_whole else [row for row in rows if not row.rows])
    return found


def _untold(row: _Held, listed: Listed[_Said]) -> Rows:
    """Return by which rows somebody is still there that a delta does not tell of."""
    if listed.is_whole:
        return {}
    return {said: last for said, last in row.rows.items() if said not in listed.rows}


def _rows_in(text: str) -> Rows:
    """Return the rows that a text tells of, one a line: its place, a tab and its last day."""
    found: dict[str, date | None] = {}
    for line in text.splitlines():
        said, _, last = line.partition("\t")
        found[said] = date.fromisoformat(last) if last else None
    return found


def _text_of(rows: Rows) -> str:
    return "\n".join(f"{said}\t{last or ''}" for said, last in sorted(rows.items()))


def key_of(keys: Mapping[str, _Found], source_id: str) -> _Found:
    """Return what stands for a source's id. Raises Refused for one that is not on record."""
    try:
        return keys[source_id]
    except KeyError:
        raise Refused(
            _("The roster names {one} and does not hold it.").format(one=repr(source_id))
        ) from None
