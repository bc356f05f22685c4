"""Acts on the rows of a class: give a step, plan help, sign off, open, note."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from manypaths.base.clock import now, today
from manypaths.base.errors import NotFound, Refused
from manypaths.estimates.queries import estimated_competencies
from manypaths.estimates.services import AchievementDraft, sign_off_class
from manypaths.frameworks.models import Competency
from manypaths.frameworks.queries import competency_for
from manypaths.people.access import group_for, person_for
from manypaths.people.models import Group, Person
from manypaths.people.queries import learners_in, learners_of
from manypaths.plans.class_acts import give_step, take_back_steps
from manypaths.plans.models import StepKind
from manypaths.plans.queries import framework_of_group, open_choices, window_of
from manypaths.plans.services import set_window
from manypaths.plans.supporting import (
    MOST_NOTES,
    SupportDraft,
    end_support,
    log_session,
    move_support,
    notes_about,
    plan_support,
    support_for,
    take_back_note,
    write_note,
)
from manypaths.web.once import once
from manypaths.web.pages.my_class.forms import HelpForm, NoteForm, SessionForm, SignForm
from manypaths.web.pages.my_class.posted import posted_ids
from manypaths.web.pages.my_class.window_page import window_page
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@require_POST
@signed_in
@once
def give(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Give a check or practice on a competency to some learners."""
    group, competency, learners = _row(request, group_id)
    kind = StepKind.SHOW if request.POST.get("kind") == "show" else StepKind.PRACTISE
    give_step(group, learners, competency, kind=kind, by=request.user, at=now())
    words = ngettext(
        "“{competency}” is given to {count} learner. It waits on their path.",
        "“{competency}” is given to {count} learners. It waits on their paths.",
        len(learners),
    ).format(competency=competency.name, count=len(learners))
    tell(request, words, undo=_taking_back(group, competency, kind))
    return redirect_page(request, "classes:one", group.public_id)


