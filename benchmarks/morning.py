"""A morning at school: twenty classes answer at once, and a hundred people sign in at once.

Both are open loops: everybody acts when it is time for them, and a time is counted from then.
"""

import asyncio
import math
import re
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.faults.asking import TROUBLE, Address, Reply, ask
from benchmarks.faults.machines import Server, cluster, judging, make_home, serving
from benchmarks.faults.scenarios import Site
from benchmarks.load import Outcome, Target, offer
from benchmarks.page import Page, section, table

N_LEARNERS, N_ITEMS, WITHIN_SECONDS = 500, 5, 60.0
N_SIGN_INS = 100
_PASSWORD = "river stone 42"  # noqa: S105  # of invented people
_READERS_RATE, _READERS, _READ_SECONDS = 10, 8, 15
_PATIENCE = 120.0
_PLACE = re.compile(r"/do/set/([0-9a-f-]{36})/(\d+)/$")
_FINE = (200, 302)


@dataclass
class Ticket:
    """All who answer an exit ticket: how long each screen took, and what came instead of one."""

    site: Site
    address: Address
    rng: Random
    screens: list[float] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    def percentile(self, share: float) -> float:
        """Return the time within which this share of screens was there."""
        ordered = sorted(self.screens)
        return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]

    async def answer(self, person: Mapping[str, Any], began: float) -> None:
        """Answer five items: the first moment by chance in the first ten seconds, then in turn."""
        at = began + self.rng.uniform(0, 10)
        step = (WITHIN_SECONDS - 12) / (2 * N_ITEMS + 1)
        begun = await self._press(person, at, f"/do/task/{person['tasks'][0]}/begin/", {})
        place = _PLACE.search(begun)
        assert place is not None, begun
        for number in range(1, N_ITEMS + 1):
            at += self.rng.uniform(0.5, 1.5) * step
            question = f"/do/set/{place[1]}/{number}/"
            given = self.rng.choice(("1/2", "1/4"))
            await self._press(person, at, f"{question}answer/", {"answer": given})
            self.site.ledger.note(sitting=place[1], number=number, given=given)
            if number < N_ITEMS:
                at += self.rng.uniform(0.5, 1.5) * step
                await self._press(person, at, f"/do/set/{place[1]}/{number + 1}/")

    async def _press(
        self, person: Mapping[str, Any], at: float, path: str, form: dict[str, str] | None = None
    ) -> str:
        """Press a button when it is time, and wait for the screen; return its address."""
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        if form is not None:
            reply = await self._persist(person, path, form)
            path = reply.location
        await self._persist(person, path, None)
        self.screens.append(time.perf_counter() - at)
        return path

    async def _persist(
        self, person: Mapping[str, Any], path: str, form: dict[str, str] | None
    ) -> Reply:
        """Ask until there is an answer that is one; whoever is turned away presses again."""
        while True:
            try:
                reply = await ask(
                    self.address, path, cookie=person["cookie"], form=form, patience=_PATIENCE
                )
            except TROUBLE as trouble:
                self.met[type(trouble).__name__] += 1
            else:
                self.met[str(reply.status)] += 1
                if reply.status in _FINE:
                    return reply
            await asyncio.sleep(1)


@contextmanager
def _sites(n_learners: int, *, password: str = "") -> Iterator[Iterator[Site]]:
    """Give a home on each database, one after the other."""

    def each() -> Iterator[Site]:
        with tempfile.TemporaryDirectory(prefix="manypaths-morning.") as folder:
            yield Site(make_home(Path(folder), n_learners=n_learners, password=password))
        with tempfile.TemporaryDirectory(prefix="manypaths-morning.") as folder, cluster() as own:
            home = make_home(Path(folder), url=own.url, n_learners=n_learners, password=password)
            yield Site(home, own)

    found = each()
    try:
        yield found
    finally:
        found.close()  # type: ignore[attr-defined]  # a generator


def exit_ticket(n_learners: int = N_LEARNERS) -> str:
    """Let classes answer an exit ticket at once, on each database."""
    with _sites(n_learners) as sites:
        rows = [_ticket_row(site) for site in sites]
    columns = (
        "database",
        "answers",
        "kept",
        "wrong",
        "screens",
        "p50 / p95 / most, s",
        "turned away",
    )
    return section(
        "An exit ticket",
        f"{n_learners} learners of {-(-n_learners // 25)} classes answer {N_ITEMS} items within "
        f"{WITHIN_SECONDS:.0f} s, all through the pages. A screen is what follows a press of a "
        "button: the answer is taken in, and what comes next is shown. Whoever is told that very "
        "many are here presses again a second later, and the time runs on. Every answer is then "
        "compared with what is on record, as in [faults](faults.md).",
        table(columns, rows),
    )


