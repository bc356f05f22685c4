"""Take a response log in: learners of a group, competencies of a framework, tasks, responses."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from manypaths.base.bulk import read_columns
from manypaths.base.changes import Changes
from manypaths.base.clock import today
from manypaths.base.errors import Fault, NotFound, Refused
from manypaths.base.scope import current_district
from manypaths.estimates.services import take_in_responses, withdraw_responses
from manypaths.evidence.drafts import ResponseColumns, TaskDraft
from manypaths.evidence.models import Clock, Response, Task, TaskKind
from manypaths.evidence.services.tasks import save_tasks
from manypaths.frameworks.draft import CompetencyDraft, FrameworkDraft
from manypaths.frameworks.identifiers import minted
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.queries import framework_named
from manypaths.frameworks.services import save_framework
from manypaths.interop.report import ImportReport
from manypaths.interop.response_log import ReadLog, read_response_log
from manypaths.people.access import Actor
from manypaths.people.models import Group, Organization
from manypaths.people.queries import group_named
from manypaths.people.services import add_unnamed_learners, create_group

Numbers = NDArray[np.int64]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ImportTarget:
    """Where a log goes: a group of the district, and the framework that its codes belong to."""

    group: str
    framework: str | None = None


def import_responses(
    path: Path,
    target: ImportTarget,
    *,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Take a log in as one transaction, or on a dry run say what that would do.

    A second import of the same rows changes nothing. A row is known by learner, item and time, and
    among equals by their order; with another outcome it corrects the earlier one. Raises Refused
    with every fault, and then nothing has changed.
    """
    tell = progress or _silence
    tell("Reading the log", 0, 0)
    log = read_response_log(path)
    with transaction.atomic():
        changes = _take_in(log, path, target, by=by, at=at, tell=tell)
        transaction.set_rollback(dry_run)
    return ImportReport(dry_run=dry_run, changes=changes, notices=log.notices)


def _take_in(
    log: ReadLog, path: Path, target: ImportTarget, *, by: Actor, at: datetime, tell: Progress
) -> dict[str, Changes]:
    group, groups = _group(target.group, by=by, at=at)
    framework = _framework(log, path.name, target, by=by, at=at)
    tell("Saving items", 0, 0)
    tasks, items = _tasks(log, framework, by=by, at=at)
    tell("Saving learners", 0, 0)
    learners, people = _learners(log, group, by=by, at=at)
    columns = _columns(log, learners, tasks)
    tell("Saving responses and estimates", 0, 0)
    responses = _responses(columns, path, group.organization, by=by, at=at)
    return {
        "people": people,
        "groups": groups,
        "memberships": Changes(
            read=people.read, created=people.created, unchanged=people.unchanged
        ),
        "items": items,
        "responses": responses,
    }


def _group(name: str, *, by: Actor, at: datetime) -> tuple[Group, Changes]:
    try:
        return group_named(name, by=by), Changes(read=1, unchanged=1)
    except NotFound:
        district = Organization.objects.get(pk=current_district())
        return create_group(district, name, by=by, at=at), Changes(read=1, created=1)


def _framework(
    log: ReadLog, file: str, target: ImportTarget, *, by: Actor, at: datetime
) -> Framework:
    """Return the framework that the codes belong to; one from logs grows by codes that are new."""
    title = target.framework or f"{target.group}: competencies of its log"
    codes = list(dict.fromkeys(code for shown in log.alignments for code in shown))
    try:
        framework = framework_named(title, by=by)
    except NotFound:
        return _save_flat(minted("log", title), title, codes, by=by, at=at)
    known = Competency.objects.filter(framework=framework, retired_at=None)
    held = list(known.values_list("code", flat=True))
    new = [code for code in codes if code not in set(held)]
    if new and not framework.is_from_log:
        raise Refused(f"{file} has faults; nothing was taken in.", _unknown(log, file, new, title))
    if new:
        return _save_flat(framework.identifier, title, [*held, *new], by=by, at=at)
    return framework


