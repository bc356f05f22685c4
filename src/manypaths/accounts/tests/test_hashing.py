"""What a password's hash costs, and that a rush of people waits or hears so."""

import ast
import inspect
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client

from manypaths.accounts import hashing
from manypaths.base import turns
from manypaths.base.errors import Refused


def test_a_hash_is_argon2id_of_64_mebibytes_in_two_passes() -> None:
    # As written: the tests themselves hash with less.
    written = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(inspect.getsource(hashing)))
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    assert written["time_cost"] == 2
    assert written["memory_cost"] == 65_536
    assert make_password("river stone").startswith("argon2$argon2id$")


def test_who_would_wait_too_long_is_told(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = make_password("river stone")
    monkeypatch.setattr(hashing, "_LONGEST_WAIT_SECONDS", 0.01)
    with all_turns_taken():
        with pytest.raises(Refused, match="Very many people"):
            check_password("river stone", encoded)
        answer = Client().post("/sign-in/", {"login": "ada", "password": "river stone"})
    assert "Very many people are signing in right now" in answer.content.decode()
    monkeypatch.undo()
    assert check_password("river stone", encoded)


def test_who_waits_for_a_turn_keeps_nobody_from_work() -> None:
    encoded, waiting = make_password("river stone"), 3 * turns._PLACES
    with ThreadPoolExecutor(waiting) as people, all_turns_taken():
        signing_in = [people.submit(_signs_in, encoded) for _ in range(waiting)]
        while hashing._hashers._work_queue.qsize() < waiting:
            Event().wait(0.001)
        with turns.at_work(seconds=5) as has_place:
            assert has_place
    assert all(one.result() for one in signing_in)


def _signs_in(encoded: str) -> bool:
    with turns.at_work(seconds=60):
        return check_password("river stone", encoded)


@contextmanager
def all_turns_taken() -> Iterator[None]:
    done = Event()
    holding = [hashing._hashers.submit(done.wait) for _ in range(settings.HASHES_AT_ONCE)]
    try:
        yield
    finally:
        done.set()
        wait(holding)
