"""Imports: try a file, look at what it would change, take it in, take it back."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.frameworks.browsing import frameworks_in_use
from manypaths.interop import runs
from manypaths.interop.models import ImportRun, RunState
from manypaths.interop.undoing import who_stayed, who_would_stay
from manypaths.people.directory import groups_of, place_named
from manypaths.web.pages.imports.asking import asked_of, said_of
from manypaths.web.pages.imports.forms import ImportForm, UndoForm
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view, shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@shows_nobody
def new(request: PageRequest) -> HttpResponse:
    """Show the form and what was brought in before; take a file to be tried."""
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        groups=groups_of(place_named(None, by=request.user), by=request.user),
        frameworks=frameworks_in_use(by=request.user),
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _start(request, form)
        except Refused as refusal:
            form.add_error("file", refusal.message)
    context = {"form": form, "runs": runs.recent_runs(by=request.user)}
    return render_page(request, "imports/new.html", context)


@require_safe
@signed_in
def one(request: PageRequest, run_id: UUID) -> HttpResponse:
    """Show what a file would change, or what it changed."""
    run = runs.run_for(run_id, by=request.user)
    if run.state == RunState.ASKING:
        return redirect_page(request, "imports:columns", run_id)
    record_view(request, place_named(None, by=request.user))
    context = {
        "run": run,
        "form": UndoForm(),
        "would_stay": who_would_stay(run, by=request.user),
        "stayed": who_stayed(run, by=request.user),
    }
    return render_page(request, "imports/one.html", context)


@require_safe
@signed_in
def ask_columns(request: PageRequest, run_id: UUID) -> HttpResponse:
    """Ask which column of another program's table is what, with guesses and its first rows."""
    run = runs.run_for(run_id, by=request.user)
    table = runs.table_of(run, by=request.user)
    record_view(request, place_named(None, by=request.user))
    context = {"run": run, "table": table, "asked": asked_of(table, request.GET.get("kind"))}
    return render_page(request, "imports/columns.html", context)


@require_POST
@signed_in
def say_columns(request: PageRequest, run_id: UUID) -> HttpResponse:
    """Take the answer, remember it for tables like this one, and try the file."""
    run = runs.run_for(run_id, by=request.user)
    kind, columns, order = said_of(request.POST)
    try:
        runs.say_columns(run, kind, columns, order=order, by=request.user, at=now())
    except Refused as refusal:
        tell(request, refusal.message)
        return redirect_page(request, f"{reverse('imports:columns', args=[run_id])}?kind={kind}")
    return redirect_page(request, "imports:one", run_id)


@require_safe
@signed_in
@shows_nobody
def progress(request: PageRequest, run_id: UUID) -> HttpResponse:
    """Say how far an import is, for a page that waits; when it is done, have the page loaded."""
    run = runs.run_for(run_id, by=request.user)
    if run.is_at_work:
        return render_page(request, "imports/one.html", {"run": run}, part="progress")
    return redirect_page(request, "imports:one", run_id)


@require_POST
@signed_in
def take_it_in(request: PageRequest, run_id: UUID) -> HttpResponse:
    """Take a file in that was tried without faults."""
    return _do(request, run_id, lambda run: runs.take_in(run, by=request.user))


@require_POST
@signed_in
def undo_it(request: PageRequest, run_id: UUID) -> HttpResponse:
    """Take back what an import brought."""
    reason = request.POST.get("reason", "")
    return _do(
        request, run_id, lambda run: runs.undo(run, reason=reason, by=request.user, at=now())
    )


@require_POST
@signed_in
def drop_it(request: PageRequest, run_id: UUID) -> HttpResponse:
    """Forget a file that was not taken in."""
    runs.drop(runs.run_for(run_id, by=request.user), by=request.user, at=now())
    tell(request, _("The file is dropped. Nothing was changed."))
    return redirect_page(request, "imports:new")


def _start(request: PageRequest, form: ImportForm) -> HttpResponse:
    file = form.cleaned_data["file"]
    run = runs.start_import(
        file.read(), file=file.name, target=form.target, by=request.user, at=now()
    )
    return redirect_page(request, "imports:one", run.public_id)


def _do(request: PageRequest, run_id: UUID, deed: Callable[[ImportRun], object]) -> HttpResponse:
    try:
        deed(runs.run_for(run_id, by=request.user))
    except Refused as refusal:
        tell(request, refusal.message)
    return redirect_page(request, "imports:one", run_id)
