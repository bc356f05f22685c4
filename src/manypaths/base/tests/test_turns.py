"""Turns at work: a few at once, and who waits for something else is not among them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
from typing import TypeVar

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client, override_settings

from manypaths.base import turns

Found = TypeVar("Found")


@contextmanager
def all_at_work() -> Iterator[None]:
    """Take every place while the block runs, each in a thread of its own."""
    done, n = Event(), turns._PLACES
    with ThreadPoolExecutor(n) as people:
        began = [Event() for _ in range(n)]
        working = [people.submit(_work, start, done) for start in began]
        assert all(start.wait(10) for start in began)
        try:
            yield
        finally:
            done.set()
            wait(working)


def _work(began: Event, done: Event) -> None:
    with turns.at_work(seconds=10) as has_place:
        assert has_place
        began.set()
        done.wait()


def test_where_all_places_are_taken_one_waits_and_hears_so() -> None:
    with all_at_work(), turns.at_work(seconds=0.01) as has_place:
        assert not has_place
    with turns.at_work(seconds=0.01) as has_place:
        assert has_place


def test_who_steps_aside_lets_others_work_and_comes_back() -> None:
    with turns.at_work(seconds=1):
        with turns.stepping_aside(), all_at_work():
            pass
        assert turns._places.acquire(blocking=False)
        turns._places.release()
    with all_at_work():
        pass


def test_a_rush_is_told_to_readers_with_a_page() -> None:
    with all_at_work(), override_settings(LONGEST_WAIT_FOR_A_TURN_SECONDS=0.01):
        response = Client().get("/sign-in/")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert b"Very many people are here right now" in response.content
    assert "Content-Security-Policy" in response


@pytest.fixture
def nothing_lent() -> Iterator[None]:
    """Begin and end without connections that no thread uses."""
    close_idle()
    yield
    close_idle()


def close_idle() -> None:
    while turns._idle:
        turns._idle.pop().close()


def in_a_thread(work: Callable[[], Found]) -> Found:
    """Work at a place in a new thread, which has no connection of its own."""

    def at_place() -> Found:
        with turns.at_work(seconds=10) as has_place:
            assert has_place
            return work()

    with ThreadPoolExecutor(1) as people:
        return people.submit(at_place).result()


def ask() -> int:
    """Ask the database, and return over which connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return id(connection.connection)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("nothing_lent")
def test_a_connection_goes_from_thread_to_thread() -> None:
    first = in_a_thread(ask)
    assert [in_a_thread(ask) for _ in range(5)] == [first] * 5
    assert in_a_thread(lambda: connection.in_atomic_block) is False


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("nothing_lent")
def test_a_rush_leaves_no_more_connections_than_places() -> None:
    """As many as work at once, however many threads there were."""

    def ask_and_step_aside() -> int:
        with turns.at_work(seconds=10):
            with turns.stepping_aside():
                pass
            return ask()

    n = 8 * turns._PLACES
    with ThreadPoolExecutor(n) as people:
        asked = [people.submit(ask_and_step_aside) for _ in range(n)]
        assert all(one.result() for one in asked)
    assert 0 < len(turns._idle) <= turns._PLACES


@pytest.mark.skipif(
    "sqlite" in settings.DATABASES["default"]["ENGINE"], reason="SQLite is within the process"
)
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("nothing_lent")
def test_a_broken_connection_is_not_lent_again() -> None:
    def ask_and_lose() -> None:
        with pytest.raises(OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    in_a_thread(ask_and_lose)
    assert in_a_thread(ask)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("nothing_lent")
def test_who_has_a_connection_keeps_it() -> None:
    own = ask()
    with turns.at_work(seconds=1):
        assert ask() == own
    assert ask() == own
    assert not turns._idle
