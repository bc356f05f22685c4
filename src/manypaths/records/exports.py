"""Exports of a district that leaders ask for: written beside the pages, kept for a week."""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task

from manypaths.base.clock import now, to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.locks import make_private_file
from manypaths.base.progress import Tell
from manypaths.base.scope import current_district, district_scope
from manypaths.people.access import Actor
from manypaths.people.models import User
from manypaths.people.standing import home_of
from manypaths.records.access import require_records_office
from manypaths.records.districts import export_district
from manypaths.records.models import DistrictExport, ExportState

KEPT_FOR = timedelta(days=7)

log = logging.getLogger(__name__)


def start_district_export(*, by: Actor, at: datetime) -> DistrictExport:
    """Have all that the district owns written. Raises Refused while another one is under way."""
    require_records_office(by)
    if not isinstance(by, User):
        raise NotFound  # who writes it to a file at once
    since = to_microseconds(at - timedelta(hours=6))
    if DistrictExport.objects.filter(state=ExportState.WRITING, asked_at__gte=since).exists():
        raise Refused(_("An export is being written already."))
    made = DistrictExport.objects.create(
        state=ExportState.WRITING, asked_at=to_microseconds(at), asked_by=by.pk
    )
    write_district_export.enqueue(made.pk, by.pk)
    return made


def district_exports(*, by: Actor, most: int = 10) -> list[DistrictExport]:
    """Return the newest exports of the district, for those who lead it."""
    require_records_office(by)
    return list(DistrictExport.objects.order_by("-asked_at", "-pk")[:most])


def district_export_for(export_id: UUID, *, by: Actor) -> DistrictExport:
    """Return an export of the district if `by` leads it, else raise NotFound."""
    require_records_office(by)
    found = DistrictExport.objects.filter(public_id=export_id).first()
    if found is None:
        raise NotFound
    return found


def file_of(export: DistrictExport) -> Path:
    """Return where the package lies. Raises NotFound where it is not there yet, or no longer."""
    path = _path(export)
    if export.state != ExportState.DONE or not path.is_file():
        raise NotFound
    return path


def drop_old_exports(*, at: datetime) -> int:
    """Delete packages of the current district whose week is over; return how many."""
    old = DistrictExport.objects.filter(asked_at__lt=to_microseconds(at - KEPT_FOR))
    paths = [_path(export) for export in old]
    old.delete()
    there = [path for path in paths if path.is_file()]
    for path in there:
        path.unlink(missing_ok=True)
    return len(there)


def drop_all_exports() -> int:
    """Delete all packages of the current district: somebody in them was erased."""
    return drop_old_exports(at=now() + 2 * KEPT_FOR)


@task()
def write_district_export(export_id: int, user_id: int) -> None:
    """Write the export that somebody asked for, in their district."""
    user = User.objects.filter(pk=user_id).first()
    home = home_of(user) if user else None
    if user is None or home is None:
        return
    with district_scope(home.district.pk, home.zone), override("en"):
        export = DistrictExport.objects.filter(pk=export_id, state=ExportState.WRITING).first()
        if export is not None:
            _write(export, user)


def _write(export: DistrictExport, user: User) -> None:
    """Write an export; whatever breaks is noted on it, where whoever waits for it looks."""
    path = _path(export)
    passing = path.with_suffix(".part")
    try:
        make_private_file(passing)
        export_district(passing, by=user, at=now(), progress=_teller(export))
        passing.replace(path)
        export.state, export.n_bytes = ExportState.DONE, path.stat().st_size
    except Exception:  # a door: the page says that it broke, the log says why
        log.exception("export broke", extra={"export": export.pk})
        passing.unlink(missing_ok=True)
        export.state = ExportState.BROKEN
    export.step, export.ended_at = "", to_microseconds(now())
    export.save()


def _teller(export: DistrictExport) -> Tell:
    """Return what notes how far an export is, where others can see it: outside of transactions."""

    def tell(what: str, done: int, total: int) -> None:
        if not connection.in_atomic_block:
            DistrictExport.objects.filter(pk=export.pk).update(step=what[:60], n_done=done)

    return tell


def _path(export: DistrictExport) -> Path:
    return settings.HOME / "exports" / str(current_district()) / f"{export.public_id}.zip"
