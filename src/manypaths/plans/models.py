"""Choices and windows."""

from django.db import models
from django.db.models import Q

from manypaths.base.ids import PublicId
from manypaths.base.personal import OF_NOBODY, goes_with
from manypaths.base.scope import DistrictRow
from manypaths.evidence.models import Task
from manypaths.frameworks.models import Competency
from manypaths.people.models import Group, Person


class StepKind(models.TextChoices):
    """What a next step asks for."""

    LEARN = "learn"
    PRACTISE = "practise"
    SHOW = "show"
    REFRESH = "refresh"


class Choice(PublicId, DistrictRow):
    """A next step that a learner took up, or that an educator planned with or for them."""

    personal = goes_with(
        "learner",
        "public_id",
        "learner",
        "kind",
        "competency",
        "task",
        "reason",
        "chosen_at",
        "chosen_by",
        "is_learners_own",
        "dropped_at",
    )

    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="choices")
    kind = models.CharField(max_length=8, choices=StepKind.choices)
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="+")
    # The reason that the offer gave, in the words of that day.
    reason = models.CharField(max_length=500, blank=True)
    chosen_at = models.BigIntegerField()
    chosen_by = models.BigIntegerField(null=True)
    is_learners_own = models.BooleanField()
    dropped_at = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """Found by learner, newest last."""

        indexes = (
            models.Index(fields=["district_id", "learner", "chosen_at"], name="choice_by_learner"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=StepKind.values), name="step_kind_is_known"
            ),
        )


class WindowEntry(DistrictRow):
    """A competency that a group works on now; one may be pinned to come first."""

    personal = OF_NOBODY

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="window")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    is_pinned = models.BooleanField(default=False)
    opened_at = models.BigIntegerField()
    opened_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """A competency stands in a window once; at most one is pinned."""

        constraints = (
            models.UniqueConstraint(fields=["group", "competency"], name="window_entry_once"),
            models.UniqueConstraint(
                fields=["group"], condition=Q(is_pinned=True), name="one_pinned_in_window"
            ),
        )
