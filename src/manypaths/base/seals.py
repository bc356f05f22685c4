"""Seals on the logs: a chain of hashes, made beside the deeds, so that none waits for another.

A seal covers entries in the order of their ids: SHA-256 over the hash of the seal before it and the
canonical text of each entry. Of deeds done at once, the one with the smaller id may be saved after
a larger one was sealed: such a late entry is covered by the next seal, which counts it, and only
within a day. An entry whose id lies before that in no seal was put in afterwards.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from manypaths.base.append_only import pruning_logs
from manypaths.base.clock import to_microseconds
from manypaths.base.locks import Work, alone
from manypaths.base.models import AuditEntry, Seal, SealedLog, ViewEntry

# So many entries one seal covers at most.
MOST_ENTRIES = 500
_MARK = 12
_LATEST = timedelta(days=1)
_START = "0" * 64
_MODELS: dict[str, type[AuditEntry] | type[ViewEntry]] = {
    SealedLog.AUDIT: AuditEntry,
    SealedLog.LOOKS: ViewEntry,
}

Runs = list[tuple[int, int]]


@dataclass(frozen=True)
class Break:
    """A place where a log is not what was sealed: between which ids, and what is wrong."""

    log: str
    first_id: int
    last_id: int
    what: str

    def __str__(self) -> str:
        return f"{self.log} log, entries {self.first_id} to {self.last_id}: {self.what}"


@dataclass(frozen=True)
class Verified:
    """What a look at both chains found."""

    n_seals: int
    n_entries: int
    n_pruned: int
    n_late: int
    n_unsealed: int
    breaks: Sequence[Break]

    @property
    def is_whole(self) -> bool:
        """Say whether nothing was changed, taken out or put in."""
        return not self.breaks


def seal_logs(*, at: datetime) -> int:
    """Seal all entries of both logs that no seal covers yet; return how many there were.

    One process at a time; deeds go on meanwhile, and what they add is for the next time. Each seal
    is one row, written by itself: what it covers stays as it is, so no deed has to wait while that
    is read.
    """
    with alone(Work.SEALING):
        return sum(_seal(log, at) for log in _MODELS)


def verify_logs() -> Verified:
    """Read both logs through and compare them with their seals."""
    found = [_verified(log) for log in _MODELS]
    return Verified(
        n_seals=sum(one.n_seals for one in found),
        n_entries=sum(one.n_entries for one in found),
        n_pruned=sum(one.n_pruned for one in found),
        n_late=sum(one.n_late for one in found),
        n_unsealed=sum(one.n_unsealed for one in found),
        breaks=[each for one in found for each in one.breaks],
    )


def prune_logs(*, before: int, at: datetime) -> int:
    """Take out entries that were sealed before a moment (microseconds); return how many.

    Whole seals alone: each keeps its hash and its count, so that the chain goes on.
    """
    n_pruned = 0
    for seal in Seal.objects.filter(sealed_at__lt=before, pruned_at=None).order_by("pk"):
        with transaction.atomic(), pruning_logs():
            rows = _MODELS[seal.log].every_district
            for first, last in seal.runs:
                found = rows.filter(pk__gte=first, pk__lte=last)
                n_pruned += found._raw_delete(found.db)
            seal.pruned_at = to_microseconds(at)
            seal.save(update_fields=["pruned_at"])
    return n_pruned


def newest_seal_at() -> int | None:
    """Return when a log was last sealed (microseconds), None for never."""
    newest: int | None = Seal.objects.aggregate(newest=models.Max("sealed_at"))["newest"]
    return newest


def n_unsealed() -> int:
    """Return how many entries come after the last seals."""
    return sum(
        model.every_district.filter(pk__gt=_last_id(log)).count() for log, model in _MODELS.items()
    )


def _seal(log: str, at: datetime) -> int:
    n_sealed = 0
    # Those who write without a rest would be followed for ever.
    newest = _MODELS[log].every_district.aggregate(newest=models.Max("pk"))["newest"] or 0
    while True:
        late, new = _late_ids(log, at), _new_ids(log, up_to=newest)
        wanted = sorted([*late, *new])
        if not wanted:
            return n_sealed
        _make_seal(log, wanted, len(late), at)
        n_sealed += len(wanted)


def _make_seal(log: str, ids: list[int], n_late: int, at: datetime) -> None:
    before = Seal.objects.filter(log=log).order_by("-number").first()
    runs = runs_of(ids)
    texts = list(_entries(log, runs))
    Seal.objects.create(
        log=log,
        number=before.number + 1 if before else 1,
        runs=runs,
        first_id=ids[0],
        last_id=ids[-1],
        n_entries=len(ids),
        n_late=n_late,
        marks="".join(map(_mark, texts)),
        sha256=_hash(before.sha256 if before else _START, texts),
        sealed_at=to_microseconds(at),
    )


def runs_of(ids: Iterable[int]) -> Runs:
    """Return rising ids as runs from first to last."""
    runs: Runs = []
    for pk in ids:
        if runs and runs[-1][1] == pk - 1:
            runs[-1] = (runs[-1][0], pk)
        else:
            runs.append((pk, pk))
    return runs


def _last_id(log: str) -> int:
    return Seal.objects.filter(log=log).aggregate(last=models.Max("last_id"))["last"] or 0


def _new_ids(log: str, *, up_to: int) -> list[int]:
    rows = _MODELS[log].every_district.filter(pk__gt=_last_id(log), pk__lte=up_to).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:MOST_ENTRIES])


def _late_ids(log: str, at: datetime) -> list[int]:
    """Return ids in the gaps of the last day's seals that have an entry by now."""
    since = to_microseconds(at - _LATEST)
    recent = Seal.objects.filter(log=log, sealed_at__gte=since)
    first = recent.aggregate(first=models.Min("first_id"))["first"]
    if first is None:
        return []
    return [*_outside_of_seals(log, first, _last_id(log))]


