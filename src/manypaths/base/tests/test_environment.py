import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.base.environment import (
    BadSetting,
    env_address,
    env_bool,
    env_int,
    env_names,
    env_secret,
    env_str,
    env_zone,
)

NAME = "MANYPATHS_TEST_SETTING"
SECRET = "correct horse battery staple, and one more"


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv(NAME, raising=False)
    return monkeypatch


def test_a_setting_that_is_not_there_is_its_default(setting: pytest.MonkeyPatch) -> None:
    assert env_str(NAME, "red") == "red"
    assert env_bool(NAME, True) is True
    assert env_int(NAME, 5, at_least=1, at_most=9) == 5
    assert env_secret(NAME) is None


def test_an_empty_text_counts_as_none(setting: pytest.MonkeyPatch) -> None:
    setting.setenv(NAME, "")
    assert env_str(NAME, "red") == "red"


def test_a_zone_is_one_that_is_known(setting: pytest.MonkeyPatch) -> None:
    assert env_zone(NAME, "UTC") == "UTC"
    setting.setenv(NAME, "Europe/Lisbon")
    assert env_zone(NAME, "UTC") == "Europe/Lisbon"
    for value in ("Mars", "Europe", "../etc/passwd", "/etc"):
        setting.setenv(NAME, value)
        with pytest.raises(BadSetting, match="the name of a time zone, such as Europe/Lisbon"):
            env_zone(NAME, "UTC")


def test_one_of_the_allowed_texts_is_taken(setting: pytest.MonkeyPatch) -> None:
    setting.setenv(NAME, "blue")
    assert env_str(NAME, "red", allowed=("red", "blue")) == "blue"
    assert env_str(NAME, "red") == "blue"


def test_another_text_stops_the_start_and_names_the_allowed_ones(
    setting: pytest.MonkeyPatch,
) -> None:
    setting.setenv(NAME, "Blue")
    with pytest.raises(BadSetting) as stopped:
        env_str(NAME, "red", allowed=("red", "blue"))
    assert stopped.value.code == f"The setting {NAME} is 'Blue'. Allowed: red or blue."


@pytest.mark.parametrize("text", ["1", "true", "YES", "On"])
def test_claims_are_made_in_several_words(setting: pytest.MonkeyPatch, text: str) -> None:
    setting.setenv(NAME, text)
    assert env_bool(NAME, False) is True


@pytest.mark.parametrize("text", ["0", "false", "NO", "Off"])
def test_claims_are_denied_in_several_words(setting: pytest.MonkeyPatch, text: str) -> None:
    setting.setenv(NAME, text)
    assert env_bool(NAME, True) is False


@pytest.mark.parametrize("text", ["", " ", "2", "ja", "true "])
def test_any_other_word_for_a_claim_stops_the_start(setting: pytest.MonkeyPatch, text: str) -> None:
    setting.setenv(NAME, text)
    with pytest.raises(BadSetting, match="1, true, yes, on, 0, false, no, off") as stopped:
        env_bool(NAME, False)
    assert repr(text) in str(stopped.value.code)


@given(number=st.integers(1, 9))
def test_a_number_within_its_bounds_is_taken(number: int) -> None:
    with pytest.MonkeyPatch.context() as setting:
        setting.setenv(NAME, str(number))
        assert env_int(NAME, 5, at_least=1, at_most=9) == number


@pytest.mark.parametrize("text", ["0", "10", "-3", "", "5.0", "five", "1e1", "0x5"])
def test_a_number_outside_them_stops_the_start(setting: pytest.MonkeyPatch, text: str) -> None:
    setting.setenv(NAME, text)
    with pytest.raises(BadSetting, match="a whole number from 1 to 9"):
        env_int(NAME, 5, at_least=1, at_most=9)


def test_a_secret_is_long(setting: pytest.MonkeyPatch) -> None:
    setting.setenv(NAME, SECRET)
    assert env_secret(NAME) == SECRET


@pytest.mark.parametrize("text", ["", "hunter2", SECRET[:31]])
def test_a_short_secret_stops_the_start_and_is_not_printed(
    setting: pytest.MonkeyPatch, text: str
) -> None:
    setting.setenv(NAME, text)
    with pytest.raises(BadSetting, match="at least 32 characters") as stopped:
        env_secret(NAME)
    assert not text or text not in str(stopped.value.code)


def started(home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Read all settings in a process of their own, as every command does."""
    environment = {name: value for name, value in os.environ.items() if name[:10] != "MANYPATHS_"}
    return subprocess.run(
        [sys.executable, "-c", "import manypaths.settings"],
        env=environment | {"MANYPATHS_HOME": str(home)} | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("MANYPATHS_DEBUG", "maybe", "1, true, yes, on"),
        ("MANYPATHS_LOG_LEVEL", "loud", "DEBUG or INFO or WARNING or ERROR"),
        ("MANYPATHS_DATABASE_WAIT_SECONDS", "0", "a whole number from 1 to 600"),
        ("MANYPATHS_SECRET_KEY", "k-s3cret", "at least 32 characters"),
        ("MANYPATHS_DATABASE_URL", "mysql://ada:k-s3cret@host/db", "postgresql://"),
        ("MANYPATHS_DATABASE_URL", "postgresql://ada:k-s3cret@host:port/db", "postgresql://"),
        ("MANYPATHS_DATABASE_URL", "postgresql://ada:k-s3cret@host", "postgresql://"),
    ],
)
def test_a_bad_setting_stops_the_program_and_no_secret_is_printed(
    tmp_path: Path, name: str, value: str, allowed: str
) -> None:
    stopped = started(tmp_path, **{name: value})
    assert stopped.returncode == 1
    assert name in stopped.stderr
    assert allowed in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert "k-s3cret" not in stopped.stderr + stopped.stdout


def test_the_program_starts_without_any_setting(tmp_path: Path) -> None:
    assert started(tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("", ""),
        ("https://paths.example.org", "https://paths.example.org"),
        ("https://paths.example.org:8443/", "https://paths.example.org:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_an_address_is_https_or_this_machine(
    setting: pytest.MonkeyPatch, value: str, address: str
) -> None:
    setting.setenv(NAME, value)
    assert env_address(NAME) == address


@pytest.mark.parametrize(
    "value",
    [
        "http://paths.example.org",
        "http://127.0.0.1.example.org",
        "ftp://127.0.0.1",
        "paths.example.org",
        "https://",
        "https://paths.example.org/a",
        "https://me@paths.example.org",
        "https://paths.example.org:port",
    ],
)
def test_an_address_by_which_others_could_read_along_stops_the_start(
    setting: pytest.MonkeyPatch, value: str
) -> None:
    setting.setenv(NAME, value)
    with pytest.raises(BadSetting, match="https://HOST"):
        env_address(NAME)


def test_names_stand_apart_by_commas_or_blanks(setting: pytest.MonkeyPatch) -> None:
    assert env_names(NAME) == []
    setting.setenv(NAME, "a.example, b.example c.example")
    assert env_names(NAME) == ["a.example", "b.example", "c.example"]
