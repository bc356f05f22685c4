"""Ties between frameworks: their ends are linked to whatever competencies are held here."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Subquery

from manypaths.base.bulk import in_chunks
from manypaths.base.scope import current_owner
from manypaths.frameworks.models import Association, Competency, Framework


def held_elsewhere(identifiers: Collection[str]) -> dict[str, int]:
    """Return the keys of published competencies by identifier, where any framework has them.

    Of several versions the newest counts. A query for every few thousand identifiers.
    """
    wanted = sorted(identifiers)
    keys: dict[str, int] = {}
    for chunk in in_chunks(wanted):
        rows = Competency.objects.filter(
            identifier__in=chunk, framework__published_at__isnull=False
        )
        keys |= rows.order_by("framework__published_at", "pk").values_list("identifier", "pk")
    return keys


def link_waiting_ties(framework: Framework) -> None:
    """Link ties of other frameworks that named this one's nodes before they were held."""
    nodes = Competency.objects.filter(framework=framework)
    for end in ("origin", "destination"):
        named = nodes.filter(identifier=OuterRef(f"{end}_identifier"))
        waiting = Association.objects.filter(Exists(named), district_id=current_owner())
        waiting.filter(**{end: None}).exclude(framework=framework).update(
            **{end: Subquery(named.values("pk")[:1])}
        )
