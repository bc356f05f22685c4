"""Imports from pages: try a file, take it in, take it back; each step may be long.

A step runs at once where the file is small, else as a task; the run says how far it is.
"""

import hashlib
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, Q, QuerySet
from django.utils.translation import gettext as _

from manypaths.base.errors import Fault, ManypathsError, NotFound, Refused
from manypaths.base.scope import current_district
from manypaths.base.worded import Worded
from manypaths.demographics.vault import opened_file, sealed_file
from manypaths.frameworks.access import require_right_to_add
from manypaths.interop.case import import_case
from manypaths.interop.foreign_tables import ForeignTable, read_foreign
from manypaths.interop.mapped_import import import_mapped, known_mapping, remember_mapping
from manypaths.interop.models import (
    AT_WORK,
    ColumnMapping,
    ImportFile,
    ImportKind,
    ImportRun,
    RunState,
)
from manypaths.interop.oneroster.roster_import import import_roster
from manypaths.interop.report import ImportReport
from manypaths.interop.response_import import ImportTarget, import_responses
from manypaths.interop.undoing import take_back
from manypaths.interop.uploads import kind_of
from manypaths.interop.yaml_import import import_yaml
from manypaths.people.access import organizations_led_by, require_leadership
from manypaths.people.directory import places_led
from manypaths.people.models import Organization, User

MOST_FAULTS_SHOWN = 200
# A file of more bytes is worked on beside the pages.
SMALL = 100_000
# What a roster packs is many times as much, and of many people.
SMALL_PACKED = 10_000
_SEALED = "demographics.csv"
_STEPS = {
    RunState.CHECKING: (RunState.CHECKED, True),
    RunState.TAKING_IN: (RunState.DONE, False),
}


def start_import(
    content: bytes, *, file: str, target: ImportTarget | None, by: User, at: datetime
) -> ImportRun:
    """Keep a file and begin to try it. Raises Refused for a file that is none of what we take.

    Frameworks and rosters are for those who lead the district, logs and class lists for those who
    lead any part of it.
    """
    kind = kind_of(content)
    state = RunState.CHECKING
    if kind in (ImportKind.RESPONSES, ImportKind.TABLE):
        places_led(by=by)
        if target is None or not target.group.strip():
            raise Refused(_("This is a log of responses: say which group's learners they are."))
        if kind == ImportKind.TABLE and _mapping_of(content, file, by=by) is None:
            state = RunState.ASKING
    elif kind == ImportKind.ROSTER:
        require_leadership(by, _district())
    else:
        require_right_to_add(by)
    with transaction.atomic():
        run = ImportRun.objects.create(
            kind=kind,
            state=state,
            file_name=_plain(file),
            file_sha256=hashlib.sha256(content).hexdigest(),
            n_bytes=len(content),
            group_name=target.group.strip() if target else "",
            framework_name=(target.framework or "") if target else "",
            asked_by=by.pk,
            asked_at=at,
        )
        if kind == ImportKind.ROSTER:
            content = sealed_file(content, run.public_id, at=at)
        ImportFile.objects.create(run=run, content=content)
    return run if state == RunState.ASKING else _set_off(run, by=by)


def table_of(run: ImportRun, *, by: User) -> ForeignTable:
    """Return the table of an import that waits to hear which column is what.

    Raises NotFound for another, and where `by` may not see it.
    """
    if run.state != RunState.ASKING:
        raise NotFound
    found = run_for(run.public_id, by=by)
    content = bytes(ImportFile.objects.get(run=found).content)
    return read_foreign(content, file=found.file_name)


def say_columns(
    run: ImportRun, kind: str, columns: dict[str, str], *, order: str, by: User, at: datetime
) -> ImportRun:
    """Say which column is what, once for all tables like this one, and begin to try the file."""
    table = table_of(run, by=by)
    remember_mapping(table, kind, columns, order=order, by=by, at=at)
    _claim(run, RunState.ASKING, RunState.CHECKING, _("Somebody has said it already."))
    return _set_off(run, by=by)


def run_for(run_id: UUID, *, by: User) -> ImportRun:
    """Return an import that `by` asked for, or any of the district for its leaders."""
    run = _runs_seen_by(by).filter(public_id=run_id).first()
    if run is None:
        raise NotFound
    return run


def recent_runs(*, by: User, most: int = 20) -> list[ImportRun]:
    """Return the newest imports that `by` may see."""
    places_led(by=by)
    return list(_runs_seen_by(by).order_by("-asked_at", "-pk")[:most])


