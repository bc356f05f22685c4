"""The pages as a server of their own gives them, for tests that go in by the front door."""

import http.client
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic

from tests.installed import COMMAND, Environment


@dataclass
class Served:
    """A server that runs, where it is, and what it wrote when it has ended."""

    process: subprocess.Popen[str]
    port: int
    said: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        # By its name, as the server says it: to a bare number browsers give no passkeys.
        return f"http://localhost:{self.port}"

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask once, over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request("GET", path, headers=named)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def children(self) -> list[int]:
        """Return the ids of all processes below the server's own."""
        return _below(self.process.pid)

    def answers_again(self, seconds: float = 30) -> bool:
        """Say whether the server answers within this time, asked again and again."""
        deadline = monotonic() + seconds
        while monotonic() < deadline:
            try:
                return self.get("/health")[0].status == 200
            except OSError:
                Event().wait(0.1)
        return False

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the server, and return how it ended."""
        self.process.send_signal(how)
        return self.process.wait(60)


def _below(process: int) -> list[int]:
    own: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        own += [int(child) for child in task.read_text().split()]
    return own + [deeper for child in own for deeper in _below(child)]


def are_gone(processes: list[int], seconds: float = 30) -> bool:
    """Say whether processes end within this time."""
    deadline = monotonic() + seconds
    while any(_lives(process) for process in processes):
        if monotonic() > deadline:
            return False
        Event().wait(0.1)
    return True


def _lives(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    # One that ended may stand there until somebody asks how.
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def free_port() -> int:
    """Return a port on which nobody listens just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(
    environment: Environment, *words: str, log: Path, more: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """Serve a home while the block runs. A server that says where it is takes connections."""
    port = free_port()
    with log.open("w+") as errors:
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", str(port), "--workers", "1", *words],
            env={**environment, **(more or {}), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        running = Served(process, port)
        try:
            assert process.stdout is not None
            running.said = process.stdout.readline()
            errors.seek(0)
            assert "Manypaths is at" in running.said, errors.read()
            yield running
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            if process.stdout is not None:
                process.stdout.close()
            running.lines = log.read_text().splitlines()
