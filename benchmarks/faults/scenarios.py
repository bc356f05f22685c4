"""Rounds of one fault each, while people write: break, mend, wait until it serves, compare."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from statistics import median
from time import monotonic

from benchmarks.faults.asking import Address
from benchmarks.faults.machines import Cluster, Home, Judge, Server, free_port, judging, serving
from benchmarks.faults.proxy import LossyProxy
from benchmarks.faults.verdict import Verdict
from benchmarks.faults.writers import Ledger, Writers

_SHORTEST, _LONGEST = 0.1, 2.0


@dataclass
class Rounds:
    """What became of all rounds of a fault."""

    fault: str
    database: str
    n: int = 0
    verdicts: list[Verdict] = field(default_factory=list)
    # Seconds from the fault until something was acknowledged again.
    seconds: list[float] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    n_lost_replies: int = 0

    @property
    def acknowledged(self) -> int:
        return self.verdicts[-1].acknowledged

    @property
    def worst(self) -> dict[str, int]:
        """Return the most that any round found wrong, of each kind."""
        kinds = ("lost", "doubled", "half_deeds", "drifted", "broken")
        return {kind: max(getattr(found, kind) for found in self.verdicts) for kind in kinds}

    def row(self) -> tuple[str, ...]:
        worst = self.worst
        served = f"{median(self.seconds):.1f} / {max(self.seconds):.1f}" if self.seconds else ""
        return (
            self.fault,
            self.database,
            str(self.n),
            f"{self.acknowledged:,}",
            *(str(worst[kind]) for kind in ("lost", "doubled", "half_deeds", "drifted")),
            served,
        )


@dataclass(frozen=True)
class Site:
    """A home to break, and the server of its database where it has one of its own."""

    home: Home
    cluster: Cluster | None = None
    # All that happens in a home goes on in one ledger.
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def database(self) -> str:
        return "SQLite" if self.cluster is None else "PostgreSQL"


def kill_app(site: Site, n: int, *, seed: int = 1) -> Rounds:
    """Kill all processes of the server at once, and start it again."""
    with serving(site.home) as server:

        def break_and_mend(rng: Random) -> None:
            server.kill()
            server.start()

        return _broken(site, "kill -9 of the program", n, server, break_and_mend, seed)


def kill_process(site: Site, n: int, *, seed: int = 2) -> Rounds:
    """Kill one process of the server after the other: those with pages, the one in the background.

    The oldest each time. The server gives up where one and the same process breaks twice within
    five seconds, and leaves it to its supervisor to begin anew: that is the fault before.
    """
    with serving(site.home, n_workers=2) as server:

        def break_and_mend(rng: Random) -> None:
            with suppress(ProcessLookupError):
                os.kill(server.children()[0], signal.SIGKILL)

        return _broken(site, "kill -9 of one process", n, server, break_and_mend, seed)


def kill_database(site: Site, n: int, *, seed: int = 3) -> Rounds:
    """Kill PostgreSQL with all its processes, and start it again."""
    cluster = site.cluster
    assert cluster is not None
    with serving(site.home) as server:

        def break_and_mend(rng: Random) -> None:
            cluster.kill()
            cluster.start()

        return _broken(site, "kill -9 of the database", n, server, break_and_mend, seed)


def lose_replies(site: Site, n: int, *, seed: int = 4) -> Rounds:
    """Lose every third reply after the deed was done, and send every fifth request twice."""
    with serving(site.home) as server, judging(site.home) as judge:
        return asyncio.run(_lossy(site, n, server, judge, seed))


def _broken(
    site: Site,
    fault: str,
    n: int,
    server: Server,
    break_and_mend: Callable[[Random], None],
    seed: int,
) -> Rounds:
    with judging(site.home) as judge:
        return asyncio.run(_rounds(site, fault, n, server, judge, break_and_mend, seed))


async def _rounds(
    site: Site,
    fault: str,
    n: int,
    server: Server,
    judge: Judge,
    break_and_mend: Callable[[Random], None],
    seed: int,
) -> Rounds:
    found, rng = Rounds(fault, site.database), Random(seed)
    writers = Writers(
        site.home.people, site.home.program, server.address, site.ledger, Random(seed)
    )
    writers.start()
    try:
        await writers.until_acknowledged(since=monotonic())
        for _ in range(n):
            writers.go_on()
            await asyncio.sleep(rng.uniform(_SHORTEST, _LONGEST))
            began = monotonic()
            await asyncio.to_thread(break_and_mend, rng)
            mended = monotonic()
            # What was under way when one process of several died says nothing of the others.
            found.seconds.append(mended - began + await writers.until_acknowledged(since=mended))
            await writers.pause()
            found.verdicts.append(await asyncio.to_thread(judge.verdict, site.ledger))
            found.n += 1
    finally:
        await writers.end()
    found.met = writers.met
    return found


async def _lossy(site: Site, n: int, server: Server, judge: Judge, seed: int) -> Rounds:
    found = Rounds("lost and repeated replies", site.database)
    turns = Counter[str]()

    def every(name: str, count: int) -> bool:
        turns[name] += 1
        return turns[name] % count == 0

    proxy = LossyProxy(server.address, lambda: every("lost", 3), lambda: every("twice", 5))
    port = free_port()
    writers = Writers(site.home.people, site.home.program, Address(port), site.ledger, Random(seed))
    async with await asyncio.start_server(proxy.take, "127.0.0.1", port, limit=1 << 20):
        writers.start()
        try:
            for number in range(1, n + 1):
                writers.go_on()
                while proxy.n_lost < 10 * number:
                    writers.require_alive()
                    await asyncio.sleep(0.02)
                await writers.pause()
                found.verdicts.append(await asyncio.to_thread(judge.verdict, site.ledger))
                found.n += 1
        finally:
            await writers.end()
    found.met, found.n_lost_replies = writers.met, proxy.n_lost
    return found
