"""My path: where a learner stands, and what they choose next."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from manypaths.base.clock import now
from manypaths.people.access import person_for
from manypaths.people.models import Person
from manypaths.plans.access import may_choose, require_choice, require_own
from manypaths.plans.family_notes import family_notes_of
from manypaths.plans.queries import (
    choice_for,
    framework_of_learner,
    frameworks_of_learner,
    help_request_for,
)
from manypaths.plans.services import (
    answer_help_request,
    ask_for_help,
    drop_choice,
    take_up_again,
)
from manypaths.web.pages.path.choosing import (
    choice_of,
    competencies_to_ask_about,
    framework_asked_for,
    opened,
    steps_by_area,
)
from manypaths.web.pages.path.forms import HelpForm
from manypaths.web.pages.path.showing import show_path
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in

_MOST_NOTES = 3


@require_GET
@signed_in
def own(request: PageRequest) -> HttpResponse:
    """Show the visitor's own path."""
    return _path(request, request.visitor.person)


@require_GET
@signed_in
def of(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Show the path of a learner whose record the visitor may see."""
    return _path(request, person_for(request.user, person_id))


def _path(request: PageRequest, learner: Person) -> HttpResponse:
    record_view(request, learner)
    frameworks = frameworks_of_learner(learner, by=request.user)
    framework = framework_asked_for(request, learner, frameworks)
    if framework is None:
        is_own = request.visitor.person == learner
        return render_page(request, "path/none.html", {"learner": learner, "is_own": is_own})
    area = request.GET.get("area", "")
    page = show_path(
        learner, framework, by=request.user, at=now(), area=int(area) if area.isdecimal() else 0
    )
    others = [other for other in frameworks if other.pk != framework.pk]
    may = may_choose(request.user, learner)
    notes = family_notes_of([learner], by=request.user)[learner.pk]
    context = {"page": page, "others": others, "may_choose": may, "notes": notes[:_MOST_NOTES]}
    return render_page(request, "path/path.html", context)


@require_POST
@signed_in
def choose(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Store a step that the learner chose, and open it; or one that a teacher planned with them."""
    learner = person_for(request.user, person_id)
    require_choice(request.user, learner)
    choice = choice_of(request, learner)
    if request.visitor.person == learner:
        return redirect_page(request, "doing:start", choice.public_id)
    tell(request, gettext("Planned."), undo=reverse("path:let_go", args=[choice.public_id]))
    return redirect_page(request, "path:of", learner.public_id)


@require_POST
@signed_in
def let_go(request: PageRequest, choice_id: UUID) -> HttpResponse:
    """Let a choice go."""
    choice = drop_choice(choice_for(choice_id, by=request.user), by=request.user, at=now())
    again = reverse("path:take_up", args=[choice.public_id])
    tell(request, gettext("Let go. It no longer waits for you."), undo=again)
    return redirect_page(request, "path:of", choice.learner.public_id)


@require_POST
@signed_in
def take_up(request: PageRequest, choice_id: UUID) -> HttpResponse:
    """Take up again a choice that was let go."""
    choice = take_up_again(choice_for(choice_id, by=request.user), by=request.user, at=now())
    tell(request, gettext("It is among your choices again."))
    return redirect_page(request, "path:of", choice.learner.public_id)


@require_GET
@signed_in
def something_else(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Show every step that a learner could take, area by area."""
    learner = person_for(request.user, person_id)
    record_view(request, learner)
    frameworks = frameworks_of_learner(learner, by=request.user)
    framework = framework_asked_for(request, learner, frameworks)
    steps = steps_by_area(learner, framework, by=request.user, at=now()) if framework else []
    areas = opened(steps, request.GET.get("area", ""))
    return render_page(
        request,
        "path/else.html",
        {
            "learner": learner,
            "framework": framework,
            "areas": areas,
            "n_closed": sum(not area.is_open for area in areas),
            "may_choose": may_choose(request.user, learner),
        },
    )


@require_http_methods(["GET", "POST"])
@signed_in
def ask(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Ask for help: a learner says with what, and those who teach them see it."""
    learner = person_for(request.user, person_id)
    require_own(request.user, learner)
    framework = framework_of_learner(learner, by=request.user)
    asked = (request.POST or request.GET).get("competency", "")
    competencies = competencies_to_ask_about(
        learner, framework, asked=asked, by=request.user, at=now()
    )
    form = HelpForm(competencies, request.POST or None, initial=request.GET)
    if request.method == "POST" and form.is_valid():
        request_made = ask_for_help(
            learner,
            competency=form.asked_about,
            words=form.cleaned_data["words"],
            by=request.user,
            at=now(),
        )
        undo = reverse("path:answered", args=[request_made.public_id])
        tell(request, gettext("Your teachers see that you would like help."), undo=undo)
        return redirect_page(request, "path:own")
    record_view(request, learner)
    return render_page(request, "path/help.html", {"learner": learner, "form": form})


@require_POST
@signed_in
def answered(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Say that help was given, or take a request back."""
    asked = help_request_for(request_id, by=request.user)
    answer_help_request(asked, by=request.user, at=now())
    tell(request, gettext("Nobody waits for help here any more."))
    return redirect_page(request, "path:of", asked.learner.public_id)
