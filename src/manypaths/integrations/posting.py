"""Tells endpoints what changed: looks at what was noted, makes deliveries, and sends them.

One process a database does this, beside the other work in the background. A delivery that was sent
and not noted as taken is sent again under the same id, by which its receiver knows it.
"""

import json
import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from manypaths.base.outgoing import NoReply, NotAllowedOut, post
from manypaths.estimates.engine import current_version
from manypaths.estimates.models import MoveToTell
from manypaths.frameworks.models import Framework
from manypaths.integrations.comparing import (
    changed_since_told,
    compare_next,
    is_told_of_statuses,
    plan_comparisons,
)
from manypaths.integrations.entry import integration_of, scope_of
from manypaths.integrations.models import Delivery, DeliveryState, Endpoint
from manypaths.integrations.services.webhooks import Event
from manypaths.integrations.signing import secret_of, signed_headers
from manypaths.people.access import open_to_integrations, people_seen_by
from manypaths.people.models import Person

log = logging.getLogger(__name__)

# From one try to the next: over a day in all, then the endpoint is paused.
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600, 6 * 3600, 10 * 3600)
)
KEPT_FOR = timedelta(days=30)
_MOVES_AT_ONCE, _SENT_AT_ONCE = 500, 20


def work(at: datetime) -> int:
    """Do once what is to be done in all districts; return how much there was."""
    open_ones = Endpoint.every_district.filter(removed_at=None).select_related(
        "token__organization"
    )
    by_district: dict[int, list[Endpoint]] = {}
    for endpoint in open_ones.order_by("pk"):
        by_district.setdefault(endpoint.district_id, []).append(endpoint)
    n_done = 0
    for endpoints in by_district.values():
        with scope_of(endpoints[0].token):
            plan_comparisons(endpoints, at=at)
            n_done += make_deliveries(endpoints, at=at)
            n_done += compare_statuses(endpoints, at=at)
            for endpoint in endpoints:
                n_done += send_waiting(endpoint, at=at)
            Delivery.objects.filter(made_at__lt=at - KEPT_FOR).delete()
    return n_done


@transaction.atomic
def make_deliveries(endpoints: Sequence[Endpoint], *, at: datetime) -> int:
    """Turn what was noted into deliveries, in one transaction; return how many notes there were."""
    moves = list(
        MoveToTell.objects.select_for_update()
        .select_related("family")
        .order_by("pk")[:_MOVES_AT_ONCE]
    )
    told, is_told = _told(endpoints, at), is_told_of_statuses(endpoints)
    for family in {move.family for move in moves}:
        own = [move for move in moves if move.family_id == family.pk]
        people = Person.objects.in_bulk({move.learner_id for move in own})
        answered = [people[pk] for pk in {m.learner_id for m in own if m.is_evidence}]
        changed = changed_since_told(list(people.values()), family, at=at) if is_told else []
        framework = current_version(family)
        for endpoint in told:
            _make(endpoint, Event.EVIDENCE_RECORDED, answered, framework, at=at)
            _make(endpoint, Event.STATUS_CHANGED, changed, framework, at=at)
    MoveToTell.objects.filter(pk__in=[move.pk for move in moves]).delete()
    return len(moves)


@transaction.atomic
def compare_statuses(endpoints: Sequence[Endpoint], *, at: datetime) -> int:
    """Tell of the next learners whose statuses may have changed otherwise than by evidence.

    What is told, and how far the comparison has come, is one transaction. Returns how many learners
    were compared; a fixed number of queries.
    """
    compared = compare_next(at=at)
    if compared is None:
        return 0
    framework = current_version(compared.family)
    for endpoint in _told(endpoints, at):
        _make(endpoint, Event.STATUS_CHANGED, compared.changed, framework, at=at)
    return compared.n_done


def send_waiting(endpoint: Endpoint, *, at: datetime) -> int:
    """Send what is due to an endpoint, in order, until one fails; return how many were tried."""
    if endpoint.paused_at is not None or not _is_good(endpoint, at):
        return 0
    waiting = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.WAITING)
    n_tried = 0
    for delivery in waiting.order_by("pk")[:_SENT_AT_ONCE]:
        if delivery.next_at > at:
            break  # nothing overtakes what has to wait
        n_tried += 1
        if not _send(delivery, endpoint, at=at):
            break
    return n_tried


def _told(endpoints: Sequence[Endpoint], at: datetime) -> list[Endpoint]:
    return [one for one in endpoints if one.paused_at is None and _is_good(one, at)]


def _is_good(endpoint: Endpoint, at: datetime) -> bool:
    token = endpoint.token
    return token.revoked_at is None and token.expires_at > at


def _send(delivery: Delivery, endpoint: Endpoint, *, at: datetime) -> bool:
    """Send one delivery; note that it was taken, or when to try again."""
    headers = signed_headers(
        str(delivery.public_id), delivery.body, secret=secret_of(endpoint), at=at
    )
    try:
        reply = post(
            endpoint.address,
            delivery.body.encode(),
            headers,
            allow_loopback=settings.LOOPBACK_WEBHOOKS,
        )
        trouble = "" if 200 <= reply.status < 300 else f"status {reply.status}"
    except (NoReply, NotAllowedOut) as error:
        trouble = str(error)[:100] or "no reply"
    _note(delivery, endpoint, trouble, at=at)
    return not trouble


@transaction.atomic
def _note(delivery: Delivery, endpoint: Endpoint, trouble: str, *, at: datetime) -> None:
    delivery.n_tries += 1
    delivery.trouble = trouble
    if not trouble:
        delivery.state = DeliveryState.TAKEN
    elif delivery.n_tries <= len(WAITS):
        delivery.next_at = at + WAITS[delivery.n_tries - 1]
    else:
        delivery.state = DeliveryState.GIVEN_UP
        endpoint.paused_at = at
        endpoint.save(update_fields=["paused_at"])
        log.warning("webhook paused", extra={"endpoint": endpoint.pk})
    delivery.save(update_fields=["n_tries", "trouble", "state", "next_at"])


def _make(
    endpoint: Endpoint,
    event: Event,
    people: Iterable[Person],
    framework: Framework,
    *,
    at: datetime,
) -> None:
    if event not in endpoint.events:
        return
    seen = _seen(endpoint, {person.pk for person in people})
    Delivery.objects.bulk_create(
        Delivery(
            endpoint=endpoint,
            learner=person,
            body=_body(event, person, framework, at),
            made_at=at,
            next_at=at,
        )
        for person in people
        if person.pk in seen
    )


@open_to_integrations
def _seen(endpoint: Endpoint, people: Collection[int]) -> set[int]:
    """Return those people whom the endpoint's integration may see, through the one door."""
    seen = people_seen_by(integration_of(endpoint.token)).filter(pk__in=people)
    return set(seen.values_list("pk", flat=True))


def _body(event: Event, person: Person, framework: Framework, at: datetime) -> str:
    content = {
        "type": event.value,
        "timestamp": at.isoformat(),
        "data": {"learner": str(person.public_id), "framework": str(framework.public_id)},
    }
    return json.dumps(content, separators=(",", ":"))
