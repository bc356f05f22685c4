"""What a visitor asks for on My path: a framework, a step, and the steps there are besides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext

from manypaths.base.clock import now
from manypaths.base.errors import NotFound, Refused
from manypaths.base.ids import as_public_id
from manypaths.estimates.queries import estimates_of
from manypaths.estimates.status import Status
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.queries import framework_named, tree
from manypaths.people.access import Actor
from manypaths.people.models import Person
from manypaths.plans.models import Choice, StepKind
from manypaths.plans.offers import Offer
from manypaths.plans.queries import framework_of_learner, open_choice_of, open_steps
from manypaths.plans.services import choose_step
from manypaths.web.pages.path.areas import areas_of
from manypaths.web.visits import PageRequest

# More in one list is hopeless to choose from.
_MOST_AT_ONCE = 60


def framework_asked_for(
    request: PageRequest, learner: Person, own: Sequence[Framework]
) -> Framework | None:
    """Return the framework that the address names, else the learner's first; None without any.

    `own` are the learner's frameworks, most evidence first. Raises NotFound for one that is not
    there.
    """
    asked = request.POST.get("framework") or request.GET.get("framework", "")
    if not asked:
        return next(iter(own), None) or framework_of_learner(learner, by=request.user)
    if as_public_id(asked) is None:
        raise NotFound
    known = [framework for framework in own if str(framework.public_id) == asked]
    return known[0] if known else framework_named(asked, by=request.user)


def choice_of(request: PageRequest, learner: Person) -> Choice:
    """Return the choice of the step that a button named: the open one of it, else a new one.

    So a button that is pressed twice, or in two windows, chooses once.
    """
    step, by = _step_asked_for(request, learner), request.user
    known = open_choice_of(learner, step.competency, step.kind, by=by)
    return known or choose_step(
        learner,
        step.competency,
        kind=step.kind,
        task=step.task,
        reason=step.to_learner,
        by=by,
        at=now(),
    )


def _step_asked_for(request: PageRequest, learner: Person) -> Offer:
    """Return the step that a button named, as it is offered now.

    Raises Refused for one that is no longer open: work may have come in since the page was shown.
    """
    kind, _, competency_id = request.POST.get("step", "").partition(":")
    framework = framework_asked_for(request, learner, [])
    steps = open_steps(learner, framework, by=request.user, at=now()) if framework else []
    for step in steps:
        if (step.kind, str(step.competency.public_id)) == (kind, competency_id):
            return step
    raise Refused(gettext("This step is no longer open. Go back and choose another one."))


@dataclass(frozen=True)
class KindOfStep:
    """One way to work on a competency, as a button."""

    value: str
    words: str | Promise


@dataclass(frozen=True)
class OpenCompetency:
    """A competency with the ways to work on it."""

    competency: Competency
    status: Status
    kinds: Sequence[KindOfStep]


def steps_by_area(
    learner: Person, framework: Framework, *, by: Actor, at: datetime
) -> list[tuple[str, list[OpenCompetency]]]:
    """Return every competency with a step to take, by area. A fixed number of queries."""
    estimates = estimates_of([learner], framework, by=by, at=at)
    competencies = list(estimates.pairs.competencies)
    row_of = {competency.pk: row for row, competency in enumerate(competencies)}
    steps: dict[int, list[Offer]] = {}
    for step in open_steps(learner, framework, by=by, at=at):
        steps.setdefault(step.competency.pk, []).append(step)
    found = []
    for area in areas_of(tree(framework), competencies):
        opened = [
            OpenCompetency(c, estimates.status(row_of[c.pk]), [_kind(step) for step in steps[c.pk]])
            for c in area.competencies
            if c.pk in steps
        ]
        if opened:
            found.append((area.node.name if area.node else str(framework), opened))
    return found


@dataclass(frozen=True)
class OpenArea:
    """An area with its steps; of a large framework all but one are only named."""

    number: int
    title: str
    competencies: Sequence[OpenCompetency]
    is_open: bool


def opened(areas: Sequence[tuple[str, list[OpenCompetency]]], asked: str) -> list[OpenArea]:
    """Return the areas, all of them open or, where that is too much for one page, the one asked."""
    fits = sum(len(inside) for _, inside in areas) <= _MOST_AT_ONCE
    numbers = [str(number) for number in range(1, len(areas) + 1)]
    shown = asked if asked in numbers else "1"
    return [
        OpenArea(number, title, inside, is_open=fits or str(number) == shown)
        for number, (title, inside) in enumerate(areas, start=1)
    ]


def competencies_to_ask_about(
    learner: Person, framework: Framework | None, *, asked: str, by: Actor, at: datetime
) -> list[Competency]:
    """Return with what a learner may want help: of a large framework what they have begun.

    And `asked`, the public id of the one that they come from.
    """
    if framework is None:
        return []
    estimates = estimates_of([learner], framework, by=by, at=at)
    competencies = list(estimates.pairs.competencies)
    if len(competencies) <= _MOST_AT_ONCE:
        return competencies
    return [
        one
        for row, one in enumerate(competencies)
        if str(one.public_id) == asked or estimates.status(row) != Status.NOT_STARTED
    ]


def _kind(step: Offer) -> KindOfStep:
    return KindOfStep(f"{step.kind}:{step.competency.public_id}", StepKind(step.kind).label)
