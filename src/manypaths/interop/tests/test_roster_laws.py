"""Whatever changes come in whatever order, a delta leaves what the whole list would have left."""

import tempfile
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.interop.oneroster.roster_import import import_roster
from manypaths.interop.report import ImportReport
from manypaths.interop.tests.rosters import BUNDLE, write_folder
from manypaths.interop.tests.test_oneroster import AT
from manypaths.people.models import Membership, Organization, Relationship, RoleHeld, SourceId
from manypaths.people.tests.cast import OPERATOR

FIRST = AT.date()
TERM_STARTS = date(2026, 8, 17)
LEARNERS, FAMILIES = ("u1", "u2", "u3"), ("f1", "f2")
CLASSES = {"c1": "s1", "c2": "s2"}
PARTS = {"student": "learner", "teacher": "lead"}

Span = tuple[int | None, int | None]
# A row of roles.csv or enrollments.csv: who, where, as what, and from when to when.
Line = tuple[str, str, str, Span]


@dataclass
class Source:
    """What a source of rosters holds: rows by their ids, and what it last told of."""

    roles: dict[str, Line] = field(default_factory=dict)
    enrollments: dict[str, Line] = field(default_factory=dict)
    agents: dict[str, frozenset[str]] = field(
        default_factory=lambda: dict.fromkeys(LEARNERS, frozenset())
    )
    classes: set[str] = field(default_factory=lambda: set(CLASSES))
    # What rows said that went along with somebody or with a class.
    past: dict[tuple[str, str], Line] = field(default_factory=dict)
    last: dict[tuple[str, str], Line] = field(default_factory=dict)

    def apply(self, deed: tuple[str, str, object]) -> list[tuple[str, str]]:
        """Change what a deed changes; return the rows that it changed, by table and id."""
        verb, name, value = deed
        if verb in ("roles", "enrollments"):
            rows: dict[str, Line] = getattr(self, verb)
            if isinstance(value, tuple) and self._may(verb, value):
                rows[name] = value
                return [(verb, name)]
            return [(verb, name)] if rows.pop(name, None) else []
        if verb in ("agents", "return") and (verb == "agents") == (name in self.agents):
            assert value is None or isinstance(value, frozenset)
            self.agents[name] = value or frozenset()
            return [("users", name)]
        if verb == "leave" and self.agents.pop(name, None) is not None:
            return [("users", name), *self._without(lambda line: line[0] == name)]
        if verb == "close" and name in self.classes:
            self.classes.discard(name)
            return [("classes", name), *self._without(lambda line: line[1] == name)]
        if verb == "open" and name not in self.classes:
            self.classes.add(name)
            return [("classes", name)]
        return []

    def told(self, changed: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
        """Return what a delta tells of changed rows: table, id and status.

        Who left, and a class that is no more, take their rows along without a word.
        """
        there: Mapping[str, Container[str]] = {
            "users": self.agents,
            "classes": self.classes,
            "roles": self.roles,
            "enrollments": self.enrollments,
        }
        rows = [
            (table, name, "active" if name in there[table] else "tobedeleted")
            for table, name in dict.fromkeys(changed)
        ]
        told = [row for row in rows if row[2] == "active" or not self._goes_along(row)]
        self.settle()
        return told

    def settle(self) -> None:
        """Keep what all rows say, as what was told last."""
        for table, rows in (("roles", self.roles), ("enrollments", self.enrollments)):
            self.last |= {(table, name): line for name, line in rows.items()}

    def _goes_along(self, row: tuple[str, str, str]) -> bool:
        line = self.last.get(row[:2]) if row[:2] in self.past else None
        return line is not None and (line[0] not in self.agents or self._is_closed(line[1]))

    def _is_closed(self, place: str) -> bool:
        return place in CLASSES and place not in self.classes

    def _without(self, is_meant: Callable[[Line], bool]) -> list[tuple[str, str]]:
        found = []
        for table, rows in (("roles", self.roles), ("enrollments", self.enrollments)):
            for name in [name for name, line in rows.items() if is_meant(line)]:
                self.past[table, name] = rows.pop(name)
                found.append((table, name))
        return found

    def _may(self, table: str, line: Line) -> bool:
        is_there = line[0] in self.agents
        return is_there and (table == "roles" or line[1] in self.classes)

    def rows(self) -> list[tuple[str, str, str]]:
        """Return all rows, as a whole list tells them."""
        return [
            *(("users", one, "") for one in self.agents),
            *(("classes", one, "") for one in self.classes),
            *(("roles", one, "") for one in self.roles),
            *(("enrollments", one, "") for one in self.enrollments),
        ]

    def cells(self, table: str, name: str, status: str) -> str:
        """Return a row as its list writes it."""
        changed = f"{status},{'2026-11-19T10:00:00Z' if status else ''}"
        if table == "users":
            agents = " ,".join(sorted(self.agents.get(name, ())))
            return f'{name},{changed},true,{name},Given,{name},"{agents}"'
        if table == "classes":
            return f"{name},{changed},Class {name},math7,scheduled,{CLASSES[name]},fall"
        gone = self.past.get((table, name)) or ("u1", "s1", "student", (None, None))
        line: Line = getattr(self, table).get(name) or gone
        person, place, part, span = line
        first, last = (day_of(one) for one in span)
        if table == "roles":
            return f"{name},{changed},{person},primary,{part},{first},{last},{place}"
        place = place if place in CLASSES else "c1"
        return f"{name},{changed},{place},{CLASSES[place]},{person},{part},,{first},{last}"

    def now(self, on: date) -> tuple[set[tuple[str, str, str]], ...]:
        """Return who is where on a day: roles, memberships and ties."""
        roles = {line[:3] for line in self.roles.values() if holds(line, on, FIRST)}
        places = {
            (person, group, PARTS[part])
            for person, group, part, span in self.enrollments.values()
            if holds((person, group, part, span), on, TERM_STARTS)
        }
        ties = {(f, one, "guardian") for one, agents in self.agents.items() for f in agents}
        return roles, places, ties


def day_of(number: int | None) -> str:
    return "" if number is None else (FIRST + timedelta(days=number)).isoformat()


def holds(line: Line, on: date, default: date) -> bool:
    first, last = (None if n is None else FIRST + timedelta(days=n) for n in line[3])
    return (first or default) <= on and (last is None or on <= last)


def files_of(source: Source, rows: Iterable[tuple[str, str, str]], mode: str) -> dict[str, str]:
    """Return the lists that tell of rows."""
    files = {name: BUNDLE[name] for name in ("orgs.csv", "academicSessions.csv")}
    if mode == "delta":
        files = {}
    for table, name, status in rows:
        head = BUNDLE[f"{table}.csv"].split("\n")[0]
        files.setdefault(f"{table}.csv", f"{head}\n")
        files[f"{table}.csv"] += source.cells(table, name, status) + "\n"
    if mode == "bulk":
        # Rows that never change, so that no list is empty.
        steady = {
            "users": "".join(f"{f},,,true,{f},Given,{f},\n" for f in FAMILIES),
            "roles": "".join(f"of-{f},,,{f},primary,guardian,,,s1\n" for f in FAMILIES),
            "classes": "c0,,,Music,,scheduled,s1,fall\n",
            "enrollments": "music,,,c0,s1,f1,teacher,,2026-08-17,\n",
        }
        for table, rows_of_it in steady.items():
            head = BUNDLE[f"{table}.csv"].split("\n")[0] + "\n"
            files[f"{table}.csv"] = files.get(f"{table}.csv", head) + rows_of_it
    names = "".join(f"file.{name.removesuffix('.csv')},{mode}\n" for name in files)
    return files | {"manifest.csv": f"propertyName,value\noneroster.version,1.2\n{names}"}


def bring(district: Organization, files: dict[str, str], on: date) -> ImportReport:
    with tempfile.TemporaryDirectory() as folder:
        path = write_folder(Path(folder) / "b", files)
        at = AT + (on - FIRST)
        return import_roster(path, district=district, by=OPERATOR, at=at)


def on_record(on: date) -> tuple[set[tuple[str, str, str]], ...]:
    """Return who is where on a day by what was taken in, but for those who never change."""
    ids = dict(SourceId.objects.values_list("person", "value"))
    roles = RoleHeld.objects.values_list(
        "person", "organization__source_id", "role", "starts_on", "ends_on"
    )
    places = Membership.objects.values_list(
        "person", "group__source_id", "part", "starts_on", "ends_on"
    )
    ties = Relationship.objects.values_list("supporter", "learner", "kind", "starts_on", "ends_on")
    return (
        {(ids[p], s, r) for p, s, r, a, z in roles if a <= on and (z is None or z >= on)}
        - {(f, "s1", "family") for f in FAMILIES},
        {(ids[p], g, x) for p, g, x, a, z in places if a <= on and (z is None or z >= on)}
        - {("f1", "c0", "lead")},
        {(ids[f], ids[p], k) for f, p, k, a, z in ties if a <= on and (z is None or z >= on)},
    )


def ordered(span: Span) -> Span:
    first, last = span
    return span if first is None or last is None or first <= last else (last, first)


spans = st.tuples(st.none() | st.integers(-40, 6), st.none() | st.integers(-30, 12)).map(ordered)
parts = st.sampled_from(sorted(PARTS))
lines = {
    "roles": st.tuples(st.sampled_from(LEARNERS), st.sampled_from(["s1", "s2"]), parts, spans),
    "enrollments": st.tuples(
        st.sampled_from(LEARNERS), st.sampled_from(sorted(CLASSES)), parts, spans
    ),
}
deeds = st.one_of(
    *(
        st.tuples(st.just(table), st.sampled_from(["1", "2", "3", "4"]), st.none() | lines[table])
        for table in lines
    ),
    st.tuples(
        st.just("agents"),
        st.sampled_from(LEARNERS),
        st.frozensets(st.sampled_from(FAMILIES)),
    ),
    st.tuples(st.sampled_from(["leave", "return"]), st.sampled_from(LEARNERS), st.none()),
    st.tuples(st.sampled_from(["close", "open"]), st.sampled_from(sorted(CLASSES)), st.none()),
)
# Each delta comes so many days after the one before.
deltas = st.tuples(st.integers(0, 3), st.lists(deeds, min_size=1, max_size=3))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=st.lists(deeds, max_size=8), then=st.lists(deltas, max_size=6))
def test_deltas_leave_what_the_whole_list_would_have_left(
    district: Organization,
    first: list[tuple[str, str, object]],
    then: list[tuple[int, list[tuple[str, str, object]]]],
) -> None:
    with transaction.atomic():
        source, on = Source(), FIRST
        for deed in first:
            source.apply(deed)
        bring(district, files_of(source, source.rows(), "bulk"), on)
        source.settle()
        assert on_record(on) == source.now(on)
        for days, changes in then:
            on += timedelta(days=days)
            told = source.told([row for deed in changes for row in source.apply(deed)])
            if told:
                bring(district, files_of(source, told, "delta"), on)
            assert on_record(on) == source.now(on)
        report = bring(district, files_of(source, source.rows(), "bulk"), on)
        assert on_record(on) == source.now(on)
        assert {kind for kind, c in report.changes.items() if c.created or c.retired} == set()
        transaction.set_rollback(True)
