"""Results of a bundle as evidence on the competencies that their learning objectives name.

A learning objective is named by its CASE identifier. What names none, or one that no framework
here has, is told by row and counts for nothing: which competency a score speaks of is not guessed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time

import numpy as np

from manypaths.base.bulk import AT_ONCE, in_chunks
from manypaths.base.changes import Changes
from manypaths.base.clock import to_microseconds, today
from manypaths.base.scope import current_scope
from manypaths.estimates.services import take_in_responses, withdraw_responses
from manypaths.evidence.drafts import ResponseColumns, TaskDraft
from manypaths.evidence.models import Clock, TaskKind
from manypaths.evidence.services.tasks import save_tasks
from manypaths.frameworks.access import frameworks_seen_by
from manypaths.frameworks.models import Competency, Framework
from manypaths.interop.models import TakenResult
from manypaths.interop.oneroster.bundle import Bundle
from manypaths.interop.oneroster.tables import Row
from manypaths.interop.response_matching import on_record, placed
from manypaths.people.access import Actor
from manypaths.people.models import Organization

# So many are told one by one; a last sentence counts the others.
MOST_TOLD = 50
_GRADED = ("fully graded", "partially graded")
_LONGEST_TASK_ID, _LONGEST_TITLE = 255, 300
# The lists that say on which competencies a score speaks.
_OF_RESULTS, _OF_ITEMS = "resultLearningObjectiveIds", "lineItemLearningObjectiveIds"
# How the tasks of line items are named, and what is added to those of one objective.
_TASKS, _SHOWN = "oneroster ", re.compile(r" \[[^\[\]]*\]\Z")
# Values of a scale stand as "{A:94},{B:84}".
_SCALE_VALUE = re.compile(r"\{\s*([^{}]+?)\s*:\s*(-?[0-9]+(?:\.[0-9]+)?)\s*\}")


@dataclass(frozen=True)
class _Score:
    """One score: whose, on which task of which framework, how much of the whole, and when."""

    key: str
    result: str
    person: int
    framework: Framework
    task: TaskDraft
    outcome: float
    done_at: int


@dataclass
class _Told:
    """What could not become evidence, by row, and what was counted beside it."""

    rows: list[str] = field(default_factory=list)
    n_more: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def row(self, file: str, row: Row, why: str) -> None:
        """Note a row that counts for nothing."""
        if len(self.rows) < MOST_TOLD:
            self.rows.append(f"{file}.csv, row {row.number}: {why}.")
        else:
            self.n_more += 1

    def sentences(self) -> list[str]:
        """Return all of it in sentences."""
        found = [
            f"{what} (once)." if n == 1 else f"{what} ({n:,} times)."
            for what, n in sorted(self.counts.items())
        ]
        more = [f"{self.n_more:,} more rows became no evidence."] if self.n_more else []
        return [*found, *self.rows, *more]


def has_results(bundle: Bundle) -> bool:
    """Say whether a bundle brings results, or deletes what they hang on."""
    gone = (row.is_gone for name in ("lineItems", _OF_RESULTS) for row in bundle.rows(name))
    return bool(bundle.rows("results")) or any(gone)


def take_in_results(
    bundle: Bundle, people: Mapping[str, int], *, district: Organization, by: Actor, at: datetime
) -> tuple[Changes, list[str]]:
    """Record what is new, correct what has another score, withdraw what is deleted.

    `people` are the row ids of the roster's people by their source ids. A result is known by its
    sourcedId, and one of its scores by the objective. Returns what changed, and what was left out.
    """
    told = _Told()
    reader = _Reader(bundle, people, told, by)
    wanted = {score.key: score for score in reader.scores()}
    changes = Changes(read=len(wanted))
    held = _held(reader.results())
    tasks = _tasks(list(wanted.values()), by=by, at=at)
    new, other = [], []
    for key, score in wanted.items():
        row = held.get(key)
        if row is None:
            new.append(score)
        elif _says(row, score, tasks):
            changes.unchanged += 1
        else:
            other.append(score)
    stale = [held[score.key].response_id for score in other]
    _withdraw(stale, f"Corrected by {bundle.file}", district=district, by=by, at=at)
    dropped = [row for row in held.values() if row.value not in wanted and reader.drops(row)]
    dropped += _of_items(reader.gone_items, without={row.pk for row in dropped})
    changes.retired = _withdraw(
        [row.response_id for row in dropped],
        f"Taken back by {bundle.file}",
        district=district,
        by=by,
        at=at,
    )
    for chunk in in_chunks([row.pk for row in dropped]):
        TakenResult.objects.filter(pk__in=chunk).delete()
    _record([*new, *other], tasks, held, district=district, by=by, at=at)
    changes.created, changes.updated = len(new), len(other)
    return changes, told.sentences()


class _Reader:
    """The results of a bundle, as scores on competencies."""

    def __init__(self, bundle: Bundle, people: Mapping[str, int], told: _Told, by: Actor) -> None:
        self._bundle, self._people, self._told = bundle, people, told
        self._line_items = {row.text("sourcedId"): row for row in bundle.rows("lineItems")}
        self._of_results = _by(bundle, _OF_RESULTS, "resultSourcedId")
        self._of_items = _by(bundle, _OF_ITEMS, "lineItemSourcedId")
        self._scales = _scales(bundle)
        self._scale_of_item = _scale_ids(bundle, "lineItemScoreScales", "lineItemSourcedId")
        self._scale_of_result = _scale_ids(bundle, "resultScoreScales", "resultSourcedId")
        self._competencies = _competencies(self._objectives(), by)
        # Rows that were told already: many results may hang on one row of a line item.
        self._said: set[tuple[str, int]] = set()
        # What counts no more: results, scores of them by key, and all results of line items.
        self.gone: set[str] = set()
        self._gone_keys = {
            _key(row.text("resultSourcedId"), row)
            for row in bundle.rows(_OF_RESULTS)
            if row.is_gone
        }
        self.gone_items = {name for name, row in self._line_items.items() if row.is_gone}
        # Of results whose objectives are listed whole the keys of all scores that they name.
        self._named: dict[str, set[str]] = {}

    def drops(self, row: TakenResult) -> bool:
        """Say whether a score that was told earlier holds no more."""
        named = self._named.get(row.result)
        is_gone = row.result in self.gone or row.value in self._gone_keys
        return is_gone or (named is not None and row.value not in named)

    def results(self) -> Set[str]:
        """Return the results that the bundle tells of, by the lists of results and objectives."""
        of_keys = {row.text("resultSourcedId") for row in self._bundle.rows(_OF_RESULTS)}
        return of_keys | {row.text("sourcedId") for row in self._bundle.rows("results")}

    def scores(self) -> Iterator[_Score]:
        """Yield every score that speaks of a competency here; note the others."""
        without: Counter[str] = Counter()
        for row in self._bundle.rows("results"):
            result, status = row.text("sourcedId"), row.text("scoreStatus")
            if row.is_gone or row.text("lineItemSourcedId") in self.gone_items:
                self.gone.add(result)
                continue
            if status not in _GRADED:
                self.gone.add(result)
                self._told.counts[f"Results are {status}, so they show nothing"] += 1
                continue
            item = self._line_items.get(row.text("lineItemSourcedId"))
            if item is None:
                self._told.row("results", row, "its line item is not in this bundle")
                continue
            if row.text("studentSourcedId") not in self._people:
                self._told.row("results", row, "its student is not on record")
                continue
            own = self._of_results.get(result, [])
            shared = self._of_items.get(row.text("lineItemSourcedId"), [])
            if own:
                yield from self._by_objective(row, item, own)
            elif shared:
                yield from self._on_all(row, item, shared)
            else:
                without[item.text("title")] += 1
                if self._lists_whole(_OF_RESULTS, _OF_ITEMS):
                    self._named[result] = set()
        if without:
            titles = ", ".join(title for title, _n in without.most_common(5))
            what = f"Results name no learning objective and became no evidence, of {titles}"
            self._told.counts[what] += sum(without.values())

    def _by_objective(self, row: Row, item: Row, own: Sequence[Row]) -> Iterator[_Score]:
        result = row.text("sourcedId")
        if self._lists_whole(_OF_RESULTS):
            self._named[result] = {_key(result, line) for line in own}
        for line in own:
            competency = self._known(_OF_RESULTS, line)
            if competency is None:
                continue
            outcome = self._outcome(_OF_RESULTS, line, row, item)
            if outcome is not None:
                key = _key(result, line)
                yield self._score(key, row, item, [competency], outcome, is_whole=False)

    def _on_all(self, row: Row, item: Row, shared: Sequence[Row]) -> Iterator[_Score]:
        found = [self._known(_OF_ITEMS, line) for line in shared]
        named: dict[int, list[Competency]] = defaultdict(list)
        for competency in found:
            if competency is not None and competency not in named[competency.framework_id]:
                named[competency.framework_id].append(competency)
        if not named:
            return
        outcome = self._outcome("results", row, row, item)
        if outcome is None:
            return
        result = row.text("sourcedId")
        by_key = {f"{result} {ones[0].framework.family_id}": ones for ones in named.values()}
        if self._lists_whole(_OF_ITEMS):
            self._named[result] = set(by_key)
        for key, competencies in by_key.items():
            yield self._score(key, row, item, competencies, outcome, is_whole=True)

    def _known(self, file: str, line: Row) -> Competency | None:
        """Return the competency that a row names; where there is none, say so once a row."""
        if line.values.get("source") != "case":
            why = f"the objective {line.text('learningObjectiveId')} is not named by CASE"
        else:
            competency = self._competencies.get(_identifier(line).lower())
            if competency is not None and competency.code:
                return competency
            why = f"no framework here has the objective {line.text('learningObjectiveId')}"
        if (file, line.number) not in self._said:
            self._said.add((file, line.number))
            self._told.row(file, line, why)
        return None

    def _outcome(self, file: str, line: Row, result: Row, item: Row) -> float | None:
        """Return a score as a part of the whole, None where it says no number."""
        least = _number(item, "resultValueMin") or 0.0
        most = _number(item, "resultValueMax")
        score = _number(line, "score")
        if score is None and line.text("textScore"):
            score = self._in_scale(line.text("textScore"), result, item)
        if score is None:
            self._told.row(file, line, "it has no score, and no textScore of a score scale")
            return None
        if most is None or most <= least:
            title = item.text("title")
            self._told.row(file, line, f"of {title} nobody knows what the full score is")
            return None
        part = (score - least) / (most - least)
        if not 0 <= part <= 1:
            self._told.counts["Scores beyond the line item's range count as its end"] += 1
        return min(max(part, 0.0), 1.0)

    def _in_scale(self, text: str, result: Row, item: Row) -> float | None:
        for scale in (
            self._scale_of_result.get(result.text("sourcedId")),
            self._scale_of_item.get(item.text("sourcedId")),
        ):
            value = self._scales.get(scale or "", {}).get(text.casefold())
            if value is not None:
                return value
        return None

    def _score(
        self,
        key: str,
        row: Row,
        item: Row,
        competencies: Sequence[Competency],
        outcome: float,
        *,
        is_whole: bool,
    ) -> _Score:
        codes = tuple((one.code, 1.0) for one in competencies)
        shown = "" if is_whole else f" [{competencies[0].code}]"
        name = f"{_TASKS}{item.text('sourcedId')}"
        draft = TaskDraft(
            f"{name[: _LONGEST_TASK_ID - len(shown)]}{shown}",
            TaskKind.CHECK,
            codes,
            title=item.text("title")[:_LONGEST_TITLE],
        )
        return _Score(
            key,
            row.text("sourcedId"),
            self._people[row.text("studentSourcedId")],
            competencies[0].framework,
            draft,
            outcome,
            _noon(row.values["scoreDate"]),
        )

    def _objectives(self) -> set[str]:
        files = (_OF_RESULTS, _OF_ITEMS)
        return {_identifier(row) for file in files for row in self._bundle.rows(file)}

    def _lists_whole(self, *files: str) -> bool:
        return all(self._bundle.is_whole(file) for file in files)


def _key(result: str, line: Row) -> str:
    """Return by what a score of a result on one objective is known."""
    return f"{result} {line.text('learningObjectiveId')}"


def _competencies(identifiers: set[str], by: Actor) -> dict[str, Competency]:
    """Return the newest competency of each identifier, in lower case."""
    found: dict[str, Competency] = {}
    seen = frameworks_seen_by(by)
    for chunk in in_chunks(sorted(identifiers | {one.lower() for one in identifiers})):
        rows = Competency.objects.filter(identifier__in=chunk, framework__in=seen, retired_at=None)
        for row in rows.select_related("framework__family").order_by("framework_id", "pk"):
            found[row.identifier.lower()] = row
    return found


def _identifier(row: Row) -> str:
    """Return the CASE identifier in an objective's id: alone, in a URN or at the end of a URI."""
    text = row.text("learningObjectiveId").strip().rstrip("/")
    return text.removeprefix("urn:uuid:").rpartition("/")[2]


