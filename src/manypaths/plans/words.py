"""The sentences in which offers and lists say why, in the reader's language.

They stand in one place so that they read alike and can be translated as wholes. A sentence may
take in a standing ("about 7 of 10 right") or a certainty ("fairly sure"), each translated for the
place where it stands. What is said to a learner as "you" has a second form for everybody else, with
the learner's first name and the same meaning.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, ngettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from manypaths.estimates.status import Certainty
from manypaths.estimates.table import Estimates
from manypaths.plans.models import Choice, NeedKind, StepKind


@dataclass(frozen=True)
class Reason:
    """Why a step is offered: said to the learner, and of the learner to somebody else."""

    to_learner: str
    about: str

    def for_reader(self, *, is_own: bool) -> str:
        """Return the form for who reads: the learner, or anybody else."""
        return self.to_learner if is_own else self.about


@dataclass(frozen=True)
class Sentence:
    """A sentence about a learner; without a second form, it is the same for every reader."""

    to_learner: Promise | str
    to_others: Promise | str | None = None

    def said(self, name: str, **places: object) -> Reason:
        """Return it of the learner with this first name, with what stands in its places."""
        about = self.to_learner if self.to_others is None else self.to_others
        return Reason(
            to_learner=str(self.to_learner).format(**places),
            about=str(about).format(name=name, **places),
        )


LEARN_SLIP = Sentence(
    _("The slip “{slip}” came up in {count} of your answers here: look at it first."),
    _("The slip “{slip}” came up in {count} answers of {name} here: a look at it comes first."),
)
LEARN_NEW = Sentence(_("What comes before it is in place; begin with a short look."))
LEARN_OPEN = Sentence(_("Not begun yet: a short look shows what it is about."))
LEARN_AHEAD = Sentence(
    _("What comes before it is not in place yet; a short look shows where that leads.")
)
LEARN_HARD = Sentence(
    _("A look at it helps most now: {standing} on your own."),
    _("A look at it helps {name} most now: {standing} without help."),
)
PRACTISE_FRINGE = Sentence(
    _("What comes before it is in place, and it is a good stretch: {standing}.")
)
PRACTISE_OPEN = Sentence(_("Not begun yet, and a good stretch: {standing}."))
PRACTISE_AHEAD = Sentence(
    _("What comes before it is not in place yet. You may still try it early: {standing}."),
    _("What comes before it is not in place yet. {name} may still try it early: {standing}."),
)
PRACTISE_UNSURE = Sentence(_("With {pieces} so far we are not sure: a few tries will tell."))
PRACTISE_ON = Sentence(
    _("You are on the way: {standing}. Each try adds to it."),
    _("{name} is on the way: {standing}. Each try adds to it."),
)
PRACTISE_READY = Sentence(
    _("You are ready to show it: {standing}. No task for that is here, so keep it fresh."),
    _("{name} is ready to show it: {standing}. No task for that is here, so it is kept fresh."),
)
SHOW_READY = Sentence(
    _("You are ready to show it: {standing}, and we are {certainty}."),
    _("{name} is ready to show it: {standing}, and we are {certainty}."),
)
REFRESH_FADED = Sentence(
    _("You have shown this, and it has faded: {standing} today. A short refresh helps."),
    _("{name} has shown this, and it has faded: {standing} today. A short refresh helps."),
)
PINNED = Sentence(
    _("Your class works on it now. {reason}"),
    _("The class works on it now. {reason}"),
)

HELP_SLIP = _("Keeps to the slip “{slip}”, as others in the class do.")
HELP_HARD = _("The target is far without help: {standing} after {pieces}.")
READY = _("Ready: {standing}, and we are {certainty}.")
MOVE_ON = _("Has demonstrated all that comes before it: {names}.")
PLANNED = _("{verb}: {title}.")
CHOSEN = _("{verb}: {title}. Their own choice.")

GROUP_SLIP = ngettext_lazy(
    "This one kept to the slip “{slip}” on {items}.",
    "These {number} kept to the slip “{slip}” on {items}.",
    "count",
)
GROUP_BEGIN = ngettext_lazy(
    "This one is ready to begin “{name}”.",
    "These {number} are ready to begin “{name}”.",
    "count",
)
GROUP_PRACTISE = ngettext_lazy(
    "This one is on the way with “{name}”, and it is a good next step.",
    "These {number} are on the way with “{name}”, and it is a good next step for each.",
    "count",
)
GROUP_REFRESH = ngettext_lazy(
    "This one has shown “{name}”, and it has faded.",
    "These {number} have shown “{name}”, and it has faded.",
    "count",
)
ALONE_NO_NEED = _("Needs nothing now that a small group could be about.")
ALONE_TOO_FEW = _("Too few others share what comes next.")
ALONE_NO_ROOM = _("The sizes of the groups leave no room.")

RIGHT = _("about {right} of 10 right")
RATED = _("a {right} in 10 chance of “{level}” or above")

# After “we are”, which in other languages bends them.
WE_ARE = {
    Certainty.SURE: pgettext_lazy("we are …", "sure"),
    Certainty.FAIRLY_SURE: pgettext_lazy("we are …", "fairly sure"),
    Certainty.NOT_YET: pgettext_lazy("we are …", "not sure yet"),
}

VERBS = {
    StepKind.LEARN: _("Learn about it"),
    StepKind.PRACTISE: _("Practise"),
    StepKind.SHOW: _("Show it"),
    StepKind.REFRESH: _("Refresh"),
}

_GROUPS_ON = {
    NeedKind.BEGIN: GROUP_BEGIN,
    NeedKind.PRACTISE: GROUP_PRACTISE,
    NeedKind.REFRESH: GROUP_REFRESH,
}
_NUMBERS = (
    _("two"),
    _("three"),
    _("four"),
    _("five"),
    _("six"),
    _("seven"),
    _("eight"),
    _("nine"),
    _("ten"),
)


def pinned(reason: Reason) -> Reason:
    """Return a reason behind the word that the class works on it now."""
    return Reason(
        to_learner=str(PINNED.to_learner).format(reason=reason.to_learner),
        about=str(PINNED.to_others).format(reason=reason.about),
    )


def out_of_ten(chance: float) -> int:
    """Return a chance as a whole number out of ten, never 0 or 10: nothing is that sure."""
    return min(9, max(1, round(10 * chance)))


def expected_of_ten(estimates: Estimates, row: int) -> int:
    """Return how many of ten will be right, or the chance of the target level by ratings."""
    numbers = estimates.numbers
    is_rated = estimates.rests_on_ratings(row)
    return out_of_ten(float((numbers.p_mastered if is_rated else numbers.success)[row]))


def standing(estimates: Estimates, row: int) -> str:
    """Return what we expect of a learner: how many of ten right, or the level that raters see."""
    right = expected_of_ten(estimates, row)
    if estimates.rests_on_ratings(row):
        return RATED.format(right=right, level=estimates.target)
    return RIGHT.format(right=right)


def pieces(count: int) -> str:
    """Return a number of pieces of evidence in words."""
    if count == 1:
        return gettext("one piece of evidence")
    return ngettext("{count} piece of evidence", "{count} pieces of evidence", count).format(
        count=count
    )


def planned(choice: Choice) -> str:
    """Return what was planned in a choice, or chosen by the learner."""
    title = choice.task.spoken.title if choice.task else ""
    sentence = CHOSEN if choice.is_learners_own else PLANNED
    return sentence.format(verb=VERBS[StepKind(choice.kind)], title=title or choice.competency.name)


def we_are(certainty: Certainty) -> str:
    """Return how sure we are, in the form in which it follows “we are”."""
    return str(WE_ARE[certainty])


def group_on(kind: NeedKind, n_learners: int, name: str) -> str:
    """Return why learners could work together on a competency."""
    number = _number(n_learners)
    return _GROUPS_ON[kind].format(count=n_learners, number=number, name=name)


def group_of_slip(n_learners: int, slip: str, n_items: int) -> str:
    """Return why learners could look at a slip together."""
    items = ngettext("one item", "{number} items", n_items).format(number=_number(n_items))
    number = _number(n_learners)
    return GROUP_SLIP.format(count=n_learners, number=number, slip=slip, items=items)


def _number(count: int) -> str:
    return str(_NUMBERS[count - 2]) if 2 <= count <= len(_NUMBERS) + 1 else str(count)
