"""What a roster of another system says, before it is taken in; ids are those of the source."""

from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

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
    """A class of a school ("" for the district itself) in one or more terms."""

    source_id: str
    name: str
    school: str
    terms: tuple[str, ...]


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
    row: str = ""


@dataclass(frozen=True)
class MembershipSpell:
    """A person's part in a class, from a day, to a day or open."""

    person: str
    group: str
    part: Part
    starts_on: date | None = None
    ends_on: date | None = None
    row: str = ""


@dataclass(frozen=True)
class Tie:
    """One person supports another."""

    supporter: str
    learner: str
    kind: RelationshipKind = RelationshipKind.GUARDIAN
    row: str = ""


Spell = TypeVar("Spell")


@dataclass(frozen=True)
class Listed(Generic[Spell]):
    """What a roster says of one kind: all of it with `is_whole`, else only what changed.

    Of a whole list, what is missing has ended. Otherwise `rows` are the rows of the source that it
    tells of: what one of them said before and says no more has ended. `gone` is what it deletes.
    """

    said: list[Spell] = field(default_factory=list)
    is_whole: bool = True
    rows: frozenset[str] = frozenset()
    gone: list[Spell] = field(default_factory=list)


@dataclass(frozen=True)
class RosterDraft:
    """A whole roster, or only what changed in it; with `is_whole` it lists all people.

    `gone_*` are the source ids of what it deletes.
    """

    source: str
    is_whole: bool = True
    schools: list[SchoolDraft] = field(default_factory=list)
    terms: list[TermDraft] = field(default_factory=list)
    groups: list[GroupDraft] = field(default_factory=list)
    people: list[PersonDraft] = field(default_factory=list)
    roles: Listed[RoleSpell] = field(default_factory=Listed)
    memberships: Listed[MembershipSpell] = field(default_factory=Listed)
    ties: Listed[Tie] = field(default_factory=Listed)
    gone_people: frozenset[str] = frozenset()
    gone_schools: frozenset[str] = frozenset()
    gone_groups: frozenset[str] = frozenset()
