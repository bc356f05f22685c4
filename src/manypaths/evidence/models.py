"""Tasks, answers, slips, responses, ratings, artifacts, withdrawals, and what is said of them."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from manypaths.base.ids import PublicId
from manypaths.base.personal import OF_NOBODY, goes_with
from manypaths.base.scope import DistrictManager, DistrictRow, PublishedRow, Row, ScopedQuerySet
from manypaths.base.translations import Translated
from manypaths.frameworks.models import Competency, Framework
from manypaths.people.models import Person

# Of a prompt that stands in for a title.
_LONGEST_BEGINNING = 80


class TaskKind(models.TextChoices):
    """What kind of thing there is to do."""

    ITEM = "item", gettext_lazy("Item")
    CHECK = "check", gettext_lazy("Check")
    PROJECT = "project", gettext_lazy("Project")
    OBSERVATION = "observation", gettext_lazy("Observation")
    RESOURCE = "resource", gettext_lazy("Resource")
    PORTFOLIO = "portfolio", gettext_lazy("Portfolio")


class AnswerForm(models.TextChoices):
    """How a task is answered."""

    CHOICE = "choice", gettext_lazy("Choice")
    NUMBER = "number", gettext_lazy("Number")
    TEXT = "text", gettext_lazy("Text")
    NONE = "none", gettext_lazy("None")


class Task(PublicId, Translated, PublishedRow):
    """Anything a learner does, or studies, on the way to a competency."""

    personal = OF_NOBODY

    # Whose task it is: ids of tasks are unique within a framework.
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="tasks")
    source_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=12, choices=TaskKind.choices)
    title = models.CharField(max_length=300, blank=True)
    prompt = models.TextField(blank=True)
    answer_form = models.CharField(
        max_length=8, choices=AnswerForm.choices, default=AnswerForm.NONE
    )
    # Webb's levels 1 to 4: the demand of the task, never of the learner.
    depth_of_knowledge = models.PositiveSmallIntegerField(null=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta(PublishedRow.Meta):
        """An id names one task of a framework in a district."""

        constraints = (
            models.UniqueConstraint(
                fields=["district_id", "framework", "source_id"],
                name="task_source_id_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=TaskKind.values), name="task_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(depth_of_knowledge=None) | Q(depth_of_knowledge__range=(1, 4)),
                name="task_depth_is_1_to_4",
            ),
        )

    def __str__(self) -> str:
        return self.spoken.title or self.source_id

    @property
    def called(self) -> str:
        """Return what people call it: its title, else how it begins, else its id."""
        begins = Truncator(self.spoken.prompt).chars(_LONGEST_BEGINNING)
        return self.spoken.title or begins or self.source_id


class Alignment(PublishedRow):
    """A competency that a task shows, with its share among those that it shows."""

    publication = "task__published_at"
    personal = OF_NOBODY

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="alignments")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="alignments")
    weight = models.FloatField(default=1.0)

    class Meta(PublishedRow.Meta):
        """A task shows a competency once."""

        constraints = (
            models.UniqueConstraint(fields=["task", "competency"], name="alignment_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="alignment_weighs_something"),
        )


class Slip(PublicId, Translated, PublishedRow):
    """A named wrong idea that an answer can show.

    Its name and explanation speak of it to educators; `feedback` speaks to a learner who showed it.
    """

    publication = "framework__published_at"
    personal = OF_NOBODY

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="slips")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="slips")
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    explanation = models.TextField(blank=True)
    feedback = models.TextField(blank=True)

    class Meta(PublishedRow.Meta):
        """A code names one slip of a framework in a district."""

        constraints = (
            models.UniqueConstraint(
                fields=["district_id", "framework", "code"],
                name="slip_code_once",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return self.spoken.name


class Answer(Translated, PublishedRow):
    """An answer that a task knows: an option to choose, or a number or text to recognise."""

    publication = "task__published_at"
    personal = OF_NOBODY

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="answers")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    is_right = models.BooleanField()
    slip = models.ForeignKey(Slip, null=True, on_delete=models.PROTECT, related_name="answers")

    class Meta(PublishedRow.Meta):
        """Answers stand in their order; a right one shows no slip."""

        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["task", "position"], name="answer_position_once"),
            models.CheckConstraint(
                condition=Q(is_right=False) | Q(slip=None), name="right_answer_shows_no_slip"
            ),
        )

    def __str__(self) -> str:
        return self.spoken.text


class Criterion(PublicId, Translated, PublishedRow):
    """One line of a task's rubric: what is looked for, and for which competency."""

    publication = "task__published_at"
    personal = OF_NOBODY

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="criteria")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)

    class Meta(PublishedRow.Meta):
        """Criteria stand in their order."""

        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["task", "position"], name="criterion_position_once"),
        )

    def __str__(self) -> str:
        return self.spoken.title


