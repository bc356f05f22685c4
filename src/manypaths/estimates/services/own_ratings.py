"""Say whether learners' ratings of themselves move estimates, with beliefs in line at once."""

from datetime import datetime

from django.db import transaction

from manypaths.estimates.engine import family_of, self_ratings_move
from manypaths.estimates.evidence_log import self_rated
from manypaths.estimates.services.evidence import bring_along
from manypaths.estimates.telling import note_moves
from manypaths.frameworks.access import require_right_to_change
from manypaths.frameworks.models import Framework
from manypaths.frameworks.services import set_self_ratings_move
from manypaths.people.access import Actor


@transaction.atomic
def let_self_ratings_move(
    framework: Framework, value: bool, *, by: Actor, at: datetime
) -> Framework:
    """Say whether own ratings move estimates; the beliefs of those who gave some follow at once.

    Achievements stay as they are.
    """
    require_right_to_change(by, framework)
    family = family_of(framework)
    before = self_ratings_move(family)
    set_self_ratings_move(framework, value, by=by, at=at)
    # An earlier version may be set as well, and moves nobody.
    if self_ratings_move(family) != before:
        learners = self_rated(family)
        bring_along(family, learners, at=at)
        note_moves(learners, family, at=at, is_evidence=False)
    return framework