def _save_flat(
    identifier: str, title: str, codes: Sequence[str], *, by: Actor, at: datetime
) -> Framework:
    draft = FrameworkDraft(
        identifier=identifier,
        title=title,
        is_from_log=True,
        competencies=tuple(
            CompetencyDraft(identifier=minted(identifier, code), code=code, statement=code)
            for code in codes
        ),
    )
    return save_framework(draft, by=by, at=at).framework


def _unknown(log: ReadLog, file: str, new: Sequence[str], title: str) -> list[Fault]:
    """Return a fault for the first row of each code that the framework lacks."""
    faults = []
    for code in new:
        places = [n for n, shown in enumerate(log.alignments) if code in shown]
        row = int(log.row[np.isin(log.shown, places)].min())
        faults.append(Fault(file, row, "competencies", code, f"a code of {title}"))
    return faults


def _tasks(
    log: ReadLog, framework: Framework, *, by: Actor, at: datetime
) -> tuple[Numbers, Changes]:
    """Return the task of each row, new ones made.

    An item that the framework knows with other competencies becomes a task of its own.
    """
    pairs, instrument = log.instruments
    held: dict[str, dict[str, set[str]]] = {}
    rows = Task.objects.filter(framework=framework).values_list(
        "source_id", "alignments__competency__code"
    )
    for source_id, code in rows:
        held.setdefault(source_id, {"codes": set()})["codes"].add(code)
    names: list[str] = []
    drafts: dict[str, TaskDraft] = {}
    for item, shown in pairs:
        codes = log.alignments[shown]
        name = log.items[item]
        taken = held.get(name, {}).get("codes") or (
            {code for code, _ in drafts[name].alignments} if name in drafts else None
        )
        if taken is not None and taken != set(codes):
            name = f"{name} [{';'.join(codes)}]"
        names.append(name)
        if name not in held and name not in drafts:
            drafts[name] = TaskDraft(name, TaskKind.ITEM, tuple((code, 1.0) for code in codes))
    save_tasks(framework, list(drafts.values()), by=by, at=at)
    ids = dict(Task.objects.filter(framework=framework).values_list("source_id", "pk"))
    changes = Changes(read=len(names), created=len(drafts), unchanged=len(names) - len(drafts))
    return np.array([ids[name] for name in names], np.int64)[instrument], changes


def _learners(log: ReadLog, group: Group, *, by: Actor, at: datetime) -> tuple[Numbers, Changes]:
    found = add_unnamed_learners(
        log.learners,
        source=f"log of {group.public_id}",
        group=group,
        starts_on=today(),
        by=by,
        at=at,
    )
    ids = np.array([found.by_source_id[name].pk for name in log.learners], np.int64)
    n = len(log.learners)
    return ids[log.learner], Changes(read=n, created=found.n_created, unchanged=n - found.n_created)


def _columns(log: ReadLog, learners: Numbers, tasks: Numbers) -> ResponseColumns:
    n = log.correct.size
    return ResponseColumns(
        learner=learners,
        task=tasks,
        outcome=log.correct,
        done_at=log.time,
        clock=log.clock,
        chosen=np.full(n, -1, np.int64),
        attempt=_count_equals(np.stack((learners, tasks))) + 1,
    )


def _responses(
    columns: ResponseColumns, path: Path, organization: Organization, *, by: Actor, at: datetime
) -> Changes:
    """Take in the rows that are not on record, and correct those with another outcome."""
    standing = _standing(columns)
    place = _matches(columns, standing)
    is_new = place < 0
    is_other = ~is_new
    is_other[~is_new] = standing.outcome[place[~is_new]] != columns.outcome[~is_new]
    if is_other.any():
        withdraw_responses(
            standing.pk[place[is_other]].tolist(),
            organization=organization,
            reason=f"Corrected by {path.name}",
            by=by,
            at=at,
        )
    wanted = is_new | is_other
    if wanted.any():
        take_in_responses(
            _placed(columns, standing, place).only(wanted),
            organization=organization,
            by=by,
            at=at,
            file_sha256=_sha256(path),
        )
    return Changes(
        read=len(columns),
        created=int(is_new.sum()),
        updated=int(is_other.sum()),
        unchanged=int((~wanted).sum()),
    )