class Withdrawal(DistrictRow):
    """Why pieces of evidence no longer count, and since when."""

    personal = OF_NOBODY

    at = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500)

    class Meta(DistrictRow.Meta):
        """A withdrawal says why."""

        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="withdrawal_says_why"),)

    def __str__(self) -> str:
        return self.reason


class EvidenceQuerySet(ScopedQuerySet[Row]):
    """Rows of the log: they may be read, added and marked as withdrawn, and nothing else."""

    def update(self, **values: Any) -> int:
        """Mark rows as withdrawn; every other change is refused."""
        if set(values) != {"withdrawal"}:
            raise TypeError("evidence is not edited: withdraw it with a reason, and record anew")
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: evidence ends by retention or a lawful request alone, a deed of its own."""
        raise TypeError("evidence is not deleted: withdraw it with a reason")


class EvidenceManager(DistrictManager[Row]):
    """Reach the current district's evidence."""

    def get_queryset(self) -> EvidenceQuerySet[Row]:
        """Return the rows of the district, withdrawn ones included."""
        scoped = super().get_queryset()
        return EvidenceQuerySet[Row](self.model, query=scoped.query, using=self._db)

    def standing(self) -> EvidenceQuerySet[Row]:
        """Return the rows that count: those that nobody has withdrawn."""
        return self.get_queryset().filter(withdrawal=None)


# Numbers of seconds in this span are moments since 1970: those of 2000 up to 2100.
UNIX_SECONDS = (946_684_800, 4_102_444_800)


class Clock(models.IntegerChoices):
    """What `done_at` of evidence means; without a calendar it lies outside UNIX_SECONDS."""

    NONE = 0, "an order alone"
    CALENDAR = 1, "microseconds since 1970, UTC"
    RELATIVE = 2, "microseconds since an origin that is not known"


class Evidence(DistrictRow):
    """What all pieces of evidence have: a learner, when it was done, when and by whom recorded."""

    # `done_at` orders a learner's evidence, whatever it means; see Clock.
    done_at = models.BigIntegerField()
    clock = models.PositiveSmallIntegerField(choices=Clock.choices, default=Clock.CALENDAR)
    recorded_at = models.BigIntegerField()
    # The user who recorded it; null for the operator.
    recorded_by = models.BigIntegerField(null=True)
    withdrawal = models.ForeignKey(
        Withdrawal, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects: ClassVar[EvidenceManager[Self]] = EvidenceManager()
    every_district: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta(DistrictRow.Meta):
        """Only a part of other models."""

        abstract = True


class Response(Evidence):
    """One answer to one task: right, wrong or in part. Kept lean, for there are millions."""

    personal = goes_with(
        "learner",
        "learner",
        "task",
        "outcome",
        "chosen",
        "attempt",
        "done_at",
        "clock",
        "recorded_at",
        "recorded_by",
        "withdrawal",
    )

    learner = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="responses", db_index=False
    )
    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, related_name="responses", db_index=False
    )
    # 0 wrong, 1 right, between them partial credit.
    outcome = models.FloatField()
    # The position of the answer among those that the task knows, where it is one of them.
    chosen = models.PositiveSmallIntegerField(null=True)
    attempt = models.PositiveSmallIntegerField(default=1)

    class Meta(Evidence.Meta):
        """Read by learner in the order of the work, which is how the engine reads."""

        indexes = (
            models.Index(fields=["district_id", "learner", "done_at"], name="response_by_learner"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome__gte=0) & Q(outcome__lte=1), name="outcome_is_0_to_1"
            ),
        )


class RaterRole(models.TextChoices):
    """In what role somebody rates."""

    SELF = "self", gettext_lazy("Self")
    PEER = "peer", gettext_lazy("Peer")
    FAMILY = "family", gettext_lazy("Family")
    COACH = "coach", gettext_lazy("Coach")
    TEACHER = "teacher", gettext_lazy("Teacher")
    ASSESSOR = "assessor", gettext_lazy("Assessor")


class ArtifactKind(models.TextChoices):
    """In what form a piece of work is kept."""

    TEXT = "text", gettext_lazy("Text")
    LINK = "link", gettext_lazy("Link")
    FILE = "file", gettext_lazy("File")
    VIDEO = "video", gettext_lazy("Video")


