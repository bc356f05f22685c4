"""Conditions of the machine that last a while: a full disk, no writing, a wrong clock, hangs.

Each function brings one about while people write, ends it, and says what was seen.
"""

import asyncio
import os
import re
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from shutil import which
from time import monotonic

from benchmarks.faults.asking import TROUBLE, Address, ask
from benchmarks.faults.machines import (
    ROOT,
    URL,
    Cluster,
    Judge,
    Server,
    free_port,
    judging,
    make_home,
    serving,
    wait_until,
)
from benchmarks.faults.proxy import StubbornProxy
from benchmarks.faults.scenarios import Site
from benchmarks.faults.verdict import Verdict
from benchmarks.faults.writers import Writers
from benchmarks.load import Outcome, Target, offer

_ENOUGH = 12
N_STALLED = 200
_MEGABYTE = 2**20


@dataclass
class Observed:
    """What was seen while a condition lasted, and after."""

    fault: str
    database: str
    words: str = ""
    met: Counter[str] = field(default_factory=Counter)
    verdict: Verdict | None = None
    # Statuses of pages that were looked at while it lasted, by what they are.
    pages: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def may_mount() -> bool:
    """Say whether this process may make a small disk of its own."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=False)
        if done.returncode == 0:
            subprocess.run(["umount", folder], check=True)
        return done.returncode == 0


def may_take_writing_away() -> bool:
    """Say whether a disk can be mounted anew for reading alone, which not every machine heeds."""
    with small_disk(1) as disk:
        if not _remounted(disk, "ro"):
            return False
        try:
            (disk / "written").touch()
        except OSError:
            return True
        return False


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """Mount a disk of so many megabytes while the block runs."""
    with tempfile.TemporaryDirectory(prefix="manypaths-faults.") as folder:
        Path(folder).chmod(0o755)
        size = f"size={megabytes}m"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path, *, but: int) -> Path:
    """Fill a disk with a file of nothing, up to so many bytes; return the file."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * _MEGABYTE)
    os.truncate(ballast, max(ballast.stat().st_size - but, 0))
    return ballast


@dataclass
class Scene:
    """A server at work, people who write, and somebody who compares."""

    site: Site
    server: Server
    writers: Writers
    judge: Judge

    async def seen(self, fault: str) -> Observed:
        """Pause, compare, and return what was seen."""
        await self.writers.pause()
        ledger = self.writers.ledger
        return Observed(
            fault,
            self.site.database,
            met=self.writers.met,
            verdict=await asyncio.to_thread(self.judge.verdict, ledger),
        )

    async def until_trouble(self, n: int = _ENOUGH, seconds: float = 60) -> None:
        """Wait until so many requests got no answer that is one."""
        began, before = monotonic(), self._n_troubled()
        while self._n_troubled() < before + n:
            self.writers.require_alive()
            assert monotonic() - began < seconds, f"no trouble came: {dict(self.writers.met)}"
            await asyncio.sleep(0.02)

    async def pages(self, **paths: str) -> dict[str, int]:
        """Return the status of each page, asked for once."""
        cookie = self.site.home.people[0]["cookie"]
        found = {}
        for name, path in paths.items():
            try:
                found[name] = (await ask(self.server.address, path, cookie=cookie)).status
            except TROUBLE:
                found[name] = 0
        return found

    def _n_troubled(self) -> int:
        return sum(n for kind, n in self.writers.met.items() if kind not in ("200", "302", "404"))


@asynccontextmanager
async def at_work(site: Site, server: Server, judge: Judge) -> AsyncIterator[Scene]:
    """Let people write while the block runs, from when the first answer is acknowledged."""
    writers = Writers(site.home.people, site.home.program, server.address, site.ledger, Random(1))
    writers.start()
    try:
        await writers.until_acknowledged(since=monotonic())
        yield Scene(site, server, writers, judge)
    finally:
        await writers.end()


def _run(site: Site, play: Callable[[Scene], Awaitable[Observed]], **serve: object) -> Observed:
    async def played(server: Server, judge: Judge) -> Observed:
        async with at_work(site, server, judge) as scene:
            return await play(scene)

    with serving(site.home, **serve) as server, judging(site.home) as judge:  # type: ignore[arg-type]
        return asyncio.run(played(server, judge))


LOOKED_AT = {"sign-in": "/sign-in/", "health": "/health", "ready": "/ready"}