def _ticket_row(site: Site) -> tuple[str, ...]:
    async def all_answer(server: Server) -> Ticket:
        ticket = Ticket(site, server.address, Random(1))
        await _warm(server.address, site)
        began = time.perf_counter() + 0.5
        people = site.home.people
        await asyncio.gather(*(ticket.answer(person, began) for person in people))
        return ticket

    with serving(site.home, n_workers=2) as server, judging(site.home) as judge:
        ticket = asyncio.run(all_answer(server))
        found = judge.verdict(site.ledger)
    wrong = found.doubled + found.half_deeds + found.drifted + found.broken
    times = " / ".join(f"{ticket.percentile(share):.2f}" for share in (0.5, 0.95, 1.0))
    turned_away = sum(n for kind, n in ticket.met.items() if kind not in ("200", "302"))
    return (
        site.database,
        f"{found.acknowledged:,}",
        f"{found.acknowledged - found.lost:,}",
        str(wrong),
        f"{len(ticket.screens):,}",
        times,
        str(turned_away),
    )


async def _warm(address: Address, site: Site) -> None:
    """Start threads and open connections, which a day does once."""
    people: Sequence[Mapping[str, Any]] = site.home.people[:8]
    await asyncio.gather(*(ask(address, one["path"], cookie=one["cookie"]) for one in people))


def sign_ins(n: int = N_SIGN_INS) -> str:
    """Let many people sign in by password at one moment, while others read."""
    with _sites(n, password=_PASSWORD) as sites:
        rows = [_sign_in_row(site) for site in sites]
    columns = (
        *("database", "signed in", "turned away", "the last after, s"),
        *("readers' p50 / p95 before, ms", "while they sign in"),
    )
    return section(
        "A hundred sign-ins",
        f"{n} people send their passwords at one moment, and {_READERS_RATE} times a second "
        "somebody reads their own page. A password costs a tenth of a second of one core by "
        "design; that work is done behind readers.",
        table(columns, rows),
    )


def _sign_in_row(site: Site) -> tuple[str, ...]:
    async def rush(server: Server) -> tuple[Outcome, Outcome, Counter[int], float]:
        person = site.home.people[0]
        target, paths = Target("127.0.0.1", server.port, person["cookie"]), [person["path"]]

        def read(seconds: float) -> Awaitable[Outcome]:
            return offer(target, paths, rate=_READERS_RATE, n_clients=_READERS, seconds=seconds)

        await read(3)
        before = await read(_READ_SECONDS)
        reading = asyncio.ensure_future(read(_READ_SECONDS))
        await asyncio.sleep(1)
        began = time.perf_counter()
        names = site.home.names
        replies = await asyncio.gather(*(_sign_in(server.address, name) for name in names))
        seconds = time.perf_counter() - began
        return before, await reading, Counter(reply.status for reply in replies), seconds

    with serving(site.home, n_workers=2) as server:
        before, during, statuses, seconds = asyncio.run(rush(server))
    return (
        site.database,
        str(statuses[302]),
        str(sum(statuses.values()) - statuses[302]),
        f"{seconds:.1f}",
        _times(before),
        _times(during),
    )


def _sign_in(address: Address, name: str) -> Awaitable[Reply]:
    form = {"login": name, "password": _PASSWORD}
    return ask(address, "/sign-in/", form=form, patience=_PATIENCE)


def _times(outcome: Outcome) -> str:
    if outcome.is_saturated:
        return f"saturated, {outcome.offered - len(outcome.times)} not back"
    return f"{1000 * outcome.percentile(0.5):.0f} / {1000 * outcome.percentile(0.95):.0f}"


PARTS: dict[str, Callable[[], str]] = {"exit-ticket": exit_ticket, "sign-ins": sign_ins}
PAGE = Page(
    title="A morning at school",
    about=(
        "Written by `make bench`. The installed program serves over loopback, two processes on two "
        "cores, without a proxy and TLS; the load generator, `benchmarks/morning.py`, is our own "
        "and shares those two cores, as does PostgreSQL, which keeps every commit on the disk."
    ),
    packages=("manypaths", "Django", "granian"),
    parts=PARTS,
)
