"""Tokens of integrations, how often they call, and what they sent."""

from django.db import models

from manypaths.base.ids import PublicId
from manypaths.base.personal import OF_NOBODY, goes_with
from manypaths.base.scope import DistrictRow
from manypaths.evidence.models import Rating, Response
from manypaths.frameworks.models import Competency
from manypaths.people.models import Organization, Person


class DeliveryState(models.TextChoices):
    """What became of an event."""

    WAITING = "waiting"
    TAKEN = "taken"
    GIVEN_UP = "given up"


class Token(PublicId, DistrictRow):
    """What lets one program act for one organization, until a moment, as far as its scopes."""

    # The user that it acts as is nobody's: audit and access log name it by its id.
    personal = OF_NOBODY

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    scopes = models.JSONField(default=list)
    # A user without a person or a password: ids of actors are ids of users.
    acts_as = models.BigIntegerField(unique=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    # The user who made it; null for the operator.
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta(DistrictRow.Meta):
        """Found by its secret."""

    def __str__(self) -> str:
        return self.name


class TokenUse(DistrictRow):
    """How often a token was used in the minute of its last use."""

    personal = OF_NOBODY

    token = models.OneToOneField(Token, on_delete=models.CASCADE, related_name="use")
    # Minutes since 1970.
    minute = models.BigIntegerField(default=0)
    n_calls = models.IntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)

    class Meta(DistrictRow.Meta):
        """One for a token."""


class AddressUse(models.Model):
    """How often an address called without a token in the minute of its last call.

    It lies above the districts, for whoever shows no token is nobody's. The address itself is not
    kept, and the row goes with the hour.
    """

    personal = OF_NOBODY

    # Keyed with a secret of ours, so that nobody finds the address by trying them all.
    address_hash = models.CharField(max_length=64, unique=True)
    # Minutes since 1970.
    minute = models.BigIntegerField(db_index=True)
    n_calls = models.IntegerField(default=1)


class SentRow(DistrictRow):
    """A row as an integration named it, with the hash of what it said."""

    token = models.ForeignKey(Token, on_delete=models.PROTECT, related_name="+", db_index=False)
    client_id = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)

    class Meta(DistrictRow.Meta):
        """Only a part of other models."""

        abstract = True


class SentResponse(SentRow):
    """A response that an integration handed on."""

    personal = goes_with("response__learner", "response", "token", "client_id", "digest")

    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="sent_as")

    class Meta(SentRow.Meta):
        """A client id names one response of an integration."""

        constraints = (
            models.UniqueConstraint(fields=["token", "client_id"], name="sent_response_once"),
        )


class SentRating(SentRow):
    """A rating that an integration handed on."""

    personal = goes_with("rating__learner", "rating", "token", "client_id", "digest")

    rating = models.OneToOneField(Rating, on_delete=models.CASCADE, related_name="sent_as")

    class Meta(SentRow.Meta):
        """A client id names one rating of an integration."""

        constraints = (
            models.UniqueConstraint(fields=["token", "client_id"], name="sent_rating_once"),
        )


class Sharing(DistrictRow):
    """What a district lets anybody read without a token."""

    personal = OF_NOBODY

    frameworks = models.BooleanField(default=False)

    class Meta(DistrictRow.Meta):
        """One for a district."""

        constraints = (models.UniqueConstraint(fields=["district_id"], name="sharing_once"),)


class Endpoint(PublicId, DistrictRow):
    """An address of an integration that is told when something changed."""

    personal = OF_NOBODY

    token = models.ForeignKey(Token, on_delete=models.PROTECT, related_name="endpoints")
    address = models.CharField(max_length=500)
    # Which kinds of events it is told of.
    events = models.JSONField(default=list)
    made_at = models.DateTimeField()
    # Since when nothing is sent, for nobody took it for a day; null where all is well.
    paused_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta(DistrictRow.Meta):
        """Found by its token."""

    def __str__(self) -> str:
        return self.address


class Delivery(PublicId, DistrictRow):
    """One event on its way to an endpoint: sent until somebody took it, or for a day."""

    personal = goes_with(
        "learner",
        *("public_id", "endpoint", "learner", "body", "made_at", "next_at", "n_tries", "state"),
        "trouble",
    )

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    # As it is sent and signed: ids alone.
    body = models.TextField()
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    n_tries = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(
        max_length=9, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    # Why the last try failed, in a word.
    trouble = models.CharField(max_length=100, blank=True)

    class Meta(DistrictRow.Meta):
        """Sent when it is due."""

        indexes = (models.Index(fields=["state", "next_at"], name="delivery_by_next"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=DeliveryState.values), name="delivery_state_is_known"
            ),
        )


class LastStatus(DistrictRow):
    """The status in which a learner was when others were told last, to notice a change."""

    personal = goes_with("learner", "learner", "competency", "status")
    # What was told of one of two people who are merged was not told of the other.
    stays_when_merged = True

    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    # The first row of its lineage.
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20)

    class Meta(DistrictRow.Meta):
        """One for a learner and competency."""

        constraints = (
            models.UniqueConstraint(fields=["learner", "competency"], name="last_status_once"),
        )


class KeptAnswer(DistrictRow):
    """What a call with an idempotency key was answered: client ids, and nothing of people."""

    personal = OF_NOBODY

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=100)
    # The hash of what was asked, where.
    digest = models.CharField(max_length=64)
    answer = models.JSONField()
    at = models.DateTimeField(db_index=True)

    class Meta(DistrictRow.Meta):
        """A key names one call of an integration."""

        constraints = (models.UniqueConstraint(fields=["token", "key"], name="answer_kept_once"),)