def take_in(run: ImportRun, *, by: User) -> ImportRun:
    """Take in a file that was tried without faults. Raises Refused for any other."""
    _claim(run, RunState.CHECKED, RunState.TAKING_IN, _("This import can't be taken in now."))
    return _set_off(run, by=by)


def drop(run: ImportRun, *, by: User, at: datetime) -> None:
    """Forget a file that was not taken in, with what was found in it."""
    waits = ImportRun.objects.select_for_update().filter(
        pk=run.pk, state__in=(RunState.ASKING, RunState.CHECKED, RunState.FAULTY, RunState.BROKEN)
    )
    with transaction.atomic():
        if not waits.values_list("pk"):
            raise Refused(_("This import is under way or done; it can't be dropped."))
        ImportRun.objects.filter(pk=run.pk).delete()


def undo(run: ImportRun, *, reason: str, by: User, at: datetime) -> ImportRun:
    """Take back what an import brought. Raises Refused where that is not possible, and says why."""
    if not reason.strip():
        raise Refused(_("Say in a few words why this is taken back."))
    _claim(run, RunState.DONE, RunState.UNDOING, _("This import can't be taken back now."))
    run.refusal = reason.strip()[:500]
    run.save(update_fields=["refusal"])
    return _set_off(run, by=by)


def work_on(run: ImportRun, *, by: User, at: datetime) -> None:
    """Do the step that a run has been set to: try it, take it in, or take it back.

    What it brings and how it stands are saved together. So a step that was broken off is done
    again, and of two processes with the same step one does it.
    """
    if run.state == RunState.UNDOING:
        _undo(run, by=by, at=at)
        return
    before = RunState(run.state)
    after, is_dry = _STEPS[before]

    def settle(report: ImportReport) -> None:
        _require_state(run, before)
        _note_report(run, report)
        run.state, run.ended_at, run.step = after, at, ""
        run.save()
        if not is_dry:
            ImportFile.objects.filter(run=run).delete()

    try:
        report = _import(run, by=by, at=at, settle=None if is_dry else settle)
    except ManypathsError as error:
        _end_with_faults(run, before, error, at)
        return
    if report.faults:
        _end_with_faults(run, before, Refused("", report.faults), at)
    elif is_dry:
        with transaction.atomic():
            settle(report)


class DoneElsewhere(Exception):
    """Another process has done this step already."""


def give_up(run: ImportRun, *, at: datetime) -> None:
    """Note that a step broke for a reason that is ours."""
    rows = ImportRun.objects.filter(pk=run.pk, state__in=AT_WORK)
    rows.update(state=RunState.BROKEN, ended_at=at, step="")


def _import(
    run: ImportRun, *, by: User, at: datetime, settle: Callable[[ImportReport], None] | None
) -> ImportReport:
    """Take the file in and settle that in one transaction; or try it, where nobody settles."""
    if not ImportRun.objects.filter(pk=run.pk, state=run.state).exists():
        raise DoneElsewhere
    content = bytes(ImportFile.objects.get(run=run).content)
    file, is_dry = run.file_name, settle is None
    target = ImportTarget(run.group_name, run.framework_name or None)
    if run.kind == ImportKind.TABLE:
        with transaction.atomic():
            report = _import_table(content, file, target, by=by, at=at, dry_run=is_dry)
            if settle is not None:
                settle(report)
        return report
    if run.kind == ImportKind.ROSTER:
        return _import_roster(opened_file(content, run.public_id), run, by=by, at=at, settle=settle)
    if run.kind != ImportKind.RESPONSES:
        take = import_case if run.kind == ImportKind.CASE else import_yaml
        with transaction.atomic():
            report = take(content, file=file, by=by, at=at, dry_run=is_dry)
            if settle is not None and not report.faults:
                settle(report)
        return report
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        path.write_bytes(content)
        return import_responses(
            path,
            target,
            by=by,
            at=at,
            dry_run=is_dry,
            progress=_teller(run),
            settle=settle or _nothing,
        )


def _nothing(report: ImportReport) -> None:
    """Settle nothing: the file is only tried."""


@transaction.atomic
def _undo(run: ImportRun, *, by: User, at: datetime) -> None:
    _require_state(run, RunState.UNDOING)
    reason, run.refusal = run.refusal, ""
    try:
        with transaction.atomic():
            take_back(run, reason=reason, by=by, at=at)
        run.state = RunState.UNDONE
    except ManypathsError as error:
        run.state, run.refusal = RunState.DONE, error.message
    run.ended_at, run.step = at, ""
    run.save()