def disk_full() -> Observed:
    """Fill the disk of an SQLite home, and make room again."""

    async def play(scene: Scene) -> Observed:
        disk = scene.site.home.folder
        ballast = fill(disk, but=40_000)
        await scene.until_trouble()
        own = scene.site.home.people[0]["path"]
        pages = await scene.pages(**LOOKED_AT, record=own)
        ballast.unlink()
        mended = monotonic()
        seconds = await scene.writers.until_acknowledged(since=mended)
        found = await scene.seen("disk full")
        found.pages, found.seconds = pages, seconds
        return found

    with small_disk(64) as disk:
        return _run(Site(make_home(disk)), play)


def disk_full_of_postgres() -> Observed:
    """Fill the disk of a PostgreSQL with its log of writes, make room, and start it again."""

    async def play(scene: Scene) -> Observed:
        own = scene.site.cluster
        assert own is not None
        ballast = fill(own.folder, but=200_000)
        await scene.until_trouble()
        pages = await scene.pages(**LOOKED_AT, record=scene.site.home.people[0]["path"])
        ballast.unlink()
        mended = monotonic()
        if not await asyncio.to_thread(own.answers):
            await asyncio.to_thread(own.kill)
            await asyncio.to_thread(own.start)
        await scene.writers.until_acknowledged(since=monotonic())
        found = await scene.seen("disk full")
        found.pages, found.seconds = pages, scene.writers.ledger.last_at - mended
        return found

    with small_disk(192) as disk, tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(disk)
        try:
            cluster.make()
            home = make_home(Path(folder), url=cluster.url)
            return _run(Site(home, cluster), play)
        finally:
            cluster.end()


def read_only() -> Observed:
    """Begin on a disk that takes no writing, and go on when it does again."""

    async def play(scene: Scene) -> Observed:
        disk = scene.site.home.folder
        await scene.writers.pause()
        # A disk on which a program writes can't be made so under it.
        await asyncio.to_thread(scene.server.end)
        wait_until("somebody goes on writing to the disk", partial(_remounted, disk, "ro"))
        refused = await asyncio.to_thread(
            scene.site.home.manypaths, "serve", "--port", str(free_port())
        )
        assert _remounted(disk, "rw")
        await asyncio.to_thread(scene.server.start)
        scene.writers.go_on()
        seconds = await scene.writers.until_acknowledged(since=monotonic())
        found = await scene.seen("read-only disk")
        found.words = (refused.stdout + refused.stderr).strip()
        found.pages, found.seconds = {"serve": refused.returncode}, seconds
        return found

    with small_disk(64) as disk:
        return _run(Site(make_home(disk)), play)


def _remounted(disk: Path, mode: str) -> bool:
    """Mount a disk anew for reading alone or for writing; say whether it could be done."""
    done = subprocess.run(["mount", "-o", f"remount,{mode}", disk], check=False)
    return done.returncode == 0


def read_only_postgres(site: Site) -> Observed:
    """Let PostgreSQL allow reading alone for a while, as a standby does."""

    async def play(scene: Scene) -> Observed:
        own = scene.site.cluster
        assert own is not None
        setting = "ALTER DATABASE manypaths SET default_transaction_read_only"
        await asyncio.to_thread(own.tell, f"{setting} = on")
        await asyncio.to_thread(own.tell, _CUT_ALL)
        await scene.until_trouble()
        pages = await scene.pages(**LOOKED_AT, record=scene.site.home.people[0]["path"])
        mine = "SET default_transaction_read_only = off"
        await asyncio.to_thread(own.tell, mine, f"{setting} = off")
        await asyncio.to_thread(own.tell, _CUT_ALL)
        seconds = await scene.writers.until_acknowledged(since=monotonic())
        found = await scene.seen("read-only database")
        found.pages, found.seconds = pages, seconds
        return found

    return _run(site, play)


_CUT_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = 'manypaths' AND pid <> pg_backend_pid()"
)


