"""The installed command, each step a process of its own, in a home of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.conf import settings

COMMAND = Path(sys.executable).with_name("manypaths")
URL = "MANYPATHS_DATABASE_URL"

Environment = dict[str, str]


def bare(home: Path) -> Environment:
    """Return an environment with nothing in it but a home, and so with SQLite."""
    return {"PATH": os.environ["PATH"], "HOME": str(home.parent), "MANYPATHS_HOME": str(home)}


@contextmanager
def furnished(home: Path) -> Iterator[Environment]:
    """Give a home on the kind of database that the suite runs on, with nothing in it yet."""
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        yield bare(home)
        return
    server, _, _ = os.environ[URL].rpartition("/")
    name = f"journey_{uuid4().hex}"
    with psycopg.connect(os.environ[URL], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield bare(home) | {URL: f"{server}/{name}"}
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(
    environment: Environment, *words: object, before: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, COMMAND, *(str(word) for word in words)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def answer(environment: Environment, *words: object) -> Any:  # what the command prints
    done = run(environment, *words, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    return json.loads(done.stdout)
