"""A bundle in our words: what it says of schools, terms, classes, people and who is where.

What it deletes, and what only hangs on that, is left out and counted; so is what it says of those
who see no records here.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from manypaths.interop.oneroster.bundle import Bundle
from manypaths.interop.oneroster.tables import Row
from manypaths.people.models import Part, Role
from manypaths.people.roster import (
    GroupDraft,
    Listed,
    MembershipSpell,
    PersonDraft,
    RoleSpell,
    RosterDraft,
    SchoolDraft,
    TermDraft,
    Tie,
)

SOURCE = "oneroster"
# Roles of the standard in our words; those that see no records here are left out.
_ROLES = {
    "student": Role.STUDENT,
    "teacher": Role.TEACHER,
    "principal": Role.LEADER,
    "siteAdministrator": Role.LEADER,
    "districtAdministrator": Role.LEADER,
    "administrator": Role.LEADER,
    "guardian": Role.FAMILY,
    "parent": Role.FAMILY,
    "relative": Role.FAMILY,
    "counselor": Role.MENTOR,
}
_PARTS = {"student": Part.LEARNER, "teacher": Part.LEAD}


class Draft:
    """What a bundle says as of a day, beside what earlier ones told.

    `orgs` are the orgs on record that are no schools, with the school that each is a part of: ""
    for the district, None for a department of no school. `families` are the ids of people who hold
    the role of a family.
    """

    def __init__(
        self, bundle: Bundle, on: date, orgs: Mapping[str, str | None], families: Collection[str]
    ) -> None:
        self._bundle, self._on = bundle, on
        rows = {row.text("sourcedId"): row for row in self._active("orgs")}
        self._schools = {one for one, row in rows.items() if row.values.get("type") == "school"}
        self.orgs = {one: self._above(one, rows, orgs) for one in rows.keys() - self._schools}
        self._gone_schools = self._gone("orgs")
        self._school_of = {
            **orgs,
            **self.orgs,
            **{one: one for one in self._schools},
            **dict.fromkeys(self._gone_schools),
        }
        self._groups = list(self._draw_groups())
        kept = {group.source_id for group in self._groups}
        self._gone_groups = {row.text("sourcedId") for row in bundle.rows("classes")} - kept
        self._gone_people = {row.text("sourcedId") for row in bundle.rows("users") if _left(row)}
        self._families = {*families, *self._with_role(Role.FAMILY)}

    def roster(self) -> RosterDraft:
        """Return the roster; what is left out of it is noted among the bundle's findings."""
        terms = {one for group in self._groups for one in group.terms}
        return RosterDraft(
            source=SOURCE,
            is_whole=self._bundle.is_whole("users"),
            schools=[
                SchoolDraft(row.text("sourcedId"), row.text("name"))
                for row in self._active("orgs")
                if row.text("sourcedId") in self._schools
            ],
            terms=[
                TermDraft(
                    row.text("sourcedId"),
                    row.text("title"),
                    _day(row, "startDate") or self._on,
                    _day(row, "endDate") or self._on,
                )
                for row in self._bundle.rows("academicSessions")
                # A class may still be in a term that is deleted: its days stay on record.
                if not row.is_gone or row.text("sourcedId") in terms
            ],
            groups=self._groups,
            people=[
                PersonDraft(row.text("sourcedId"), row.text("givenName"), row.text("familyName"))
                for row in self._active("users")
            ],
            roles=self._roles(),
            memberships=self._memberships(),
            ties=self._ties(),
            gone_people=frozenset(self._gone_people),
            gone_schools=frozenset(self._gone_schools),
            gone_groups=frozenset(self._gone_groups),
        )

    def _active(self, table: str) -> Iterator[Row]:
        return (row for row in self._bundle.rows(table) if not row.is_gone)

    def _gone(self, table: str) -> set[str]:
        return {row.text("sourcedId") for row in self._bundle.rows(table) if row.is_gone}

    def _above(
        self, org: str, rows: Mapping[str, Row], known: Mapping[str, str | None]
    ) -> str | None:
        """Return the school that a department is a part of; the district is what is no department.

        Of a department of no school nobody could say whose records its people may see.
        """
        seen = {org}
        while rows[org].values.get("type") == "department":
            parent = rows[org].text("parentSourcedId")
            if parent in self._schools:
                return parent
            if parent in seen:
                return None
            if parent not in rows:
                return known.get(parent, parent) or None
            seen.add(parent)
            org = parent
        return "" if len(seen) == 1 else None

    def _school(self, org: str) -> str | None:
        """Return the school of an org ("" for the district), None where there is none."""
        school = self._school_of.get(org, org)
        if school is None:
            self._leave_out("Rows of orgs that are deleted or departments of no school")
        return school

    def _draw_groups(self) -> Iterator[GroupDraft]:
        for row in self._active("classes"):
            terms, school = (
                row.values.get("termSourcedIds"),
                self._school(row.text("schoolSourcedId")),
            )
            if school is not None and isinstance(terms, tuple):
                yield GroupDraft(row.text("sourcedId"), row.text("title"), school, terms)

    def _with_role(self, role: Role) -> Iterator[str]:
        for row in self._active("roles"):
            if _ROLES.get(row.text("role")) == role:
                yield row.text("userSourcedId")
        for row in self._active("users"):
            if _ROLES.get(row.text("role")) == role:
                yield row.text("sourcedId")

    def _roles(self) -> Listed[RoleSpell]:
        """Return roles by roles.csv, and by users.csv where that keeps them, as in 1.1."""
        said, gone = [], []
        for row in self._bundle.rows("roles"):
            person = row.text("userSourcedId")
            spell = self._role(person, row.text("orgSourcedId"), row, _place("roles", row))
            if spell is not None and row.is_gone:
                gone.append(spell)
            elif spell is not None and person not in self._gone_people:
                said.append(spell)
        for row in self._active("users"):
            orgs, person = row.values.get("orgSourcedIds"), row.text("sourcedId")
            for org in orgs if isinstance(orgs, tuple) else ():
                spell = self._role(person, org, row, _place("users", row))
                if spell is not None and person not in self._gone_people:
                    said.append(spell)
        lists = ("users",) if self._bundle.version == "1.1" else ("roles",)
        return Listed(
            said,
            is_whole=all(self._bundle.is_whole(name) for name in lists),
            rows=self._told("roles") | (self._told("users") if "users" in lists else frozenset()),
            gone=gone,
        )

    def _role(self, person: str, org: str, row: Row, place: str) -> RoleSpell | None:
        role = _ROLES.get(row.text("role"))
        if role is None:
            if row.text("role"):
                self._leave_out(f"Roles as {row.text('role')}, who sees no records here,")
            return None
        school = self._school(org)
        if school is None:
            return None
        return RoleSpell(person, school, role, _day(row, "beginDate"), _day(row, "endDate"), place)

    def _memberships(self) -> Listed[MembershipSpell]:
        said, gone = [], []
        for row in self._bundle.rows("enrollments"):
            part = _PARTS.get(row.text("role"))
            if part is None:
                if row.text("role"):
                    self._leave_out(f"Enrollments as {row.text('role')}, who sees no records here,")
                continue
            spell = MembershipSpell(
                row.text("userSourcedId"),
                row.text("classSourcedId"),
                part,
                _day(row, "beginDate"),
                _day(row, "endDate"),
                _place("enrollments", row),
            )
            if row.is_gone:
                gone.append(spell)
            elif spell.group in self._gone_groups:
                self._leave_out("Enrollments in deleted classes")
            elif spell.person not in self._gone_people:
                said.append(spell)
        is_whole = self._bundle.is_whole("enrollments")
        return Listed(said, is_whole=is_whole, rows=self._told("enrollments"), gone=gone)

    def _ties(self) -> Listed[Tie]:
        """Return who is whose family: the agents of a learner, or those of whom one is an agent."""
        said = []
        for row in self._active("users"):
            person, agents = row.text("sourcedId"), row.values.get("agentSourcedIds")
            for agent in agents if isinstance(agents, tuple) else ():
                if agent == person or {agent, person} & self._gone_people:
                    continue
                if agent in self._families:
                    said.append(Tie(agent, person, row=_place("users", row)))
                elif person in self._families:
                    said.append(Tie(person, agent, row=_place("users", row)))
                else:
                    self._leave_out("Agents who hold no role of a family")
        users = self._bundle.tables.get("users")
        # A list without that column says nothing of families.
        if users is None or "agentSourcedIds" not in users.columns:
            return Listed(is_whole=False)
        return Listed(said, is_whole=self._bundle.is_whole("users"), rows=self._told("users"))

    def _told(self, table: str) -> frozenset[str]:
        return frozenset(_place(table, row) for row in self._bundle.rows(table))

    def _leave_out(self, what: str) -> None:
        self._bundle.findings.tolerate(f"{what} were left out")


def _place(table: str, row: Row) -> str:
    """Return by what a row of the roster is known here: its list and its id."""
    return f"{table} {row.text('sourcedId')}"


def _left(row: Row) -> bool:
    return row.is_gone or row.values.get("enabledUser") is False


def _day(row: Row, column: str) -> date | None:
    value = row.values.get(column)
    return value if isinstance(value, date) else None
