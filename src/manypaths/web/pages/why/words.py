"""The sentences of Why this level: whole ones, so that each can be translated."""

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext

from manypaths.estimates.queries import SignedOff
from manypaths.estimates.status import Status
from manypaths.frameworks.rules import StatusRules
from manypaths.web.templatetags.marks import STATUS_WORDS

# Of the logit scale: below the first nothing is said to have moved, below the second a little.
_HARDLY, _LITTLE = 0.05, 0.35


def reason(
    status: Status,
    n_pieces: int,
    since: date | None,
    answers: Sequence[tuple[date | None, bool]],
    signed: SignedOff | None,
) -> SafeString:
    """Return in a few sentences why the status is what it is."""
    sentences = [_pieces(n_pieces, since)] if n_pieces else []
    if len(answers) > 1:
        sentences.append(_last_answers(answers))
    sentences.append(_status(status, signed))
    return format_html_join(" ", "{}", ((sentence,) for sentence in sentences))


def _pieces(n: int, since: date | None) -> str:
    if since is None:
        return ngettext("{n} piece of evidence.", "{n} pieces of evidence.", n).format(n=n)
    text = ngettext("{n} piece of evidence since {day}.", "{n} pieces of evidence since {day}.", n)
    return text.format(n=n, day=date_format(since, "MONTH_DAY_FORMAT"))


def _last_answers(answers: Sequence[tuple[date | None, bool]]) -> str:
    """Return how many of the last answers are right, and on how many days."""
    last = answers[-8:]
    n_right = sum(is_right for _, is_right in last)
    days = {day for day, _ in last if day}
    if not days:
        text = gettext("{right} of the last {n} answers are right.")
        return text.format(right=n_right, n=len(last))
    text = ngettext(
        "{right} of the last {n} answers are right, all on one day.",
        "{right} of the last {n} answers are right, on {days} days.",
        len(days),
    )
    return text.format(right=n_right, n=len(last), days=len(days))


def _status(status: Status, signed: SignedOff | None) -> SafeString:
    if signed and status in (Status.DEMONSTRATED, Status.REFRESH):
        return _signed(status, signed)
    text = {
        Status.NOT_STARTED: gettext(
            "There is no evidence yet, so the page says <b>{word}</b>. One piece changes that."
        ),
        Status.NEEDS_EVIDENCE: gettext(
            "That is too little to be sure, so the page says <b>{word}</b>. A few more tries tell."
        ),
        Status.GROWING: gettext(
            "So the page says <b>{word}</b>. Each try adds to it, until it can be shown."
        ),
        Status.READY: gettext(
            "So the page says <b>{word}</b>. It becomes demonstrated when a teacher looks and "
            "signs."
        ),
        Status.DEMONSTRATED: gettext("A person looked and signed, so it is <b>{word}</b>."),
        Status.REFRESH: gettext(
            "It was demonstrated, and that stays. Some of it may have faded, so it is "
            "<b>{word}</b>."
        ),
    }[status]
    return format_html(text, word=status_word(status))


def _signed(status: Status, signed: SignedOff) -> SafeString:
    """Return when what was demonstrated was shown, and who signed where they are known."""
    text = {
        (Status.DEMONSTRATED, True): gettext(
            "It was shown on {day}, and {name} signed, so it is <b>{word}</b>."
        ),
        (Status.DEMONSTRATED, False): gettext(
            "It was shown on {day} and signed off, so it is <b>{word}</b>."
        ),
        (Status.REFRESH, True): gettext(
            "It was shown on {day}, and {name} signed: that stays. Some of it may have faded, so "
            "it is <b>{word}</b>."
        ),
        (Status.REFRESH, False): gettext(
            "It was shown on {day} and signed off: that stays. Some of it may have faded, so it "
            "is <b>{word}</b>."
        ),
    }[status, signed.signer is not None]
    return format_html(
        text,
        day=date_format(signed.achievement.demonstrated_on, "DATE_FORMAT"),
        name=signed.signer.name if signed.signer else "",
        word=status_word(status),
    )


def status_word(status: Status) -> str:
    """Return the word of a status in the reader's language."""
    return str(STATUS_WORDS[status.value])


def what_it_moved(
    shift: float, before: float | None, after: float, rules: StatusRules, *, moves: bool
) -> str:
    """Return what a set of evidence did to an estimate.

    `shift` is on the logit scale; `before` (None: nothing came before) and `after` are P(mastered).
    """
    if not moves:
        return gettext("Stands beside the estimate; does not move it.")
    if before is None:
        return gettext("A first look.")
    if before < rules.ready <= after:
        return gettext("Up, past the line for ready to show.")
    if abs(shift) < _HARDLY:
        return gettext("Hardly moved it: it was to be expected.")
    if shift > 0:
        return gettext("Up a little.") if shift < _LITTLE else gettext("Up.")
    return gettext("A little less sure.") if shift > -_LITTLE else gettext("Less sure.")


def other_row(kind: str) -> str:
    """Return what a row of the numbers is about that is no piece of evidence."""
    return {
        "practice": gettext("having worked on it, whatever the outcomes"),
        "other": gettext("evidence on other competencies"),
        "time": gettext("time that has passed"),
    }[kind]


def chance(p: float) -> str:
    """Return a chance in percent; nothing is wholly sure."""
    if p > 0.995:
        return pgettext("chance", "> 99%")
    if p < 0.005:
        return pgettext("chance", "< 1%")
    return f"{p:.0%}"
