"""What a password's hash costs, and that a rush of people waits or hears so."""

import ast
import inspect

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client

from manypaths.accounts import hashing
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
    monkeypatch.setattr(hashing, "_LONGEST_WAIT_SECONDS", 0)
    with hashing._Turn(), hashing._Turn():
        with pytest.raises(Refused, match="Very many people"):
            check_password("river stone", encoded)
        answer = Client().post("/sign-in/", {"login": "ada", "password": "river stone"})
    assert "Very many people are signing in right now" in answer.content.decode()
    assert check_password("river stone", encoded)
