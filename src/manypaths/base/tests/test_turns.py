"""Turns at work: a few at once, and who waits for something else is not among them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event

from django.test import Client, override_settings

from manypaths.base import turns


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


def test_only_a_few_threads_stay_connected() -> None:
    """So that a rush leaves no more connections than a database has."""
    n = 3 * turns._MOST_CONNECTIONS
    both = Event()
    with ThreadPoolExecutor(n) as people:
        asked = [
            people.submit(lambda: (both.wait(5), turns._may_stay_connected())) for _ in range(n)
        ]
        both.set()
        assert sum(one.result()[1] for one in asked) <= turns._MOST_CONNECTIONS
    turns._connected.clear()
