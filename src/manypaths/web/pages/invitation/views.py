"""Accept an invitation; print slips and cards; let a class in."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from manypaths.accounts.access import invitation_behind, require_young, scope_of
from manypaths.accounts.models import Invitation
from manypaths.accounts.queries import class_entry
from manypaths.accounts.services import (
    accept_invitation,
    end_class_code,
    give_class_code,
    give_one_time_code,
    invite_group,
    make_cards,
)
from manypaths.accounts.tokens import spelled
from manypaths.base.clock import now
from manypaths.base.errors import NotFound, Refused
from manypaths.base.ids import as_public_id
from manypaths.people.access import group_for, person_for, require_leadership
from manypaths.people.models import Group, Person
from manypaths.web.entering import address_of, let_in, try_to_enter
from manypaths.web.errors import too_many_page
from manypaths.web.pages.invitation.forms import AcceptForm
from manypaths.web.pages.sign_in.views import get_or_post
from manypaths.web.qr import qr_image
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in

_NEXT = {"password": "home:start", "passkey": "mfa_add_webauthn", "pictures": "security:pictures"}


@never_cache
@require_safe
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret of an invitation out of the address, which others may see."""
    request.session["invitation"] = token
    return redirect_page(request, "invitation:open")


@never_cache
@get_or_post
def open_one(request: HttpRequest) -> HttpResponse:
    """Show an invitation, and let in who accepts it."""
    try:
        invitation = invitation_behind(request.session.get("invitation", ""), now())
    except NotFound:
        return render_page(request, "invitation/over.html", {}, status=404)
    with scope_of(invitation):
        # Whoever is invited has a sign-in from then on.
        form = AcceptForm(
            request.POST or None,
            user=invitation.person.user,
            needs_pin=bool(invitation.pin_hash),
        )
        if request.method == "POST" and form.is_valid():
            return _accepted(request, invitation, form)
        return _shown(request, invitation, form)


def _accepted(request: HttpRequest, invitation: Invitation, form: AcceptForm) -> HttpResponse:
    take_back = try_to_enter(request, "code")
    if take_back is None:
        return too_many_page(request)
    password = form.cleaned_data["password"] if form.way == "password" else None
    pin = form.cleaned_data.get("pin", "")
    try:
        user = accept_invitation(invitation, pin=pin, password=password, at=now())
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _shown(request, invitation, form)
    except NotFound:
        return render_page(request, "invitation/over.html", {}, status=404)
    take_back()
    request.session.pop("invitation", None)
    return let_in(request, user, way="invitation", to=_NEXT[form.way])


def _shown(request: HttpRequest, invitation: Invitation, form: AcceptForm) -> HttpResponse:
    context = {
        "form": form,
        "invitation": invitation,
        # Whoever has no PIN yet learns no name either.
        "person": None if invitation.pin_hash else invitation.person,
        "username": "" if invitation.pin_hash or form.user is None else form.user.username,
        "may_pick_pictures": _is_young(invitation.person),
    }
    return render_page(request, "invitation/open.html", context)


def _is_young(person: Person) -> bool:
    try:
        require_young(person)
    except Refused:
        return False
    return True


@never_cache
@get_or_post
@signed_in
def slips(request: PageRequest, group_id: UUID | None = None) -> HttpResponse:
    """Show who of a group has never signed in; make and print their slips."""
    group = _group_asked_for(request, group_id)
    require_leadership(request.user, group.organization)
    if request.method == "POST":
        issued = invite_group(group, by=request.user, at=now())
        printed = [(one.person, one.token, one.username) for one in issued]
        return _printed(request, group, printed, "invitation:accept")
    record_view(request, group)
    return render_page(request, "invitation/slips.html", {"group": group})


@never_cache
@require_POST
@signed_in
def cards(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Make and print the cards of a class."""
    group = group_for(request.user, group_id)
    made = make_cards(group, by=request.user, at=now())
    printed = [(card.person, card.token, "") for card in made]
    return _printed(request, group, printed, "sign_in:card")


def _printed(
    request: PageRequest, group: Group, people: list[tuple[Person, str, str]], route: str
) -> HttpResponse:
    begins = settings.ADDRESS or request.build_absolute_uri("/").rstrip("/")
    papers = [
        {
            "person": person,
            "code": spelled(token),
            "username": username,
            "image": qr_image(address_of(request, route, token)),
        }
        for person, token, username in people
    ]
    context = {"group": group, "papers": papers, "site": begins, "is_card": route != _SLIP}
    return render_page(request, "invitation/papers.html", context)


_SLIP = "invitation:accept"
# More rows in one page are slow to load on a phone.
_MOST_STUDENTS, _LONGEST_PLACE = 75, 5


@never_cache
@require_safe
@signed_in
def of_class(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Show how the students of a class get in."""
    group = group_for(request.user, group_id)
    record_view(request, group)
    entry = class_entry(group, by=request.user)
    first = request.GET.get("from", "")
    begin = int(first) if first.isdecimal() and len(first) <= _LONGEST_PLACE else 0
    following = begin + _MOST_STUDENTS
    context = {
        "group": group,
        "code": spelled(entry.code),
        "learners": entry.learners[begin:following],
        "following": following,
        "n_more": max(len(entry.learners) - following, 0),
    }
    return render_page(request, "invitation/of_class.html", context)


@require_POST
@signed_in
def set_class_code(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Give a class a new code, or take its code down."""
    group = group_for(request.user, group_id)
    if "end" in request.POST:
        end_class_code(group, by=request.user, at=now())
        tell(request, _("The class has no code any more."))
    else:
        give_class_code(group, by=request.user, at=now())
        tell(request, _("The class has a new code. Put it on the wall."))
    return redirect_page(request, "invitation:of_class", group.public_id)


@never_cache
@require_POST
@signed_in
def one_time_code(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Give one's own student a code that is good once, for twenty minutes."""
    learner = person_for(request.user, person_id)
    issued = give_one_time_code(learner, by=request.user, at=now())
    context = {
        "learner": learner,
        "code": spelled(issued.token),
        "address": address_of(request, "sign_in:code"),
        "expires_at": issued.invitation.expires_at,
    }
    return render_page(request, "invitation/one_time_code.html", context)


def _group_asked_for(request: PageRequest, group_id: UUID | None) -> Group:
    group_id = group_id or as_public_id(request.GET.get("group", ""))
    if group_id is None:
        raise NotFound
    return group_for(request.user, group_id)
