"""The order in which a publisher lists nodes and ties.

Rows are found by identifier and outlive many imports, so their keys say nothing of that order.
"""

from manypaths.frameworks.models import Association, Competency

Place = tuple[int, int]


def place_of(row: Competency | Association) -> Place:
    """Return what sorts rows of one framework into the publisher's order."""
    return row.position, row.pk
