"""How deeds and queries on demographics are called."""

from manypaths.demographics import queries, services
from manypaths.demographics.access import may_read_demographics
from manypaths.demographics.models import DemographicsRight
from manypaths.people.access import Actor
from manypaths.people.models import Organization, Person
from tests.stage import LATER, Records
from tests.walls.kinds import Wall


def _right(by: Actor, records: Records) -> DemographicsRight:
    """Return that a leader of the learner's district holds the right; a ghost of it for ghosts."""
    if not Person.objects.filter(pk=records.learner.pk).exists():
        return DemographicsRight(pk=10**12, person=records.learner)
    right, _made = DemographicsRight.objects.get_or_create(
        person=Person.objects.get(given_name="Dana"), ended_at=None, defaults={"given_at": LATER}
    )
    return right


def _with_right(by: Actor, records: Records) -> object:
    if not may_read_demographics(by):
        _right(by, records)
    return queries.demographics_of(records.learner, by=by)


def _district(records: Records) -> Organization:
    """Return the district above the learner's school; a ghost for ghosts."""
    return records.organization.parent or records.organization


DEMOGRAPHICS = {
    "demographics.queries.demographics_of": Wall(_with_right, "dana"),
    "demographics.queries.demographics_rights": Wall(
        lambda by, r: queries.demographics_rights(by=by), "femi", names_records=False
    ),
    "demographics.queries.leaders_without_right": Wall(
        lambda by, r: queries.leaders_without_right(by=by), "femi", names_records=False
    ),
    "demographics.queries.right_for": Wall(
        lambda by, r: queries.right_for(_right(by, r).public_id, by=by), "femi"
    ),
    "demographics.services.take_in_demographics": Wall(
        lambda by, r: services.take_in_demographics(
            {r.learner.pk: {"sex": "other"}}, district=_district(r), by=by, at=LATER
        ),
        "femi",
    ),
    "demographics.services.give_demographics_right": Wall(
        lambda by, r: services.give_demographics_right(
            Person.objects.filter(given_name="Dana").first() or r.learner, by=by, at=LATER
        ),
        "femi",
    ),
    "demographics.services.end_demographics_right": Wall(
        lambda by, r: services.end_demographics_right(_right(by, r), by=by, at=LATER), "femi"
    ),
    "demographics.services.rewrap_keys": Wall(
        lambda by, r: services.rewrap_keys(by=by, at=LATER), "operator", names_records=False
    ),
}