class Artifact(PublicId, Evidence):
    """A piece of work that ratings point to. It moves no estimate by itself."""

    personal = goes_with(
        "learner",
        "public_id",
        "learner",
        "task",
        "competency",
        "kind",
        "title",
        "text",
        "link",
        "file_name",
        "file_type",
        "file_sha256",
        "file_bytes",
        "done_at",
        "clock",
        "recorded_at",
        "recorded_by",
        "withdrawal",
    )

    learner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="artifacts")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="artifacts")
    # What it is handed in for; null for work that came from elsewhere.
    competency = models.ForeignKey(
        Competency, null=True, on_delete=models.PROTECT, related_name="artifacts"
    )
    kind = models.CharField(max_length=8, choices=ArtifactKind.choices)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    link = models.URLField(max_length=2000, blank=True)
    # The file lies beside the database under the row's public id; here is what it was called.
    file_name = models.CharField(max_length=255, blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_bytes = models.BigIntegerField(null=True)

    class Meta(Evidence.Meta):
        """Read by learner in the order of the work."""

        indexes = (
            models.Index(fields=["district_id", "learner", "done_at"], name="artifact_by_learner"),
        )

    def __str__(self) -> str:
        return self.title


class Rating(PublicId, Evidence):
    """A level, given by a rater in a role, for one competency of one learner."""

    personal = goes_with(
        "learner",
        "public_id",
        "learner",
        "competency",
        "task",
        "criterion",
        "artifact",
        "level",
        "rater",
        "role",
        "note",
        "done_at",
        "clock",
        "recorded_at",
        "recorded_by",
        "withdrawal",
    )

    learner = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="ratings", db_index=False
    )
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="ratings")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="ratings")
    criterion = models.ForeignKey(
        Criterion, null=True, on_delete=models.PROTECT, related_name="ratings"
    )
    artifact = models.ForeignKey(
        Artifact, null=True, on_delete=models.PROTECT, related_name="ratings"
    )
    # A position on the framework's scale, from 0.
    level = models.PositiveSmallIntegerField()
    rater = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="ratings_given")
    role = models.CharField(max_length=8, choices=RaterRole.choices)
    note = models.TextField(blank=True)

    class Meta(Evidence.Meta):
        """Read by learner in the order of the work."""

        indexes = (
            models.Index(fields=["district_id", "learner", "done_at"], name="rating_by_learner"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=RaterRole.values), name="rater_role_is_known"
            ),
        )


class Look(DistrictRow):
    """That somebody looked at a piece of work that was handed in, and what they answered."""

    personal = goes_with("artifact__learner", "artifact", "looked_at", "looked_by", "words")

    artifact = models.OneToOneField(Artifact, on_delete=models.CASCADE, related_name="look")
    looked_at = models.BigIntegerField()
    looked_by = models.BigIntegerField(null=True)
    words = models.TextField(blank=True)


class Draft(PublicId, DistrictRow):
    """What a learner has written so far in one place, until it is handed in."""

    personal = goes_with(
        "learner", "public_id", "learner", "place", "title", "text", "link", "saved_at"
    )

    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    # The kind of thing that it is written for, and its public id.
    place = models.CharField(max_length=60)
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    link = models.CharField(max_length=2000, blank=True)
    saved_at = models.BigIntegerField()

    class Meta(DistrictRow.Meta):
        """One for a learner and place."""

        constraints = (
            models.UniqueConstraint(fields=["learner", "place"], name="draft_once_in_a_place"),
        )


class ContestOutcome(models.TextChoices):
    """What became of a piece of evidence that was contested."""

    OPEN = "", "open"
    STAYS = "stays"
    WITHDRAWN = "withdrawn"


class Contest(PublicId, DistrictRow):
    """That a learner, or their family, says that a piece of evidence is not right, and the answer.

    The piece keeps counting until somebody answers.
    """

    personal = goes_with(
        "learner",
        "public_id",
        "learner",
        "response",
        "rating",
        "words",
        "opened_at",
        "opened_by",
        "outcome",
        "answer",
        "answered_at",
        "answered_by",
    )

    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contests")
    response = models.ForeignKey(
        Response, null=True, on_delete=models.CASCADE, related_name="contests"
    )
    rating = models.ForeignKey(Rating, null=True, on_delete=models.CASCADE, related_name="contests")
    words = models.TextField()
    opened_at = models.BigIntegerField()
    opened_by = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=9, choices=ContestOutcome.choices, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.BigIntegerField(null=True)
    answered_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """About one piece; of a piece one is open at a time; an answered one says how it ended."""

        indexes = (
            models.Index(fields=["district_id", "learner", "opened_at"], name="contest_by_learner"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(response=None, rating__isnull=False)
                | Q(response__isnull=False, rating=None),
                name="contest_is_about_one_piece",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", answered_at=None)
                | (Q(outcome__in=["stays", "withdrawn"]) & Q(answered_at__isnull=False)),
                name="contest_ends_with_an_outcome",
            ),
            models.UniqueConstraint(
                fields=["response"], condition=Q(outcome=""), name="one_open_contest_of_response"
            ),
            models.UniqueConstraint(
                fields=["rating"], condition=Q(outcome=""), name="one_open_contest_of_rating"
            ),
        )

    @property
    def piece(self) -> Response | Rating:
        """Return the piece of evidence that it is about."""
        piece = self.response or self.rating
        assert piece is not None  # a constraint of the table
        return piece
