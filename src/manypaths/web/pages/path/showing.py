"""What My path shows of a learner: each part made ready for its template."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from manypaths.base.scope import current_scope
from manypaths.estimates.moves import Direction, Move, moves_of
from manypaths.estimates.queries import achievements_of, estimated_among, estimates_of
from manypaths.estimates.status import STATUSES, Status
from manypaths.estimates.table import Estimates
from manypaths.evidence.latest import Work, latest_work
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.queries import Node, levels_of, prerequisites, tree
from manypaths.people.access import Actor
from manypaths.people.models import Person
from manypaths.plans.models import Choice, HelpRequest
from manypaths.plans.offers import Offer
from manypaths.plans.queries import next_steps, open_choices, open_help_requests, pins_of
from manypaths.web.pages.path import words
from manypaths.web.pages.path.areas import Area, areas_of
from manypaths.web.pages.path.layout import Line, Place, lay_out, split
from manypaths.web.safe import STONES
from manypaths.web.templatetags.marks import CERTAINTY_WORDS

# More competencies than these are shown area by area.
MOST_ON_MAP = 60
_MOST_IN_A_BAND = 40
# Of the sheet that places them.
_MOST_ROWS = 60
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
class NodeShown:
    """A competency on the map."""

    competency: Competency
    status: Status
    certainty: str
    n_pieces: int
    place: Place
    after: str
    offer: int | None
    move: Move | None
    moved: str
    shown_in: str

    @property
    def classes(self) -> str:
        """Return the classes that place it."""
        ahead = " ahead" if self.status is Status.NOT_STARTED else ""
        end = " end" if self.place.is_end else ""
        return f"c-{self.place.column} r-{self.place.row}{ahead}{end}"

    @property
    def stones(self) -> int:
        """Return how many stones stand for the certainty."""
        return STONES[self.certainty]

    @property
    def how_sure(self) -> str:
        """Return how sure we are, in a word."""
        return str(CERTAINTY_WORDS[self.certainty])

    @property
    def sureness(self) -> str:
        """Return how sure we are, and of how many pieces."""
        return words.sureness(self.certainty, self.n_pieces)

    @property
    def names_what_is_before(self) -> bool:
        """Say whether what comes before it is told in plain sight where there are no lines."""
        return self.status in (Status.NOT_STARTED, Status.NEEDS_EVIDENCE)

    @property
    def is_soft(self) -> bool:
        """Say whether it is less sure than before."""
        return self.move is not None and self.move.direction is Direction.SOFT


@dataclass(frozen=True)
class AreaShown:
    """An area with its competencies, or closed: with their number alone."""

    number: int
    title: str
    n_shown: int
    n_all: int
    nodes: Sequence[NodeShown] = ()
    classes: str = ""

    @property
    def is_open(self) -> bool:
        """Say whether its competencies are on the map."""
        return bool(self.nodes)


@dataclass(frozen=True)
class MapShown:
    """The map: areas, the classes of lines, and how many columns there are."""

    areas: Sequence[AreaShown]
    lines: Sequence[str]
    n_columns: int

    @property
    def is_by_area(self) -> bool:
        """Say whether some areas are closed."""
        return any(not area.is_open for area in self.areas)


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
    nodes = tree(framework)
    competencies = estimated_among(nodes, framework)
    estimates = estimates_of([learner], framework, by=by, at=at, competencies=competencies)
    offers = next_steps(learner, framework, by=by, at=at, estimates=estimates)
    moves = moves_of(learner, framework, by=by, at=at, estimates=estimates)
    today = at.astimezone(current_scope().zone).date()
    lately = _lately(moves, today)
    counts = _counts(estimates)
    pins = pins_of(learner, by=by)
    signed = reversed(achievements_of(learner, framework, by=by))
    shown_on = {row.achievement.competency_id: row.achievement.demonstrated_on for row in signed}
    return PathShown(
        learner=learner,
        framework=framework,
        is_own=is_own,
        summary=words.summary(
            counts, len(lately), len(offers), learner.given_name or learner.name, is_own=is_own
        ),
        is_first_day=counts[Status.NOT_STARTED] == len(estimates),
        offers=_offers(offers, pins),
        map=_Map(nodes, estimates, offers, lately, today, shown_on).shown(area),
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


@dataclass(frozen=True)
class _Map:
    """What is needed to draw the map; `nodes` are the framework's tree."""

    nodes: Sequence[Node]
    estimates: Estimates
    offers: Sequence[Offer]
    moved: Mapping[int, Move]
    today: date
    shown_on: Mapping[int, date]

    @cached_property
    def _rows(self) -> dict[int, int]:
        return {c.pk: row for row, c in enumerate(self.estimates.pairs.competencies)}

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {offer.competency.pk: n for n, offer in enumerate(self.offers, start=1)}

    def shown(self, wanted: int) -> MapShown:
        competencies = self.estimates.pairs.competencies
        areas = areas_of(self.nodes, competencies)
        opened = set(range(len(areas)))
        if len(competencies) > MOST_ON_MAP:
            opened = {wanted - 1 if 0 < wanted <= len(areas) else self._first_to_open(areas)}
        bands = [
            (number, part, n_part)
            for number in sorted(opened)
            for n_part, part in enumerate(split(areas[number].competencies, _MOST_IN_A_BAND))
        ]
        pairs = self._prerequisites()
        rows = [[c.pk for c in part] for _, part, _ in bands]
        layout = lay_out(rows, list(pairs))
        if layout.n_rows > _MOST_ROWS:
            layout = lay_out(rows, [])
        before = _names_before(pairs, {c.pk: c for c in competencies})
        drawn: dict[int, list[AreaShown]] = {}
        for (number, part, n_part), band in zip(bands, layout.bands, strict=True):
            drawn.setdefault(number, []).append(
                self._area(
                    number,
                    areas[number],
                    nodes=[self._node(c, layout.places[c.pk], before) for c in part],
                    classes=f"r-{band.row} h-{band.height}",
                    is_first=not n_part,
                )
            )
        return MapShown(
            areas=[
                shown
                for number, area in enumerate(areas)
                for shown in drawn.get(number) or [self._area(number, area)]
            ],
            lines=[self._line(line) for line in layout.lines],
            n_columns=layout.n_columns,
        )

    def _first_to_open(self, areas: Sequence[Area]) -> int:
        """Return the area of the first offer, for there the next step is."""
        for offer in self.offers[:1]:
            for number, area in enumerate(areas):
                if offer.competency in area.competencies:
                    return number
        return 0

    def _prerequisites(self) -> list[tuple[int, int]]:
        competencies = self.estimates.pairs.competencies
        row_of = {c.lineage_id: c.pk for c in competencies}
        pairs = [
            (row_of.get(one.lineage_id), row_of.get(other.lineage_id))
            for one, other in prerequisites(self.estimates.framework)
        ]
        return [(one, other) for one, other in pairs if one is not None and other is not None]

    def _area(
        self,
        number: int,
        area: Area,
        *,
        nodes: Sequence[NodeShown] = (),
        classes: str = "",
        is_first: bool = True,
    ) -> AreaShown:
        title = area.node.name if area.node else gettext("More")
        if area.node is None and len(area.competencies) == len(self.estimates):
            title = str(self.estimates.framework)
        return AreaShown(
            number=number + 1,
            title=title if is_first else gettext("{area}, continued").format(area=title),
            n_shown=sum(self._status(c) in _SHOWN for c in area.competencies),
            n_all=len(area.competencies),
            nodes=nodes,
            classes=classes,
        )

    def _status(self, competency: Competency) -> Status:
        return self.estimates.status(self._rows[competency.pk])

    def _node(
        self, competency: Competency, place: Place, before: Mapping[int, list[str]]
    ) -> NodeShown:
        row = self._rows[competency.pk]
        status, move = self.estimates.status(row), self.moved.get(competency.pk)
        return NodeShown(
            competency=competency,
            status=status,
            certainty=self.estimates.certainty(row).value,
            n_pieces=int(self.estimates.n_pieces[row]),
            place=place,
            after=", ".join(before.get(competency.pk, ())),
            offer=self._numbers.get(competency.pk),
            move=move,
            moved=words.moved_mark(move, self.today) if move else "",
            shown_in=self._shown_in(competency) if status is Status.REFRESH else "",
        )

    def _shown_in(self, competency: Competency) -> str:
        day = self.shown_on.get(competency.lineage_id or 0)
        return words.shown_in(day, self.today) if day else ""

    def _line(self, line: Line) -> str:
        """Return the classes of a line: where it lies, how it turns, and whether it was walked."""
        one, other = (
            self.estimates.status(self._rows[int(str(key))]) for key in (line.before, line.after)
        )
        walked = one in _SHOWN and other in _SHOWN
        ahead = other is Status.NOT_STARTED
        kind = "far" if line.is_far else "walked" if walked else "todo" if ahead else ""
        turn = {"": "", "down": "fork", "up": "fork up"}[line.turn]
        place = f"c-{line.column} to-{line.to} r-{line.row} h-{line.height}"
        return " ".join(part for part in ("ln", kind, turn, place) if part)


def _names_before(
    pairs: Sequence[tuple[int, int]], competencies: Mapping[int, Competency]
) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    for one, other in dict.fromkeys(pairs):
        names.setdefault(other, []).append(competencies[one].name)
    return names
