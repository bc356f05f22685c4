"""What the end of a sitting says, in whole sentences."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from manypaths.estimates.status import Status
from manypaths.sittings.models import Sitting

_FIRST = _("%(name)s: %(status)s. This is the first evidence; a few more tries will tell.")
_UP_AND_SURER = _("%(name)s: %(status)s. It moved up, and we are a little surer.")
_UP = _("%(name)s: %(status)s. It moved up a little.")
_SURER = _("%(name)s: %(status)s, a little surer.")
_AS_BEFORE = _("%(name)s: %(status)s, as before.")
_SOFTER = _("%(name)s: %(status)s, a little less sure. Nothing that you have shown is taken away.")

# Smaller changes than these nobody would notice: of expected success, and of its half-width.
_A_MOVE = 0.02
_SURER_BY = 0.01


def what_moved(sitting: Sitting) -> str:
    """Return what a sitting that has ended moved: the status today, and the way there."""
    rise = (sitting.success_after or 0.0) - sitting.success_before
    narrower = sitting.half_width_before - (sitting.half_width_after or 0.0)
    if rise <= -_A_MOVE:
        # Whoever has shown nothing yet has nothing to be less sure of.
        sentence = _FIRST if sitting.status_before == Status.NOT_STARTED else _SOFTER
    elif rise >= _A_MOVE:
        sentence = _UP_AND_SURER if narrower >= _SURER_BY else _UP
    else:
        sentence = _SURER if narrower >= _SURER_BY else _AS_BEFORE
    return str(sentence) % {
        "name": sitting.competency.name,
        "status": gettext(sitting.status_after),
    }
