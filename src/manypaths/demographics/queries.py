"""Reads of what is sealed, for those who were given the right; each is written down by its door."""

from uuid import UUID

from django.utils.translation import gettext as _

from manypaths.base.errors import NotFound, Refused
from manypaths.demographics.access import require_demographics_right, require_district
from manypaths.demographics.models import Demographics, DemographicsRight
from manypaths.demographics.sealing import Unopened
from manypaths.demographics.vault import opened
from manypaths.people.access import Actor, current
from manypaths.people.models import Person, Role, RoleHeld


def demographics_of(person: Person, *, by: Actor) -> dict[str, str]:
    """Return what is stored of a person, by the roster's column names; nothing where none is.

    Raises NotFound without the right, Refused where the key is not on this machine or the row was
    changed from outside.
    """
    require_demographics_right(by, person)
    row = Demographics.objects.filter(person=person).first()
    if row is None:
        return {}
    own = {person.public_id, *person.merged_here.values_list("public_id", flat=True)}
    try:
        if row.sealed_for in own:
            return opened(row)
    except Unopened:
        pass
    raise Refused(_("What is stored here was sealed for somebody else, or changed from outside."))


def demographics_rights(*, by: Actor) -> list[DemographicsRight]:
    """Return who may read what is sealed, for those who lead the district. Two queries."""
    require_district(by)
    rights = DemographicsRight.objects.filter(ended_at=None).select_related("person")
    return list(rights.order_by("person__family_name", "pk"))


def right_for(right_id: UUID, *, by: Actor) -> DemographicsRight:
    """Return a right that holds, for those who lead the district."""
    for right in demographics_rights(by=by):
        if right.public_id == right_id:
            return right
    raise NotFound


def leaders_without_right(*, by: Actor) -> list[Person]:
    """Return the leaders who could be given the right, by family name. Two queries."""
    require_district(by)
    leaders = RoleHeld.objects.filter(current(), role=Role.LEADER).values("person")
    holding = DemographicsRight.objects.filter(ended_at=None).values("person")
    people = Person.objects.filter(pk__in=leaders).exclude(pk__in=holding)
    return list(people.order_by("family_name", "given_name", "pk"))
