"""What My path shows of a learner: each part made ready for its template."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.safestring import SafeString

from manypaths.base.clock import date_of
from manypaths.estimates.moves import Direction, Move, moves_of
from manypaths.estimates.outline import outline_of
from manypaths.estimates.queries import achievements_of, estimates_of
from manypaths.estimates.status import STATUSES, Status
from manypaths.estimates.table import Estimates
from manypaths.evidence.latest import Work, latest_work
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.queries import levels_of
from manypaths.people.access import Actor
from manypaths.people.models import Person
from manypaths.plans.models import Choice, HelpRequest
from manypaths.plans.offers import Offer
from manypaths.plans.queries import next_steps, open_choices, open_help_requests, pins_of
from manypaths.web.pages.path import words
from manypaths.web.pages.path.beginnings import beginnings
from manypaths.web.pages.path.drawing import Drawing, MapShown

_MOST_MOVES, _FEWEST_MOVES = 6, 3
_DAYS_OF_A_WEEK = 7

_SHOWN = (Status.DEMONSTRATED, Status.REFRESH)


@dataclass(frozen=True)
class OfferShown:
    """An offer as it stands on the page."""

    number: int
    offer: Offer
    kind: str
    pinned_by: str


@dataclass(frozen=True)
class MoveShown:
    """A move in words."""

    move: Move
    what: SafeString
    why: str
    icon: str


@dataclass(frozen=True)
class WorkShown:
    """A line of the record in words."""

    work: Work
    what: str
    how: str


@dataclass(frozen=True)
class ChoiceShown:
    """An open choice, and who made it when."""

    choice: Choice
    how: str


@dataclass(frozen=True)
class PathShown:
    """All of My path."""

    learner: Person
    framework: Framework
    is_own: bool
    summary: SafeString
    is_first_day: bool
    offers: Sequence[OfferShown]
    # Where nothing can be offered: competencies to begin with all the same.
    beginnings: Sequence[Competency]
    map: MapShown
    moves: Sequence[MoveShown]
    work: Sequence[WorkShown]
    choices: Sequence[ChoiceShown]
    help_requests: Sequence[HelpRequest]


def show_path(
    learner: Person, framework: Framework, *, by: Actor, at: datetime, area: int = 0
) -> PathShown:
    """Return what My path shows. A fixed number of queries."""
    is_own = learner.user_id is not None and learner.user_id == by.actor_id
    outline = outline_of(framework)
    estimates = estimates_of([learner], framework, by=by, at=at, competencies=outline.competencies)
    offers = next_steps(learner, framework, by=by, at=at, estimates=estimates)
    moves = moves_of(learner, framework, by=by, at=at, estimates=estimates)
    today = date_of(at)
    lately = _lately(moves, today)
    counts = _counts(estimates)
    pins = pins_of(learner, by=by)
    signed = reversed(achievements_of(learner, framework, by=by))
    shown_on = {row.achievement.competency_id: row.achievement.demonstrated_on for row in signed}
    return PathShown(
        learner=learner,
        framework=framework,
        is_own=is_own,
        summary=words.summary(counts, len(lately), len(offers), learner.first_name, is_own=is_own),
        is_first_day=counts[Status.NOT_STARTED] == len(estimates),
        offers=_offers(offers, pins),
        beginnings=() if offers else beginnings(estimates),
        map=Drawing(outline, estimates, offers, lately, today, shown_on).shown(area),
        moves=_moves(moves, levels=_levels(framework)),
        work=_work(latest_work(learner, framework, by=by)),
        choices=[
            ChoiceShown(choice, words.how_chosen(choice, today, is_own=is_own))
            for choice in open_choices([learner], by=by)
        ],
        help_requests=open_help_requests([learner], by=by),
    )


def _levels(framework: Framework) -> dict[int, str]:
    return {level.position: str(level) for level in levels_of(framework)}


def _counts(estimates: Estimates) -> Counter[Status]:
    return Counter(STATUSES[code] for code in estimates.status_code.tolist())


def _lately(moves: Sequence[Move], today: date) -> dict[int, Move]:
    """Return the moves of the last seven days that are some, by competency."""
    since = today - timedelta(days=_DAYS_OF_A_WEEK - 1)
    return {
        move.competency.pk: move
        for move in moves
        if move.day >= since and move.direction is not Direction.SAME
    }


def _offers(offers: Sequence[Offer], pins: Mapping[int, Person | None]) -> list[OfferShown]:
    return [
        OfferShown(
            number=number,
            offer=offer,
            kind=words.kind_and_minutes(offer.kind, offer.task.minutes),
            pinned_by=_name_of(pins.get(offer.competency.lineage_id or 0)),
        )
        for number, offer in enumerate(offers, start=1)
    ]


def _name_of(person: Person | None) -> str:
    return person.name if person else ""


def _moves(moves: Sequence[Move], levels: Mapping[int, str]) -> list[MoveShown]:
    icons = {Direction.UP: "up", Direction.SAME: "same", Direction.SOFT: "soft"}
    return [
        MoveShown(
            move=move,
            what=words.what_moved(move),
            why=words.why_moved(move, levels),
            icon=icons[move.direction],
        )
        for move in _telling(moves)
    ]


def _telling(moves: Sequence[Move]) -> list[Move]:
    """Return the newest moves; what stayed the same only where there is little else to tell."""
    clear = [move for move in moves if move.direction is not Direction.SAME][:_MOST_MOVES]
    same = [move for move in moves if move.direction is Direction.SAME]
    n_more = max(0, _FEWEST_MOVES - len(clear))
    return sorted([*clear, *same[:n_more]], key=lambda move: move.day, reverse=True)


def _work(found: Sequence[Work]) -> list[WorkShown]:
    return [WorkShown(work, words.what_was_done(work), words.how_it_went(work)) for work in found]
