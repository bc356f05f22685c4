"""Who may read a framework, and who may change one: decided here alone.

Whoever may not change gets the answer for a framework that is not there.
"""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext

from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import current_owner
from manypaths.frameworks.models import Framework
from manypaths.people.access import Actor, Operator, require_leadership, require_person
from manypaths.people.models import Organization


def frameworks_seen_by(by: Actor) -> QuerySet[Framework]:
    """Return the frameworks that `by` may read: all of the district, and those published above."""
    return frameworks_seen_by_all()


def frameworks_seen_by_all() -> QuerySet[Framework]:
    """Return the frameworks that everybody in the district may read."""
    return Framework.objects.all()


def framework_for(by: Actor, framework_id: UUID) -> Framework:
    """Return the framework if `by` may read it: a draft is for those who may change it.

    Raises NotFound for every other.
    """
    framework = (
        frameworks_seen_by(by)
        .filter(public_id=framework_id)
        .select_related("scale", "family", "previous")
        .first()
    )
    if framework is None:
        raise NotFound
    if framework.published_at is None:
        require_right_to_add(by)
    return framework


def may_change(by: Actor) -> bool:
    """Say whether `by` may add and change frameworks here."""
    try:
        require_right_to_add(by)
    except NotFound:
        return False
    return True


def require_right_to_add(by: Actor) -> None:
    """Raise NotFound unless `by` may add frameworks here: the operator, or a district's leader."""
    require_person(by)
    if isinstance(by, Operator):
        return
    district_id = current_owner()
    if district_id is None:
        raise NotFound
    require_leadership(by, Organization.objects.get(pk=district_id))


def require_right_to_change(by: Actor, framework: Framework) -> None:
    """Raise NotFound unless `by` may change this framework.

    Raises Refused for somebody who may change frameworks, but not this one, which is published
    above the district for all to read.
    """
    require_right_to_add(by)
    if framework.district_id == current_owner():
        return
    if framework.district_id is not None:
        raise NotFound
    raise Refused(
        gettext(
            "{framework} is published above the districts, so it can't be changed in one."
        ).format(framework=framework)
    )
