"""Who may see whose record, and who may act: by relationship, at this one door.

A wrong id and a forbidden one give the same answer, NotFound: that somebody is known here at all
is private too.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import gettext as _

from manypaths.base.bulk import in_chunks
from manypaths.base.clock import today
from manypaths.base.errors import NotFound, Refused
from manypaths.base.prepared import prepared
from manypaths.base.reading import one_reading
from manypaths.base.scope import current_owner
from manypaths.people.models import (
    Group,
    Membership,
    Organization,
    Part,
    Person,
    Relationship,
    RelationshipKind,
    Role,
    RoleHeld,
    User,
)

Asked = ParamSpec("Asked")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Operator:
    """Whoever runs commands on the host's own console, and so has the database in hand anyway."""

    @property
    def actor_id(self) -> None:
        """Return None: audit entries of the operator name no user."""
        return


class TokenScope(TextChoices):
    """What an integration was given to do; the names that its token's scopes have in the API."""

    READ_FRAMEWORKS = "read:frameworks"
    READ_ROSTER = "read:roster"
    READ_ESTIMATES = "read:estimates"
    WRITE_EVIDENCE = "write:evidence"
    WRITE_WEBHOOKS = "write:webhooks"


@dataclass(frozen=True)
class Integration:
    """A program of others that acts for one organization, as far as its scopes reach.

    It sees who belongs to the organization, and records evidence about them where it may. It is
    nobody's teacher, leader or supporter, so that every other right is refused to it.
    """

    actor_id: int
    organization: Organization
    scopes: frozenset[str]


Actor = User | Operator | Integration


# Up to so many people are named wherever they could be looked for, and not in the end alone.
_FEW = 1_000

# Whether a query runs that integrations may call.
_is_open_to_integrations: ContextVar[bool] = ContextVar("open_to_integrations", default=False)


def open_to_integrations(query: Callable[Asked, Found]) -> Callable[Asked, Found]:
    """Let integrations through a query and what it asks in turn; every other refuses them.

    So what people write for people stays theirs, also in rooms that know nothing of programs.
    """

    @wraps(query)
    def opened(*args: Asked.args, **kwargs: Asked.kwargs) -> Found:
        token = _is_open_to_integrations.set(True)
        try:
            return query(*args, **kwargs)
        finally:
            _is_open_to_integrations.reset(token)

    return opened


def people_seen_by(by: Actor) -> QuerySet[Person]:
    """Return everyone whose record `by` may read today; one condition a line."""
    if isinstance(by, Operator):
        return Person.objects.filter(merged_into=None)
    if isinstance(by, Integration):
        return _people_served(by) if _is_open_to_integrations.get() else Person.objects.none()
    return _seen_by_user(by.pk)


def _seen_by_user(by: int, **whom: Any) -> QuerySet[Person]:  # Any: as Django's filters
    """Return everyone, or who of `whom`, that a user may see.

    Where a few are asked about, memberships and roles of these alone are looked through: a leader's
    district has a hundred thousand.
    """
    return Person.objects.filter(
        Q(user=by)
        | _learns_in_a_group_led_by(by, **whom)
        | _is_in_the_care_of(by)
        | _is_supported_by(by)
        | _belongs_to(_led_by_user(by), **whom),
        **whom,
    )


def _people_served(by: Integration) -> QuerySet[Person]:
    return Person.objects.filter(_belongs_to(organizations_served_by(by)))


@open_to_integrations
def person_for(by: Actor, person_id: UUID) -> Person:
    """Return the person if `by` may see their record, else raise NotFound (a 404 at the doors).

    The id of somebody who was merged into another leads to that other.
    """
    if isinstance(by, User):
        person = _person_seen.first(by.pk, person_id)
    else:
        person = people_seen_by(by).filter(public_id=person_id).first()
    if person is None:
        person = people_seen_by(by).filter(merged_here__public_id=person_id).first()
    if person is None:
        raise NotFound
    _remember(by, {person.pk})
    return person


@prepared
def _person_seen(by: int, person_id: UUID) -> QuerySet[Person]:
    return _seen_by_user(by, public_id=person_id)


