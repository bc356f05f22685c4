"""What changes by deeds alone, kept in each process until the next deed that could change it.

A class is looked at many times a day, and the framework by which it works changes once a term: to
read it anew for each look was a good part of what a look cost.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.db import connection, transaction
from django.db.models import Count, Max, Q, QuerySet

from manypaths.base.models import AuditEntry
from manypaths.base.prepared import prepared
from manypaths.base.scope import current_owner

Asked = ParamSpec("Asked")
Found = TypeVar("Found")

# The newest deed and how many there are: a deed that began first may be written last, and then its
# id is not the newest.
Stamp = tuple[int, int]
_NEVER: Stamp = (0, 0)
_forgetting: list[Callable[[], None]] = []

# Every published framework, with its levels, tasks and slips, is changed by deeds on frameworks
# alone; which model speaks for it, by deeds on models as well.
FRAMEWORKS, MODELS = "framework", "fitted model"
_KINDS = (FRAMEWORKS, MODELS)


def kept_until(
    *kinds: str, most: int = 64
) -> Callable[[Callable[Asked, Found]], Callable[Asked, Found]]:
    """Keep what a function returns until the next deed on rows of these kinds, for each district.

    Deeds above the districts count for all. The arguments are given by their places, can be hashed
    and say all that is asked for; at most `most` answers are kept. What is returned is shared by
    all who ask: nobody may change it. In a transaction nothing is taken or kept, for what it shows
    may never come to be, unless it is `atomic_beside` these kinds.
    """
    unknown = set(kinds) - set(_KINDS)
    if unknown or not kinds:
        raise ValueError(f"deeds are watched on {', '.join(_KINDS)}; got {', '.join(kinds)}")

    def keeping(read: Callable[Asked, Found]) -> Callable[Asked, Found]:
        # What it is kept by comes first: whose it is, and the newest deeds.
        @lru_cache(maxsize=most)
        def kept(_by: tuple[int | None, tuple[Stamp, ...]], *asked: Hashable) -> Found:
            return cast("Callable[..., Found]", read)(*asked)

        _forgetting.append(kept.cache_clear)

        @wraps(read)
        def looked_up(*asked: Asked.args, **named: Asked.kwargs) -> Found:
            if named or not _may_take(kinds):
                return read(*asked, **named)
            stamps = _stamps()
            by = current_owner(), tuple(stamps.get(kind, _NEVER) for kind in kinds)
            return kept(by, *cast("tuple[Hashable, ...]", asked))

        return looked_up

    return keeping


@dataclass(frozen=True)
class _Beside:
    """A transaction that leaves rows of some kinds alone; the stamps that it found, by owner."""

    kinds: frozenset[str]
    stamps: dict[int | None, Mapping[str, Stamp]] = field(default_factory=dict)


_beside: ContextVar[_Beside | None] = ContextVar("beside", default=None)


@contextmanager
def atomic_beside(*kinds: str) -> Iterator[None]:
    """Open a transaction that changes nothing of these kinds: what is kept holds within it, too.

    Inside another transaction, which may have changed them, it is one like any other. A deed on
    these kinds raises RuntimeError.
    """
    beside = _beside.get() if connection.in_atomic_block else _Beside(frozenset(kinds))
    token = _beside.set(beside)
    try:
        with transaction.atomic():
            yield
    finally:
        _beside.reset(token)


def require_not_beside(kind: str) -> None:
    """Raise RuntimeError within a transaction that was to leave rows of this kind alone."""
    beside = _beside.get()
    if beside is not None and kind in beside.kinds:
        raise RuntimeError(f"a deed on a {kind} in a transaction that leaves those alone")


def forget() -> None:
    """Forget all that this process keeps: for whoever puts another database beneath it."""
    for one in _forgetting:
        one()


def _may_take(kinds: tuple[str, ...]) -> bool:
    if not connection.in_atomic_block:
        return True
    beside = _beside.get()
    return beside is not None and beside.kinds.issuperset(kinds)


def _stamps() -> Mapping[str, Stamp]:
    """Return the newest deeds, here or above the districts, by kind.

    One query, once a look or once in a transaction beside them.
    """
    owner, beside = current_owner(), _beside.get()
    if beside is not None and owner in beside.stamps:
        return beside.stamps[owner]
    stamps = {kind: (newest, n) for kind, newest, n in _newest_deeds(owner)}
    if beside is not None:
        beside.stamps[owner] = stamps
    return stamps


@prepared
def _newest_deeds(owner: int | None) -> QuerySet[Any, tuple[str, int, int]]:
    here = Q(district_id=owner) | Q(district_id=None)
    deeds = AuditEntry.every_district.filter(here, subject_kind__in=_KINDS).order_by()
    return deeds.values_list("subject_kind").annotate(newest=Max("pk"), n_deeds=Count("pk"))
