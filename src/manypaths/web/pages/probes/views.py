"""Answer as JSON whether the process lives, and whether it has what it works with."""

import logging
import shutil
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from manypaths.base.turns import lent_connection
from manypaths.web.viewing import shows_nobody

log = logging.getLogger(__name__)
# With less than this a day's work of a district may no longer fit.
_LEAST_FREE_BYTES = 500_000_000


@require_safe
@shows_nobody
def health(request: HttpRequest) -> HttpResponse:
    """Say that the process lives. It asks nobody, so that a slow database ends no server."""
    return _plain({"alive": True}, status=200)


@require_safe
@shows_nobody
def ready(request: HttpRequest) -> HttpResponse:
    """Say whether the database answers, its tables are of this version, and the disk has room."""
    with lent_connection():
        found = {
            "database": _database_answers(),
            "tables": _tables_are_of_this_version(),
            "disk": _disk_has_room(),
        }
    is_ready = all(found.values())
    return _plain({"ready": is_ready, **found}, status=200 if is_ready else 503)


def _plain(content: dict[str, bool], *, status: int) -> HttpResponse:
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.warning("the database does not answer")
        return False
    return True


def _tables_are_of_this_version() -> bool:
    try:
        _require_tables()
    except (DatabaseError, LookupError):
        return False
    return True


@cache  # true once is true until this process ends; what raises is not kept
def _require_tables() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise LookupError("migrations wait")


def _disk_has_room() -> bool:
    try:
        return shutil.disk_usage(settings.HOME).free >= _LEAST_FREE_BYTES
    except OSError:
        return False