# Whom the actor of one look may see, as far as it was asked: row ids by actor, district and kind.
_Sights = dict[tuple[int | None, int | None, str], set[int]]
_sights: ContextVar[_Sights | None] = ContextVar("sights", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Answer the same question of sight once, until the block ends.

    A page asks for each of its parts whether the reader may see the learner. Only for reading:
    what a deed changes about who may see whom would not be noticed inside.
    """
    token = _sights.set({})
    try:
        with one_reading():
            yield
    finally:
        _sights.reset(token)


def require_sight(by: Actor, people: Sequence[Person]) -> None:
    """Raise NotFound unless `by` may see the records of all these people. At most one query."""
    if any(person.district_id != current_owner() for person in people):
        raise NotFound
    if isinstance(by, Operator):
        return
    if isinstance(by, Integration) and not _is_open_to_integrations.get():
        raise NotFound
    own = by.pk if isinstance(by, User) else None
    wanted = {person.pk for person in people if own is None or person.user_id != own}
    wanted -= _remembered(by, "person")
    if wanted and len(_seen_among(by, sorted(wanted))) != len(wanted):
        raise NotFound
    _remember(by, wanted)


def _seen_among(by: User | Integration, people: Sequence[int]) -> list[int]:
    if isinstance(by, User) and len(people) <= _FEW:
        return _those_seen(by.pk, people)
    return list(people_seen_by(by).filter(pk__in=people).values_list("pk", flat=True))


@prepared
def _those_seen(by: int, people: Sequence[int]) -> QuerySet[Any, int]:
    return _seen_by_user(by, pk__in=people).values_list("pk", flat=True)


def _remembered(by: User | Integration, kind: str) -> set[int]:
    sights = _sights.get() or {}
    return sights.get((by.actor_id, current_owner(), kind), set())


def _remember(by: Actor, rows: Collection[int], kind: str = "person") -> None:
    sights = _sights.get()
    if sights is not None and by.actor_id is not None:
        sights.setdefault((by.actor_id, current_owner(), kind), set()).update(rows)


def groups_seen_by(by: Actor) -> QuerySet[Group]:
    """Return the groups whose members' records `by` may read as a whole."""
    if isinstance(by, Operator):
        return Group.objects.all()
    if isinstance(by, Integration):
        if not _is_open_to_integrations.get():
            return Group.objects.none()
        return Group.objects.filter(organization__in=organizations_served_by(by))
    leads = Membership.objects.filter(
        current(), group=OuterRef("pk"), part=Part.LEAD, person__user=by
    )
    return Group.objects.filter(Exists(leads) | Q(organization__in=organizations_led_by(by)))


@open_to_integrations
def group_for(by: Actor, group_id: UUID) -> Group:
    """Return the group if `by` may read its members' records, else raise NotFound."""
    if isinstance(by, User):
        # Asked first, as it is so for nearly all who come; no group takes as long as another's.
        group = _group_led.first(by.pk, group_id)
        if group is not None:
            _remember(by, [group.pk], "group")
            _remember(by, [group.pk], "led group")
            return group
    group = groups_seen_by(by).filter(public_id=group_id).select_related("organization").first()
    if group is None:
        raise NotFound
    _remember(by, [group.pk], "group")
    return group


@prepared
def _group_led(by: int, group_id: UUID) -> QuerySet[Group]:
    own = Membership.objects.filter(current(), part=Part.LEAD, person__user=by).values("group")
    return Group.objects.filter(public_id=group_id, pk__in=own).select_related("organization")


def require_group_sight(by: Actor, group: Group) -> None:
    """Raise NotFound unless `by` may read the records of the group's members."""
    if isinstance(by, User):
        if group.pk in _remembered(by, "group"):
            return
        # Asked first, for it is so for nearly all who come, and by far the cheaper question.
        if leads_group(by, group):
            _remember(by, [group.pk], "group")
            return
    if not groups_seen_by(by).filter(pk=group.pk).exists():
        raise NotFound
    _remember(by, [group.pk], "group")


def remember_members(by: Actor, learners: Collection[Person]) -> None:
    """Note within one look that `by` may see these learners, as they may see all of their group."""
    _remember(by, [learner.pk for learner in learners])


def leads_group(by: User, group: Group) -> bool:
    """Say whether `by` leads the learning of a group today."""
    if group.pk in _remembered(by, "led group"):
        return True
    return bool(_leads_of(by.pk, group.pk))


@prepared
def _leads_of(by: int, group: int) -> QuerySet[Any, int]:
    leads = Membership.objects.filter(current(), part=Part.LEAD, group=group, person__user=by)
    return leads.values_list("pk", flat=True)[:1]


def organizations_led_by(by: User) -> QuerySet[Organization]:
    """Return the organizations that `by` leads today, with the schools of a district led."""
    return _led_by_user(by.pk)


def _led_by_user(by: int) -> QuerySet[Organization]:
    led = RoleHeld.objects.filter(current(), role=Role.LEADER, person__user=by).values(
        "organization"
    )
    return Organization.objects.filter(Q(pk__in=led) | Q(parent__in=led))


def organizations_served_by(by: Integration) -> QuerySet[Organization]:
    """Return the organization for which an integration acts, with the schools of a district."""
    own = by.organization.pk
    return Organization.objects.filter(Q(pk=own) | Q(parent=own))


def require_leadership(by: Actor, organization: Organization) -> None:
    """Raise NotFound unless `by` leads this organization or the one above it."""
    if organization.district_id != current_owner():
        raise NotFound
    if isinstance(by, Operator):
        return
    if isinstance(by, Integration):
        raise NotFound
    if not organizations_led_by(by).filter(pk=organization.pk).exists():
        raise NotFound


def require_scope(by: Actor, scope: TokenScope) -> None:
    """Raise NotFound for an integration that was not given this; people need no scope."""
    if isinstance(by, Integration) and scope not in by.scopes:
        raise NotFound


def require_person(by: Actor) -> None:
    """Raise NotFound for an integration: what people write for people is not for programs."""
    if isinstance(by, Integration):
        raise NotFound


def serves(by: Actor, learners: Collection[int]) -> bool:
    """Say whether `by` is an integration of the organizations of all these people, by row ids."""
    if not isinstance(by, Integration):
        return False
    wanted, seen = sorted(set(learners)), _people_served(by)
    return all(seen.filter(pk__in=ids).count() == len(ids) for ids in in_chunks(wanted))


def require_leadership_of(by: Actor, person: Person) -> None:
    """Raise NotFound unless `by` leads an organization to which this person belongs today."""
    if person.district_id != current_owner():
        raise NotFound
    if isinstance(by, Operator):
        return
    if isinstance(by, Integration):
        raise NotFound
    if not people_led_by(by).filter(pk=person.pk).exists():
        raise NotFound


def people_led_by(by: Actor) -> QuerySet[Person]:
    """Return everyone who belongs today to an organization that `by` leads."""
    if isinstance(by, Operator):
        return Person.objects.filter(merged_into=None)
    if isinstance(by, Integration):
        return Person.objects.none()
    return Person.objects.filter(_belongs_to(organizations_led_by(by)))


def require_operator(by: Actor) -> None:
    """Raise NotFound unless `by` is the operator: deeds that concern the whole installation."""
    if not isinstance(by, Operator):
        raise NotFound


EDUCATOR_ROLES = (Role.TEACHER, Role.COACH, Role.MENTOR, Role.ASSESSOR, Role.LEADER)


def require_educator(by: Actor) -> None:
    """Raise NotFound unless `by` works as an educator in this district today."""
    if isinstance(by, Operator):
        return
    if isinstance(by, Integration):
        raise NotFound
    roles = RoleHeld.objects.filter(current(), role__in=EDUCATOR_ROLES, person__user=by)
    if not roles.exists():
        raise NotFound


def learns_beside(by: Actor, learner: Person) -> bool:
    """Say whether `by` learns today in a group in which the learner does: a peer."""
    if not isinstance(by, User) or is_learner_themself(by, learner):
        return False
    own = Membership.objects.filter(current(), part=Part.LEARNER, person__user=by).values("group")
    shared = Membership.objects.filter(current(), part=Part.LEARNER, group__in=own, person=learner)
    return shared.exists()


def assesses_for(by: Actor, learner: Person) -> bool:
    """Say whether `by` holds the role of assessor in an organization of the learner, or above."""
    if not isinstance(by, User):
        return False
    held = RoleHeld.objects.filter(current(), role=Role.ASSESSOR, person__user=by)
    homes = Organization.objects.filter(
        Q(roles_held__person=learner) | Q(parts__roles_held__person=learner)
    )
    return held.filter(organization__in=homes).exists()


def is_learner_themself(by: Actor, learner: Person) -> bool:
    """Say whether the record is the actor's own."""
    return isinstance(by, User) and learner.user_id == by.pk


def teaches(by: Actor, learner: Person) -> bool:
    """Say whether `by` leads a group in which the learner learns today, or their organization."""
    if isinstance(by, Operator):
        return learner.district_id == current_owner()
    if isinstance(by, User):
        return bool(_taught(by.pk, learner.pk))
    return people_taught_by(by).filter(pk=learner.pk).exists()


@prepared
def _taught(by: int, learner: int) -> QuerySet[Any, int]:
    return _taught_by_user(by, pk=learner).values_list("pk", flat=True)


def people_taught_by(by: Actor) -> QuerySet[Person]:
    """Return everyone who learns today in a group that `by` leads, or is of their organization."""
    if isinstance(by, Operator):
        return Person.objects.all()
    if isinstance(by, Integration):
        return Person.objects.none()
    return _taught_by_user(by.pk)


def _taught_by_user(by: int, **whom: Any) -> QuerySet[Person]:  # Any: as Django's filters
    taught = _learns_in_a_group_led_by(by, **whom) | _belongs_to(_led_by_user(by), **whom)
    return Person.objects.filter(taught, **whom)


def rater_teaches(rater: Person, learner: Person) -> bool:
    """Say whether a person leads a group in which the learner learns today, or their school."""
    led = Membership.objects.filter(current(), part=Part.LEAD, person=rater).values("group")
    learns = Membership.objects.filter(current(), part=Part.LEARNER, person=learner)
    if learns.filter(group__in=led).exists():
        return True
    heads = RoleHeld.objects.filter(current(), role=Role.LEADER, person=rater)
    own = heads.values("organization")
    homes = Organization.objects.filter(Q(pk__in=own) | Q(parent__in=own))
    return Person.objects.filter(_belongs_to(homes), pk=learner.pk).exists()


def require_teaching(by: Actor, learners: Collection[int]) -> None:
    """Raise NotFound unless `by` teaches all of these learners, given by their row ids.

    A query for every few thousand learners.
    """
    wanted = sorted(set(learners))
    for chunk in in_chunks(wanted):
        if people_taught_by(by).filter(pk__in=chunk).count() != len(chunk):
            raise NotFound


def supports(by: Actor, learner: Person, kind: RelationshipKind) -> bool:
    """Say whether `by` is today the learner's guardian (with consent), mentor, coach or advisor."""
    if not isinstance(by, User):
        return False
    return bool(_tied(by.pk, learner.pk, kind))


@prepared
def _tied(by: int, learner: int, kind: RelationshipKind) -> QuerySet[Any, int]:
    return _ties(by).filter(learner=learner, kind=kind).values_list("pk", flat=True)[:1]


def current() -> Q:
    """Return the condition that a dated row (a role, membership or tie) holds today."""
    on = today()
    return Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gte=on))


