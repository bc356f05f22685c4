"""Why this level: what an estimate rests on, and ways to answer back."""

from uuid import UUID

from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from manypaths.base.clock import now, today
from manypaths.base.errors import Refused
from manypaths.estimates.access import may_sign
from manypaths.estimates.queries import words_of
from manypaths.estimates.services import AchievementDraft, sign_off, take_in_rating
from manypaths.evidence.drafts import RatingDraft
from manypaths.evidence.models import RaterRole
from manypaths.frameworks.models import Competency
from manypaths.frameworks.queries import competency_for, levels_of
from manypaths.people.access import person_for
from manypaths.people.models import Person
from manypaths.web.once import once
from manypaths.web.pages.why.forms import OwnRatingForm, SignOffForm
from manypaths.web.pages.why.showing import show_why
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@require_GET
@signed_in
def of(request: PageRequest, person_id: UUID, competency_id: UUID) -> HttpResponse:
    """Show what a learner's level rests on."""
    learner = person_for(request.user, person_id)
    competency = competency_for(competency_id, by=request.user)
    record_view(request, learner)
    return _page(request, learner, competency, _sign_form(competency, None))


@require_POST
@signed_in
@once
def rate(request: PageRequest, person_id: UUID, competency_id: UUID) -> HttpResponse:
    """Take in where learners see themselves."""
    learner = person_for(request.user, person_id)
    competency = competency_for(competency_id, by=request.user)
    form = OwnRatingForm(levels_of(competency.framework), request.POST)
    if not form.is_valid():
        raise Refused(gettext("Choose one of the levels, then save again."))
    draft = RatingDraft(
        learner, competency, form.cleaned_data["level"], learner, RaterRole.SELF, done_at=now()
    )
    take_in_rating(draft, by=request.user, at=now())
    tell(request, gettext("Your rating is saved. It stands beside the estimate."))
    return redirect_page(request, "why:of", learner.public_id, competency.public_id)


@require_POST
@signed_in
@once
def sign(request: PageRequest, person_id: UUID, competency_id: UUID) -> HttpResponse:
    """Sign off what a learner demonstrated."""
    learner = person_for(request.user, person_id)
    competency = competency_for(competency_id, by=request.user)
    form = _sign_form(competency, request.POST)
    if form.is_valid():
        draft = AchievementDraft(learner, competency, **form.cleaned_data)
        try:
            sign_off(draft, by=request.user, at=now())
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            tell(request, gettext("Signed off. It stays, whatever comes later."))
            return redirect_page(request, "why:of", learner.public_id, competency.public_id)
    return _page(request, learner, competency, form, status=400)


def _sign_form(competency: Competency, posted: QueryDict | None) -> SignOffForm:
    levels = levels_of(competency.framework)
    return SignOffForm(levels, competency.framework.target_level, today(), posted)


def _page(
    request: PageRequest, learner: Person, competency: Competency, form: Form, *, status: int = 200
) -> HttpResponse:
    page = show_why(learner, competency, by=request.user, at=now())
    context = {
        "page": page,
        "sign_form": form if may_sign(request.user, learner) else None,
        "answers_back": page.is_own or learner in request.visitor.standing.cares_for,
        "words": words_of(learner, competency, by=request.user),
    }
    return render_page(request, "why/why.html", context, status=status)
