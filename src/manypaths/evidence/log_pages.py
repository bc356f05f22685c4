"""A learner's evidence to leaf through: all that there is, page by page, latest work first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Value

from manypaths.base.clock import from_microseconds
from manypaths.evidence.models import (
    Answer,
    Artifact,
    Clock,
    Contest,
    ContestOutcome,
    Rating,
    Response,
    Slip,
)
from manypaths.frameworks.models import Competency, Level
from manypaths.people.access import Actor, require_sight
from manypaths.people.models import Person

ON_A_PAGE = 50

Row = Response | Rating | Artifact


@dataclass(frozen=True)
class PieceShown:
    """A piece of evidence with what a page says of it.

    `slip` is the one that a wrong answer shows, `answer` the answer that was chosen, `level` the
    name of a rating's level; `contest` the latest that was said against it.
    """

    kind: str
    row: Row
    competencies: Sequence[Competency]
    answer: str = ""
    slip: Slip | None = None
    level: str = ""
    contest: Contest | None = None

    @property
    def done_at(self) -> datetime | None:
        """Return when the work was done; None where only the order is known."""
        if self.row.clock != Clock.CALENDAR:
            return None
        return from_microseconds(self.row.done_at)

    @property
    def piece_id(self) -> str:
        """Return the id by which a page names the piece."""
        return str(self.row.pk if isinstance(self.row, Response) else self.row.public_id)

    @property
    def is_withdrawn(self) -> bool:
        """Say whether the piece counts no more."""
        return self.row.withdrawal_id is not None

    @property
    def is_contested(self) -> bool:
        """Say whether somebody said that it is not right, and waits for an answer."""
        return self.contest is not None and self.contest.outcome == ContestOutcome.OPEN


@dataclass(frozen=True)
class EvidencePage:
    """One page of a learner's evidence; pages are counted from 1."""

    pieces: Sequence[PieceShown]
    number: int
    n_pages: int
    n_pieces: int


