"""Learners who answer one task after the other, whatever becomes of the server.

Each answer belongs to a place in a sitting, and so to an address that the learner knows: whoever
gets no reply sends the same answer to the same address again. What was acknowledged stands in a
ledger outside of the program.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from time import monotonic
from typing import Any

from benchmarks.faults.asking import TROUBLE, Address, Reply, ask

_PLACE = re.compile(r"/do/set/([0-9a-f-]{36})/(\d+)/$")
_ANSWERS = ("1/2", "1/4", "3/4")
_SECONDS_BEFORE_AGAIN = 0.05
_FINE = (200, 302, 404)


@dataclass
class Ledger:
    """What got an answer that says it is done: kept here, outside of the program."""

    entries: list[dict[str, object]] = field(default_factory=list)
    last_at: float = 0.0

    @property
    def n(self) -> int:
        return len(self.entries)

    def note(self, **entry: object) -> None:
        """Write down what was acknowledged."""
        self.entries.append(entry)
        self.last_at = monotonic()


@dataclass
class Writers:
    """Several learners at work at once, who can be told to pause."""

    people: Sequence[Mapping[str, Any]]
    address: Address
    ledger: Ledger
    rng: Random
    n_at_once: int = 4
    # How often each status came, or each kind of trouble.
    met: Counter[str] = field(default_factory=Counter)
    _may_ask: asyncio.Event = field(default_factory=asyncio.Event)
    _n_asking: int = 0
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        """Begin; each writer speaks for its share of the learners in turn."""
        self._may_ask.set()
        for first in range(self.n_at_once):
            share = self.people[first :: self.n_at_once]
            self._tasks.append(asyncio.create_task(self._write(share)))

    async def pause(self) -> None:
        """Ask nothing more, and wait until every request has its answer."""
        self._may_ask.clear()
        while self._n_asking:
            self.require_alive()
            await asyncio.sleep(0.01)

    def go_on(self) -> None:
        self._may_ask.set()

    async def until_acknowledged(self, *, since: float, seconds: float = 90) -> float:
        """Wait until something is acknowledged after a moment; return how long that took."""
        while self.ledger.last_at <= since:
            self.require_alive()
            if monotonic() - since > seconds:
                raise AssertionError(f"nothing was served for {seconds} s: {dict(self.met)}")
            await asyncio.sleep(0.01)
        return self.ledger.last_at - since

    def require_alive(self) -> None:
        """Raise what a writer stumbled over, if one did."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.result()

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _write(self, people: Sequence[Mapping[str, Any]]) -> None:
        rounds = [(person, task) for task in people[0]["tasks"] for person in people]
        for person, task in cycle(rounds):
            begun = await self._persist(person, f"/do/task/{task}/begin/", {})
            place = _PLACE.search(begun.location)
            assert place is not None, begun
            await self._sit(person, place[1], int(place[2]))

    async def _sit(self, person: Mapping[str, Any], sitting: str, number: int) -> None:
        while True:
            address = f"/do/set/{sitting}/{number}/"
            shown = await self._persist(person, address)
            if shown.status != 200:
                return
            if 'name="answer"' in shown.body:
                given = self.rng.choice(_ANSWERS)
                done = await self._persist(person, f"{address}answer/", {"answer": given})
                assert done.location == address, done
                self.ledger.note(sitting=sitting, number=number, given=given)
            number += 1

    async def _persist(
        self, person: Mapping[str, Any], path: str, form: Mapping[str, str] | None = None
    ) -> Reply:
        """Ask until there is an answer that is one."""
        while True:
            await self._may_ask.wait()
            self._n_asking += 1
            try:
                reply = await ask(self.address, path, cookie=person["cookie"], form=form)
            except TROUBLE as trouble:
                self.met[type(trouble).__name__] += 1
            else:
                self.met[str(reply.status)] += 1
                if reply.status in _FINE:
                    return reply
            finally:
                self._n_asking -= 1
            await asyncio.sleep(_SECONDS_BEFORE_AGAIN)
