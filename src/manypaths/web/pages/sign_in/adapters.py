"""What the library for signing in asks us: how sessions begin, how mails leave, what is said."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from manypaths.accounts.mails import send_notice
from manypaths.accounts.sessions import SECOND_FACTOR, begin, drop_expired
from manypaths.base.clock import now
from manypaths.base.scope import district_scope
from manypaths.people.models import User
from manypaths.people.standing import Standing, home_of
from manypaths.web.qr import qr_svg
from manypaths.web.rendering import redirect_page
from manypaths.web.sessions import device_of

_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in as a school has it: nobody signs up, and mails wait in the queue."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "This name and this password do not go together. Try again, or ask for a new code."
        ),
        "too_many_login_attempts": _(
            "That was tried too often. Wait five minutes, or ask your teacher for a code."
        ),
        "incorrect_password": _("That is not your password."),
        "incorrect_code": _("That code is not right. Codes change every half minute."),
        "rate_limited": _("That was tried too often. Wait five minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say that nobody comes without an invitation."""
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Begin a session, with a new key, and note when, where and by how many factors."""
        super().login(request, user)
        drop_expired(at=now())
        begin(request.session, at=now(), device=device_of(request))
        ways = {record["method"] for record in get_authentication_records(request, user)}
        if "mfa" in ways:
            request.session[SECOND_FACTOR] = True

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what went wrong; what went right is seen on the page that follows."""
        if message is not None:
            super().add_message(request, level, message=message)

    def get_reauthentication_methods(
        self, user: AbstractBaseUser | AnonymousUser
    ) -> list[dict[str, Any]]:
        """Return how somebody may say once more who they are, the easiest first."""
        words = {
            "mfa_reauthenticate:webauthn": _("Use my passkey"),
            "reauthenticate": _("Use my password"),
            "mfa_reauthenticate": _("Type a code"),
        }
        found = {way["id"]: way for way in super().get_reauthentication_methods(user)}
        return [found[way] | {"description": words[way]} for way in words if way in found]

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Answer somebody whose access has ended like somebody who has none."""
        return redirect_page(request, "sign_in:start")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell somebody by mail that how they sign in was changed."""
        if isinstance(user, User) and user.email:
            what = template_prefix.rpartition("/")[2]
            send_notice.enqueue(user.pk, what, get_language() or "en")


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: who needs one keeps one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": _(
            "You need a passkey or an app for codes here. Set up another one first."
        ),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Say whether somebody may give this one up: staff keep at least one."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=_FACTORS)
        return others.exclude(pk=authenticator.pk).exists() or not is_staff(authenticator.user)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """Return what a passkey is called until its owner says otherwise."""
        return gettext("My passkey")

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code for an app for codes."""
        return qr_svg(url, scale=5)


def is_staff(user: User) -> bool:
    """Say whether somebody works as an educator in a district of real people."""
    home = home_of(user)
    if home is None or home.district.is_demonstration:
        return False
    with district_scope(home.district.pk, home.zone):
        return Standing(home.person, user).is_educator
