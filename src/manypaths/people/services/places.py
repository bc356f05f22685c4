"""Deeds on schools, terms and groups that are there: rename them, change them, let them end."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from manypaths.base.audit import record_deed
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import current_owner
from manypaths.people.access import (
    Actor,
    current,
    require_leadership,
    require_meeting,
    still_meets,
)
from manypaths.people.models import (
    Group,
    Membership,
    Organization,
    OrganizationKind,
    RoleHeld,
    Term,
)
from manypaths.people.names import name_of


@transaction.atomic
def rename_school(school: Organization, name: str, *, by: Actor, at: datetime) -> Organization:
    """Give a school another name. Raises Refused where the district has one of it."""
    require_leadership(by, school)
    name = name_of("school", name)
    others = Organization.objects.filter(parent=school.parent_id, name=name).exclude(pk=school.pk)
    if others.exists():
        raise Refused(_("There is a school %(name)s already.") % {"name": name})
    school.name = name
    school.save(update_fields=["name"])
    record_deed("rename school", by=by, at=at, subject=("organization", school.pk))
    return school


@transaction.atomic
def close_school(school: Organization, *, on: date, by: Actor, at: datetime) -> Organization:
    """Close a school with this day; its past stays on record.

    Raises Refused while people hold roles there or groups meet, and for a district.
    """
    require_leadership(by, school)
    if school.kind != OrganizationKind.SCHOOL:
        raise Refused(_("Only a school can be closed."))
    n_people = (
        RoleHeld.objects.filter(current(), organization=school).values("person").distinct().count()
    )
    n_groups = Group.objects.filter(still_meets(), organization=school).count()
    if n_people or n_groups:
        raise Refused(_still_there(school, n_people, n_groups))
    school.closed_on = on
    school.save(update_fields=["closed_on"])
    record_deed("close school", by=by, at=at, subject=("organization", school.pk))
    return school


@transaction.atomic
def change_term(
    term: Term, *, name: str, starts_on: date, ends_on: date, by: Actor, at: datetime
) -> Term:
    """Give a term another name or other days. Raises Refused unless it ends after it starts."""
    _require_here(term.district_id)
    require_leadership(by, term.organization)
    if ends_on <= starts_on:
        raise Refused(_("A term ends after it starts."))
    term.name = name_of("term", name)
    term.starts_on, term.ends_on = starts_on, ends_on
    term.save(update_fields=["name", "starts_on", "ends_on"])
    record_deed("change term", by=by, at=at, subject=("term", term.pk))
    return term


@transaction.atomic
def change_group(group: Group, *, name: str, term: Term | None, by: Actor, at: datetime) -> Group:
    """Give a group another name or term. Raises Refused where the term has one of this name."""
    require_leadership(by, group.organization)
    require_meeting(group)
    if term is not None:
        _require_here(term.district_id)
    name = name_of("group", name)
    others = Group.objects.filter(organization=group.organization_id, term=term, name=name)
    if others.exclude(pk=group.pk).exists():
        raise Refused(_("There is a group %(name)s already.") % {"name": name})
    group.name, group.term = name, term
    group.save(update_fields=["name", "term"])
    record_deed("change group", by=by, at=at, subject=("group", group.pk))
    return group


@transaction.atomic
def end_group(group: Group, *, ends_on: date, by: Actor, at: datetime) -> Group:
    """Let a group end with this day, and everybody's time in it that would go on."""
    require_leadership(by, group.organization)
    going_on = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=ends_on), group=group)
    if going_on.filter(starts_on__gt=ends_on).exists():
        raise Refused(_("Somebody joins this group after that day."))
    n = going_on.update(ends_on=ends_on)
    group.ends_on = ends_on
    group.save(update_fields=["ends_on"])
    record_deed("end group", by=by, at=at, subject=("group", group.pk), count=n)
    return group


def _require_here(district_id: int) -> None:
    if district_id != current_owner():
        raise NotFound


def _still_there(school: Organization, n_people: int, n_groups: int) -> str:
    if n_people:
        told = ngettext(
            "%(n)s person belongs to %(school)s still. End their roles there first.",
            "%(n)s people belong to %(school)s still. End their roles there first.",
            n_people,
        )
        return told % {"n": n_people, "school": school.name}
    told = ngettext(
        "%(n)s group meets at %(school)s still. End it first.",
        "%(n)s groups meet at %(school)s still. End them first.",
        n_groups,
    )
    return told % {"n": n_groups, "school": school.name}
