"""How somebody signs in, and where they are signed in now."""

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import remove_webauthn
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from manypaths.accounts.mails import send_notice
from manypaths.accounts.models import PicturePassword
from manypaths.accounts.queries import own_sessions
from manypaths.accounts.services import end_own_session, set_own_password, set_pictures
from manypaths.accounts.sessions import SHARED
from manypaths.base.clock import now
from manypaths.base.errors import NotFound, Refused
from manypaths.web.pages.security.forms import PasswordForm
from manypaths.web.pages.security.library_views import own
from manypaths.web.pages.sign_in.forms import PicturesForm
from manypaths.web.pages.sign_in.views import get_or_post
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.sessions import has_second_factor, without_second_factor
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@never_cache
@require_safe
@signed_in
@without_second_factor
@shows_nobody
def show_own(request: PageRequest) -> HttpResponse:
    """Show how one signs in, and on which devices one is signed in."""
    factors = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    context = {
        "sessions": own_sessions(by=request.user, this=request.session.session_key or ""),
        "passkeys": [f for f in factors if f.type == Authenticator.Type.WEBAUTHN],
        "has_app": any(f.type == Authenticator.Type.TOTP for f in factors),
        "has_codes": any(f.type == Authenticator.Type.RECOVERY_CODES for f in factors),
        "has_pictures": PicturePassword.objects.filter(person=request.visitor.person).exists(),
        "is_shared": bool(request.session.get(SHARED)),
        "is_young": request.visitor.standing.roles == {"student"},
    }
    return render_page(request, "security/own.html", context)


@require_safe
@signed_in
@without_second_factor
@shows_nobody
def second_factor(request: PageRequest) -> HttpResponse:
    """Lead staff to the passkey or the app for codes that they need here."""
    if has_second_factor(request.user):
        return redirect_page(request, "home:start")
    return render_page(request, "security/second_factor.html", {})


@require_POST
@signed_in
@without_second_factor
def end_session(request: PageRequest, name: str) -> HttpResponse:
    """Sign out on one of one's devices."""
    end_own_session(name, by=request.user, at=now())
    tell(request, _("That device is signed out."))
    return redirect_page(request, "security:own")


@require_POST
@signed_in
@without_second_factor
def share(request: PageRequest) -> HttpResponse:
    """Say of this device whether others use it too."""
    request.session[SHARED] = "shared" in request.POST
    return redirect_page(request, "security:own")


@never_cache
@get_or_post
@signed_in
@without_second_factor
@shows_nobody
def password(request: PageRequest) -> HttpResponse:
    """Set a new password; all other devices are signed out."""
    if is_reauthentication_required(request, app=""):
        if request.method == "POST":  # never kept aside with the password in it
            return redirect_page(request, "security:password")
        raise ReauthenticationRequired
    form = PasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        user, key = request.user, request.session.session_key or ""
        set_own_password(form.cleaned_data["password"], by=user, at=now(), session=key)
        update_session_auth_hash(request, user)
        send_notice.enqueue(user.pk, "password_changed", get_language() or "en")
        tell(request, _("Your new password is set. Your other devices are signed out."))
        return redirect_page(request, "security:own")
    return render_page(request, "security/password.html", {"form": form})


@never_cache
@get_or_post
@signed_in
@shows_nobody
def pictures(request: PageRequest) -> HttpResponse:
    """Let a young learner pick the pictures by which they sign in."""
    form = PicturesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = request.visitor.person
        try:
            set_pictures(person, form.pictures, by=request.user, at=now())
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            tell(request, _("Those are your pictures now. Show them to nobody."))
            return redirect_page(request, "home:start")
    return render_page(request, "security/pictures.html", {"form": form})


@never_cache
@signed_in
@without_second_factor
@shows_nobody
def remove_passkey(request: PageRequest, pk: int) -> HttpResponse:
    """Give up a passkey, unless it is the last second factor of somebody who needs one."""
    passkey = Authenticator.objects.filter(pk=pk, user=request.user).first()
    if passkey is None:
        raise NotFound
    if not get_adapter().can_delete_authenticator(passkey):
        raise Refused(get_adapter().error_messages["cannot_delete_authenticator"])
    return own(remove_webauthn)(request, pk=pk)
