"""Quick entry: ratings of a whole class on one competency, by keyboard."""

from datetime import datetime, time
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from manypaths.base.clock import now, today
from manypaths.base.errors import Refused
from manypaths.base.scope import current_scope
from manypaths.estimates.services import take_in_rating
from manypaths.evidence.drafts import RatingDraft
from manypaths.evidence.models import RaterRole
from manypaths.frameworks.models import Competency
from manypaths.frameworks.queries import competency_for, levels_of
from manypaths.people.access import group_for
from manypaths.people.queries import learners_of
from manypaths.web.pages.my_class.forms import RatingsForm
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in

_NOON = time(12)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rate(request: PageRequest, group_id: UUID, competency_id: UUID) -> HttpResponse:
    """Rate every learner of a class on a competency, or some of them."""
    group = group_for(request.user, group_id)
    competency = competency_for(competency_id, by=request.user)
    levels = levels_of(competency.framework)
    if not levels:
        raise Refused(_("This framework has no levels, so there is nothing to rate on."))
    learners = learners_of(group, by=request.user)
    posted = request.POST if request.method == "POST" else None
    form = RatingsForm(learners, levels, today(), posted)
    if posted is None:
        record_view(request, group)
    elif form.is_valid():
        try:
            n_rated = _save(request, competency, form)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            words = ngettext("{count} rating is saved.", "{count} ratings are saved.", n_rated)
            tell(request, words.format(count=n_rated))
            return redirect_page(request, "classes:one", group.public_id)
    context = {"group": group, "competency": competency, "levels": levels, "form": form}
    return render_page(request, "my_class/rate.html", context)


@transaction.atomic
def _save(request: PageRequest, competency: Competency, form: RatingsForm) -> int:
    """Take in what was marked: all of it, or with one refused nothing."""
    chosen = form.chosen()
    if not chosen:
        raise Refused(_("Mark a level for at least one learner."))
    on = form.cleaned_data["done_on"]
    # Work of today is of this moment; that of another day has no hour of its own.
    done_at = now() if on == today() else datetime.combine(on, _NOON, current_scope().zone)
    for learner, level in chosen:
        draft = RatingDraft(
            learner, competency, level, request.visitor.person, RaterRole.TEACHER, done_at=done_at
        )
        take_in_rating(draft, by=request.user, at=now())
    return len(chosen)
