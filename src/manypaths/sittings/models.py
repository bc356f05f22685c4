"""Sittings and their places."""

from django.db import models
from django.db.models import Q

from manypaths.base.ids import PublicId
from manypaths.base.personal import goes_with
from manypaths.base.scope import DistrictRow
from manypaths.evidence.models import Response, Task
from manypaths.frameworks.models import Competency
from manypaths.people.models import Person
from manypaths.plans.models import Choice


class Sitting(PublicId, DistrictRow):
    """A set of tasks on one competency that a learner sat down to, and where they stood around it.

    What was believed before and after is kept, so that the end says the same whenever it is read.
    """

    personal = goes_with(
        "learner",
        "public_id",
        "learner",
        "choice",
        "competency",
        "started_at",
        "ended_at",
        "status_before",
        "success_before",
        "half_width_before",
        "status_after",
        "success_after",
        "half_width_after",
    )

    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sittings")
    choice = models.ForeignKey(Choice, null=True, on_delete=models.CASCADE, related_name="sittings")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    started_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)
    status_before = models.CharField(max_length=20)
    success_before = models.FloatField()
    half_width_before = models.FloatField()
    status_after = models.CharField(max_length=20, blank=True)
    success_after = models.FloatField(null=True)
    half_width_after = models.FloatField(null=True)

    class Meta(DistrictRow.Meta):
        """Of a learner and competency one is open at a time."""

        indexes = (
            models.Index(
                fields=["district_id", "learner", "started_at"], name="sitting_by_learner"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["learner", "competency"],
                condition=Q(ended_at=None),
                name="one_open_sitting",
            ),
        )


class Place(DistrictRow):
    """A task in its place in a sitting, how its options stand, and the answer that was given."""

    personal = goes_with(
        "sitting__learner",
        "sitting",
        "number",
        "task",
        "order",
        "given",
        "chosen",
        "outcome",
        "answered_at",
        "response",
    )

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="places")
    # From 1.
    number = models.PositiveSmallIntegerField()
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    # The positions of the options in the order in which they are shown, such as "2,0,1".
    order = models.CharField(max_length=100, blank=True)
    given = models.TextField(blank=True)
    chosen = models.PositiveSmallIntegerField(null=True)
    # Null until it is answered, and afterwards while it waits for a teacher.
    outcome = models.FloatField(null=True)
    answered_at = models.BigIntegerField(null=True)
    response = models.OneToOneField(
        Response, null=True, on_delete=models.SET_NULL, related_name="place"
    )

    class Meta(DistrictRow.Meta):
        """Places stand in their order, and a task stands in one of them."""

        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["sitting", "number"], name="place_number_once"),
            models.UniqueConstraint(fields=["sitting", "task"], name="place_of_a_task_once"),
        )

    @property
    def is_answered(self) -> bool:
        """Say whether the learner has answered here."""
        return self.answered_at is not None

    @property
    def waits(self) -> bool:
        """Say whether the answer waits for a teacher."""
        return self.is_answered and self.outcome is None