def _tasks(scores: Sequence[_Score], *, by: Actor, at: datetime) -> dict[str, int]:
    """Return the row ids of the tasks of scores, new ones made."""
    drafts: dict[int, dict[str, TaskDraft]] = defaultdict(dict)
    frameworks = {score.framework.pk: score.framework for score in scores}
    for score in scores:
        drafts[score.framework.pk].setdefault(score.task.source_id, score.task)
    ids: dict[str, int] = {}
    for pk, wanted in drafts.items():
        saved = save_tasks(frameworks[pk], list(wanted.values()), by=by, at=at)
        ids |= {f"{pk} {name}": saved.by_source_id[name].pk for name in wanted}
    return ids


def _task_of(score: _Score, tasks: Mapping[str, int]) -> int:
    return tasks[f"{score.framework.pk} {score.task.source_id}"]


def _held(results: Set[str]) -> dict[str, TakenResult]:
    """Return what was told earlier of results, by its key."""
    found: dict[str, TakenResult] = {}
    for chunk in in_chunks(sorted(results)):
        found |= {row.value: row for row in TakenResult.objects.filter(result__in=chunk)}
    return found


def _of_items(items: Set[str], *, without: Set[int]) -> list[TakenResult]:
    """Return what was told earlier of line items that are deleted now."""
    if not items:
        return []
    rows = TakenResult.objects.filter(task__source_id__startswith=_TASKS).select_related("task")
    return [
        row
        for row in rows
        if row.pk not in without and _SHOWN.sub("", row.task.source_id)[len(_TASKS) :] in items
    ]


