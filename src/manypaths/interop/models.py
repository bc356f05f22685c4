"""Imports that leaders run from pages: the file until it is taken in, and what became of it."""

from django.db import models
from django.db.models import Q

from manypaths.base.ids import PublicId
from manypaths.base.personal import OF_NOBODY, goes_with
from manypaths.base.scope import DistrictRow
from manypaths.evidence.models import Response, Task
from manypaths.frameworks.models import Framework
from manypaths.people.models import Group, Person


class ImportKind(models.TextChoices):
    """What a file holds, as its own content says."""

    CASE = "case"
    YAML = "yaml"
    ROSTER = "roster"
    RESPONSES = "responses"
    # A table of another program: which of its columns is what, somebody says or has said.
    TABLE = "table"


class RunState(models.TextChoices):
    """How far an import has come."""

    ASKING = "asking"
    CHECKING = "checking"
    CHECKED = "checked"
    FAULTY = "faulty"
    TAKING_IN = "taking in"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    BROKEN = "broken"


AT_WORK = frozenset((RunState.CHECKING, RunState.TAKING_IN, RunState.UNDOING))


class ImportRun(PublicId, DistrictRow):
    """One file that a leader brought in: first tried, then taken in, perhaps taken back."""

    # Counts, and values of faulty cells until the file is dropped; no names.
    personal = OF_NOBODY

    kind = models.CharField(max_length=10, choices=ImportKind.choices)
    state = models.CharField(max_length=10, choices=RunState.choices)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    n_bytes = models.BigIntegerField()
    # For a log of responses: whose they are, and the framework of its codes ("" makes a flat one).
    group_name = models.CharField(max_length=255, blank=True)
    framework_name = models.CharField(max_length=500, blank=True)
    # How far it is: what is being done, and how many of it.
    step = models.CharField(max_length=60, blank=True)
    n_done = models.BigIntegerField(default=0)
    # Counts by kind of row, faults (the first ones) and notices, as every import reports them.
    changes = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    n_faults = models.IntegerField(default=0)
    notices = models.JSONField(default=list)
    # A sentence on why it could not be done.
    refusal = models.TextField(blank=True)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # What it made, by which it can be taken back.
    framework = models.ForeignKey(Framework, null=True, on_delete=models.PROTECT, related_name="+")
    made_framework = models.BooleanField(default=False)
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="+")
    first_response = models.BigIntegerField(null=True)
    last_response = models.BigIntegerField(null=True)
    # Of a class list: ids of the people and of their places in the group.
    made_people = models.JSONField(default=list)
    made_memberships = models.JSONField(default=list)
    # What became of them when it was taken back: who stays (ids), and how many were removed.
    stayed = models.JSONField(default=list)
    n_removed = models.IntegerField(default=0)

    class Meta(DistrictRow.Meta):
        """Listed newest first."""

        indexes = (models.Index(fields=["district_id", "asked_at"], name="import_by_time"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=RunState.values), name="import_state_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.file_name}: {self.state}"

    @property
    def counts(self) -> list[tuple[str, dict[str, int]]]:
        """Return the counts by kind of row."""
        return list(self.changes.items())

    @property
    def is_at_work(self) -> bool:
        """Say whether something is being done with it now."""
        return self.state in AT_WORK


class ImportFile(DistrictRow):
    """The content of a file from upload until it is taken in or dropped."""

    # Ids and answers, for the hours between a look at the file and the decision. A roster is sealed
    # meanwhile: it may say of people what nobody reads without the right to it.
    personal = OF_NOBODY

    run = models.OneToOneField(ImportRun, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()

    class Meta(DistrictRow.Meta):
        """No constraint of its own."""


class TakenResult(DistrictRow):
    """A result of a roster that became evidence: by what it is known there, and what it said."""

    personal = goes_with(
        "learner", "value", "result", "learner", "response", "task", "outcome", "done_at"
    )

    # The result's sourcedId, and the objective or framework that one of its scores speaks of.
    value = models.CharField(max_length=600)
    # The result's sourcedId alone.
    result = models.CharField(max_length=255, blank=True)
    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="taken_results")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    outcome = models.FloatField()
    done_at = models.BigIntegerField()

    class Meta(DistrictRow.Meta):
        """Known once."""

        constraints = (
            models.UniqueConstraint(fields=["district_id", "value"], name="taken_result_once"),
        )
        indexes = (models.Index(fields=["district_id", "result"], name="taken_by_result"),)


class OrgOfRoster(DistrictRow):
    """What a roster calls the district, what lies above it, and parts of schools.

    None of them is a school here: a later bundle that names one means the school that it is of.
    """

    personal = OF_NOBODY

    value = models.CharField(max_length=255)
    # The school by the roster's id; empty for the district; none where no school is named.
    school = models.CharField(max_length=255, blank=True, null=True)  # noqa: DJ001

    class Meta(DistrictRow.Meta):
        """Known once."""

        constraints = (
            models.UniqueConstraint(fields=["district_id", "value"], name="org_of_roster_once"),
        )


class ColumnMapping(DistrictRow):
    """Which column is what in tables with the same columns, as somebody said: asked only once."""

    # Names of columns, and no row.
    personal = OF_NOBODY

    fingerprint = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)
    columns = models.JSONField()
    said_at = models.DateTimeField()
    said_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """One for tables with the same columns."""

        constraints = (
            models.UniqueConstraint(
                fields=["district_id", "fingerprint"], name="column_mapping_once"
            ),
        )
