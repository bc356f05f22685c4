"""Marks on pages: a status and a certainty, shape and word."""

from collections.abc import Mapping

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from manypaths.frameworks.models import Framework
from manypaths.frameworks.words import words_of
from manypaths.web.safe import cairn_of, mark_of, pin_of

register = template.Library()

STATUS_WORDS = {
    "not started": gettext_lazy("not started"),
    "needs evidence": gettext_lazy("needs evidence"),
    "growing": gettext_lazy("growing"),
    "ready to show": gettext_lazy("ready to show"),
    "demonstrated": gettext_lazy("demonstrated"),
    "worth a refresh": gettext_lazy("worth a refresh"),
}
CERTAINTY_WORDS = {
    "sure": gettext_lazy("sure"),
    "fairly sure": gettext_lazy("fairly sure"),
    "not sure yet": gettext_lazy("not sure yet"),
    "": gettext_lazy("no evidence yet"),
}


@register.simple_tag(takes_context=True)
def mark(context: Context, status: str) -> SafeString:
    """Return the waymark of a status with its word: the school's, where the framework has one."""
    said = _school_words(context).get(str(status))
    return mark_of(str(status), said or str(STATUS_WORDS[str(status)]))


@register.simple_tag
def pin(status: str) -> SafeString:
    """Return the waymark of a status alone, where its word stands beside."""
    return pin_of(str(status))


@register.filter
def status_word(status: str) -> str:
    """Return the word of a status in the reader's language."""
    return str(STATUS_WORDS[str(status)])


@register.simple_tag
def certainty(word: str, n_pieces: int | None = None) -> SafeString:
    """Return the stones of a certainty with its word and, where given, the number of pieces."""
    shown = str(CERTAINTY_WORDS[str(word)])
    if n_pieces:
        counted = ngettext("%(count)s piece", "%(count)s pieces", n_pieces) % {"count": n_pieces}
        shown = _("%(certainty)s, %(pieces)s") % {"certainty": shown, "pieces": counted}
    return cairn_of(str(word), shown)


@register.inclusion_tag("parts/key.html", takes_context=True)
def key(context: Context, *, stones: bool = False) -> dict[str, object]:
    """Show what the marks mean."""
    framework = context.get("framework")
    return {"statuses": list(STATUS_WORDS), "stones": stones, "framework": framework}


def _school_words(context: Context) -> Mapping[str, str]:
    """Return the words of the framework that the page is about, in the reader's language."""
    framework = context.get("framework")
    if not isinstance(framework, Framework):
        return {}
    return words_of(framework, get_language() or "")
