"""Take a response log in: learners of a group, competencies of a framework, tasks, responses."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from django.db import transaction

from manypaths.base.changes import Changes
from manypaths.base.clock import today
from manypaths.base.errors import NotFound, Refused
from manypaths.base.ids import as_public_id
from manypaths.base.progress import Tell, silence
from manypaths.base.scope import current_district
from manypaths.estimates.services import take_in_responses, withdraw_responses
from manypaths.evidence.drafts import ResponseColumns, TaskDraft
from manypaths.evidence.models import Task, TaskKind
from manypaths.evidence.services.tasks import save_tasks
from manypaths.frameworks.identifiers import minted
from manypaths.frameworks.models import Framework
from manypaths.interop.report import ImportReport, TakenIn, refused
from manypaths.interop.response_frameworks import (
    framework_for,
    framework_of_log,
    refused_codes,
)
from manypaths.interop.response_log import FaultyRows, ReadLog, read_response_log
from manypaths.interop.response_matching import Numbers, match, on_record, placed
from manypaths.people.access import Actor
from manypaths.people.models import Group, Organization
from manypaths.people.queries import group_named
from manypaths.people.services import add_unnamed_learners, create_group

_LONGEST_TASK_ID = 255


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
    progress: Tell = silence,
    settle: Callable[[ImportReport], None] = lambda report: None,
) -> ImportReport:
    """Take a log in as one transaction, or on a dry run say what that would do.

    `settle` is called with the report within that transaction, unless it is a dry run.

    A second import of the same rows changes nothing. A row is known by learner, item and time, and
    among equals by their order; with another outcome it corrects the earlier one. Raises Refused
    with every fault, and then nothing has changed.
    """
    progress("Reading rows", 0, 0)
    try:
        log = read_response_log(path, count=lambda n_rows: progress("Reading rows", n_rows, 0))
    except FaultyRows as error:
        raise _with_codes(error, path.name, target, by=by) from None
    with transaction.atomic():
        changes, taken_in = _take_in(log, path, target, by=by, at=at, tell=progress)
        report = ImportReport(
            dry_run=dry_run,
            changes=changes,
            notices=log.notices,
            taken_in=None if dry_run else taken_in,
        )
        if not dry_run:
            settle(report)
        transaction.set_rollback(dry_run)
    return report


def _with_codes(error: FaultyRows, file: str, target: ImportTarget, *, by: Actor) -> Refused:
    """Return the refusal with what is wrong with the codes as well, to be mended in one go."""
    try:
        group = group_named(target.group, by=by)
    except NotFound:
        group = None
    framework = framework_for(target.framework, group, by=by)
    codes = [] if framework is None else refused_codes(error.first_row, file, framework)
    return refused(file, [*error.faults, *codes])


def _take_in(
    log: ReadLog, path: Path, target: ImportTarget, *, by: Actor, at: datetime, tell: Tell
) -> tuple[dict[str, Changes], TakenIn]:
    group, groups = _group(target.group, by=by, at=at)
    framework = framework_of_log(log, path.name, title=target.framework, group=group, by=by, at=at)
    tell("Saving items", 0, 0)
    tasks, items = _tasks(log, framework, by=by, at=at)
    tell("Saving learners", 0, 0)
    learners, people = _learners(log, group, by=by, at=at)
    columns = _columns(log, learners, tasks)
    tell("Saving responses and estimates", 0, 0)
    responses, ids = _responses(columns, path, group.organization, by=by, at=at)
    return {
        "people": people,
        "groups": groups,
        "memberships": Changes(
            read=people.read, created=people.created, unchanged=people.unchanged
        ),
        "items": items,
        "responses": responses,
    }, TakenIn(framework, is_new=False, group=group, responses=ids)


def _group(name: str, *, by: Actor, at: datetime) -> tuple[Group, Changes]:
    try:
        return group_named(name, by=by), Changes(read=1, unchanged=1)
    except NotFound:
        # An id that leads nowhere is a slip of the hand and no name.
        if as_public_id(name) is not None:
            raise
    district = Organization.objects.get(pk=current_district())
    return create_group(district, name, by=by, at=at), Changes(read=1, created=1)


def _tasks(
    log: ReadLog, framework: Framework, *, by: Actor, at: datetime
) -> tuple[Numbers, Changes]:
    """Return the task of each row, new ones made.

    An item that the framework knows with other competencies becomes a task of its own.
    """
    pairs, instrument = log.instruments
    held = _held_tasks(framework)
    shown = {name: codes for name, (_, codes) in held.items()}
    names = []
    for item, alignment in pairs:
        codes = frozenset(log.alignments[alignment])
        names.append(_task_name(log.items[item], codes, shown))
        shown[names[-1]] = codes
    drafts = {
        name: TaskDraft(name, TaskKind.ITEM, tuple((code, 1.0) for code in log.alignments[shows]))
        for name, (_, shows) in zip(names, pairs, strict=True)
        if name not in held
    }
    saved = save_tasks(framework, list(drafts.values()), by=by, at=at).by_source_id
    ids = [held[name][0] if name in held else saved[name].pk for name in names]
    changes = Changes(read=len(names), created=len(drafts), unchanged=len(names) - len(drafts))
    return np.array(ids, np.int64)[instrument], changes


def _held_tasks(framework: Framework) -> dict[str, tuple[int, frozenset[str]]]:
    """Return the tasks of all versions of the framework by name: row ids, and the codes shown.

    Of several with one name the oldest counts, for that is the one with evidence.
    """
    rows = Task.objects.filter(framework__family=framework.family).order_by("-pk")
    codes: dict[tuple[str, int], set[str]] = {}
    for name, pk, code in rows.values_list("source_id", "pk", "alignments__competency__code"):
        codes.setdefault((name, pk), set()).add(code)
    return {name: (pk, frozenset(shown)) for (name, pk), shown in codes.items()}


def _task_name(item: str, codes: frozenset[str], shown: Mapping[str, frozenset[str]]) -> str:
    """Return the item's id, with its competencies where the id is taken by others."""
    name = item
    while shown.get(name, codes) != codes:
        name = f"{name} [{';'.join(sorted(codes))}]"
        if len(name) > _LONGEST_TASK_ID:
            name = f"{item} [{minted(name)}]"
    return name


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
        attempt=np.ones(n, np.int64),
    )


def _responses(
    columns: ResponseColumns, path: Path, organization: Organization, *, by: Actor, at: datetime
) -> tuple[Changes, range]:
    """Take in the rows that are not on record, and correct those with another outcome.

    Returns what changed, and the ids of the rows that are new on record.
    """
    ids = range(0)
    record = on_record(columns)
    slot = match(columns, record)
    is_new = slot < 0
    is_other = ~is_new
    is_other[~is_new] = record.outcome[slot[~is_new]] != columns.outcome[~is_new]
    corrected = slot[is_other]
    if record.stands[corrected].any():
        withdraw_responses(
            record.pk[corrected[record.stands[corrected]]].tolist(),
            organization=organization,
            reason=f"Corrected by {path.name}",
            by=by,
            at=at,
        )
    wanted = is_new | is_other
    if wanted.any():
        ids = take_in_responses(
            placed(columns, record, slot).only(wanted),
            organization=organization,
            by=by,
            at=at,
            file_sha256=_sha256(path),
        )
    changes = Changes(
        read=len(columns),
        created=int(is_new.sum()),
        updated=int(is_other.sum()),
        unchanged=int((~wanted).sum()),
    )
    return changes, ids


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
