"""Retention rules, holds, erasures, the ledger of deletions, and exports of a district."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from manypaths.base.ids import PublicId
from manypaths.base.personal import OF_NOBODY
from manypaths.base.scope import DistrictRow


class RetentionSettings(DistrictRow):
    """How a district departs from the usual times, and whether what is over is deleted by itself.

    `days` maps kinds to numbers of days; see `records.retention`.
    """

    personal = OF_NOBODY

    days = models.JSONField(default=dict)
    # Off until somebody has looked at what would go.
    deletes_by_itself = models.BooleanField(default=False)
    changed_at = models.BigIntegerField()
    changed_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """One a district."""

        constraints = (
            models.UniqueConstraint(fields=["district_id"], name="retention_settings_once"),
        )


class HoldScope(models.TextChoices):
    """Whose records a hold keeps."""

    PERSON = "person", gettext_lazy("One person")
    GROUP = "group", gettext_lazy("A group")
    ORGANIZATION = "organization", gettext_lazy("A school or the district")


class Hold(PublicId, DistrictRow):
    """By law nothing of these people may be deleted, until a day or until somebody releases it.

    It lets nobody read more than before.
    """

    # A number of a row: an erased person's leads nowhere, and none is erased under a hold.
    personal = OF_NOBODY

    scope = models.CharField(max_length=12, choices=HoldScope.choices)
    scope_id = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    placed_at = models.BigIntegerField()
    placed_by = models.BigIntegerField(null=True)
    # The last day on which it holds; null: until it is released.
    until = models.DateField(null=True)
    released_at = models.BigIntegerField(null=True)
    released_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """Found by what it holds; says why."""

        indexes = (models.Index(fields=["district_id", "scope", "scope_id"], name="hold_by_scope"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(scope__in=HoldScope.values), name="hold_scope_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_says_why"),
        )


class ErasureState(models.TextChoices):
    """How far an erasure has come."""

    ASKED = "asked", gettext_lazy("waits for a second person")
    CONFIRMED = "confirmed", gettext_lazy("waits for its day")
    WITHDRAWN = "withdrawn", gettext_lazy("taken back")
    DONE = "done", gettext_lazy("done")


OPEN = (ErasureState.ASKED, ErasureState.CONFIRMED)


class Erasure(PublicId, DistrictRow):
    """That all on record of a person is to end: asked by one leader, confirmed by another."""

    # Once it is done, a number that leads nowhere, and a hash of an id that nobody has.
    personal = OF_NOBODY

    # The row of the person while there is one.
    person_number = models.BigIntegerField()
    person_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=9, choices=ErasureState.choices)
    asked_at = models.BigIntegerField()
    asked_by = models.BigIntegerField(null=True)
    confirmed_at = models.BigIntegerField(null=True)
    confirmed_by = models.BigIntegerField(null=True)
    # The moment from which it is done, unless a hold forbids it then.
    due_at = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)
    # How many rows and files went.
    n_rows = models.IntegerField(default=0)
    n_files = models.IntegerField(default=0)

    class Meta(DistrictRow.Meta):
        """Of a person one is open at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=["person_number"],
                condition=Q(state__in=("asked", "confirmed")),
                name="one_open_erasure",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ErasureState.values), name="erasure_state_is_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="erasure_says_why"),
        )


class LedgerKind(models.TextChoices):
    """What an entry of the ledger says was done."""

    ERASED = "erased"
    DELETED = "deleted"
    HELD = "held"
    RELEASED = "released"


class LedgerEntry(models.Model):
    """A deletion, or a hold: what was done to whom, the ids as hashes. Kept beside backups too."""

    personal = OF_NOBODY

    # Of what stands in it: the same entry is never written twice.
    sha256 = models.CharField(max_length=64, unique=True)
    at = models.BigIntegerField()
    what = models.CharField(max_length=8, choices=LedgerKind.choices)
    subject_kind = models.CharField(max_length=12)
    # SHA-256 of the public id of a person, group or organization.
    subject_hash = models.CharField(max_length=64)
    # For what retention deleted: the kind. For a hold: its public id.
    detail = models.CharField(max_length=60, blank=True)
    # Of what retention deleted: what was recorded up to this moment (microseconds).
    up_to = models.BigIntegerField(null=True)

    class Meta:
        """Read in the order of what was done."""

        indexes = (models.Index(fields=["at"], name="ledger_by_time"),)

    def __str__(self) -> str:
        return f"{self.what} {self.subject_kind} {self.detail}".strip()


class ExportState(models.TextChoices):
    """How far an export of a district is."""

    WRITING = "writing", gettext_lazy("is being written")
    DONE = "done", gettext_lazy("ready")
    BROKEN = "broken", gettext_lazy("broke on our side")


class DistrictExport(PublicId, DistrictRow):
    """A package with all that a district owns, which a leader asked for."""

    personal = OF_NOBODY

    state = models.CharField(max_length=8, choices=ExportState.choices)
    step = models.CharField(max_length=60, blank=True)
    n_done = models.BigIntegerField(default=0)
    n_bytes = models.BigIntegerField(null=True)
    asked_at = models.BigIntegerField()
    asked_by = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """Listed newest first."""

        indexes = (
            models.Index(fields=["district_id", "asked_at"], name="district_export_by_time"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=ExportState.values), name="district_export_state_known"
            ),
        )


class DoomedFile(DistrictRow):
    """A file whose row is gone, until it is gone from the disk as well."""

    personal = OF_NOBODY

    # The public id under which it lies.
    name = models.UUIDField()

    class Meta(DistrictRow.Meta):
        """No constraint of its own."""