@transaction.atomic
def _end_with_faults(run: ImportRun, before: RunState, error: ManypathsError, at: datetime) -> None:
    _require_state(run, before)
    run.state, run.ended_at, run.step = RunState.FAULTY, at, ""
    run.refusal = error.message
    run.n_faults = len(error.faults)
    run.faults = [_kept(fault) for fault in error.faults[:MOST_FAULTS_SHOWN]]
    run.save()


def _kept(fault: Fault) -> dict[str, Any]:  # Any: JSON
    """Return a fault in English, with what it takes to say it in a reader's language.

    What is wrong with a fact that is to be sealed stands in its place alone: a run is not sealed.
    """
    words = fault.allowed
    told = {"words": words.as_json()} if isinstance(words, Worded) else {}
    return fault.as_json() | told | ({"value": None} if fault.file == _SEALED else {})


def _require_state(run: ImportRun, state: RunState) -> None:
    """Hold the run until the transaction ends. Raises DoneElsewhere where it has gone on."""
    rows = ImportRun.objects.select_for_update().filter(pk=run.pk, state=state)
    if not rows.values_list("pk"):
        raise DoneElsewhere


def _note_report(run: ImportRun, report: ImportReport) -> None:
    run.changes = {kind: changes.as_json() for kind, changes in report.changes.items()}
    run.notices = list(report.notices)[:MOST_FAULTS_SHOWN]
    came = report.taken_in
    if came is None:
        return
    run.framework, run.made_framework, run.group = came.framework, came.is_new, came.group
    run.made_people, run.made_memberships = list(came.people), list(came.memberships)
    if came.responses:
        run.first_response, run.last_response = came.responses[0], came.responses[-1]


def _teller(run: ImportRun) -> Callable[[str, int, int], None]:
    """Return what notes how far a run is, where others can see it: outside of transactions."""

    def tell(what: str, done: int, total: int) -> None:
        if not connection.in_atomic_block:
            ImportRun.objects.filter(pk=run.pk).update(step=what[:60], n_done=done)

    return tell


def _import_table(
    content: bytes, file: str, target: ImportTarget, *, by: User, at: datetime, dry_run: bool
) -> ImportReport:
    table = read_foreign(content, file=file)
    mapping = known_mapping(table, by=by)
    if mapping is None:
        raise Refused(_("Nobody has said yet which column is what."))
    return import_mapped(table, mapping, target, by=by, at=at, dry_run=dry_run)


def _import_roster(
    content: bytes,
    run: ImportRun,
    *,
    by: User,
    at: datetime,
    settle: Callable[[ImportReport], None] | None,
) -> ImportReport:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / run.file_name
        path.write_bytes(content)
        return import_roster(
            path,
            district=_district(),
            by=by,
            at=at,
            dry_run=settle is None,
            progress=_teller(run),
            settle=settle or _nothing,
        )


def _district() -> Organization:
    return Organization.objects.get(pk=current_district())


def _mapping_of(content: bytes, file: str, *, by: User) -> ColumnMapping | None:
    return known_mapping(read_foreign(content, file=file), by=by)


def _claim(run: ImportRun, before: RunState, after: RunState, refusal: str) -> None:
    """Move a run from one state to the next; raise Refused where somebody was faster."""
    if not ImportRun.objects.filter(pk=run.pk, state=before).update(state=after):
        raise Refused(refusal)
    run.state = after


def _set_off(run: ImportRun, *, by: User) -> ImportRun:
    from manypaths.interop.tasks import do_step, step_of  # knows this module

    if run.n_bytes <= (SMALL_PACKED if run.kind == ImportKind.ROSTER else SMALL):
        step_of(run, by)
    else:
        do_step.enqueue(run.pk, by.pk)
    run.refresh_from_db()
    return run


def _runs_seen_by(by: User) -> QuerySet[ImportRun]:
    """Return their own, and for leaders of the district all: in one query, there or not."""
    leads_all = organizations_led_by(by).filter(pk=current_district())
    seen = ImportRun.objects.filter(Q(asked_by=by.pk) | Q(Exists(leads_all)))
    return seen.select_related("framework", "group")


def _plain(file: str) -> str:
    """Return a file's name without folders and odd characters, for pages and for the disk."""
    name = Path(file.replace("\\", "/")).name
    kept = "".join(letter for letter in name if letter.isprintable() and letter not in '/<>:"|?*')
    return kept.strip(". ")[-120:] or "file"
