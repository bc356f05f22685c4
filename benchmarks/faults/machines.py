"""What can be broken: a home, the server with its processes, and a PostgreSQL of our own.

Only processes that were started here are ever killed, by their ids.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from benchmarks.faults.asking import Address
from benchmarks.faults.verdict import Verdict
from benchmarks.faults.writers import Ledger

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("manypaths")
URL = "MANYPATHS_DATABASE_URL"
_SECONDS_TO_START, _SECONDS_TO_END = 60, 60

Environment = Mapping[str, str]


def free_port() -> int:
    """Return a port on which nobody listens just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_until(what: str, is_so: Callable[[], bool], seconds: float = _SECONDS_TO_START) -> None:
    """Wait for something to be so. Raises AssertionError with `what` when it takes too long."""
    deadline = monotonic() + seconds
    while not is_so():
        assert monotonic() < deadline, what
        Event().wait(0.02)


@dataclass(frozen=True)
class Home:
    """A home with learners in it, on one of the databases."""

    folder: Path
    environment: Environment
    people: Sequence[Mapping[str, Any]] = ()
    n_achievements: int = 0
    names: Sequence[str] = ()
    # What a program needs that writes through the API: a token, learners and tasks.
    program: Mapping[str, Any] = field(default_factory=dict)

    def run(self, *words: str) -> str:
        """Run a module of ours in this home, and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def manypaths(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the installed command in this home."""
        return subprocess.run(
            [COMMAND, *words],
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def elsewhere(self, **more: str) -> "Home":
        """Return the same home with other settings."""
        return replace(self, environment={**self.environment, **more})


def make_home(folder: Path, *, url: str = "", n_learners: int = 40, password: str = "") -> Home:
    """Make a home in which learners are signed in and have tasks to do."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "MANYPATHS_HOME": str(folder),
        # Names the cookies as a server on this machine alone does.
        "MANYPATHS_ADDRESS": "http://127.0.0.1",
        "MANYPATHS_API_CALLS_A_MINUTE": "100000",
    }
    bare = Home(folder, environment | ({URL: url} if url else {}))
    made = bare.manypaths("init")
    assert made.returncode == 0, made.stderr
    words = ("--password", password) if password else ()
    found = json.loads(bare.run("benchmarks.faults.world", str(n_learners), *words))
    return replace(
        bare,
        people=found["people"],
        n_achievements=found["n_achievements"],
        names=found["names"],
        program=found["program"],
    )


@dataclass
class Server:
    """`manypaths serve` with all of its processes; it can be killed and started again."""

    home: Home
    port: int
    n_workers: int = 1
    # What stands before the command, such as a library that shifts the clock.
    more: Environment = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    log: Path | None = None

    @property
    def address(self) -> Address:
        return Address(self.port)

    def start(self) -> None:
        """Start, and return when it takes connections."""
        self.log = self.home.folder / "serve.log"
        with self.log.open("a") as errors:
            self.process = subprocess.Popen(
                [COMMAND, "serve", "--port", str(self.port), "--workers", str(self.n_workers)],
                env={**self.home.environment, **self.more, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert "Manypaths is at" in said, self.log.read_text()[-4000:]

    def children(self) -> list[int]:
        """Return the processes that serve pages or work in the background, the oldest first."""
        assert self.process is not None
        found = [pid for pid in below(self.process.pid) if b"spawn_main" in _command_of(pid)]
        return sorted(found, key=lambda pid: (_born(pid), pid))

    def kill(self) -> None:
        """Kill all of its processes at once, as a machine does that runs out of memory."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self._bury()

    def end(self) -> None:
        """Tell it to end, and kill what does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.kill()
        self._bury()

    def _bury(self) -> None:
        if self.process is not None:
            self.process.wait()
            if self.process.stdout is not None:
                self.process.stdout.close()


@contextmanager
def serving(home: Home, *, n_workers: int = 1, more: Environment | None = None) -> Iterator[Server]:
    """Serve a home while the block runs."""
    server = Server(home, free_port(), n_workers, more or {})
    try:
        server.start()
        yield server
    finally:
        server.end()


def below(process: int) -> list[int]:
    """Return the ids of all processes below one."""
    own: list[int] = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            own += [int(child) for child in children.read_text().split()]
    return own + [deeper for child in own for deeper in below(child)]


def _command_of(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _born(process: int) -> int:
    """Return when a process was started, in ticks of the system."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[19])


class Judge:
    """A process that compares ledgers with what is on record; it stays, for it starts slowly."""

    def __init__(self, home: Home) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.faults.verdict"],
            cwd=ROOT,
            env=dict(home.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def verdict(self, ledger: Ledger) -> Verdict:
        """Return what is to be said of the records, by this ledger."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(ledger.entries)}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the comparison itself broke: see above"
        return Verdict(**json.loads(line))

    def close(self) -> None:
        self._process.communicate()


@contextmanager
def judging(home: Home) -> Iterator[Judge]:
    """Keep a judge for a home while the block runs."""
    judge = Judge(home)
    try:
        yield judge
    finally:
        judge.close()


def postgres_binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, None where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return found[0].parent if found else None


class Cluster:
    """A PostgreSQL of our own on 127.0.0.1, which keeps every commit as Debian's settings do."""

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        binaries = postgres_binaries()
        assert binaries is not None
        self.folder, self.port = folder, port or free_port()
        self._binaries = binaries
        # PostgreSQL refuses to run as root.
        self._rights: dict[str, Any] = (
            {"user": "postgres", "group": "postgres", "extra_groups": []}
            if os.getuid() == 0
            else {}
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._log = folder / "log"

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/manypaths"

    def make(self) -> None:
        """Make the files of the cluster, and start it with an empty database."""
        self.folder.chmod(0o755)
        if self._rights:
            subprocess.run(["chown", "postgres", self.folder], check=True)
        self._call("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8")
        self.start()
        self._call(
            "createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "manypaths"
        )

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start it, and return when it takes connections."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self._binaries / "postgres",
                    *("-D", self.data, "-p", str(self.port)),
                    *("-c", "listen_addresses=127.0.0.1"),
                    *("-c", f"unix_socket_directories={self.folder}"),
                ],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._rights,
            )
        wait_until("PostgreSQL does not start", self.answers)

    def answers(self) -> bool:
        """Say whether it takes connections."""
        asked = subprocess.run(
            [
                self._binaries / "pg_isready",
                *("-h", "127.0.0.1", "-p", str(self.port), "-t", "1"),
            ],
            capture_output=True,
            check=False,
        )
        return asked.returncode == 0

    def kill(self) -> None:
        """Kill its first process and all below it, without a word to the disk."""
        assert self._process is not None
        family = [self._process.pid, *below(self._process.pid)]
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        wait_until("a process of PostgreSQL lives on", lambda: not any(map(_lives, family)))
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for socket_file in self.folder.glob(".s.PGSQL.*"):
            socket_file.unlink(missing_ok=True)

    def end(self) -> None:
        """End it at once."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                self.kill()

    def tell(self, *sentences: str) -> None:
        """Carry out sentences of SQL as its owner, each for itself."""
        told = [word for sentence in sentences for word in ("-c", sentence)]
        self._call("psql", *self._where, *told, "manypaths")

    @property
    def _where(self) -> tuple[str, ...]:
        return ("-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres")

    def _call(self, program: str, *words: str | Path) -> None:
        done = subprocess.run(
            [self._binaries / program, *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **self._rights,
        )
        assert done.returncode == 0, done.stderr


def _lives(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    # One that ended may stand there until somebody asks how.
    return stat.rpartition(")")[2].split()[0] not in "ZX"


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a PostgreSQL of our own while the block runs, in a folder that its user can reach."""
    with tempfile.TemporaryDirectory(prefix="manypaths-faults.") as folder:
        own = Cluster(Path(folder))
        try:
            own.make()
            yield own
        finally:
            own.end()
