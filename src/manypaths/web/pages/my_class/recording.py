"""Put one learner's work on record that was done on paper or aloud."""

from datetime import datetime, time
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from manypaths.base.clock import now, today
from manypaths.base.errors import Refused
from manypaths.base.scope import current_scope
from manypaths.estimates.services import take_in
from manypaths.evidence.drafts import ResponseDraft
from manypaths.evidence.queries import answered_tasks
from manypaths.frameworks.queries import competency_for
from manypaths.people.access import group_for
from manypaths.people.queries import learners_of
from manypaths.web.once import once
from manypaths.web.pages.my_class.forms import AnswerForm
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in

_NOON = time(12)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@once
def record(request: PageRequest, group_id: UUID, competency_id: UUID) -> HttpResponse:
    """Say how a learner did on a task: right, in part, or wrong."""
    group = group_for(request.user, group_id)
    competency = competency_for(competency_id, by=request.user)
    tasks = answered_tasks(competency)
    posted = request.POST if request.method == "POST" else None
    form = AnswerForm(learners_of(group, by=request.user), tasks, today(), posted)
    if posted is None:
        record_view(request, group)
    elif form.is_valid():
        try:
            _take_in(request, form)
            return redirect_page(request, "classes:one", group.public_id)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    context = {"group": group, "competency": competency, "form": form, "tasks": tasks}
    return render_page(request, "my_class/record.html", context)


def _take_in(request: PageRequest, form: AnswerForm) -> None:
    on, outcome = form.cleaned_data["done_on"], float(form.cleaned_data["outcome"])
    done_at = now() if on == today() else datetime.combine(on, _NOON, current_scope().zone)
    draft = ResponseDraft(form.chosen_learner, form.chosen_task, outcome, done_at)
    take_in(draft, by=request.user, at=now())
    told = _("It is on record for {name}.").format(name=form.chosen_learner.name)
    tell(request, told)
