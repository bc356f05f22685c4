"""Learners who answer one task after the other, and a program that hands on what it has.

Whatever becomes of the server, they go on. Each answer belongs to a place in a sitting, and so to
an address that the learner knows; each row of the program has an id of its own, and each call a
key. Whoever gets no reply sends the same once more. What was acknowledged stands in a ledger
outside of the program.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from random import Random
from time import monotonic
from typing import Any

from benchmarks.faults.asking import TROUBLE, Address, Reply, ask, call

_PLACE = re.compile(r"/do/set/([0-9a-f-]{36})/(\d+)/$")
_ANSWERS = ("1/2", "1/4", "3/4")
_SECONDS_BEFORE_AGAIN = 0.05
_FINE = (200, 302, 404)
_BATCH = 5
_LONG_AGO = datetime(2026, 3, 2, tzinfo=UTC)


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
    program: Mapping[str, Any]
    address: Address
    ledger: Ledger
    rng: Random
    n_at_once: int = 3
    # How often each status came, or each kind of trouble.
    met: Counter[str] = field(default_factory=Counter)
    _may_ask: asyncio.Event = field(default_factory=asyncio.Event)
    _n_asking: int = 0
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        """Begin: all but one at the pages, for a share of the learners; one program at the API."""
        self._may_ask.set()
        self._tasks.append(asyncio.create_task(self._hand_on()))
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

    async def _hand_on(self) -> None:
        """Send batches of responses to the API, each with a key and with ids of its rows."""
        for number in count():
            rows = [self._row(number, place) for place in range(_BATCH)]
            key = f"call-{id(self)}-{number}"
            done = await self._until_answered(
                lambda rows=rows, key=key: call(  # type: ignore[misc]  # as they are now
                    self.address,
                    "/api/v1/responses/batch",
                    {"rows": rows},
                    secret=self.program["secret"],
                    key=key,
                )
            )
            assert done.status == 200, done
            for row in rows:
                self.ledger.note(client_id=row["client_id"], outcome=row["outcome"])

    def _row(self, number: int, place: int) -> dict[str, object]:
        done_at = _LONG_AGO + timedelta(seconds=self.rng.randrange(10**7))
        return {
            "client_id": f"row-{id(self)}-{number}-{place}",
            "learner": self.rng.choice(self.program["learners"]),
            "task": self.rng.choice(self.program["tasks"]),
            "outcome": self.rng.choice((0.0, 1.0)),
            "done_at": done_at.isoformat(),
        }

    async def _persist(
        self, person: Mapping[str, Any], path: str, form: Mapping[str, str] | None = None
    ) -> Reply:
        """Ask for a page until there is an answer that is one."""
        return await self._until_answered(
            lambda: ask(self.address, path, cookie=person["cookie"], form=form)
        )

    async def _until_answered(self, send: Callable[[], Awaitable[Reply]]) -> Reply:
        while True:
            await self._may_ask.wait()
            self._n_asking += 1
            try:
                reply = await send()
            except TROUBLE as trouble:
                self.met[type(trouble).__name__] += 1
            else:
                self.met[str(reply.status)] += 1
                if reply.status in _FINE:
                    return reply
            finally:
                self._n_asking -= 1
            await asyncio.sleep(_SECONDS_BEFORE_AGAIN)
