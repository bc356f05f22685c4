"""Compare a ledger with what is on record: `python -m benchmarks.faults.verdict`.

Reads a ledger's entries as JSON from stdin, one ledger a line, and prints what was found likewise.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from manypaths.cli.session import set_up


@dataclass(frozen=True)
class Verdict:
    """How many rows are as they should not be; `unknown` were stored and never acknowledged."""

    acknowledged: int
    lost: int
    doubled: int
    half_deeds: int
    drifted: int
    broken: int
    unknown: int
    n_achievements: int

    @property
    def is_sound(self) -> bool:
        """Say whether nothing is lost, doubled, half done, or different from its evidence."""
        return not (self.lost or self.doubled or self.half_deeds or self.drifted or self.broken)


def main() -> None:
    set_up()

    from django.db import connections

    from manypaths.base.scope import district_scope
    from manypaths.people.models import Organization

    for line in sys.stdin:
        entries = json.loads(line)
        district = Organization.every_district.get(kind="district")
        with district_scope(district.pk):
            print(json.dumps(asdict(_judge(entries))), flush=True)
        connections.close_all()


def _judge(entries: list[dict[str, Any]]) -> Verdict:
    from manypaths.estimates.models import Achievement

    asked = {_name(entry): entry.get("given", entry.get("outcome")) for entry in entries}
    found = _on_record()
    return Verdict(
        acknowledged=len(asked),
        lost=sum(found.get(name) != said for name, said in asked.items()),
        doubled=_doubled(),
        half_deeds=sum(_half_deeds()),
        drifted=_drifted(),
        broken=_broken(),
        unknown=len(found.keys() - asked.keys()),
        n_achievements=Achievement.objects.count(),
    )


def _name(entry: dict[str, Any]) -> tuple[str, int]:
    """Return by what an acknowledged answer is known: its place in a sitting, or its own id."""
    return (entry["client_id"], 0) if "client_id" in entry else (entry["sitting"], entry["number"])


def _on_record() -> dict[tuple[str, int], str | float]:
    from manypaths.integrations.models import SentResponse
    from manypaths.sittings.models import Place

    places = Place.objects.exclude(answered_at=None)
    rows = places.values_list("sitting__public_id", "number", "given")
    sent = SentResponse.objects.filter(response__withdrawal=None)
    return {(str(sitting), number): given for sitting, number, given in rows} | {
        (name, 0): outcome for name, outcome in sent.values_list("client_id", "response__outcome")
    }


def _doubled() -> int:
    """Return how many responses stand beside the one that belongs to a place or to a sent row."""
    from manypaths.evidence.models import Response

    return Response.objects.filter(place=None, sent_as=None).count()


def _half_deeds() -> Iterator[int]:
    """Count evidence without its audit entry, answers without evidence, and the like."""
    from django.db.models import Count

    from manypaths.base.models import AuditEntry
    from manypaths.estimates.models import GeneralBelief
    from manypaths.evidence.models import Response
    from manypaths.sittings.models import Place, Sitting

    answered = Place.objects.exclude(answered_at=None)
    yield answered.exclude(outcome=None).filter(response=None).count()
    audited = Counter(
        AuditEntry.objects.filter(deed="record response").values_list("subject_id", flat=True)
    )
    of_places = Response.objects.exclude(place=None).values_list("pk", flat=True)
    yield sum(audited[pk] != 1 for pk in of_places)
    yield sum(audited.values()) - len(of_places)
    batches = AuditEntry.objects.filter(deed="record responses").values_list("facts", flat=True)
    n_sent = Response.objects.exclude(sent_as=None).count()
    yield abs(n_sent - sum(facts["count"] for facts in batches))
    waiting = Place.objects.filter(answered_at=None).values("sitting")
    yield Sitting.objects.filter(ended_at=None).exclude(pk__in=waiting).count()
    standing = Response.objects.standing().values_list("learner").annotate(n=Count("pk"))
    known = GeneralBelief.objects.values_list("learner", "n_events")
    yield len(set(standing.order_by()) ^ set(known))


def _drifted() -> int:
    """Return how many learners' estimates differ from a replay of their evidence by over 1e-9."""
    from manypaths.estimates.queries import drifted_learners, families_with_evidence
    from manypaths.people.access import Operator

    by = Operator()
    return sum(
        drifted_learners(family, by=by, sample=1_000_000)[1]
        for family in families_with_evidence(by=by)
    )


def _broken() -> int:
    """Return how many parts of the database's own files are not whole."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            answers = [row[0] for row in cursor.fetchall()]
            cursor.execute("PRAGMA foreign_key_check")
            return len(cursor.fetchall()) + (answers != ["ok"])
        cursor.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
        # Raises for the first one that is not whole, which ends the run as it should.
        cursor.execute(
            "SELECT count(bt_index_check(c.oid, true)) FROM pg_class c "
            "JOIN pg_am a ON a.oid = c.relam AND a.amname = 'btree' "
            "JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public' "
            "WHERE c.relkind = 'i'"
        )
    connection.check_constraints()
    return 0


if __name__ == "__main__":
    main()
