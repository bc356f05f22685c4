"""Commands that let programs of others in, and out again."""

import pytest

from manypaths.api.tests.callers import Caller
from manypaths.cli.tests.commands import answer, run, said
from manypaths.people.tests.cast import Cast


def secret_of(made: dict[str, object]) -> str:
    secret = made["secret"]
    assert isinstance(secret, str)
    return secret


def test_a_token_is_made_listed_renewed_and_revoked(cast: Cast) -> None:
    made = answer(
        *("token", "make", "Quiz", "--scope", "read:roster"), "--organization", "Hill School"
    )
    assert Caller(secret_of(made)).get("/groups").status_code == 200
    (listed,) = answer("token", "list")["tokens"]
    assert (listed["id"], listed["organization"]) == (made["id"], "Hill School")
    assert listed["last_used_at"] is not None
    renewed = answer("token", "renew", made["id"])
    assert Caller(secret_of(made)).get("/groups").status_code == 401
    assert Caller(secret_of(renewed)).get("/groups").status_code == 200
    answer("token", "revoke", made["id"])
    assert Caller(secret_of(renewed)).get("/groups").status_code == 401
    assert answer("token", "list")["tokens"][0]["is_over"]


def test_in_words_the_secret_stands_alone_on_its_line(cast: Cast) -> None:
    lines = said("token", "make", "Quiz", "--scope", "read:roster").splitlines()
    assert Caller(lines[-1]).get("/groups").status_code == 200
    listed = said("token", "list")
    assert "Quiz" in listed
    assert lines[-1] not in listed


@pytest.mark.parametrize(
    "words",
    [
        ("make", "Quiz", "--scope", "everything"),
        ("make", " ", "--scope", "read:roster"),
        ("make", "Quiz", "--scope", "read:roster", "--days", 401),
        ("make", "Quiz", "--scope", "read:roster", "--organization", "No School"),
        ("revoke", "00000000-0000-4000-8000-000000000000"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_in_words(cast: Cast, words: tuple[object, ...]) -> None:
    result = run("token", *words)
    assert result.exit_code == 1
    assert result.stderr
