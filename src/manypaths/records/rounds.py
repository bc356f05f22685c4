"""The rounds that the worker makes by itself: seals, deletions whose day has come, old packages."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from manypaths.base.clock import to_microseconds
from manypaths.base.scope import district_scope
from manypaths.base.seals import prune_logs, seal_logs
from manypaths.people.access import Operator
from manypaths.people.models import Organization
from manypaths.people.queries import districts, zone_of
from manypaths.records.deleting import drop_doomed_files
from manypaths.records.erasures import carry_out_erasures
from manypaths.records.exports import drop_old_exports
from manypaths.records.holds import is_anything_held
from manypaths.records.ledger import write_ledger_file
from manypaths.records.retention import delete_due, policy

log = logging.getLogger(__name__)


@dataclass
class Round:
    """What one round did."""

    n_sealed: int = 0
    n_erased: int = 0
    n_deleted: dict[str, int] = field(default_factory=dict)
    n_pruned: int = 0
    n_dropped: int = 0


def make_round(*, at: datetime, whole: bool = True) -> Round:
    """Seal the logs; with `whole` also do what is due in each district. For the operator's worker.

    Each part is done on its own: what can't be done now is logged, and tried again in the next.
    """
    done = Round(n_sealed=seal_logs(at=at))
    if not whole:
        return done
    operator, longest = Operator(), 0
    for district in _entered():
        done.n_erased += len(carry_out_erasures(by=operator, at=at))
        ours = policy()
        longest = max(longest, ours.days["logs"])
        if ours.deletes_by_itself:
            for kind, n_rows in delete_due(by=operator, at=at).items():
                done.n_deleted[kind] = done.n_deleted.get(kind, 0) + n_rows
        done.n_dropped += drop_doomed_files() + drop_old_exports(at=at)
        log.debug("round made", extra={"district": district.pk})
    if longest and not is_anything_held():
        done.n_pruned = prune_logs(before=to_microseconds(at - timedelta(days=longest)), at=at)
    write_ledger_file()
    return done


def _entered() -> Iterator[Organization]:
    """Yield each district, in its scope."""
    for district in districts(by=Operator()):
        with district_scope(district.pk, zone_of(district)):
            yield district
