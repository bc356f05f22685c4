"""Which rows of a log are on record already: by learner, task and time, and among equals by order.

A place on record is the slot of one row: it holds the last thing said there. A correction says
something new in its slot; a row that somebody withdrew keeps the slot, so that the same log does
not bring it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from manypaths.base.bulk import read_columns
from manypaths.evidence.drafts import ResponseColumns
from manypaths.evidence.models import Clock, Response

Numbers = NDArray[np.int64]

# As many as the column of attempts holds; of more tries nobody needs the number.
_MOST_ATTEMPTS = 32_767
# All rows without a clock are of one moment, which no clock shows.
_NO_MOMENT = np.iinfo(np.int64).min


@dataclass(frozen=True)
class OnRecord:
    """The slots of the tasks of a log as columns; `stands` is False where the row was withdrawn."""

    pk: Numbers
    learner: Numbers
    task: Numbers
    done_at: Numbers
    clock: Numbers
    attempt: Numbers
    outcome: NDArray[np.float64]
    stands: NDArray[np.bool_]

    def only(self, rows: Numbers) -> "OnRecord":
        """Return some of the slots."""
        return replace(self, **{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def on_record(columns: ResponseColumns) -> OnRecord:
    """Return the slots of the log's tasks, in the order of each learner's work."""
    rows = Response.objects.filter(task__in=np.unique(columns.task).tolist())
    whole = ("id", "learner_id", "task_id", "done_at", "clock", "attempt")
    ordered = rows.order_by("learner", "done_at", "attempt", "pk")
    found = read_columns(ordered, (*whole, "outcome", "withdrawal_id"))
    pk, learner, task, done_at, clock, attempt = found[:6].astype(np.int64)
    said = OnRecord(pk, learner, task, done_at, clock, attempt, found[6], np.isnan(found[7]))
    slot = _groups(np.stack((said.learner, said.task, said.done_at, said.clock, said.attempt)))
    last = np.full(slot.max(initial=-1) + 1, -1, np.int64)
    np.maximum.at(last, slot, np.arange(slot.size))
    return said.only(np.sort(last))


def match(columns: ResponseColumns, record: OnRecord) -> Numbers:
    """Return the slot of each row of the log, -1 for a row that is new."""
    n = record.pk.size
    if not n:
        return np.full(len(columns), -1, np.int64)
    group = _groups(np.concatenate((_keys(record), _keys(columns)), axis=1))
    slot = np.full(int(group.max()) + 1, -1, np.int64)
    slot[group[:n]] = np.arange(n)
    matched: Numbers = slot[group[n:]]
    return matched


def placed(columns: ResponseColumns, record: OnRecord, slot: Numbers) -> ResponseColumns:
    """Return the rows with the number of the attempt, and an order number where they have no clock.

    Rows on record keep both; new ones of a learner follow the last one.
    """
    known = slot >= 0
    attempt = _next_after(
        record.attempt, (record.learner, record.task), (columns.learner, columns.task), ~known
    )
    attempt[known] = record.attempt[slot[known]]
    undated, was_undated = columns.clock == Clock.NONE, record.clock == Clock.NONE
    number = _next_after(
        record.done_at[was_undated],
        (record.learner[was_undated],),
        (columns.learner,),
        undated & ~known,
    )
    number[known] = record.done_at[slot[known]]
    return replace(
        columns,
        attempt=np.minimum(attempt, _MOST_ATTEMPTS),
        done_at=np.where(undated, number, columns.done_at),
    )


def _next_after(
    numbers: Numbers, had: Sequence[Numbers], keys: Sequence[Numbers], is_new: NDArray[np.bool_]
) -> Numbers:
    """Return, by key, one more than the largest number; each new row takes one."""
    group = _groups(np.concatenate((np.stack(had), np.stack(keys)), axis=1))
    old, new = group[: numbers.size], group[numbers.size :]
    last = np.zeros(group.max(initial=-1) + 1, np.int64)
    np.maximum.at(last, old, numbers)
    following: Numbers = last[new] + 1
    following[is_new] += _count_equals(new[is_new][None, :])
    return following


def _count_equals(keys: Numbers) -> Numbers:
    """Return how many earlier columns are equal to each column of `keys` (n_keys, n)."""
    order, begins = _sorted(keys)
    place = np.arange(order.size)
    counted = np.empty(order.size, np.int64)
    counted[order] = place - np.maximum.accumulate(np.where(begins, place, 0))
    return counted


def _keys(rows: OnRecord | ResponseColumns) -> Numbers:
    """Return what a row is known by, shape (4, n): the last counts equals in their order."""
    moment = np.where(rows.clock == Clock.NONE, _NO_MOMENT, rows.done_at)
    keys = np.stack((rows.learner, rows.task, moment))
    return np.vstack((keys, _count_equals(keys)))


def _groups(keys: Numbers) -> Numbers:
    """Return a number for each column of `keys`, the same for equal columns."""
    order, begins = _sorted(keys)
    numbers = np.empty(order.size, np.int64)
    numbers[order] = np.cumsum(begins) - 1
    return numbers


def _sorted(keys: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the order of the columns, equals as given, and where in it new ones begin."""
    order = np.lexsort(keys)  # stable: equals keep their order
    found = keys[:, order]
    begins = np.ones(order.size, bool)
    begins[1:] = (found[:, 1:] != found[:, :-1]).any(axis=0)
    return order, begins