def evidence_page(
    learner: Person,
    *,
    by: Actor,
    competency: Competency | None = None,
    number: int = 1,
) -> EvidencePage:
    """Return a page of all evidence of a learner, or of that on one competency. Fixed queries.

    Withdrawn pieces stay readable. A page beyond the last is the last one.
    """
    require_sight(by, [learner])
    keys = _keys(learner, competency)
    n_pieces = keys.count()
    n_pages = max(1, -(-n_pieces // ON_A_PAGE))
    number = min(max(number, 1), n_pages)
    begin = (number - 1) * ON_A_PAGE
    found = list(keys.order_by("-done_at", "piece_kind", "-pk")[begin : begin + ON_A_PAGE])
    return EvidencePage(_shown([(kind, pk) for kind, pk, _ in found]), number, n_pages, n_pieces)


def piece_shown(piece: Response | Rating) -> PieceShown:
    """Return one piece in hand with what a page says of it. Fixed queries."""
    return _shown([(type(piece).__name__.lower(), piece.pk)])[0]


def competencies_with_evidence(learner: Person, *, by: Actor) -> list[Competency]:
    """Return the competencies that a learner's evidence shows, by framework and code. One query.

    Of a lineage its first row.
    """
    require_sight(by, [learner])
    own = {"learner": learner}
    answered = Response.objects.get_queryset().filter(**own)
    rated = Rating.objects.get_queryset().filter(**own)
    worked = Artifact.objects.get_queryset().filter(**own)
    lineages = answered.values_list("task__alignments__competency__lineage").union(
        rated.values_list("competency__lineage"), worked.values_list("competency__lineage")
    )
    wanted = [pk for (pk,) in lineages if pk is not None]
    rows = Competency.objects.filter(pk__in=wanted).select_related("framework")
    return list(rows.order_by("framework__title", "position", "code", "pk"))


def _keys(learner: Person, competency: Competency | None) -> Any:  # noqa: ANN401  # a union of three tables
    """Return (kind, row id, done at) of a learner's evidence, as a query to order and slice."""
    responses = Response.objects.get_queryset().filter(learner=learner)
    ratings = Rating.objects.get_queryset().filter(learner=learner)
    artifacts = Artifact.objects.get_queryset().filter(learner=learner)
    if competency is not None:
        lineage = competency.lineage
        responses = responses.filter(task__alignments__competency__lineage=lineage)
        ratings = ratings.filter(competency__lineage=lineage)
        artifacts = artifacts.filter(competency__lineage=lineage)
    kinds: list[tuple[Any, str]] = [
        (responses, "response"),
        (ratings, "rating"),
        (artifacts, "artifact"),
    ]
    one, two, three = (
        rows.order_by()
        .annotate(piece_kind=Value(kind, output_field=CharField()))
        .values_list("piece_kind", "pk", "done_at")
        for rows, kind in kinds
    )
    return one.union(two, three, all=True)


def _shown(keys: Sequence[tuple[str, int]]) -> list[PieceShown]:
    ids = {
        kind: [pk for found, pk in keys if found == kind]
        for kind in ("response", "rating", "artifact")
    }
    responses = (
        Response.objects.get_queryset()
        .select_related("learner", "task", "withdrawal")
        .prefetch_related("task__alignments__competency")
        .in_bulk(ids["response"])
    )
    ratings = (
        Rating.objects.get_queryset()
        .select_related("learner", "competency__framework", "rater", "withdrawal")
        .in_bulk(ids["rating"])
    )
    artifacts = (
        Artifact.objects.get_queryset()
        .select_related("learner", "task", "competency", "look", "withdrawal")
        .in_bulk(ids["artifact"])
    )
    answers = _answers(list(responses.values()))
    levels = _levels(list(ratings.values()))
    contests = _contests(ids["response"], ids["rating"])
    shown = []
    for kind, pk in keys:
        if kind == "response":
            response = responses[pk]
            shown.append(_response_shown(response, answers, contests.get((kind, pk))))
        elif kind == "rating":
            rating = ratings[pk]
            shown.append(
                PieceShown(
                    kind,
                    rating,
                    [rating.competency],
                    level=levels.get((rating.competency.framework.scale_id, rating.level), ""),
                    contest=contests.get((kind, pk)),
                )
            )
        else:
            work = artifacts[pk]
            shown.append(PieceShown(kind, work, [work.competency] if work.competency else []))
    return shown


def _response_shown(
    row: Response, answers: dict[tuple[int, int], Answer], contest: Contest | None
) -> PieceShown:
    chosen = None if row.chosen is None else answers.get((row.task_id, row.chosen))
    return PieceShown(
        "response",
        row,
        [alignment.competency for alignment in row.task.alignments.all()],
        answer=chosen.spoken.text if chosen else "",
        slip=chosen.slip if chosen and row.outcome < 1 else None,
        contest=contest,
    )


def _answers(rows: Sequence[Response]) -> dict[tuple[int, int], Answer]:
    tasks = {row.task_id for row in rows}
    found = Answer.objects.filter(task__in=tasks).select_related("slip")
    return {(answer.task_id, answer.position): answer for answer in found}


def _levels(rows: Sequence[Rating]) -> dict[tuple[int | None, int], str]:
    scales = {row.competency.framework.scale_id for row in rows}
    found = Level.objects.filter(scale__in=[scale for scale in scales if scale is not None])
    return {(level.scale_id, level.position): level.spoken.name for level in found}


def _contests(responses: Sequence[int], ratings: Sequence[int]) -> dict[tuple[str, int], Contest]:
    """Return the latest contest about each piece."""
    found: dict[tuple[str, int], Contest] = {}
    for contest in Contest.objects.filter(response__in=responses).order_by("opened_at", "pk"):
        found["response", contest.response_id or 0] = contest
    for contest in Contest.objects.filter(rating__in=ratings).order_by("opened_at", "pk"):
        found["rating", contest.rating_id or 0] = contest
    return found
