"""Work that pages start and do not wait for: one process a database takes it from its queue.

The process lives beside a server (see `web.serving`) and ends with it. Where several servers share
a database, one of their workers works and the others wait to take over. A task that its worker did
not live to finish is done again, so tasks are written to be done twice without harm.
"""

import itertools
import logging
import os
import signal
import threading
from multiprocessing import parent_process

log = logging.getLogger(__name__)
_SECONDS_BETWEEN_ROUNDS = 180
# Of so many rounds one does all that is due, the others seal the logs alone.
_WHOLE_EVERY = 20

_SECONDS_BETWEEN_LOOKS = 2.0


def end_with_parent() -> None:
    """Let this process end by the one that started it, or when that one is gone, however it went.

    Ctrl-C reaches all processes of a terminal: the first one alone heeds it, and tells the others.
    """
    parent = parent_process()
    if parent is None:
        return
    # Blocked rather than ignored, for libraries set handlers of their own later.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def watch() -> None:
        parent.join()
        os._exit(1)  # the other threads may be anywhere; what they had not committed is undone

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def work_in_background() -> None:
    """Take tasks from the queue until told to end."""
    end_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manypaths.settings")

    import django

    django.setup()

    from manypaths.base.locks import Work, alone
    from manypaths.interop.tasks import go_on_with_imports

    with alone(Work.BACKGROUND):
        begin_again()
        go_on_with_imports()
        threading.Thread(target=_make_rounds, name="rounds", daemon=True).start()
        threading.Thread(target=_tell_others, name="tell-others", daemon=True).start()
        _take_tasks()


def _make_rounds() -> None:
    """Make the rounds for as long as this process lives: seals often, all else each hour."""
    from django.db import connections

    from manypaths.base.clock import now
    from manypaths.records.rounds import make_round

    for number in itertools.count():
        try:
            make_round(at=now(), whole=number % _WHOLE_EVERY == 0)
        except Exception:  # a door: what can't be done now is done in the next round
            log.exception("a round broke")
        finally:
            connections.close_all()
        threading.Event().wait(_SECONDS_BETWEEN_ROUNDS)


def begin_again() -> int:
    """Put back into the queue what a worker that is gone had begun; return how many.

    For the only worker of a database, before it begins.
    """
    from django_tasks.base import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    left = DBTaskResult.objects.running()
    n_left = left.update(status=TaskResultStatus.READY, started_at=None)
    if n_left:
        log.warning("tasks begin again", extra={"n_tasks": n_left})
    return n_left


def _tell_others() -> None:
    """Send what webhooks are to be told, for as long as the process lives."""
    from django.db import close_old_connections

    from manypaths.base.clock import now
    from manypaths.integrations.posting import work

    rest = threading.Event()
    while True:
        n_done = 0
        try:
            n_done = work(now())
        except Exception:  # a door: what could not be told now is told later
            log.exception("telling broke")
        close_old_connections()
        if not n_done:
            rest.wait(_SECONDS_BETWEEN_LOOKS)


def _take_tasks() -> None:
    from django.core.management import call_command
    from django_tasks_db.management.commands.db_worker import Command

    class Quiet(Command):
        def configure_logging(self, verbosity: int) -> None:
            """Leave the log as the settings have it."""

    call_command(Quiet(), queue_name="*", startup_delay=False, reload=False)