def _outside_of_seals(log: str, first: int, last: int) -> Iterator[int]:
    """Yield the ids from first to last that have an entry and no seal."""
    if last < first:
        return
    seals = Seal.objects.filter(log=log, last_id__gte=first, first_id__lte=last)
    covered = sorted(tuple(run) for runs in seals.values_list("runs", flat=True) for run in runs)
    begin = first
    for run_first, run_last in [*covered, (last + 1, last + 1)]:
        if run_first > begin:
            rows = _MODELS[log].every_district.filter(pk__gte=begin, pk__lt=run_first)
            yield from rows.order_by("pk").values_list("pk", flat=True)
        begin = max(begin, run_last + 1)


def _entries(log: str, runs: Iterable[Sequence[int]]) -> Iterator[str]:
    """Yield the canonical text of each entry: its fields by name, as JSON in one order."""
    model = _MODELS[log]
    names = [field.attname for field in model._meta.concrete_fields]
    for chunk in _few(list(runs)):
        wanted = Q()
        for first, last in chunk:
            wanted |= Q(pk__gte=first, pk__lte=last)
        rows = model.every_district.filter(wanted).order_by("pk").values(*names)
        yield from (canonical(row) for row in rows.iterator())


def canonical(entry: dict[str, Any]) -> str:
    """Return an entry's text for its seal, the same on both databases."""
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _few(runs: list[Sequence[int]]) -> Iterator[list[Sequence[int]]]:
    for first in range(0, len(runs), 200):
        yield runs[first : first + 200]


def _hash(before: str, texts: Iterable[str]) -> str:
    digest = sha256(before.encode())
    for text in texts:
        digest.update(b"\n")
        digest.update(text.encode())
    return digest.hexdigest()


def _verified(log: str) -> Verified:
    breaks: list[Break] = []
    before, number, n_entries, n_pruned, n_late = _START, 0, 0, 0, 0
    for seal in Seal.objects.filter(log=log).order_by("number").iterator():
        number += 1
        if seal.number != number:
            breaks.append(Break(log, seal.first_id, seal.last_id, "a seal before is missing"))
            number = seal.number
        n_late += seal.n_late
        if seal.pruned_at is not None:
            n_pruned += seal.n_entries
        else:
            n_entries += seal.n_entries
            breaks += _broken(seal, before)
        before = seal.sha256
    last = _last_id(log)
    breaks += [
        Break(log, pk, pk, "put in afterwards")
        for pk in _outside_of_seals(log, 1, last)
        if not _may_be_late(log, pk)
    ]
    after = _MODELS[log].every_district.filter(pk__gt=last).count()
    return Verified(number, n_entries, n_pruned, n_late, after, breaks)


def _broken(seal: Seal, before: str) -> Iterator[Break]:
    texts = {json.loads(text)["id"]: text for text in _entries(seal.log, seal.runs)}
    if _hash(before, texts.values()) == seal.sha256:
        return
    covered = [pk for first, last in seal.runs for pk in range(first, last + 1)]
    missing = [pk for pk in covered if pk not in texts]
    changed = [
        pk
        for place, pk in enumerate(covered)
        if pk in texts and _mark(texts[pk]) != seal.marks[_MARK * place : _MARK * (place + 1)]
    ]
    yield from (Break(seal.log, *run, "taken out") for run in runs_of(missing))
    yield from (Break(seal.log, *run, "changed") for run in runs_of(changed))
    if not missing and not changed:
        yield Break(seal.log, seal.first_id, seal.last_id, "the seal was changed")


def _mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_MARK]


def _may_be_late(log: str, pk: int) -> bool:
    """Say whether an entry without a seal may yet get one: its neighbour's is of the last day."""
    seal = Seal.objects.filter(log=log, last_id__gte=pk).order_by("number").first()
    newest = newest_seal_at()
    if seal is None or newest is None:
        return False
    return seal.sealed_at >= newest - int(_LATEST.total_seconds() * 1_000_000)
