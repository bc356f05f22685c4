"""Marks on pages: a status and a certainty, shape and word."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

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


@register.simple_tag
def mark(status: str) -> SafeString:
    """Return the waymark of a status with its word."""
    return mark_of(str(status), str(STATUS_WORDS[str(status)]))


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


@register.inclusion_tag("parts/key.html")
def key(*, stones: bool = False) -> dict[str, object]:
    """Show what the marks mean."""
    return {"statuses": list(STATUS_WORDS), "stones": stones}
