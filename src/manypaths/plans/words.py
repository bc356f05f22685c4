"""The sentences in which offers and lists say why.

They stand in one place so that they read alike and can be translated as wholes.
"""

from manypaths.plans.models import Choice, StepKind

LEARN_SLIP = "The slip “{slip}” came up in {count} of your answers here: look at it first."
LEARN_NEW = "What comes before it is in place; begin with a short look."
LEARN_AHEAD = "What comes before it is not in place yet; a short look shows where that leads."
LEARN_HARD = "On your own about {right} of 10 would be right now, so a look at it helps most."
PRACTISE_FRINGE = "What comes before it is in place; about {right} of 10 right is a good stretch."
PRACTISE_AHEAD = (
    "What comes before it is not in place yet; to try it early, expect about {right} of 10 right."
)
PRACTISE_UNSURE = "There is {pieces} so far, so we are not sure: a few tries will tell."
PRACTISE_ON = "You are on the way, with about {right} of 10 right; each try adds to it."
SHOW_READY = "You are ready to show it: about {right} of 10 right, and we are {certainty}."
REFRESH_FADED = "You have shown this. Today about {right} of 10 would be right: a short refresh."
PINNED = "Your class works on it now. {reason}"

HELP_SLIP = "Keeps to the slip “{slip}”, as others in the class do."
HELP_HARD = "About {right} of 10 right after {pieces}: the target is far without help."
READY = "About {right} of 10 right, and we are {certainty}."
MOVE_ON = "Has demonstrated all that comes before it: {names}."
PLANNED = "{verb}: {title}."

VERBS = {
    StepKind.LEARN: "Learn about it",
    StepKind.PRACTISE: "Practise",
    StepKind.SHOW: "Show what they know",
    StepKind.REFRESH: "Refresh",
}


def out_of_ten(chance: float) -> int:
    """Return a chance as a whole number out of ten, never 0 or 10: nothing is that sure."""
    return min(9, max(1, round(10 * chance)))


def pieces(count: int) -> str:
    """Return a number of pieces of evidence in words."""
    return "one piece of evidence" if count == 1 else f"{count} pieces of evidence"


def planned(choice: Choice) -> str:
    """Return what was planned in a choice."""
    title = str(choice.task) if choice.task else choice.competency.name
    return PLANNED.format(verb=VERBS[StepKind(choice.kind)], title=title)
