"""Invitations, pictures, cards and class codes, and the sessions of browsers."""

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q

from manypaths.base.personal import OF_NOBODY, goes_with
from manypaths.base.scope import DistrictRow
from manypaths.people.models import Group, Person, User


class InvitationKind(models.TextChoices):
    """How an invitation reaches its person."""

    INVITATION = "invitation"  # by mail or on a slip, for days
    RESET = "reset"  # by mail to somebody who asked for it
    CODE = "code"  # said by a teacher, for minutes


class Invitation(DistrictRow):
    """A secret that lets one person set a password or a passkey, once and until a moment."""

    personal = goes_with(
        "person",
        "person",
        "invited_by",
        "kind",
        "n_wrong_pins",
        "made_at",
        "expires_at",
        "used_at",
        "withdrawn_at",
        secrets=("token_hash", "pin_hash"),
    )

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    # None: the operator, or the person who asked for a reset.
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=12, choices=InvitationKind.choices)
    # None until the mail is written: the secret is made there and is in no queue.
    token_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001
    # Families are told a PIN apart from the invitation.
    pin_hash = models.CharField(max_length=128, blank=True)
    n_wrong_pins = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(DistrictRow.Meta):
        """Found by its secret, and by person."""

        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=InvitationKind.values), name="invitation_kind_is_known"
            ),
        )


class PicturePassword(DistrictRow):
    """Three pictures in order by which a young learner signs in, inside a class code."""

    personal = goes_with("person", "person", "n_wrong", "set_at", secrets=("secret",))

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="pictures")
    secret = models.CharField(max_length=128)
    # Wrong tries since the last right one.
    n_wrong = models.PositiveSmallIntegerField(default=0)
    set_at = models.DateTimeField()


class SignInCard(DistrictRow):
    """A printed card whose QR code signs a young learner in, until a new one is made."""

    personal = goes_with("person", "person", "made_at", secrets=("token_hash",))

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="card")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()


class ClassCode(DistrictRow):
    """A code on the wall of a classroom that opens the list of its young learners."""

    personal = OF_NOBODY

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="class_code")
    code = models.CharField(max_length=12, unique=True)
    made_at = models.DateTimeField()


class Session(AbstractBaseSession):
    """A browser that somebody is signed in with, or that is about to sign in.

    It lies above the districts, for a session is there before anybody knows whose it is.
    """

    personal = goes_with(
        "user__person",
        "expire_date",
        "user",
        "device",
        "begun_at",
        "seen_at",
        secrets=("session_key", "session_data"),
    )

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    device = models.CharField(max_length=80, blank=True)
    begun_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Return the store that keeps these rows."""
        from manypaths.accounts.sessions import SessionStore

        return SessionStore


class SentForm(models.Model):
    """A form that somebody sent, so that the same one again does nothing more.

    Like a session it lies above the districts, and is kept for a day.
    """

    personal = goes_with("user__person", "user", "digest", "address", "sent_at")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    # Of the page's token, the address and all that was written.
    digest = models.CharField(max_length=64)
    # Where its sender was led.
    address = models.CharField(max_length=2000, blank=True)
    sent_at = models.DateTimeField()

    class Meta:
        """Each is taken once."""

        constraints = (
            models.UniqueConstraint(fields=["user", "digest"], name="form_is_taken_once"),
        )
