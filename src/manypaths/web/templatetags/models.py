"""Words for work on models."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

STEP_WORDS: Mapping[str, Promise] = {
    "Reading the evidence": _("Reading the evidence"),
    "Fitting": _("Fitting"),
    "Comparing on held-out learners": _("Comparing on learners who were held out"),
    "Comparing statuses": _("Comparing statuses"),
}


@register.filter
def model_step(step: str) -> Promise | str:
    """Return what is being done."""
    return STEP_WORDS.get(step, step)
