"""How deeds and queries on integrations are called, and what an integration reaches elsewhere."""

from manypaths.integrations import queries, services
from manypaths.integrations.services import Event
from manypaths.integrations.services.evidence import RatingRow, ResponseRow
from manypaths.people.access import Actor, TokenScope
from tests.stage import LATER, Records
from tests.walls.kinds import Open, Wall


def _response(by: Actor, records: Records) -> object:
    row = ResponseRow("row-1", records.public_id, records.task.public_id, 1.0, LATER)
    return services.take_in_sent_responses([row], by=by, at=LATER)


def _rating(by: Actor, records: Records) -> object:
    competency = records.competency.public_id
    row = RatingRow(
        "row-1", records.public_id, competency, "secure", records.public_id, "self", LATER
    )
    return services.take_in_sent_ratings([row], by=by, at=LATER)


def _webhook(by: Actor, records: Records) -> object:
    # By its number, so that no name is looked up.
    return services.add_endpoint("https://1.1.1.1/", events=[Event.STATUS_CHANGED], by=by, at=LATER)


def _resume(by: Actor, records: Records) -> object:
    records.endpoint.paused_at = LATER
    return services.resume_endpoint(records.endpoint, by=by, at=LATER)


INTEGRATIONS = {
    "integrations.services.tokens.make_token": Wall(
        lambda by, r: services.make_token(
            r.organization, "Quiz", scopes=[TokenScope.READ_ROSTER], days=9, by=by, at=LATER
        ),
        "dana",
    ),
    "integrations.services.tokens.renew_token": Wall(
        lambda by, r: services.renew_token(r.token, days=9, by=by, at=LATER), "dana"
    ),
    "integrations.services.tokens.revoke_token": Wall(
        lambda by, r: services.revoke_token(r.token, by=by, at=LATER), "dana"
    ),
    "integrations.services.sharing.share_frameworks": Wall(
        lambda by, r: services.share_frameworks(
            r.organization.parent or r.organization, is_open=True, by=by, at=LATER
        ),
        "femi",
    ),
    "integrations.services.webhooks.remove_endpoint": Wall(
        lambda by, r: services.remove_endpoint(r.endpoint, by=by, at=LATER), "program"
    ),
    "integrations.services.webhooks.resume_endpoint": Wall(_resume, "dana"),
    "integrations.services.webhooks.add_endpoint": Wall(_webhook, "program", names_records=False),
    "integrations.queries.endpoint_for": Wall(
        lambda by, r: queries.endpoint_for(r.endpoint.public_id, by=by), "dana"
    ),
    "integrations.queries.token_for": Wall(
        lambda by, r: queries.token_for(r.token.public_id, by=by), "dana"
    ),
    "integrations.services.evidence.take_in_sent_responses": Wall(_response, "program"),
    "integrations.services.evidence.take_in_sent_ratings": Wall(_rating, "program"),
}

OPEN_INTEGRATIONS = {
    "integrations.queries.endpoints_of": Open(
        "lists webhooks of integrations that `by` leads or is",
        lambda by, r: queries.endpoints_of(by=by),
    ),
    "integrations.queries.tokens_of": Open(
        "lists tokens of organizations that `by` leads",
        lambda by, r: queries.tokens_of(by=by, at=LATER),
    ),
    "integrations.queries.are_frameworks_open": Open("says what the district said to everybody"),
    "integrations.queries.integration_names": Open(
        "names programs by ids that stand in logs which the caller was shown already"
    ),
}

# What an integration with all scopes reaches of a learner's records: every other query and deed
# answers it as if nothing were there.
REACHED_BY_PROGRAMS = frozenset(
    (
        "people.access.person_for",
        "people.access.group_for",
        "people.access_log.record_view",
        "people.queries.learners_of",
        "people.queries.learners_in",
        "people.roster_pages.members_page",
        "estimates.queries.estimates_of",
        "estimates.queries.why",
        "evidence.services.recording.record_response",
        "evidence.services.recording.record_responses",
        "estimates.services.evidence.take_in",
        "estimates.services.evidence.take_in_responses",
        "estimates.services.evidence.take_in_handed_on",
        "plans.queries.next_steps",
        "integrations.services.evidence.take_in_sent_responses",
        "integrations.services.evidence.take_in_sent_ratings",
        # Its own.
        "integrations.services.webhooks.add_endpoint",
        "integrations.services.webhooks.remove_endpoint",
        "integrations.queries.endpoint_for",
    )
)
