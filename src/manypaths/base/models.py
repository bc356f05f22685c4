"""Tables of the ground: the audit log and the access log."""

from typing import ClassVar, Self

from django.db import models

from manypaths.base.personal import OF_NOBODY
from manypaths.base.scope import OwnManager, current_owner


class AuditEntry(models.Model):
    """One deed: who did what to which row, when. Written once, never changed."""

    # Ids alone: an erased person leaves a number here that leads nowhere.
    personal = OF_NOBODY

    district_id = models.BigIntegerField(null=True, default=current_owner, editable=False)
    at = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    deed = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)

    objects: ClassVar[OwnManager[Self]] = OwnManager()
    every_district: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        """Read by subject, or in the order of deeds."""

        base_manager_name = "objects"
        default_manager_name = "objects"
        indexes = (
            models.Index(
                fields=["district_id", "subject_kind", "subject_id"], name="audit_by_subject"
            ),
        )

    def __str__(self) -> str:
        return f"{self.deed} {self.subject_kind} {self.subject_id or ''}".strip()


class ViewEntry(models.Model):
    """One look at records: who, in what role, at which page about whom, why. Never changed."""

    # Ids alone, as in the audit log.
    personal = OF_NOBODY

    district_id = models.BigIntegerField(default=current_owner, editable=False)
    at = models.BigIntegerField()
    actor_id = models.BigIntegerField()
    role = models.CharField(max_length=12)
    purpose = models.CharField(max_length=12)
    # The name of the page's route.
    page = models.CharField(max_length=60)
    # Whose records the page holds: a person's, those of a group's members, an organization's.
    scope_kind = models.CharField(max_length=12)
    scope_id = models.BigIntegerField()

    objects: ClassVar[OwnManager[Self]] = OwnManager()
    every_district: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        """Read by whom it concerns, in the order of looks."""

        base_manager_name = "objects"
        default_manager_name = "objects"
        indexes = (
            models.Index(
                fields=["district_id", "scope_kind", "scope_id", "at"], name="view_by_scope"
            ),
        )

    def __str__(self) -> str:
        return f"{self.page} {self.scope_kind} {self.scope_id}"


class SealedLog(models.TextChoices):
    """The logs that are sealed: what was done, and who looked."""

    AUDIT = "audit"
    LOOKS = "looks"


class Seal(models.Model):
    """A seal on entries of a log: a hash over them and over the seal before.

    It lies above the districts, as the ids of entries do. Entries that were pruned after their time
    leave their seals, which say how many there were.
    """

    personal = OF_NOBODY

    log = models.CharField(max_length=5, choices=SealedLog.choices)
    # From 1 in each log, without a gap.
    number = models.BigIntegerField()
    # The ids that it covers, as runs from first to last: [[1, 40], [42, 50]].
    runs = models.JSONField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    n_entries = models.IntegerField()
    # How many of them came after an entry with a larger id was sealed, as of deeds done at once.
    n_late = models.IntegerField(default=0)
    # The first digits of each entry's own hash, twelve an entry: they say which one was changed.
    marks = models.TextField()
    sha256 = models.CharField(max_length=64)
    sealed_at = models.BigIntegerField()
    # When its entries were taken out because their time was over.
    pruned_at = models.BigIntegerField(null=True)

    class Meta:
        """One chain a log."""

        constraints = (models.UniqueConstraint(fields=["log", "number"], name="seal_number_once"),)

    def __str__(self) -> str:
        return f"{self.log} {self.number}"
