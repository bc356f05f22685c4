"""Take a OneRoster bundle in: one roster, all or nothing."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.base.clock import today
from manypaths.base.errors import Refused
from manypaths.base.progress import Tell, silence
from manypaths.demographics.access import may_bring_demographics
from manypaths.interop.oneroster.bundle import Bundle, read_bundle
from manypaths.interop.oneroster.results import has_results, take_in_results
from manypaths.interop.oneroster.sealing import has_demographics, seal_demographics
from manypaths.interop.oneroster.tables import Row
from manypaths.interop.report import ImportReport
from manypaths.people.access import Actor
from manypaths.people.models import Organization, Part, RelationshipKind, Role
from manypaths.people.roster import (
    GroupDraft,
    MembershipSpell,
    PersonDraft,
    RoleSpell,
    RosterDraft,
    SchoolDraft,
    TermDraft,
    Tie,
)
from manypaths.people.rostering import known_ids, take_in_roster

SOURCE = "oneroster"
_GONE = ("tobedeleted", "inactive")
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
_TABLES_OF_IDS = {
    "orgs": "schools",
    "academicSessions": "terms",
    "classes": "groups",
    "users": "people",
}


def import_roster(
    path: Path,
    *,
    district: Organization,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Tell = silence,
    settle: Callable[[ImportReport], None] = lambda report: None,
) -> ImportReport:
    """Bring a OneRoster bundle into the district, or with `dry_run` say what that would change.

    `settle` is called with the report within the same transaction, unless it is a dry run. Raises
    Refused with every fault; then nothing was changed.
    """
    progress("Reading", 0, 2)
    known = known_ids(SOURCE)
    bundle = read_bundle(
        path, known=lambda file, one: one in known.get(_TABLES_OF_IDS.get(file, ""), ())
    )
    progress("Saving", 1, 2)
    draft = _Draft(bundle, today()).roster()
    with transaction.atomic():
        taken = take_in_roster(
            draft, district=district, by=by, at=at, on=today(), sha256=_hash_of(path)
        )
        changes, notices = dict(taken.changes), bundle.findings.notices()
        if has_demographics(bundle) and not may_bring_demographics(by):
            notices.append(_without_demographics())
        elif has_demographics(bundle):
            changes["demographics"] = seal_demographics(
                bundle, taken.people, district=district, by=by, at=at
            )
        if has_results(bundle):
            progress("Saving results and estimates", 1, 2)
            changes["results"], left_out = take_in_results(
                bundle, taken.people, district=district, by=by, at=at
            )
            notices += left_out
        report = ImportReport(dry_run, changes, notices=notices)
        if not dry_run:
            settle(report)
        transaction.set_rollback(dry_run)
    return report


def _without_demographics() -> str:
    return _(
        "demographics.csv was left out: only somebody with the right to read demographics "
        "brings them in."
    )


class _Draft:
    """A bundle in our words."""

    def __init__(self, bundle: Bundle, on: date) -> None:
        self._bundle, self._on = bundle, on
        self._schools = {
            row.text("sourcedId")
            for row in self._active("orgs")
            if row.values.get("type") in ("school", "department", "local")
        }
        self._orgs = {row.text("sourcedId") for row in self._active("orgs")}

    def roster(self) -> RosterDraft:
        is_delta = any(self._bundle.is_delta.values())
        return RosterDraft(
            source=SOURCE,
            is_delta=is_delta,
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
                for row in self._active("academicSessions")
            ],
            groups=[
                GroupDraft(
                    row.text("sourcedId"),
                    row.text("title"),
                    row.text("schoolSourcedId"),
                    _term(row),
                )
                for row in self._active("classes")
            ],
            people=[
                PersonDraft(row.text("sourcedId"), row.text("givenName"), row.text("familyName"))
                for row in self._active("users")
            ],
            roles=list(self._roles(gone=False)),
            memberships=list(self._memberships(gone=False)),
            ties=list(self._ties()),
            gone_people=frozenset(
                row.text("sourcedId") for row in self._bundle.rows("users") if _has_left(row)
            ),
            gone_roles=frozenset(self._roles(gone=True)),
            gone_memberships=frozenset(self._memberships(gone=True)),
        )

    def _active(self, table: str) -> Iterator[Row]:
        return (row for row in self._bundle.rows(table) if not _is_gone(row))

    def _school(self, org: str) -> str:
        """Return the school of an org; the district and what lies above it are one here."""
        return org if org in self._schools or org not in self._orgs else ""

    def _left(self) -> set[str]:
        return {row.text("sourcedId") for row in self._bundle.rows("users") if _has_left(row)}

    def _roles(self, *, gone: bool) -> Iterator[RoleSpell]:
        left = self._left()
        for row in self._bundle.rows("roles"):
            role = _ROLES.get(row.text("role"))
            person = row.text("userSourcedId")
            if role and _is_gone(row) == gone and person not in left:
                org = self._school(row.text("orgSourcedId"))
                yield RoleSpell(person, org, role, _day(row, "beginDate"), _day(row, "endDate"))
        for row in self._bundle.rows("users"):
            orgs, role = row.values.get("orgSourcedIds"), _ROLES.get(row.text("role"))
            if role and isinstance(orgs, tuple) and not gone and not _has_left(row):
                for org in dict.fromkeys(self._school(one) for one in orgs):
                    yield RoleSpell(row.text("sourcedId"), org, role)

    def _memberships(self, *, gone: bool) -> Iterator[MembershipSpell]:
        left = self._left()
        for row in self._bundle.rows("enrollments"):
            part, person = _PARTS.get(row.text("role")), row.text("userSourcedId")
            if part and _is_gone(row) == gone and person not in left:
                group = row.text("classSourcedId")
                start, end = _day(row, "beginDate"), _day(row, "endDate")
                yield MembershipSpell(person, group, part, start, end)

    def _ties(self) -> Iterator[Tie]:
        families = {spell.person for spell in self._roles(gone=False) if spell.role is Role.FAMILY}
        left = self._left()
        for row in self._active("users"):
            agents = row.values.get("agentSourcedIds")
            if not isinstance(agents, tuple) or row.text("sourcedId") in left:
                continue
            for agent in dict.fromkeys(agents):
                if agent in families and agent != row.text("sourcedId") and agent not in left:
                    yield Tie(agent, row.text("sourcedId"), RelationshipKind.GUARDIAN)


def _is_gone(row: Row) -> bool:
    return row.values.get("status") in _GONE


def _has_left(row: Row) -> bool:
    return _is_gone(row) or row.values.get("enabledUser") is False


def _day(row: Row, column: str) -> date | None:
    value = row.values.get(column)
    return value if isinstance(value, date) else None


def _term(row: Row) -> str:
    terms = row.values.get("termSourcedIds")
    if not isinstance(terms, tuple) or not terms:
        raise Refused(_("The class {one} names no term.").format(one=row.text("sourcedId")))
    return str(terms[0])


def _hash_of(path: Path) -> str:
    """Return the hash of a file, or of a folder's files by name."""
    digest = hashlib.sha256()
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    for file in files:
        if file.is_file():
            digest.update(file.name.encode() + b"\0")
            digest.update(file.read_bytes())
    return digest.hexdigest()
