"""Show a guardian the children in their care, and let them write to those who teach."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.people.access import person_for
from manypaths.plans.family_notes import (
    family_note_for,
    restore_family_note,
    take_back_family_note,
    write_family_note,
)
from manypaths.web.once import once
from manypaths.web.pages.family.showing import children_of
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_family_views
from manypaths.web.visits import PageRequest, signed_in


@require_GET
@signed_in
def all_children(request: PageRequest) -> HttpResponse:
    """Show each child in the visitor's care, in plain words."""
    return _page(request)


@require_POST
@signed_in
@once
def write(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Send a note to those who teach a child."""
    child = person_for(request.user, person_id)
    words = request.POST.get("words", "")
    try:
        note = write_family_note(child, words, by=request.user, at=now())
    except Refused as refusal:
        return _page(request, refused=(child.pk, refusal.message, words))
    undo = reverse("family:take_back", args=[note.public_id])
    tell(request, gettext("Sent. Their teachers can read it."), undo=undo)
    return redirect_page(request, "family:all")


@require_POST
@signed_in
def take_back(request: PageRequest, note_id: UUID) -> HttpResponse:
    """Take a note back."""
    note = take_back_family_note(
        family_note_for(note_id, by=request.user), by=request.user, at=now()
    )
    undo = reverse("family:restore", args=[note.public_id])
    tell(request, gettext("Taken back. Nobody reads it any more."), undo=undo)
    return redirect_page(request, "family:all")


@require_POST
@signed_in
def restore(request: PageRequest, note_id: UUID) -> HttpResponse:
    """Let a note that was taken back be read again."""
    restore_family_note(family_note_for(note_id, by=request.user), by=request.user, at=now())
    tell(request, gettext("It can be read again."))
    return redirect_page(request, "family:all")


def _page(request: PageRequest, refused: tuple[int, str, str] | None = None) -> HttpResponse:
    cares_for = request.visitor.standing.cares_for
    record_family_views(request, cares_for)
    children = children_of(cares_for, by=request.user, refused=refused)
    status = 400 if refused else 200
    return render_page(request, "family/all.html", {"children": children}, status=status)
