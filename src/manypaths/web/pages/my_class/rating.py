"""Quick entry: ratings of a whole class on one competency, by keyboard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.base.clock import now, to_microseconds, today
from manypaths.base.errors import Refused
from manypaths.base.scope import current_scope
from manypaths.estimates.services import take_in_class_ratings, withdraw_class_ratings
from manypaths.evidence.drafts import RatingDraft
from manypaths.evidence.models import RaterRole
from manypaths.frameworks.models import Competency
from manypaths.frameworks.queries import competency_for, levels_of
from manypaths.people.access import group_for
from manypaths.people.models import Group, Person
from manypaths.people.queries import learners_of
from manypaths.web.once import once
from manypaths.web.pages.my_class.forms import RatingsForm
from manypaths.web.pages.my_class.showing import MOST_ROWS
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in

_NOON = time(12)
_LONGEST_MOMENT, _LONGEST_PLACE = 19, 5


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@once
def rate(request: PageRequest, group_id: UUID, competency_id: UUID) -> HttpResponse:
    """Rate every learner of a class on a competency, or some of them."""
    group = group_for(request.user, group_id)
    competency = competency_for(competency_id, by=request.user)
    levels = levels_of(competency.framework)
    if not levels:
        raise Refused(_("This framework has no levels, so there is nothing to rate on."))
    some = _some_of(learners_of(group, by=request.user), request.GET.get("from", ""))
    posted = request.POST if request.method == "POST" else None
    form = RatingsForm(some.learners, levels, today(), posted)
    if posted is None:
        record_view(request, group)
    elif form.is_valid():
        try:
            return _saved(request, group, competency, form, some)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    context = {"group": group, "competency": competency, "levels": levels, "form": form}
    return render_page(request, "my_class/rate.html", context | vars(some))


@require_POST
@signed_in
def take_back(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Take back the ratings that the visitor gave a class at one moment."""
    group = group_for(request.user, group_id)
    moment = request.GET.get("at", "")
    n_taken = withdraw_class_ratings(
        group=group,
        recorded_at=int(moment) if moment.isdecimal() and len(moment) <= _LONGEST_MOMENT else 0,
        reason=_("Entered by mistake"),
        by=request.user,
        at=now(),
    )
    words = ngettext("{count} rating is taken back.", "{count} ratings are taken back.", n_taken)
    tell(request, words.format(count=n_taken))
    return redirect_page(request, "classes:one", group.public_id)


@dataclass
class _Some:
    """Those of a class who stand on one page, where the next begin, and how many these are."""

    learners: Sequence[Person]
    following: int
    n_more: int


def _some_of(learners: Sequence[Person], first: str) -> _Some:
    begin = int(first) if first.isdecimal() and len(first) <= _LONGEST_PLACE else 0
    following = begin + MOST_ROWS
    return _Some(learners[begin:following], following, max(len(learners) - following, 0))


def _saved(
    request: PageRequest, group: Group, competency: Competency, form: RatingsForm, some: _Some
) -> HttpResponse:
    """Take in what was marked as one deed: all of it, or with one refused nothing."""
    chosen = form.chosen()
    if not chosen:
        raise Refused(_("Mark a level for at least one learner."))
    on, at = form.cleaned_data["done_on"], now()
    # Work of today is of this moment; that of another day has no hour of its own.
    done_at = at if on == today() else datetime.combine(on, _NOON, current_scope().zone)
    rater = request.visitor.person
    drafts = [
        RatingDraft(learner, competency, level, rater, RaterRole.TEACHER, done_at)
        for learner, level in chosen
    ]
    take_in_class_ratings(drafts, group=group, by=request.user, at=at)
    words = ngettext("{count} rating is saved.", "{count} ratings are saved.", len(drafts))
    undo = f"{reverse('classes:take_back_ratings', args=[group.public_id])}?at="
    tell(request, words.format(count=len(drafts)), undo=f"{undo}{to_microseconds(at)}")
    if some.n_more:
        return redirect_page(request, f"{request.path}?from={some.following}")
    return redirect_page(request, "classes:one", group.public_id)
