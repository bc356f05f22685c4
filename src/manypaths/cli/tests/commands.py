"""Run commands in this process, on the test's own database."""

import json
from typing import Any

from typer.testing import CliRunner, Result

from manypaths.cli.app import app

Json = dict[str, Any]


def run(*words: object) -> Result:
    """Run a command; an error that is no exit of its own comes through."""
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def said(*words: object) -> str:
    """Run a command that succeeds, and return what it says."""
    result = run(*words)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def answer(*words: object, exit_code: int = 0) -> Json:
    """Run a command with --json, and return its one object, alone on one line of stdout."""
    result = run(*words, "--json")
    assert result.exit_code == exit_code, result.stderr
    line, end = result.stdout[:-1], result.stdout[-1:]
    assert end == "\n"
    assert "\n" not in line
    found: Json = json.loads(line, parse_constant=_refuse)
    return found


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")
