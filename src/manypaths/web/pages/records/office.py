"""The records office: what leaves, how long what is kept, and what is over its time."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import NotFound, Refused
from manypaths.records.exports import district_exports
from manypaths.records.retention import KINDS, people_due, policy, set_policy, what_is_due
from manypaths.web.pages.records.forms import TimesForm
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view, shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
@shows_nobody
def all_records(request: PageRequest) -> HttpResponse:
    """Show what can leave, how long each kind is kept, and how much is over its time."""
    return _page(request, TimesForm(initial=_initial()))


@require_POST
@signed_in
def times(request: PageRequest) -> HttpResponse:
    """Shorten how long something is kept, and say whether it goes by itself."""
    form = TimesForm(request.POST)
    if form.is_valid():
        try:
            set_policy(form.days, deletes_by_itself=form.goes_by_itself, by=request.user, at=now())
            tell(request, _("The times are set."))
            return redirect_page(request, "records:office")
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return _page(request, form, status=422)


@require_safe
@signed_in
def over(request: PageRequest) -> HttpResponse:
    """Name those of whom something of a kind is over its time."""
    wanted = request.GET.get("kind", next(iter(KINDS)))
    due = next((d for d in what_is_due(by=request.user) if d.kind.name == wanted), None)
    if due is None:
        raise NotFound
    record_view(request, request.visitor.district)
    context = {"due": due, "people": people_due(due, by=request.user)}
    return render_page(request, "records/over.html", context)


def _initial() -> dict[str, object]:
    ours = policy()
    return {**ours.days, "deletes_by_itself": ours.deletes_by_itself}


def _page(request: PageRequest, form: TimesForm, *, status: int = 200) -> HttpResponse:
    due = {each.kind.name: each for each in what_is_due(by=request.user)}
    context = {
        "form": form,
        "rows": [(KINDS[name], form[name], due.get(name)) for name in KINDS],
        "n_over": sum(each.total for each in due.values()),
        "exports": district_exports(by=request.user),
    }
    return render_page(request, "records/office.html", context, status=status)
