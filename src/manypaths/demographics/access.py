"""Who may read what is sealed: a leader to whom somebody else gave the right, and nobody else."""

from manypaths.base.errors import NotFound
from manypaths.base.scope import current_district
from manypaths.demographics.models import DemographicsRight
from manypaths.people.access import Actor, require_leadership, require_leadership_of
from manypaths.people.models import Organization, Person, User


def may_read_demographics(by: Actor) -> bool:
    """Say whether `by` holds the right; the operator has none, nor has anybody by their role."""
    if not isinstance(by, User):
        return False
    return DemographicsRight.objects.filter(person__user=by, ended_at=None).exists()


def may_bring_demographics(by: Actor) -> bool:
    """Say whether a roster of `by` may say what is sealed: the operator's, or a reader's by right.

    Whoever sees which rows of a file are news can guess with it what is on record.
    """
    return not isinstance(by, User) or may_read_demographics(by)


def require_demographics_right(by: Actor, person: Person) -> None:
    """Raise NotFound unless `by` holds the right and leads an organization of the person."""
    require_leadership_of(by, person)
    if not may_read_demographics(by):
        raise NotFound


def require_district(by: Actor) -> None:
    """Raise NotFound unless `by` leads the whole district."""
    district = Organization.objects.filter(pk=current_district()).first()
    if district is None:
        raise NotFound
    require_leadership(by, district)
