"""Work in the background: done once, begun again when a worker is gone, by a kept process."""

import os
from pathlib import Path
from select import select

import pytest
from django.core.management import call_command
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from manypaths.web.background import begin_again
from manypaths.web.serving import Kept
from manypaths.web.tests.breaking import tell_and_break


@task()
def double(number: int) -> int:
    """Return twice a number; work for the tests."""
    return 2 * number


@pytest.mark.django_db(transaction=True)
def test_a_task_that_a_page_leaves_is_done() -> None:
    left = double.enqueue(21)
    call_command("db_worker", batch=True, startup_delay=False, reload=False, verbosity=0)
    left.refresh()
    assert left.return_value == 42


@pytest.mark.django_db(transaction=True)
def test_what_a_dead_worker_had_begun_is_done_by_the_next() -> None:
    left = double.enqueue(4)
    DBTaskResult.objects.get().claim("gone")
    assert begin_again() == 1
    assert begin_again() == 0
    call_command("db_worker", batch=True, startup_delay=False, reload=False, verbosity=0)
    left.refresh()
    assert left.return_value == 8


def test_a_process_that_breaks_is_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tmp_path / "signs"
    os.mkfifo(pipe)
    monkeypatch.setenv("MANYPATHS_TEST_SIGNS", str(pipe))
    signs = os.open(pipe, os.O_RDWR)  # both ways, so that it opens without a partner
    kept = Kept(tell_and_break, seconds_before_anew=0)
    kept.start()
    try:
        for _ in range(2):
            assert select([signs], [], [], 30)[0]
            assert os.read(signs, 1) == b"."
    finally:
        kept.end()
        os.close(signs)
