"""Choices, windows and groupings."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy, pgettext_lazy

from manypaths.base.clock import from_microseconds
from manypaths.base.ids import PublicId
from manypaths.base.personal import OF_NOBODY, goes_with
from manypaths.base.scope import DistrictRow
from manypaths.evidence.models import Slip, Task
from manypaths.frameworks.models import Competency, Framework
from manypaths.people.models import Group, Person


class StepKind(models.TextChoices):
    """What a next step asks for."""

    LEARN = "learn", pgettext_lazy("kind of step", "Learn")
    PRACTISE = "practise", pgettext_lazy("kind of step", "Practise")
    SHOW = "show", pgettext_lazy("kind of step", "Show")
    REFRESH = "refresh", pgettext_lazy("kind of step", "Refresh")


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
        "done_at",
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
    # When the learner did what leaves no evidence of its own: read something, handed work in.
    done_at = models.BigIntegerField(null=True)

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


class GroupFramework(DistrictRow):
    """By which framework a group works, as somebody chose; before that its evidence says."""

    personal = OF_NOBODY

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="works_by")
    # The first version of the framework: the newest one counts.
    family = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.BigIntegerField()
    chosen_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """One a group."""


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


class DefaultWindowEntry(DistrictRow):
    """A competency that groups without a window of their own work on now.

    `competency` is the first row of its lineage, so that it holds in every version.
    """

    personal = OF_NOBODY

    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    opened_at = models.BigIntegerField()
    opened_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """A competency stands in it once."""

        constraints = (
            models.UniqueConstraint(
                fields=["district_id", "competency"], name="default_window_entry_once"
            ),
        )


class NeedKind(models.TextChoices):
    """What the learners of a small group have in common."""

    SLIP = "slip", gettext_lazy("Slip")
    BEGIN = "begin", gettext_lazy("Begin")
    PRACTISE = "practise", gettext_lazy("Practise")
    REFRESH = "refresh", gettext_lazy("Refresh")


class Grouping(PublicId, DistrictRow):
    """The small groups in which a group works on one day, as somebody kept them."""

    personal = OF_NOBODY

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="groupings")
    held_on = models.DateField()
    kept_at = models.BigIntegerField()
    kept_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """One a day."""

        constraints = (
            models.UniqueConstraint(fields=["group", "held_on"], name="grouping_once_a_day"),
        )


class Seat(PublicId, DistrictRow):
    """A learner's place in one of a day's small groups, and what that one works on."""

    personal = goes_with(
        "learner",
        "public_id",
        "grouping",
        "learner",
        "number",
        "kind",
        "competency",
        "slip",
        "reason",
    )

    grouping = models.ForeignKey(Grouping, on_delete=models.CASCADE, related_name="seats")
    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="seats")
    # Of the small group, from 1.
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=NeedKind.choices)
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    slip = models.ForeignKey(Slip, null=True, on_delete=models.PROTECT, related_name="+")
    # Why the group was suggested, in the words of that day.
    reason = models.CharField(max_length=500, blank=True)

    class Meta(DistrictRow.Meta):
        """A learner sits in one place a day."""

        constraints = (
            models.UniqueConstraint(fields=["grouping", "learner"], name="seat_once_a_day"),
            models.CheckConstraint(
                condition=Q(kind__in=NeedKind.values), name="need_kind_is_known"
            ),
        )


class HelpRequest(PublicId, DistrictRow):
    """A learner asks those who teach them for help, in words of their own or with none."""

    personal = goes_with(
        "learner",
        "public_id",
        "learner",
        "competency",
        "words",
        "asked_at",
        "answered_at",
        "answered_by",
    )

    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="help_requests")
    # Null where they ask about no competency in particular.
    competency = models.ForeignKey(
        Competency, null=True, on_delete=models.PROTECT, related_name="+"
    )
    words = models.CharField(max_length=500, blank=True)
    asked_at = models.BigIntegerField()
    answered_at = models.BigIntegerField(null=True)
    # The user who answered, or the learner who took it back; null while it is open.
    answered_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """Open ones are found by learner."""

        indexes = (
            models.Index(fields=["district_id", "learner", "answered_at"], name="help_by_learner"),
        )


class Support(PublicId, DistrictRow):
    """Help that an educator planned for some learners of a group, in sessions."""

    personal = OF_NOBODY

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="supports")
    title = models.CharField(max_length=200)
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    slip = models.ForeignKey(Slip, null=True, on_delete=models.PROTECT, related_name="+")
    # Whoever gives it, as people say it: a name, or "the reading tutor".
    given_by = models.CharField(max_length=100, blank=True)
    planned_for = models.DateField()
    n_sessions = models.PositiveSmallIntegerField(default=1)
    planned_at = models.BigIntegerField()
    planned_by = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """Open ones are found by group."""

        indexes = (
            models.Index(fields=["district_id", "group", "ended_at"], name="support_by_group"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(n_sessions__gte=1), name="support_has_a_session"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def n_given(self) -> int:
        """Return how many of its sessions were given, of those read along where they were."""
        return sum(session.was_given for session in self.sessions.all())


class SupportedLearner(DistrictRow):
    """A learner for whom a support is planned."""

    personal = goes_with("learner", "support", "learner")

    support = models.ForeignKey(Support, on_delete=models.CASCADE, related_name="learners")
    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="supports_planned")

    class Meta(DistrictRow.Meta):
        """Once in a support."""

        constraints = (
            models.UniqueConstraint(fields=["support", "learner"], name="supported_once"),
        )


class SupportSession(PublicId, DistrictRow):
    """One session of a support: it was given, or it did not happen."""

    personal = OF_NOBODY

    support = models.ForeignKey(Support, on_delete=models.CASCADE, related_name="sessions")
    held_on = models.DateField()
    was_given = models.BooleanField()
    minutes = models.PositiveSmallIntegerField(null=True)
    logged_at = models.BigIntegerField()
    logged_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """No constraint of its own: two sessions a day may be."""


class Note(PublicId, DistrictRow):
    """What an educator noted about a learner, for those who teach or support them alone."""

    personal = goes_with(
        "learner", "public_id", "learner", "text", "written_at", "written_by", "taken_back_at"
    )

    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField()
    written_at = models.BigIntegerField()
    written_by = models.BigIntegerField(null=True)
    taken_back_at = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """Read by learner, newest first."""

        indexes = (
            models.Index(fields=["district_id", "learner", "written_at"], name="note_by_learner"),
        )

    @property
    def written_on(self) -> datetime:
        """Return when it was written."""
        return from_microseconds(self.written_at)


class ListKind(models.TextChoices):
    """A list of a class in which a row can be cleared."""

    HELP = "help"
    SHOW = "show"
    MOVE_ON = "onward"


class ClearedRow(DistrictRow):
    """A learner whom somebody cleared from a list of a class, until new evidence comes."""

    personal = goes_with(
        "learner",
        "group",
        "learner",
        "competency",
        "cleared_from",
        "n_pieces",
        "cleared_at",
        "cleared_by",
    )

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="cleared_rows")
    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="cleared_rows")
    # The first row of its lineage.
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")
    cleared_from = models.CharField(max_length=8, choices=ListKind.choices)
    # How many pieces of evidence there were then: with another number the row is back.
    n_pieces = models.IntegerField()
    cleared_at = models.BigIntegerField()
    cleared_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """A learner is cleared from a place in a list once."""

        constraints = (
            models.UniqueConstraint(
                fields=["group", "cleared_from", "competency", "learner"], name="cleared_row_once"
            ),
            models.CheckConstraint(
                condition=Q(cleared_from__in=ListKind.values), name="cleared_from_a_known_list"
            ),
        )


class FamilyNote(PublicId, DistrictRow):
    """What a guardian writes to those who teach a learner; the learner reads it as well."""

    personal = goes_with(
        "learner", "public_id", "learner", "words", "written_at", "written_by", "taken_back_at"
    )

    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="family_notes")
    words = models.CharField(max_length=1000)
    written_at = models.BigIntegerField()
    # The user who wrote it, always a guardian.
    written_by = models.BigIntegerField()
    taken_back_at = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """Found by learner, newest last; a note says something."""

        indexes = (
            models.Index(
                fields=["district_id", "learner", "written_at"], name="family_note_by_learner"
            ),
        )
        constraints = (
            models.CheckConstraint(condition=~Q(words=""), name="family_note_says_something"),
        )

    def __str__(self) -> str:
        return self.words
