"""The access log: who looked at whose records, on which page, and the learner's own view of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from manypaths.base.clock import from_microseconds, to_microseconds
from manypaths.base.errors import NotFound
from manypaths.base.models import ViewEntry
from manypaths.base.prepared import prepared
from manypaths.base.scope import current_scope
from manypaths.people.access import (
    Actor,
    Integration,
    Operator,
    current,
    is_learner_themself,
    leads_group,
    open_to_integrations,
    organizations_served_by,
    require_group_sight,
    require_leadership,
    require_person,
    require_sight,
    supports,
)
from manypaths.people.models import (
    Group,
    Membership,
    Organization,
    Part,
    Person,
    Relationship,
    RelationshipKind,
    User,
)

Subject = Person | Group | Organization


class ViewerRole(models.TextChoices):
    """As whom somebody looks at a record."""

    SELF = "self"
    FAMILY = "family"
    TEACHER = "teacher"
    COACH = "coach"
    MENTOR = "mentor"
    ADVISOR = "advisor"
    LEADER = "leader"
    INTEGRATION = "integration"


class Purpose(models.TextChoices):
    """What a look is for."""

    LEARN = "learn"
    CARE = "care"
    TEACH = "teach"
    SUPPORT = "support"
    LEAD = "lead"
    EXPORT = "export"


_USUAL = {
    ViewerRole.SELF: Purpose.LEARN,
    ViewerRole.FAMILY: Purpose.CARE,
    ViewerRole.TEACHER: Purpose.TEACH,
    ViewerRole.LEADER: Purpose.LEAD,
    ViewerRole.INTEGRATION: Purpose.EXPORT,
}


@dataclass(frozen=True)
class View:
    """One look at a learner's record by somebody else: a person, or a program by its actor's id."""

    at: datetime
    viewer: Person | None
    actor_id: int
    role: ViewerRole
    page: str


@open_to_integrations
def record_view(
    subject: Subject, *, by: Actor, at: datetime, page: str, purpose: Purpose | None = None
) -> ViewEntry:
    """Write that `by` looks at a page with records of a person, a group or an organization.

    Raises NotFound for records that are not theirs to see; the operator looks at no page. A few
    queries and one row.
    """
    if isinstance(by, Operator) or by.actor_id is None:
        raise NotFound
    role = _role_of(subject, by)
    return ViewEntry.objects.create(
        at=to_microseconds(at),
        actor_id=by.actor_id,
        role=role,
        purpose=purpose or _USUAL.get(role, Purpose.SUPPORT),
        page=page,
        scope_kind=_kind_of(subject),
        scope_id=subject.pk,
    )


def record_family_views(
    children: Sequence[Person], *, by: Actor, at: datetime, page: str
) -> list[ViewEntry]:
    """Write that a guardian looks at a page with the records of children in their care.

    One entry a child, in three queries. Raises NotFound unless all of them are.
    """
    require_sight(by, children)
    if not isinstance(by, User):
        raise NotFound  # who cares for nobody
    ties = Relationship.objects.filter(
        current(), supporter__user=by, kind=RelationshipKind.GUARDIAN, consented_on__isnull=False
    )
    in_care = set(ties.values_list("learner", flat=True))
    if any(child.pk not in in_care for child in children):
        raise NotFound
    return ViewEntry.objects.bulk_create(
        ViewEntry(
            at=to_microseconds(at),
            actor_id=by.pk,
            role=ViewerRole.FAMILY,
            purpose=Purpose.CARE,
            page=page,
            scope_kind=_kind_of(child),
            scope_id=child.pk,
        )
        for child in children
    )


def views_of(learner: Person, *, by: Actor, most: int = 200) -> list[View]:
    """Return who else looked at a learner's record, newest first: at it alone, or with a group.

    A look at a group counts where the learner was in it that day. A fixed number of queries.
    """
    require_person(by)
    require_sight(by, [learner])
    records = Person.objects.filter(Q(pk=learner.pk) | Q(merged_into=learner))
    concerned = Q(scope_kind="person", scope_id__in=records.values("pk"))
    for membership in Membership.objects.filter(person=learner, part=Part.LEARNER):
        concerned |= _looks_while(membership)
    entries = ViewEntry.objects.filter(concerned)
    if learner.user_id is not None:
        entries = entries.exclude(actor_id=learner.user_id)
    found = list(entries.order_by("-at", "-pk")[:most])
    viewers = Person.objects.filter(user__in={entry.actor_id for entry in found})
    by_user = {viewer.user_id: viewer for viewer in viewers}
    return [
        View(
            at=from_microseconds(entry.at),
            viewer=by_user.get(entry.actor_id),
            actor_id=entry.actor_id,
            role=ViewerRole(entry.role),
            page=entry.page,
        )
        for entry in found
    ]


def _looks_while(membership: Membership) -> Q:
    zone = current_scope().zone
    looks = Q(
        scope_kind="group",
        scope_id=membership.group_id,
        at__gte=to_microseconds(datetime.combine(membership.starts_on, time.min, zone)),
    )
    if membership.ends_on is None:
        return looks
    return looks & Q(at__lte=to_microseconds(datetime.combine(membership.ends_on, time.max, zone)))


def _kind_of(subject: Subject) -> str:
    return type(subject).__name__.lower()


def _role_of(subject: Subject, by: User | Integration) -> ViewerRole:
    """Return as whom `by` sees these records; raise NotFound where they don't."""
    if isinstance(by, Integration):
        _require_served(subject, by)
        return ViewerRole.INTEGRATION
    if isinstance(subject, Organization):
        require_leadership(by, subject)
        return ViewerRole.LEADER
    if isinstance(subject, Group):
        if leads_group(by, subject):
            return ViewerRole.TEACHER
        require_group_sight(by, subject)
        return ViewerRole.LEADER
    if is_learner_themself(by, subject):
        return ViewerRole.SELF
    require_sight(by, [subject])
    if supports(by, subject, RelationshipKind.GUARDIAN):
        return ViewerRole.FAMILY
    if _leads_a_group_of.first(by.pk, subject.pk):
        return ViewerRole.TEACHER
    tie = Relationship.objects.filter(current(), supporter__user=by, learner=subject)
    kind = tie.exclude(kind=RelationshipKind.GUARDIAN).values_list("kind", flat=True).first()
    return ViewerRole(kind) if kind else ViewerRole.LEADER


def _require_served(subject: Subject, by: Integration) -> None:
    if isinstance(subject, Group):
        require_group_sight(by, subject)
    elif isinstance(subject, Person):
        require_sight(by, [subject])
    elif not organizations_served_by(by).filter(pk=subject.pk).exists():
        raise NotFound


@prepared
def _leads_a_group_of(by: int, learner: int) -> QuerySet[Any, int]:
    led = Membership.objects.filter(current(), part=Part.LEAD, person__user=by).values("group")
    learns = Membership.objects.filter(current(), part=Part.LEARNER, group__in=led, person=learner)
    return learns.values_list("pk", flat=True)[:1]
