"""Score what a learner typed or chose by the answers that its task knows: nothing is stored."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from manypaths.base.errors import Refused
from manypaths.evidence.models import AnswerForm
from manypaths.evidence.numbers import NumberRead, read_number

_QUOTES = str.maketrans(dict.fromkeys("’‘‚‛ʼ´`′", "'") | dict.fromkeys("“”„‟«»″", '"'))
_DASHES = str.maketrans(dict.fromkeys("−–—‐‑‒", "-"))


class KnownAnswer(Protocol):
    """What scoring needs of an answer that a task knows."""

    @property
    def position(self) -> int:
        """Return its place among the task's answers."""

    @property
    def text(self) -> str:
        """Return what it says."""

    @property
    def is_right(self) -> bool:
        """Say whether it is a right one."""


@dataclass(frozen=True)
class Score:
    """What an answer is worth: 1 right, 0 wrong, None while it waits for a teacher.

    `chosen` is the position of the answer among those that the task knows, None for another one.
    """

    outcome: float | None
    chosen: int | None = None


WAITS = Score(None)


def score(form: str, given: str, known: Sequence[KnownAnswer]) -> Score:
    """Return what a given answer is worth by the key of its task.

    A choice is given by its position, a number or a short text as it was typed. A text without a
    right answer among those known waits for a teacher. Raises Refused for what can't be an answer:
    it is not wrong, it has to be given again.
    """
    if form == AnswerForm.CHOICE:
        return _score_choice(given, known)
    if form == AnswerForm.NUMBER:
        return _score_number(given, known)
    return _score_text(given, known)


def normal_text(text: str) -> str:
    """Return a text without what does not count: case, blanks, kinds of quotes and dashes, an end.

    Letters with signs on them stay apart from those without: *papá* is not *papa*.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES).translate(_DASHES)
    plain = re.sub(r"\s+", " ", plain.casefold()).strip()
    return re.sub(r"\s*[.!]+$", "", plain)


def _score_choice(given: str, known: Sequence[KnownAnswer]) -> Score:
    for answer in known:
        if given == str(answer.position):
            return Score(float(answer.is_right), answer.position)
    raise Refused(str(_("Choose one of the answers.")))


def _score_number(given: str, known: Sequence[KnownAnswer]) -> Score:
    number = read_number(given)
    if number is None:
        raise Refused(str(_("Type a number, such as 12, 0.5 or 3/4.")))
    keys = [(answer, read_number(answer.text)) for answer in _right_first(known)]
    if number.unit and not any(key.unit for _answer, key in keys if key):
        raise Refused(str(_("Type only the number, without words behind it.")))
    for answer, key in keys:
        if key is not None and _is_same(number, key):
            return Score(float(answer.is_right), answer.position)
    return Score(0.0)


def _is_same(number: NumberRead, key: NumberRead) -> bool:
    # A key is written by us or by an educator: of two readings its first is what they meant.
    return number.means(NumberRead(key.values[:1], key.is_percent, key.unit))


def _score_text(given: str, known: Sequence[KnownAnswer]) -> Score:
    text = normal_text(given)
    if not text:
        raise Refused(str(_("Write an answer first.")))
    for answer in _right_first(known):
        if text == normal_text(answer.text):
            return Score(float(answer.is_right), answer.position)
    return Score(0.0) if any(answer.is_right for answer in known) else WAITS


def _right_first(known: Sequence[KnownAnswer]) -> list[KnownAnswer]:
    return sorted(known, key=lambda answer: (not answer.is_right, answer.position))
