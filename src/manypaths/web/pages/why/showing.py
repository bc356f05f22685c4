"""What Why this level shows: the reason, the evidence with what it moved, and the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from math import nan

from django.utils.safestring import SafeString

from manypaths.base.clock import from_microseconds
from manypaths.base.scope import current_scope
from manypaths.estimates.outline import outline_of
from manypaths.estimates.queries import SignedOff, Why, achievements_of, why
from manypaths.estimates.status import Status
from manypaths.estimates.words import chance_today, how_evidence_counts, rule_in_words
from manypaths.evidence.latest import day_of
from manypaths.evidence.models import Clock, RaterRole, Rating, Response
from manypaths.frameworks.models import Competency, Level
from manypaths.frameworks.queries import levels_of
from manypaths.frameworks.rules import StatusRules
from manypaths.mastery.explain import Piece
from manypaths.people.access import Actor
from manypaths.people.models import Person
from manypaths.web.pages.path.areas import areas_of
from manypaths.web.pages.path.words import n_of_n_right, rated
from manypaths.web.pages.why import words
from manypaths.web.pages.why.chart import Chart, Point, draw


@dataclass(frozen=True)
class Answer:
    """One piece inside a set: what it was, and the names by which it can be contested."""

    text: str
    kind: str
    id: str


@dataclass(frozen=True)
class EvidenceSet:
    """The answers of a day, or one rating, with what it moved."""

    day: date | None
    what: str
    answers: Sequence[Answer]
    moved: str


@dataclass(frozen=True)
class NumberRow:
    """One row of the numbers, as the command prints it."""

    day: date | None
    what: str
    shift: str
    chance: str


@dataclass(frozen=True)
class WhyShown:
    """All of Why this level."""

    learner: Person
    competency: Competency
    area: str
    is_own: bool
    status: Status
    certainty: str
    n_pieces: int
    last_at: datetime | None
    reason: SafeString
    chart: Chart | None
    evidence: Sequence[EvidenceSet]
    rules: Sequence[str]
    counts: str
    today: str
    numbers: Sequence[NumberRow]
    total: NumberRow
    model: str
    signed: Sequence[SignedOff]
    levels: Sequence[Level]
    own_level: int | None


def show_why(learner: Person, competency: Competency, *, by: Actor, at: datetime) -> WhyShown:
    """Return what Why this level shows. A fixed number of queries."""
    reasons = why(learner, competency, by=by, at=at)
    framework = competency.framework
    signed = [
        row
        for row in achievements_of(learner, framework, by=by)
        if row.achievement.competency_id == competency.lineage_id
    ]
    levels = levels_of(framework)
    found = _Found(reasons, StatusRules.of(framework.rules), levels)
    row, status = reasons.estimate, reasons.estimate.status(0)
    return WhyShown(
        learner=learner,
        competency=competency,
        area=_area(competency),
        is_own=learner.user_id is not None and learner.user_id == by.actor_id,
        status=status,
        certainty=row.certainty(0).value if row.n_pieces[0] else "",
        n_pieces=int(row.n_pieces[0]),
        last_at=found.last_at(),
        reason=words.reason(
            status, len(found.own), found.first_day(), found.answers(), next(iter(signed), None)
        ),
        chart=draw(found.points(), row, [str(level) for level in levels]),
        evidence=[found.as_set(group) for group in found.groups],
        rules=rule_in_words(row),
        counts=how_evidence_counts(),
        today=chance_today(row, 0),
        numbers=found.numbers(),
        total=found.total(),
        model=row.model.version,
        signed=signed,
        levels=levels,
        own_level=found.own_level(),
    )


def _area(competency: Competency) -> str:
    nodes = outline_of(competency.framework).nodes
    leaves = [node.competency for node in nodes if node.depth]
    for area in areas_of(nodes, leaves):
        if area.node and competency in area.competencies:
            return area.node.name
    return ""


_Group = list[tuple[Piece, Response | Rating]]


@dataclass(frozen=True)
class _Found:
    """An explanation on its way to words."""

    reasons: Why
    rules: StatusRules
    levels: Sequence[Level]

    @cached_property
    def own(self) -> _Group:
        """Return the competency's own pieces, in the order of the work."""
        pieces = self.reasons.explanation.pieces
        return [
            (piece, self.reasons.pieces[piece.event].row)
            for piece in pieces
            if piece.event is not None
        ]

    @cached_property
    def groups(self) -> list[_Group]:
        """Return the answers of each day together, each rating alone."""
        found: dict[tuple[object, ...], _Group] = {}
        for piece, row in self.own:
            key = (day_of(row),) if isinstance(row, Response) else (row.pk, "rating")
            found.setdefault(key, []).append((piece, row))
        return list(found.values())

    @cached_property
    def _names(self) -> dict[int, str]:
        return {level.position: str(level) for level in self.levels}

    def as_set(self, group: _Group) -> EvidenceSet:
        _, row = group[0]
        return EvidenceSet(
            day=day_of(row),
            what=self._what(group),
            answers=[self._answer(piece, row) for piece, row in group],
            moved=self._moved(group),
        )

    def _what(self, group: _Group) -> str:
        _, row = group[0]
        if isinstance(row, Rating):
            return rated(row, self._names.get(row.level, ""))
        n_right = sum(isinstance(row, Response) and row.outcome == 1 for _, row in group)
        return n_of_n_right(n_right, len(group))

    def _answer(self, piece: Piece, row: Response | Rating) -> Answer:
        assert piece.event is not None  # own pieces are events
        text = self.reasons.descriptions[piece.event]
        if isinstance(row, Rating):
            return Answer(text, "rating", str(row.public_id))
        return Answer(text, "response", str(row.pk))

    def _moved(self, group: _Group) -> str:
        place = self.own.index(group[0])
        last = group[-1][0].after
        before = self.own[place - 1][0].after if place else None
        assert last is not None  # own pieces say how the estimate stood after them
        return words.what_it_moved(
            sum(piece.shift_mean for piece, _ in group),
            before.p_mastered if before else None,
            last.p_mastered,
            self.rules,
            moves=any(self._moves(piece) for piece, _ in group),
        )

    def _moves(self, piece: Piece) -> bool:
        return piece.event is not None and self.reasons.pieces[piece.event].event.moves

    def points(self) -> list[Point]:
        return [self._point(group) for group in self.groups]

    def _point(self, group: _Group) -> Point:
        piece, row = group[-1]
        assert piece.event is not None
        assert piece.after is not None
        is_own = isinstance(row, Rating) and row.role == RaterRole.SELF and not self._moves(piece)
        time = self.reasons.pieces[piece.event].event.time
        return Point(
            day=day_of(row),
            time=time if row.clock == Clock.CALENDAR else nan,
            after=piece.after,
            own_level=row.level if is_own and isinstance(row, Rating) else None,
        )

    def answers(self) -> list[tuple[date | None, bool]]:
        return [(day_of(row), row.outcome == 1) for _, row in self.own if isinstance(row, Response)]

    def first_day(self) -> date | None:
        return day_of(self.own[0][1]) if self.own else None

    def last_at(self) -> datetime | None:
        dated = [row.done_at for _, row in self.own if row.clock == Clock.CALENDAR]
        return from_microseconds(max(dated)).astimezone(current_scope().zone) if dated else None

    def own_level(self) -> int | None:
        """Return the level at which the learner saw themself last."""
        own = [row for _, row in self.own if isinstance(row, Rating) and row.role == RaterRole.SELF]
        return own[-1].level if own else None

    def numbers(self) -> list[NumberRow]:
        """Return the prior and what each row moved, as `manypaths why` prints them."""
        explained = self.reasons.explanation
        prior = explained.prior
        rows = [NumberRow(None, "", f"{prior.mean:+.2f}", words.chance(prior.p_mastered))]
        for piece in explained.pieces:
            shift = f"{piece.shift_mean:+.2f}", f"{100 * piece.shift_p:+.1f}"
            if piece.event is None:
                rows.append(NumberRow(None, words.other_row(piece.kind), *shift))
            else:
                day = day_of(self.reasons.pieces[piece.event].row)
                rows.append(NumberRow(day, self.reasons.descriptions[piece.event], *shift))
        return rows

    def total(self) -> NumberRow:
        end = self.reasons.explanation.estimate
        return NumberRow(None, "", f"{end.mean:+.2f}", words.chance(end.p_mastered))
