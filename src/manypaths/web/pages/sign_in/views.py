"""Sign in by a name, a passkey, pictures, a card or a code; look around in a demo; sign out."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from allauth.account.views import LoginView
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.accounts.access import card_behind, class_behind, invitation_behind, scope_of
from manypaths.accounts.mails import send_reset
from manypaths.accounts.models import ClassCode
from manypaths.accounts.queries import picture_signers
from manypaths.accounts.services import try_pictures
from manypaths.base.clock import now
from manypaths.base.errors import NotFound, Refused
from manypaths.demo.cast import Part
from manypaths.demo.looking_around import can_reset, demonstration, enter_as, reset
from manypaths.people.models import Person
from manypaths.web.entering import address_of, let_in, try_to_enter
from manypaths.web.errors import not_found_page, refused_page, too_many_page
from manypaths.web.pages.sign_in.forms import (
    ClassCodeForm,
    CodeForm,
    ForgottenForm,
    PicturesForm,
)
from manypaths.web.rendering import redirect_page, render_page, tell

_CARD, _CLASS, _INVITATION = "card", "class_code", "invitation"
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


class _Start(LoginView):
    """The sign-in page, and the cast of a demo district."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**kwargs)
        district = demonstration()
        if district is not None:
            shown |= {"demo": district, "can_reset": can_reset()}
        return shown


start = _Start.as_view()


@require_POST
def out(request: HttpRequest) -> HttpResponse:
    """End the session on this device, and leave nothing of it in the browser."""
    logout(request)
    response = redirect_page(request, "sign_in:start")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@never_cache
@get_or_post
def forgotten(request: HttpRequest) -> HttpResponse:
    """Send a way to set a new password. The answer is the same whether anybody has the address."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].lower()
        if try_to_enter(request, "forgotten", key=email) is None:
            return too_many_page(request)
        begins = address_of(request, "invitation:begins")
        send_reset.enqueue(email, begins, get_language() or "en")
        return render_page(request, "sign_in/forgotten.html", {"sent_to": email})
    return render_page(request, "sign_in/forgotten.html", {"form": form})


@never_cache
@get_or_post
def code(request: HttpRequest) -> HttpResponse:
    """Take a code from a slip, a mail, a card or a teacher."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        take_back = try_to_enter(request, "code")
        if take_back is None:
            return too_many_page(request)
        with suppress(NotFound):
            response = _opened_by(request, form.cleaned_data["code"])
            take_back()
            return response
        form.add_error("code", _("This code is not good, or no longer. Ask for a new one."))
    return render_page(request, "sign_in/code.html", {"form": form})


def _opened_by(request: HttpRequest, secret: str) -> HttpResponse:
    """Lead to what a secret opens; raise NotFound where it opens nothing."""
    try:
        invitation_behind(secret, now())
    except NotFound:
        card_behind(secret)
        request.session[_CARD] = secret
        return redirect_page(request, "sign_in:card_open")
    request.session[_INVITATION] = secret
    return redirect_page(request, "invitation:open")


@never_cache
@require_safe
def card(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the secret of a card out of the address, which others may see."""
    request.session[_CARD] = secret
    return redirect_page(request, "sign_in:card_open")


@never_cache
@get_or_post
def card_open(request: HttpRequest) -> HttpResponse:
    """Sign in the student whose card was shown, once they press the button."""
    if request.method != "POST":
        return render_page(request, "sign_in/card.html", {})
    take_back = try_to_enter(request, "card")
    if take_back is None:
        return too_many_page(request)
    with suppress(NotFound):
        shown = card_behind(request.session.pop(_CARD, ""))
        with scope_of(shown):
            user = shown.person.user
        if user is not None and user.is_active:
            take_back()
            return let_in(request, user, way="card")
    return render_page(request, "sign_in/card.html", {"is_wrong": True})


@never_cache
@get_or_post
def class_code(request: HttpRequest) -> HttpResponse:
    """Take the code of a class."""
    form = ClassCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        take_back = try_to_enter(request, "class_code")
        if take_back is None:
            return too_many_page(request)
        with suppress(NotFound):
            request.session[_CLASS] = class_behind(form.cleaned_data["code"]).code
            take_back()
            return redirect_page(request, "sign_in:class_names")
        form.add_error("code", _("No class has this code. Look at the wall once more."))
    return render_page(request, "sign_in/class_code.html", {"form": form})


@never_cache
@require_safe
def class_names(request: HttpRequest) -> HttpResponse:
    """Show who of the class signs in by pictures."""
    try:
        opened = class_behind(request.session.get(_CLASS, ""))
    except NotFound:
        return redirect_page(request, "sign_in:class_code")
    with scope_of(opened):
        context = {"group": opened.group, "learners": picture_signers(opened)}
        return render_page(request, "sign_in/class_names.html", context)


@never_cache
@get_or_post
def pictures(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Sign in by three pictures."""
    try:
        opened = class_behind(request.session.get(_CLASS, ""))
        with scope_of(opened):
            return _picked(request, _one_of(opened, person_id))
    except NotFound:
        return not_found_page(request)


def _one_of(opened: ClassCode, person_id: UUID) -> Person:
    found = next((p for p in picture_signers(opened) if p.public_id == person_id), None)
    if found is None:
        raise NotFound
    return found


def _picked(request: HttpRequest, learner: Person) -> HttpResponse:
    form = PicturesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        take_back = try_to_enter(request, "pictures", key=str(learner.public_id))
        if take_back is None:
            return too_many_page(request)
        user = try_pictures(learner, form.pictures)
        if user is not None:
            take_back()
            return let_in(request, user, way="pictures")
        form.add_error(None, _("Those are not your pictures. Try again, or ask your teacher."))
    return render_page(request, "sign_in/pictures.html", {"form": form, "learner": learner})


@require_POST
def look_around(request: HttpRequest, part: str) -> HttpResponse:
    """Sign in as one of the cast of a demo district."""
    if try_to_enter(request, "look_around") is None:
        return too_many_page(request)
    try:
        user = enter_as(part, at=now())
    except NotFound:
        return not_found_page(request)
    logout(request)
    # Who teaches would else be led to their class.
    to = "path:own" if part == Part.EDUCATOR else "home:start"
    return let_in(request, user, way="look_around", to=to)


@require_POST
def reset_demo(request: HttpRequest) -> HttpResponse:
    """Put a demo district back to how it was made."""
    if try_to_enter(request, "reset_demo", key="demo") is None:
        return too_many_page(request)
    try:
        reset()
    except NotFound:
        return not_found_page(request)
    except Refused as refusal:
        return refused_page(request, refusal)
    # What this browser held is gone with the rest.
    request.session.flush()
    tell(request, _("The demo is as it was made. Everybody who looked around begins anew."))
    return redirect_page(request, "sign_in:start")