def hanging_database(site: Site, *, hangs: float = 8.0, patience: int = 5) -> Observed:
    """Let the line to PostgreSQL hang for longer than requests may take, then cut it."""
    assert site.cluster is not None
    port = free_port()

    async def played(server: Server, judge: Judge, proxy: StubbornProxy) -> Observed:
        async with (
            await asyncio.start_server(proxy.take, "127.0.0.1", port),
            _served(server),
            at_work(site, server, judge) as scene,
        ):
            proxy.hang()
            await asyncio.sleep(hangs)
            pages = await scene.pages(health="/health", record=site.home.people[0]["path"])
            proxy.go_on()
            first = await scene.writers.until_acknowledged(since=monotonic())
            await asyncio.sleep(1)
            proxy.cut()
            second = await scene.writers.until_acknowledged(since=monotonic())
            found = await scene.seen("database that hangs, then is cut off")
            found.pages, found.seconds = pages, max(first, second)
            return found

    through = site.cluster.url.replace(f":{site.cluster.port}/", f":{port}/")
    home = site.home.elsewhere(**{URL: through, "MANYPATHS_REQUEST_SECONDS": str(patience)})
    with judging(site.home) as judge:
        server = Server(home, free_port())
        return asyncio.run(played(server, judge, StubbornProxy(Address(site.cluster.port))))


@asynccontextmanager
async def _served(server: Server) -> AsyncIterator[None]:
    try:
        await asyncio.to_thread(server.start)
        yield
    finally:
        await asyncio.to_thread(server.end)


_LIBRARIES = ("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",)


def faketime() -> Path | None:
    """Return the library that shifts the clock of a process, None where there is none."""
    found = [Path(library) for library in _LIBRARIES if Path(library).exists()]
    return found[0] if found else None


def clock_jumps(site: Site) -> Observed:
    """Put the clock of the server an hour back, then hours ahead, and right again."""
    library = faketime()
    assert library is not None
    steps = ("-1h", "+5h", "-3h", "+0")

    async def play(scene: Scene) -> Observed:
        for step in steps:
            offset.write_text(step)
            began, before = monotonic(), scene.writers.ledger.n
            while scene.writers.ledger.n < before + _ENOUGH:
                scene.writers.require_alive()
                assert monotonic() - began < 90, step
                await asyncio.sleep(0.05)
        return await scene.seen("clock that jumps (-1 h, +5 h, -3 h)")

    offset = site.home.folder / "clock"
    offset.write_text("+0")
    more = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    return _run(site, play, more=more)


@dataclass
class Slowness:
    """How long readers waited, before and while many senders stalled."""

    name: str
    before: Outcome
    during: Outcome
    n_stalled: int


def slow_bodies(site: Site, *, seconds: float = 6, rate: float = 5) -> list[Slowness]:
    """Stall many bodies half-way, with and without a proxy, and ask for pages meanwhile."""
    with serving(site.home, n_workers=2) as server:
        found = [asyncio.run(_stalled(site, "without", server.port, server.port, seconds, rate))]
        if which("nginx") is not None:
            with proxied(server) as port:
                # The pages are asked for by the name that they are served under.
                found.append(asyncio.run(_stalled(site, "nginx", port, server.port, seconds, rate)))
    return found


async def _stalled(
    site: Site, name: str, port: int, host_port: int, seconds: float, rate: float
) -> Slowness:
    person = site.home.people[0]
    target, paths = Target("127.0.0.1", port, person["cookie"]), [person["path"]]
    await offer(target, paths, rate=rate, n_clients=4, seconds=2)
    before = await offer(target, paths, rate=rate, n_clients=4, seconds=seconds)
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(N_STALLED)]
    for _, writer in lines:
        writer.write(
            b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 400\r\n\r\nlogin=ada"
        )
        await writer.drain()
    await asyncio.sleep(1)
    during = await offer(target, paths, rate=rate, n_clients=4, seconds=seconds)
    for _, writer in lines:
        writer.transport.abort()
    return Slowness(name, before, during, len(lines))


@contextmanager
def proxied(server: Server) -> Iterator[int]:
    """Run nginx before a server, by the settings that the guide for hosts gives, without TLS."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="manypaths-faults.") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "nginx.conf").write_text(_nginx_settings(folder, port, server.port))
        process = subprocess.Popen(
            ["nginx", "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_until("nginx does not start", lambda: _listens(port))
            yield port
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _nginx_settings(folder: Path, port: int, behind: int) -> str:
    guide = (ROOT / "docs" / "guide" / "hosts.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```nginx\n(.*?)```", guide, re.DOTALL)
    own = re.sub(r"(?m)^\s*ssl_.*\n", "", shown)
    own = own.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    own = own.replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off;\npid {folder}/pid;\nworker_processes 1;\n"
        f"events {{ worker_connections 1024; }}\n"
        f"http {{\naccess_log off;\n{places}{own}}}\n"
    )


def _listens(port: int) -> bool:
    import socket

    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
