"""The sentences in which offers and lists say why.

They stand in one place so that they read alike and can be translated as wholes.
"""

from manypaths.estimates.table import Estimates
from manypaths.plans.models import Choice, NeedKind, StepKind

LEARN_SLIP = "The slip “{slip}” came up in {count} of your answers here: look at it first."
LEARN_NEW = "What comes before it is in place; begin with a short look."
LEARN_OPEN = "Not begun yet: a short look shows what it is about."
LEARN_AHEAD = "What comes before it is not in place yet; a short look shows where that leads."
LEARN_HARD = "A look at it helps most now: {standing} on your own."
PRACTISE_FRINGE = "What comes before it is in place, and it is a good stretch: {standing}."
PRACTISE_OPEN = "Not begun yet, and a good stretch: {standing}."
PRACTISE_AHEAD = "What comes before it is not in place yet. You may still try it early: {standing}."
PRACTISE_UNSURE = "With {pieces} so far we are not sure: a few tries will tell."
PRACTISE_ON = "You are on the way: {standing}. Each try adds to it."
PRACTISE_READY = "You are ready to show it: {standing}. No task for that is here, so keep it fresh."
SHOW_READY = "You are ready to show it: {standing}, and we are {certainty}."
REFRESH_FADED = "You have shown this, and it has faded: {standing} today. A short refresh helps."
PINNED = "Your class works on it now. {reason}"

HELP_SLIP = "Keeps to the slip “{slip}”, as others in the class do."
HELP_HARD = "The target is far without help: {standing} after {pieces}."
READY = "Ready: {standing}, and we are {certainty}."
MOVE_ON = "Has demonstrated all that comes before it: {names}."
PLANNED = "{verb}: {title}."

GROUP_SLIP = "{these} kept to the slip “{slip}” on {items}."
GROUP_BEGIN = "{these} are ready to begin “{name}”."
GROUP_PRACTISE = "{these} are on the way with “{name}”, and it is a good next step for each."
GROUP_REFRESH = "{these} have shown “{name}”, and it has faded."
ALONE_NO_NEED = "Needs nothing now that a small group could be about."
ALONE_TOO_FEW = "Too few others share what comes next."
ALONE_NO_ROOM = "The sizes of the groups leave no room."

RIGHT = "about {right} of 10 right"
RATED = "a {right} in 10 chance of “{level}” or above"

VERBS = {
    StepKind.LEARN: "Learn about it",
    StepKind.PRACTISE: "Practise",
    StepKind.SHOW: "Show it",
    StepKind.REFRESH: "Refresh",
}

_GROUPS_ON = {
    NeedKind.BEGIN: GROUP_BEGIN,
    NeedKind.PRACTISE: GROUP_PRACTISE,
    NeedKind.REFRESH: GROUP_REFRESH,
}
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


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
    return "one piece of evidence" if count == 1 else f"{count} pieces of evidence"


def planned(choice: Choice) -> str:
    """Return what was planned in a choice."""
    title = str(choice.task) if choice.task else choice.competency.name
    return PLANNED.format(verb=VERBS[StepKind(choice.kind)], title=title)


def group_on(kind: NeedKind, n_learners: int, name: str) -> str:
    """Return why learners could work together on a competency."""
    return _GROUPS_ON[kind].format(these=_these(n_learners), name=name)


def group_of_slip(n_learners: int, slip: str, n_items: int) -> str:
    """Return why learners could look at a slip together."""
    items = "one item" if n_items == 1 else f"{_number(n_items)} items"
    return GROUP_SLIP.format(these=_these(n_learners), slip=slip, items=items)


def _these(count: int) -> str:
    return "This one" if count == 1 else f"These {_number(count)}"


def _number(count: int) -> str:
    return _NUMBERS[count - 2] if 2 <= count <= len(_NUMBERS) + 1 else str(count)
