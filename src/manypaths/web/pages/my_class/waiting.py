"""What waits for a teacher: asked for help, handed in, answered in words, said not to be right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from manypaths.evidence.queries import MOST_WAITING, open_contests, waiting_to_be_looked_at
from manypaths.people.access import Actor
from manypaths.people.models import Group, Person
from manypaths.plans.queries import open_help_requests
from manypaths.sittings.queries import answers_waiting


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: from whom, about what, in their words, and the act that answers it."""

    learner: Person
    what: str
    words: str
    act: str
    address: str
    is_post: bool = False


@dataclass(frozen=True)
class WaitingList:
    """What waits, and whether there may be more than was read."""

    rows: Sequence[Waiting]
    may_be_more: bool


def waiting_for(group: Group, learners: Sequence[Person], *, by: Actor) -> WaitingList:
    """Return what waits for who teaches these learners: the latest of each kind last."""
    kinds = [
        list(_asked(learners, by)),
        list(_handed_in(learners, by)),
        list(_answered(group, learners, by)),
        list(_contested(learners, by)),
    ]
    rows = [one for kind in kinds for one in kind]
    return WaitingList(rows, any(len(kind) >= MOST_WAITING for kind in kinds))


def _asked(learners: Sequence[Person], by: Actor) -> Iterator[Waiting]:
    for request in open_help_requests(learners, by=by):
        name = request.competency.name if request.competency else ""
        what = _("asks for help with {name}").format(name=name) if name else _("asks for help")
        address = reverse("path:answered", args=(request.public_id,))
        yield Waiting(request.learner, what, request.words, _("I have helped"), address, True)


def _handed_in(learners: Sequence[Person], by: Actor) -> Iterator[Waiting]:
    for work in waiting_to_be_looked_at(learners, by=by):
        name = work.competency.name if work.competency else work.title
        address = reverse("showing:one", args=(work.public_id,))
        what = _("shows {name}").format(name=name)
        yield Waiting(work.learner, what, work.title, _("Look at it"), address)


def _answered(group: Group, learners: Sequence[Person], by: Actor) -> Iterator[Waiting]:
    address = f"{reverse('showing:waiting', args=(group.public_id,))}#answers"
    for place in answers_waiting(learners, by=by):
        what = _("answered “{question}”").format(question=place.task.called)
        yield Waiting(place.sitting.learner, what, place.given, _("Read it"), address)


def _contested(learners: Sequence[Person], by: Actor) -> Iterator[Waiting]:
    for contest in open_contests(learners, by=by, with_piece=False):
        address = reverse("evidence:contested", args=(contest.public_id,))
        what = _("says that a piece is not right")
        yield Waiting(contest.learner, what, contest.words, _("Answer"), address)
