"""What a roster of another system says, before it is taken in; ids are those of the source."""

from dataclasses import dataclass, field
from datetime import date

from manypaths.people.models import Part, RelationshipKind, Role


@dataclass(frozen=True)
class SchoolDraft:
    """A school."""

    source_id: str
    name: str


@dataclass(frozen=True)
class TermDraft:
    """A term of the district."""

    source_id: str
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class GroupDraft:
    """A class of a school in a term."""

    source_id: str
    name: str
    school: str
    term: str


@dataclass(frozen=True)
class PersonDraft:
    """A person by name."""

    source_id: str
    given_name: str
    family_name: str


@dataclass(frozen=True)
class RoleSpell:
    """A role of a person in a school ("" for the district itself), from a day, to a day or open."""

    person: str
    school: str
    role: Role
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class MembershipSpell:
    """A person's part in a class, from a day, to a day or open."""

    person: str
    group: str
    part: Part
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Tie:
    """One person supports another."""

    supporter: str
    learner: str
    kind: RelationshipKind = RelationshipKind.GUARDIAN


@dataclass(frozen=True)
class RosterDraft:
    """A whole roster, or with `is_delta` only what changed in it.

    Of a whole one, what is missing has ended. `gone_*` are the source ids that a delta ends.
    """

    source: str
    is_delta: bool = False
    schools: list[SchoolDraft] = field(default_factory=list)
    terms: list[TermDraft] = field(default_factory=list)
    groups: list[GroupDraft] = field(default_factory=list)
    people: list[PersonDraft] = field(default_factory=list)
    roles: list[RoleSpell] = field(default_factory=list)
    memberships: list[MembershipSpell] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    gone_people: frozenset[str] = frozenset()
    gone_roles: frozenset[RoleSpell] = frozenset()
    gone_memberships: frozenset[MembershipSpell] = frozenset()
