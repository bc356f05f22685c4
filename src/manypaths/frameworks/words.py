"""What a school calls the statuses on its pages: the words "mastery" and "mastered" are its own."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from manypaths.base.errors import Refused
from manypaths.frameworks.models import Framework

# The statuses as `estimates.status` names them, in the order in which somebody goes through them.
STATUS_NAMES = (
    "not started",
    "needs evidence",
    "growing",
    "ready to show",
    "demonstrated",
    "worth a refresh",
)
LONGEST_WORD = 30

Words = dict[str, dict[str, str]]


def words_of(framework: Framework, language: str) -> Mapping[str, str]:
    """Return the school's own words for statuses in a language, where it has some."""
    found: Mapping[str, str] = framework.words.get(language, {})
    return found


def checked_words(words: Mapping[str, Mapping[str, str]]) -> Words:
    """Return words as they are kept. Raises Refused for an unknown status or a word too long."""
    kept: Words = {}
    for language, said in words.items():
        unknown = set(said) - set(STATUS_NAMES)
        if unknown:
            raise Refused(_("There is no status %(status)s.") % {"status": min(unknown)})
        trimmed = {status: word.strip() for status, word in said.items() if word.strip()}
        for word in trimmed.values():
            if len(word) > LONGEST_WORD or not word.isprintable():
                told = _("A word for a status has up to %(n)s letters; “%(word)s” has not.")
                raise Refused(told % {"n": LONGEST_WORD, "word": word[:40]})
        if len({word.casefold() for word in trimmed.values()}) < len(trimmed):
            raise Refused(_("Two statuses can't have the same word."))
        if trimmed:
            kept[language] = trimmed
    return kept