def still_meets() -> Q:
    """Return the condition that a group has not ended."""
    return Q(ends_on=None) | Q(ends_on__gte=today())


def require_meeting(group: Group) -> None:
    """Raise Refused for a group that has ended: the archive is read, and nothing is added to it."""
    if group.ends_on is not None and group.ends_on < today():
        told = _("%(group)s has ended on %(day)s: it can be read, and nothing is added to it.")
        raise Refused(told % {"group": group.name, "day": group.ends_on})


def _ties(by: int) -> QuerySet[Relationship]:
    ties = Relationship.objects.filter(current(), supporter__user=by)
    return ties.exclude(kind=RelationshipKind.GUARDIAN, consented_on=None)


def _learns_in_a_group_led_by(by: int, **whom: Any) -> Q:  # Any: as Django's filters
    led = Membership.objects.filter(current(), part=Part.LEAD, person__user=by).values("group")
    learns = Membership.objects.filter(
        current(), part=Part.LEARNER, group__in=led, **_of_person(whom)
    )
    return Q(pk__in=learns.values("person"))


def _is_in_the_care_of(by: int) -> Q:
    return Q(pk__in=_ties(by).filter(kind=RelationshipKind.GUARDIAN).values("learner"))


def _is_supported_by(by: int) -> Q:
    return Q(pk__in=_ties(by).exclude(kind=RelationshipKind.GUARDIAN).values("learner"))


def _belongs_to(organizations: QuerySet[Organization], **whom: Any) -> Q:  # Any: as Django's
    """Return the condition of holding a role or learning today in one of these organizations."""
    among, own = organizations.values("pk"), _of_person(whom)
    roles = RoleHeld.objects.filter(current(), organization__in=among, **own).values("person")
    learns = Membership.objects.filter(
        current(), part=Part.LEARNER, group__organization__in=among, **own
    ).values("person")
    return Q(pk__in=roles) | Q(pk__in=learns)


def _of_person(whom: Mapping[str, Any]) -> dict[str, Any]:
    return {f"person__{field}": value for field, value in whom.items()}