@require_POST
@signed_in
def take_back(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Take back what the same person gave on a competency: to a row's learners, or last."""
    group = group_for(request.user, group_id)
    competency = competency_for(_one_id(request.GET.get("competency", "")), by=request.user)
    named = request.POST.get("who", "").split()
    learners = (
        learners_in(group, named, by=request.user) if named else learners_of(group, by=request.user)
    )
    mine = [
        choice
        for choice in open_choices(learners, by=request.user)
        if choice.chosen_by == request.user.pk
        and not choice.is_learners_own
        and choice.kind == request.GET.get("kind", choice.kind)
        and choice.competency.lineage_id == competency.lineage_id
    ]
    latest = max((choice.chosen_at for choice in mine), default=0)
    given = [choice for choice in mine if named or choice.chosen_at == latest]
    if given:
        take_back_steps(group, given, by=request.user, at=now())
        tell(request, _("Taken back. What you gave is not on their path any more."))
    else:
        tell(request, _("Nothing is taken back: only who gave it can do that."))
    return redirect_page(request, "classes:one", group.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@once
def sign(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Sign off what learners of a class demonstrated, after a look at who it is."""
    group = group_for(request.user, group_id)
    competency = competency_for(_one_id(_said(request, "competency")), by=request.user)
    learners = learners_in(group, _said(request, "who").split(), by=request.user)
    form = SignForm(learners, today(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _signed(request, group, competency, form)
    if request.method != "POST":
        record_view(request, group)
    context = {"group": group, "competency": competency, "form": form, "learners": learners}
    return render_page(request, "my_class/sign.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@once
def plan_help(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Plan help for learners of a class, in sessions."""
    group = group_for(request.user, group_id)
    competency = competency_for(_one_id(_said(request, "competency")), by=request.user)
    learners = learners_in(group, _said(request, "who").split(), by=request.user)
    form = HelpForm(learners, today(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        draft = SupportDraft(competency=competency, **form.drafted())
        plan_support(group, draft, by=request.user, at=now())
        tell(request, _("Planned. It stands in your list until it was given."))
        return redirect_page(request, "classes:one", group.public_id)
    if request.method != "POST":
        record_view(request, group)
    context = {"group": group, "competency": competency, "form": form, "learners": learners}
    return render_page(request, "my_class/help.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@once
def log_help(request: PageRequest, group_id: UUID, support_id: UUID) -> HttpResponse:
    """Log a session of planned help, move it, or end it."""
    group = group_for(request.user, group_id)
    support = support_for(support_id, by=request.user)
    form = SessionForm(today(), request.POST if request.method == "POST" else None)
    if request.method == "POST":
        act = request.POST.get("act", "given")
        if act == "end":
            end_support(support, by=request.user, at=now())
            tell(request, _("Ended. What was given stays on record."))
            return redirect_page(request, "classes:one", group.public_id)
        if form.is_valid():
            return _logged(request, group, form, act, support_id)
    else:
        record_view(request, group)
    context = {"group": group, "support": support, "form": form}
    return render_page(request, "my_class/session.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def window(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Set what the class works on now, and which of it comes first."""
    group = group_for(request.user, group_id)
    framework = framework_of_group(group, by=request.user)
    if framework is None:
        raise Refused(_("The class has no evidence on any framework yet."))
    everything = estimated_competencies(framework)
    entries = window_of(group, by=request.user)
    shown = window_page(everything, entries, area=request.GET.get("area", ""))
    if request.method == "POST":
        chosen = shown.chosen(everything, posted_ids(request, "competency"))
        pinned = shown.first(chosen, posted_ids(request, "pinned"))
        set_window(group, chosen, by=request.user, at=now(), pinned=pinned)
        tell(request, _("Saved. Next steps stay within it from now on."))
        return redirect_page(request, "classes:one", group.public_id)
    record_view(request, group)
    context = {"group": group, "framework": framework, "page": shown}
    return render_page(request, "my_class/window.html", context)


def _said(request: PageRequest, name: str) -> str:
    """Return what the row said that led to a form: the form, or else the address that it is at."""
    return request.POST.get(name) or request.GET.get(name, "")


@require_POST
@signed_in
@once
def open_for(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Give learners who have shown what comes before it a first step on a competency."""
    group, competency, learners = _row(request, group_id)
    give_step(group, learners, competency, kind=StepKind.LEARN, by=request.user, at=now())
    tell(
        request,
        _("“{competency}” is open on their paths.").format(competency=competency.name),
        undo=_taking_back(group, competency, StepKind.LEARN),
    )
    return redirect_page(request, "classes:one", group.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@once
def notes(request: PageRequest, group_id: UUID, person_id: UUID) -> HttpResponse:
    """Read and write educators' notes about a learner."""
    group = group_for(request.user, group_id)
    learner = person_for(request.user, person_id)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        return _noted(request, group, learner, form)
    record_view(request, learner)
    context = {
        "group": group,
        "learner": learner,
        "form": form,
        "notes": notes_about(learner, by=request.user),
        "most": MOST_NOTES,
    }
    return render_page(request, "my_class/notes.html", context)


def _row(request: PageRequest, group_id: UUID) -> tuple[Group, Competency, list[Person]]:
    """Return the class, competency and learners that a row's form names."""
    group = group_for(request.user, group_id)
    wanted = posted_ids(request, "competency")
    if len(wanted) != 1:
        raise NotFound
    competency = competency_for(wanted[0], by=request.user)
    learners = learners_in(group, request.POST.get("who", "").split(), by=request.user)
    if not learners:
        raise Refused(_("Choose at least one learner."))
    return group, competency, learners


def _taking_back(group: Group, competency: Competency, kind: StepKind) -> str:
    """Return the address at which what was given a moment ago is taken back."""
    address = reverse("classes:take_back", args=(group.public_id,))
    return f"{address}?competency={competency.public_id}&kind={kind.value}"


def _signed(
    request: PageRequest, group: Group, competency: Competency, form: SignForm
) -> HttpResponse:
    chosen = form.chosen()
    demonstrated_on, note = form.cleaned_data["demonstrated_on"], form.cleaned_data["note"]
    drafts = [AchievementDraft(one, competency, demonstrated_on, note=note) for one in chosen]
    sign_off_class(drafts, group=group, by=request.user, at=now())
    words = ngettext(
        "Signed off for {count} learner. It stays, whatever comes later.",
        "Signed off for {count} learners. It stays, whatever comes later.",
        len(chosen),
    ).format(count=len(chosen))
    tell(request, words)
    return redirect_page(request, "classes:one", group.public_id)


def _logged(
    request: PageRequest, group: Group, form: SessionForm, act: str, support_id: UUID
) -> HttpResponse:
    support = support_for(support_id, by=request.user)
    on = form.cleaned_data["held_on"]
    if act == "move":
        move_support(support, to=on, by=request.user, at=now())
        tell(request, _("Moved."))
    else:
        log_session(
            support,
            held_on=on,
            was_given=act != "missed",
            minutes=form.cleaned_data["minutes"],
            by=request.user,
            at=now(),
        )
        tell(request, _("Logged."))
    return redirect_page(request, "classes:one", group.public_id)


def _noted(request: PageRequest, group: Group, learner: Person, form: NoteForm) -> HttpResponse:
    taken_back = posted_ids(request, "take_back")
    for note in notes_about(learner, by=request.user) if taken_back else []:
        if note.public_id in taken_back:
            take_back_note(note, by=request.user, at=now())
            tell(request, _("The note is gone."))
    if form.is_valid() and not taken_back:
        write_note(learner, form.cleaned_data["text"], by=request.user, at=now())
        tell(request, _("Noted, for educators alone."))
    return redirect_page(request, "classes:notes", group.public_id, learner.public_id)


def _one_id(text: str) -> UUID:
    found = _ids([text])
    if len(found) != 1:
        raise NotFound
    return found[0]


def _ids(texts: Sequence[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts if text]
    except ValueError:
        raise NotFound from None
