"""Fitted models, beliefs, achievements and what teachers say beside the estimate."""

from django.db import models
from django.db.models import Q

from manypaths.base.ids import PublicId
from manypaths.base.personal import OF_NOBODY, goes_with
from manypaths.base.scope import DistrictRow
from manypaths.evidence.models import Task
from manypaths.frameworks.models import Competency, Framework
from manypaths.people.models import Person


class FittedModel(PublicId, DistrictRow):
    """What the engine learned from a district's evidence on one family of frameworks."""

    personal = OF_NOBODY

    family = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="fitted_models")
    kind = models.CharField(max_length=40)
    # Names kind, form and contents: two models with the same numbers have the same version.
    version = models.CharField(max_length=80)
    # The plain model file of `manypaths.mastery`, as text.
    parameters = models.TextField()
    fitted_at = models.DateTimeField()
    n_responses = models.BigIntegerField()
    n_ratings = models.BigIntegerField()
    n_learners = models.BigIntegerField()
    in_force = models.BooleanField(default=False)
    # Fitted and compared, and never in force so far: a person has yet to decide.
    is_candidate = models.BooleanField(default=False)
    # How it did beside the model that was in force then, and how many statuses would have changed:
    # counts and scores alone. Null for one that came into force without.
    comparison = models.JSONField(null=True)

    class Meta(DistrictRow.Meta):
        """One model in force and one candidate for a family in a district."""

        constraints = (
            models.UniqueConstraint(
                fields=["district_id", "family"],
                condition=Q(in_force=True),
                name="one_model_in_force",
            ),
            models.UniqueConstraint(
                fields=["district_id", "family"],
                condition=Q(is_candidate=True),
                name="one_candidate_model",
            ),
            models.CheckConstraint(
                condition=Q(in_force=False) | Q(is_candidate=False),
                name="candidate_is_not_in_force",
            ),
        )

    def __str__(self) -> str:
        return self.version


class ModelWork(models.TextChoices):
    """What is done with models beside the pages."""

    FIT = "fit"
    SWITCH = "switch"


class ModelRunState(models.TextChoices):
    """How far such work has come."""

    AT_WORK = "at work"
    DONE = "done"
    REFUSED = "refused"
    BROKEN = "broken"


class ModelRun(PublicId, DistrictRow):
    """A candidate that is fitted, or a model that is put in force, as somebody asked for."""

    personal = OF_NOBODY

    family = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    work = models.CharField(max_length=10, choices=ModelWork.choices)
    # The model to put in force; null for a fit.
    model = models.ForeignKey(FittedModel, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=ModelRunState.choices)
    # How far it is: what is being done, and how many of how many parts.
    step = models.CharField(max_length=60, blank=True)
    n_done = models.BigIntegerField(default=0)
    n_parts = models.BigIntegerField(default=0)
    # A sentence on why it could not be done.
    refusal = models.TextField(blank=True)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(DistrictRow.Meta):
        """One at work for a family in a district."""

        constraints = (
            models.UniqueConstraint(
                fields=["district_id", "family"],
                condition=Q(state="at work"),
                name="one_model_run_at_work",
            ),
        )

    @property
    def is_at_work(self) -> bool:
        """Say whether it has not ended yet."""
        return self.state == ModelRunState.AT_WORK


class GeneralBelief(DistrictRow):
    """What is believed of a learner on a whole family of frameworks, and by which model."""

    personal = goes_with(
        "learner",
        "learner",
        "family",
        "model",
        "mean",
        "variance",
        "shrink",
        "moved",
        "settled",
        "n_events",
        "last_done_at",
    )

    learner = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="general_beliefs", db_index=False
    )
    family = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    model = models.ForeignKey(FittedModel, on_delete=models.PROTECT, related_name="+")
    mean = models.FloatField()
    variance = models.FloatField()
    # What competencies that wait for their next touch still have to take over (see the engine's
    # reference): how far covariances have shrunk, and the sums of moves and of settled variance.
    shrink = models.FloatField()
    moved = models.FloatField()
    settled = models.FloatField()
    n_events = models.IntegerField()
    # The last piece of work that is in this belief: an earlier one that arrives makes a replay.
    last_done_at = models.BigIntegerField()

    class Meta(DistrictRow.Meta):
        """One for a learner and family."""

        constraints = (
            models.UniqueConstraint(
                fields=["district_id", "learner", "family"], name="general_belief_once"
            ),
        )


