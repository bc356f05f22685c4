"""Mails about getting in: plain text in the reader's language, sent from the queue of tasks.

A task knows ids and addresses alone. A secret is made as its mail is written, so that none lies in
the queue, and a page takes as long for an address that nobody has as for one that somebody has.
"""

from datetime import datetime

from django.core.mail import EmailMessage
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task

from manypaths.accounts.access import is_open, scope_of
from manypaths.accounts.models import Invitation
from manypaths.accounts.services.invitations import ask_for_reset, write_token
from manypaths.accounts.tokens import spelled
from manypaths.base.clock import now
from manypaths.base.scope import district_scope
from manypaths.people.models import User
from manypaths.people.standing import home_of


@task()
def send_invitation(invitation_id: int, address: str, language: str) -> None:
    """Mail an invitation to its person; `address` is where its pages begin, up to the secret."""
    invitation = Invitation.every_district.filter(pk=invitation_id).first()
    if invitation is None or not is_open(invitation, now()):
        return
    user = User.objects.filter(person=invitation.person_id).first()
    if user is None or not user.email:
        return
    with scope_of(invitation), override(user.language or language):
        token = write_token(invitation, at=now())
        paragraphs = [
            _("Hello %(name)s,") % {"name": invitation.person.name},
            _("you are invited to Manypaths, where you see what you or your learners have shown."),
            _("Open this address to begin. It is for you alone and works once:"),
            f"{address}{token}/",
            _("It is good until %(moment)s.") % {"moment": _moment(invitation.expires_at)},
        ]
        if invitation.pin_hash:
            paragraphs.append(_("You will be asked for the PIN that your school told you."))
        paragraphs.append(_code_line(token))
        _send(user.email, _("Your invitation to Manypaths"), paragraphs)


@task()
def send_reset(email: str, address: str, language: str) -> None:
    """Mail a way to set a new password to whoever has this address; nobody, and nothing is sent."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    home = home_of(user) if user else None
    if user is None or home is None:
        return
    with district_scope(home.district.pk, home.zone), override(user.language or language):
        invitation = ask_for_reset(user, at=now())
        token = write_token(invitation, at=now())
        _send(
            email,
            _("Set a new password for Manypaths"),
            [
                _("Hello %(name)s,") % {"name": home.person.name},
                _("somebody, most likely you, asked to set a new password for this address."),
                _("Open this address to set it. It works once, within an hour:"),
                f"{address}{token}/",
                _("A passkey or a code of your app is still asked for, where you have one."),
                _("If it was not you, do nothing: your password stays as it is."),
            ],
        )


def tell_of_loss(user: User, *, before: str | None, language: str) -> None:
    """Tell somebody that their second factors were taken away, where they are and were written to.

    The address before is told too: by a new one alone, whoever took them away could tell only
    themselves.
    """
    for address in {user.email, before} - {None, ""}:
        send_notice.enqueue(user.pk, "second_factors_taken_away", language, address)


@task()
def send_notice(user_id: int, what: str, language: str, email: str | None = None) -> None:
    """Tell somebody that how they sign in was changed, in case it was not they who did.

    The mail goes to the address that is given, else to theirs.
    """
    user = User.objects.filter(pk=user_id).first()
    address = email or (user.email if user else None)
    if user is None or not address:
        return
    with override(user.language or language):
        changes = {
            "webauthn_added": _("A passkey was added to your sign-in."),
            "webauthn_removed": _("A passkey was taken from your sign-in."),
            "totp_activated": _("An app for codes was added to your sign-in."),
            "totp_deactivated": _("The app for codes was taken from your sign-in."),
            "recovery_codes_generated": _("New recovery codes were made for your sign-in."),
            "password_changed": _("The password of your sign-in was changed."),
            "second_factors_taken_away": _(
                "Your passkeys, app for codes and recovery codes were taken away, and your "
                "password with them. A new invitation lets you set up others."
            ),
        }
        change = changes.get(what)
        if change is None:
            return
        advice = _("If it was not you, tell a leader of your school today.")
        _send(address, _("Your sign-in to Manypaths was changed"), [change, advice])


def _code_line(token: str) -> str:
    return _("If the address does not open, type this code on the sign-in page: %(code)s") % {
        "code": spelled(token)
    }


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")


def _send(email: str, subject: str, paragraphs: list[str]) -> None:
    EmailMessage(subject, "\n\n".join(paragraphs) + "\n", to=[email]).send()
