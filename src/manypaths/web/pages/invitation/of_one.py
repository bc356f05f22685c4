"""How one person gets in, as a leader sees and changes it."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from manypaths.accounts.mails import send_invitation, tell_of_loss
from manypaths.accounts.queries import Entry, sign_in_states
from manypaths.accounts.services import Issued, end_access, invite_after_loss, invite_again
from manypaths.accounts.tokens import spelled
from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.people.access import person_for, require_leadership_of
from manypaths.people.models import Person
from manypaths.web.entering import address_of
from manypaths.web.pages.invitation.forms import InviteForm
from manypaths.web.pages.sign_in.views import get_or_post
from manypaths.web.proving import require_proof
from manypaths.web.qr import qr_image
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@never_cache
@get_or_post
@signed_in
def of_person(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Show whether a person gets in, and invite them by mail or by a slip."""
    person = _led(request, person_id)
    form = InviteForm(request.POST or None, initial=_start(person))
    if request.method == "POST" and form.is_valid():
        try:
            return _invited(request, person, form)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    elif request.method != "POST":
        record_view(request, person)
    state = sign_in_states([person], by=request.user)[person.pk]
    has_begun = state.entry != Entry.NEVER_INVITED and person.user != request.user
    context = {"person": person, "form": form, "state": state, "may_have_lost_all": has_begun}
    return render_page(request, "invitation/of_person.html", context)


@require_POST
@signed_in
def end(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Let a person in no more, at once."""
    person = _led(request, person_id)
    end_access(person, by=request.user, at=now())
    tell(request, _("They are signed out everywhere, and get in no more."))
    return redirect_page(request, "invitation:of", person.public_id)


def _led(request: PageRequest, person_id: UUID) -> Person:
    """Return the person; raise NotFound unless the visitor leads where they belong."""
    person = person_for(request.user, person_id)
    require_leadership_of(request.user, person)
    return person


def _start(person: Person) -> dict[str, object]:
    """Return what the form begins with: families are asked for a PIN."""
    return {
        "email": person.user.email if person.user else "",
        "with_pin": person.roles.filter(role="family").exists(),
    }


def _invited(request: PageRequest, person: Person, form: InviteForm) -> HttpResponse:
    """Invite a person; who takes second factors away says first that they are still there."""
    said, language = form.cleaned_data, get_language() or "en"
    if said["has_lost_all"]:
        require_proof(request)
    has_lost_all, before = said["has_lost_all"], person.user.email if person.user else None
    invite_anew = invite_after_loss if has_lost_all else invite_again
    issued = invite_anew(
        person, email=said["email"], with_pin=said["with_pin"], by=request.user, at=now()
    )
    if has_lost_all and person.user:
        tell_of_loss(person.user, before=before, language=language)
    if form.is_by_mail:
        begins = address_of(request, "invitation:begins")
        send_invitation.enqueue(issued.invitation.pk, begins, language)
    context = {"person": person, "issued": issued, "is_by_mail": form.is_by_mail}
    return render_page(request, "invitation/made.html", context | _paper(request, issued))


def _paper(request: PageRequest, issued: Issued) -> dict[str, str]:
    address = address_of(request, "invitation:accept", issued.token)
    return {
        "code": spelled(issued.token),
        "image": qr_image(address),
        "site": address_of(request, "sign_in:code"),
    }