@dataclass(frozen=True)
class _Standing:
    """The responses on record of the learners and tasks of a log, as columns."""

    pk: Numbers
    learner: Numbers
    task: Numbers
    outcome: NDArray[np.float64]
    done_at: Numbers
    clock: Numbers


def _standing(columns: ResponseColumns) -> _Standing:
    rows = Response.objects.standing().filter(task__in=np.unique(columns.task).tolist())
    names = ("id", "learner_id", "task_id", "outcome", "done_at", "clock")
    found = read_columns(rows.order_by("learner", "done_at", "pk"), names)
    pk, learner, task, outcome, done_at, clock = found
    pk, learner, task, done_at, clock = (
        column.astype(np.int64) for column in (pk, learner, task, done_at, clock)
    )
    return _Standing(pk, learner, task, outcome, done_at, clock)


def _matches(columns: ResponseColumns, standing: _Standing) -> Numbers:
    """Return the place on record of each row of the log, -1 for a row that is new.

    Rows are matched by learner, task and time (none counts as a time of its own), and among equals
    in their order.
    """
    n = standing.pk.size
    if not n:
        return np.full(len(columns), -1, np.int64)
    group = _groups(np.concatenate((_keys(standing), _keys(columns)), axis=1))
    place = np.full(int(group.max()) + 1, -1, np.int64)
    place[group[:n]] = np.arange(n)
    matched: Numbers = place[group[n:]]
    return matched


def _keys(rows: "_Standing | ResponseColumns") -> Numbers:
    """Return what a row is known by, shape (4, n): the last counts equals in their order."""
    moment = np.where(rows.clock == Clock.NONE, -1, rows.done_at)
    keys = np.stack((rows.learner, rows.task, moment))
    return np.vstack((keys, _count_equals(keys)))


def _placed(columns: ResponseColumns, standing: _Standing, place: Numbers) -> ResponseColumns:
    """Return the rows with an order number where they have no clock.

    Rows on record keep theirs; new ones of a learner follow the last one.
    """
    undated = columns.clock == Clock.NONE
    last = np.zeros(int(columns.learner.max(initial=0)) + 1, np.int64)
    old = (standing.clock == Clock.NONE) & (standing.learner < last.size)
    np.maximum.at(last, standing.learner[old], standing.done_at[old])
    number = last[columns.learner] + 1
    is_new = undated & (place < 0)
    number[is_new] += _count_equals(columns.learner[is_new][None, :])
    number[place >= 0] = standing.done_at[place[place >= 0]]
    return replace(columns, done_at=np.where(undated, number, columns.done_at))


def _count_equals(keys: Numbers) -> Numbers:
    """Return how many earlier columns are equal to each column of `keys` (n_keys, n)."""
    order, begins = _sorted(keys)
    place = np.arange(order.size)
    counted = np.empty(order.size, np.int64)
    counted[order] = place - np.maximum.accumulate(np.where(begins, place, 0))
    return counted


def _groups(keys: Numbers) -> Numbers:
    """Return a number for each column of `keys`, the same for equal columns."""
    order, begins = _sorted(keys)
    numbers = np.empty(order.size, np.int64)
    numbers[order] = np.cumsum(begins) - 1
    return numbers


def _sorted(keys: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the order of the columns, equals as given, and where in it new ones begin."""
    order = np.lexsort(keys)  # stable: equals keep their order
    found = keys[:, order]
    begins = np.ones(order.size, bool)
    begins[1:] = (found[:, 1:] != found[:, :-1]).any(axis=0)
    return order, begins


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _silence(what: str, done: int, total: int) -> None:
    """Tell nobody how far an import has come."""
