"""Words for imports on pages."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from manypaths.base.worded import reworded
from manypaths.interop.models import ImportKind

register = template.Library()

KIND_WORDS: Mapping[str, Promise] = {
    ImportKind.CASE: _("framework, CASE package"),
    ImportKind.YAML: _("framework, YAML"),
    ImportKind.ROSTER: _("roster, OneRoster"),
    ImportKind.RESPONSES: _("log of responses"),
    ImportKind.TABLE: _("table of another program"),
}
ROW_WORDS: Mapping[str, Promise] = {
    "items": _("competencies and items"),
    "associations": _("ties between them"),
    "people": _("learners"),
    "groups": _("groups"),
    "memberships": _("places in groups"),
    "responses": _("responses"),
    "schools": _("schools"),
    "terms": _("terms"),
    "roles": _("roles"),
    "relationships": _("ties between people"),
    "demographics": _("demographics (sealed)"),
    "results": _("results"),
}
# A roster brings more than learners.
ROSTER_WORDS: Mapping[str, Promise] = {"people": _("people")}
STEP_WORDS: Mapping[str, Promise] = {
    "Reading": _("Reading"),
    "Saving": _("Saving"),
    "Saving results and estimates": _("Saving results and estimates"),
    "Reading rows": _("Reading rows"),
    "Saving items": _("Saving items"),
    "Saving learners": _("Saving learners"),
    "Saving responses and estimates": _("Saving responses and estimates"),
}


@register.filter
def allowed_words(fault: Mapping[str, Any]) -> str:
    """Return what a fault's place takes, in the reader's language where that is known."""
    words = fault.get("words")
    return reworded(*words) if words else fault["allowed"]


@register.filter
def import_kind(kind: str) -> Promise:
    """Return what a file holds."""
    return KIND_WORDS[kind]


@register.filter
def row_kind(kind: str, of: str = "") -> Promise | str:
    """Return what rows of a report are, `of` a kind of file."""
    words = {**ROW_WORDS, **ROSTER_WORDS} if of == ImportKind.ROSTER else ROW_WORDS
    return words.get(kind, kind)


@register.filter
def step_word(step: str) -> Promise | str:
    """Return what an import is doing."""
    return STEP_WORDS.get(step, step)