def _says(row: TakenResult, score: _Score, tasks: Mapping[str, int]) -> bool:
    """Say whether a score was told like this before: what somebody withdrew here stays so."""
    told = (score.person, _task_of(score, tasks), score.done_at)
    same = (row.learner_id, row.task_id, row.done_at) == told
    return same and abs(row.outcome - score.outcome) < 1e-12


def _withdraw(
    ids: Sequence[int], reason: str, *, district: Organization, by: Actor, at: datetime
) -> int:
    if not ids:
        return 0
    return withdraw_responses(list(ids), organization=district, reason=reason, by=by, at=at)


def _record(
    scores: Sequence[_Score],
    tasks: Mapping[str, int],
    held: Mapping[str, TakenResult],
    *,
    district: Organization,
    by: Actor,
    at: datetime,
) -> None:
    if not scores:
        return
    n = len(scores)
    columns = ResponseColumns(
        learner=np.array([score.person for score in scores], np.int64),
        task=np.array([_task_of(score, tasks) for score in scores], np.int64),
        outcome=np.array([score.outcome for score in scores]),
        done_at=np.array([score.done_at for score in scores], np.int64),
        clock=np.full(n, int(Clock.CALENDAR), np.int64),
        chosen=np.full(n, -1, np.int64),
        attempt=np.ones(n, np.int64),
    )
    new = placed(columns, on_record(columns), np.full(n, -1, np.int64))
    ids = take_in_responses(new, organization=district, by=by, at=at)
    for chunk in in_chunks([held[score.key].pk for score in scores if score.key in held]):
        TakenResult.objects.filter(pk__in=chunk).delete()
    TakenResult.objects.bulk_create(
        [
            TakenResult(
                value=score.key,
                result=score.result,
                learner_id=score.person,
                response_id=response,
                task_id=_task_of(score, tasks),
                outcome=score.outcome,
                done_at=score.done_at,
            )
            for score, response in zip(scores, ids, strict=True)
        ],
        AT_ONCE,
    )


def _by(bundle: Bundle, file: str, column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in bundle.rows(file):
        if not row.is_gone:
            found[row.text(column)].append(row)
    return found


def _scales(bundle: Bundle) -> dict[str, dict[str, float]]:
    return {
        row.text("sourcedId"): {
            text.casefold(): float(value)
            for text, value in _SCALE_VALUE.findall(row.text("scoreScaleValue"))
        }
        for row in bundle.rows("scoreScales")
    }


def _scale_ids(bundle: Bundle, file: str, column: str) -> dict[str, str]:
    rows = bundle.rows(file)
    return {row.text(column): row.text("scoreScaleSourcedId") for row in rows if not row.is_gone}


def _number(row: Row, column: str) -> float | None:
    value = row.values.get(column)
    return value if isinstance(value, float) else None


def _noon(day: object) -> int:
    """Return noon of a day in the district: a result says no more than the day."""
    on = day if isinstance(day, date) else today()
    return to_microseconds(datetime.combine(on, time(12), current_scope().zone))