class Belief(DistrictRow):
    """What is believed of a learner on one competency (the first row of its lineage)."""

    personal = goes_with(
        "learner",
        "learner",
        "competency",
        "mean",
        "variance",
        "coupling",
        "moved",
        "settled",
        "touched_at",
        "n_right",
        "n_wrong",
        "n_pieces",
        "n_days",
        "last_day",
        "n_ratings_by_others",
    )

    learner = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="beliefs", db_index=False
    )
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mean = models.FloatField()
    variance = models.FloatField()
    # Covariance with the general belief, and the general sums, at the last touch.
    coupling = models.FloatField()
    moved = models.FloatField()
    settled = models.FloatField()
    # Days since 1970 of the last touch; null without a clock.
    touched_at = models.FloatField(null=True)
    n_right = models.FloatField()
    n_wrong = models.FloatField()
    n_pieces = models.IntegerField()
    # Days on the district's calendar with evidence, and the last of them; 0 without a clock.
    n_days = models.IntegerField()
    last_day = models.IntegerField()
    n_ratings_by_others = models.IntegerField()

    class Meta(DistrictRow.Meta):
        """One for a learner and competency."""

        constraints = (
            models.UniqueConstraint(
                fields=["district_id", "learner", "competency"], name="belief_once"
            ),
        )


class Achievement(PublicId, DistrictRow):
    """A level demonstrated on a date and signed off by a person. It never vanishes."""

    personal = goes_with(
        "learner",
        "public_id",
        "learner",
        "competency",
        "level",
        "demonstrated_on",
        "signed_at",
        "signed_by",
        "task",
        "note",
        "expected_success",
        "model",
    )

    learner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="achievements")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    # A position on the framework's scale; null where the framework has no scale: the target.
    level = models.PositiveSmallIntegerField(null=True)
    demonstrated_on = models.DateField()
    signed_at = models.BigIntegerField()
    # The user who signed; null for the operator.
    signed_by = models.BigIntegerField(null=True)
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    # What the engine expected on the day of signing: predicted recall is measured against it.
    expected_success = models.FloatField()
    model = models.ForeignKey(FittedModel, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(DistrictRow.Meta):
        """Found by learner and competency."""

        indexes = (
            models.Index(
                fields=["district_id", "learner", "competency"], name="achievement_by_learner"
            ),
        )


class TeachersWord(PublicId, DistrictRow):
    """Where somebody who works with a learner sees them, beside the estimate, and why.

    It moves no estimate: both stay visible.
    """

    personal = goes_with(
        "learner",
        "public_id",
        "learner",
        "competency",
        "level",
        "status",
        "reason",
        "said_at",
        "said_by",
        "withdrawn_at",
        "withdrawn_by",
    )

    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="teachers_words")
    # The first row of its lineage, as for beliefs.
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    # A position on the framework's scale, or a word for the status; one of the two.
    level = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=20, blank=True)
    reason = models.TextField()
    said_at = models.BigIntegerField()
    said_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.BigIntegerField(null=True)
    withdrawn_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """Found by learner and competency; says one thing, and why."""

        indexes = (
            models.Index(
                fields=["district_id", "learner", "competency"], name="teachers_word_by_learner"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=(Q(level=None) & ~Q(status="")) | Q(level__isnull=False, status=""),
                name="teachers_word_says_one_thing",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="teachers_word_says_why"),
        )


class Watch(DistrictRow):
    """That somebody outside wants to be told when evidence comes or a status may have changed."""

    personal = OF_NOBODY

    # The district's day whose statuses all learners were put down to be compared for; null where
    # nobody is told of statuses, or nothing was compared yet.
    compared_on = models.DateField(null=True)

    class Meta(DistrictRow.Meta):
        """One for a district; none where nobody wants to be told."""

        constraints = (models.UniqueConstraint(fields=["district_id"], name="watch_once"),)


class MoveToTell(DistrictRow):
    """That a learner's evidence on a family changed, written with the change itself.

    It waits here until somebody has looked at what that changed, and told of it.
    """

    personal = goes_with("learner", "learner", "family", "is_evidence", "at")

    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="moves_to_tell")
    family = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    # Whether evidence was recorded, and not only withdrawn or signed off.
    is_evidence = models.BooleanField()
    at = models.BigIntegerField()

    class Meta(DistrictRow.Meta):
        """Told in the order in which they came."""


class FamilyToTell(DistrictRow):
    """That the statuses of all learners on a family may be others, for whatever reason.

    It waits here until somebody has compared them, learner by learner in the order of their rows.
    """

    personal = OF_NOBODY

    family = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="+")
    # The row of the last learner who was compared.
    after = models.BigIntegerField(default=0)
    # Whether nobody was told of statuses until now, so that they are only noted.
    is_first = models.BooleanField(default=False)
    at = models.BigIntegerField()

    class Meta(DistrictRow.Meta):
        """Compared in the order in which they came."""
