"""Kolibri, served with a class of 30: the call behind its coach's page of a class."""

import asyncio
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Target, fetch

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / ".peers" / "kolibri" / "bin" / "kolibri"
_SECONDS_TO_START, _SECONDS_TO_END = 60, 20
# It writes no log, finds no neighbours, and tells nobody that it is there.
_ALONE = {
    "KOLIBRI_NO_FILE_BASED_LOGGING": "1",
    "KOLIBRI_LISTEN_ADDRESS": "127.0.0.1",
    "KOLIBRI_ZEROCONF_ENABLED": "0",
    "KOLIBRI_DISABLE_PING": "1",
}


@dataclass(frozen=True)
class Served:
    """Where Kolibri listens, what its coach asks for, and the id of its process."""

    target: Target
    path: str
    process: int


@contextmanager
def serving_kolibri() -> Iterator[Served]:
    """Make a class in a home of its own, and serve it while the block runs."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, **_ALONE, "KOLIBRI_HOME": home}
        script = Path(__file__).with_name("kolibri_class.py")
        made = subprocess.run(
            [PROGRAM.with_name("python"), script],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        asked = json.loads(made.stdout.splitlines()[-1])
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = subprocess.Popen(
            [PROGRAM, "start", "--foreground", "--port", str(port)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            target = Target("127.0.0.1", port, asked["cookie"])
            _wait_for(target, asked["path"])
            yield Served(target, asked["path"], process.pid)
        finally:
            process.terminate()
            try:
                process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(target: Target, path: str) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while True:
        try:
            answer = asyncio.run(asyncio.wait_for(fetch(target, path), _SECONDS_TO_START))
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
            continue
        if answer.status != 200:
            raise RuntimeError(f"Kolibri answers {answer.status} for its class")
        return
