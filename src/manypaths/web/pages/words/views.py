"""Say where one sees a learner, beside the estimate."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.estimates.access import require_right_to_sign
from manypaths.estimates.queries import estimates_of, word_for, words_of
from manypaths.estimates.services import say_word, withdraw_word
from manypaths.estimates.status import Status
from manypaths.frameworks.models import Competency
from manypaths.frameworks.queries import competency_for
from manypaths.frameworks.rubrics import rubric_of
from manypaths.people.access import person_for
from manypaths.people.models import Person
from manypaths.web.once import once
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in

# What a person can see in a learner; "needs evidence" and the like are the page's own.
SAYABLE = (Status.GROWING, Status.READY, Status.DEMONSTRATED, Status.REFRESH)


@require_safe
@signed_in
def new(request: PageRequest, person_id: UUID, competency_id: UUID) -> HttpResponse:
    """Show the form for a word, with the estimate and the words that stand beside it."""
    learner = person_for(request.user, person_id)
    competency = competency_for(competency_id, by=request.user)
    require_right_to_sign(request.user, learner)
    record_view(request, learner)
    return _word_page(request, learner, competency, {})


@require_POST
@signed_in
@once
def say(request: PageRequest, person_id: UUID, competency_id: UUID) -> HttpResponse:
    """Say a word: a level, or a status where the framework has no levels."""
    learner = person_for(request.user, person_id)
    competency = competency_for(competency_id, by=request.user)
    chosen, reason = request.POST.get("where", ""), request.POST.get("reason", "")[:5000]
    level = int(chosen) if chosen.isdecimal() and len(chosen) < 4 else None
    status = next((status for status in SAYABLE if status.value == chosen), None)
    try:
        say_word(
            learner,
            competency,
            reason=reason,
            by=request.user,
            at=now(),
            level=level,
            status=status,
        )
    except Refused as refusal:
        context = {"fault": refusal.message, "reason": reason, "chosen": chosen}
        return _word_page(request, learner, competency, context, status=422)
    tell(request, _("Said. It stands beside the estimate, which stays as it is."))
    return redirect_page(request, "words:new", person_id, competency_id)


@require_POST
@signed_in
def take_back(request: PageRequest, word_id: UUID) -> HttpResponse:
    """Take a word back."""
    word = word_for(word_id, by=request.user)
    withdraw_word(word, by=request.user, at=now())
    tell(request, _("Taken back. It is shown no more."))
    return redirect_page(request, "words:new", word.learner.public_id, word.competency.public_id)


def _word_page(
    request: PageRequest,
    learner: Person,
    competency: Competency,
    context: Mapping[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    found = estimates_of(
        [learner], competency.framework, by=request.user, at=now(), competencies=[competency]
    )
    shown = {
        "learner": learner,
        "competency": competency,
        "status": found.status(0).value,
        "certainty": found.certainty(0).value if found.n_pieces[0] else "",
        "n_pieces": int(found.n_pieces[0]),
        "levels": rubric_of(competency),
        "statuses": [said.value for said in SAYABLE],
        "words": words_of(learner, competency, by=request.user),
        "may_take_back": True,
    }
    return render_page(request, "words/new.html", {**shown, **context}, status=status)
