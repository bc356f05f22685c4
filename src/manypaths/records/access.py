"""Who may take a whole record along, and who may decide how records end."""

from manypaths.base.errors import NotFound
from manypaths.base.scope import current_district
from manypaths.people.access import (
    Actor,
    Integration,
    Operator,
    is_learner_themself,
    organizations_led_by,
    require_leadership_of,
    supports,
)
from manypaths.people.models import Person, RelationshipKind


def require_whole_record(by: Actor, person: Person) -> None:
    """Raise NotFound unless `by` is the person, their guardian with consent, or leads them."""
    if person.district_id == current_district():
        if is_learner_themself(by, person):
            return
        if supports(by, person, RelationshipKind.GUARDIAN):
            return
    require_leadership_of(by, person)


def require_records_office(by: Actor) -> None:
    """Raise NotFound unless `by` leads the district: who keeps its records, and lets them end."""
    if isinstance(by, Operator):
        current_district()
        return
    if isinstance(by, Integration):
        raise NotFound
    if not organizations_led_by(by).filter(pk=current_district()).exists():
        raise NotFound
