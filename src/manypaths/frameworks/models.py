"""Frameworks, competencies, associations, scales, levels and progressions."""

from django.db import models
from django.db.models import Q

from manypaths.base.ids import PublicId
from manypaths.base.personal import OF_NOBODY
from manypaths.base.scope import PublishedRow
from manypaths.base.translations import Translated


class Scale(PublicId, PublishedRow):
    """An ordered set of levels. The words on it are the school's own."""

    publication = "published_at"
    personal = OF_NOBODY

    title = models.CharField(max_length=200)
    published_at = models.DateTimeField(null=True)

    class Meta(PublishedRow.Meta):
        """No constraint of its own."""

    def __str__(self) -> str:
        return self.title


class Level(Translated, PublishedRow):
    """One step of a scale, counted from 0 at the bottom."""

    publication = "scale__published_at"
    personal = OF_NOBODY

    scale = models.ForeignKey(Scale, on_delete=models.CASCADE, related_name="levels")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    meaning = models.TextField(blank=True)

    class Meta(PublishedRow.Meta):
        """Levels stand in their order."""

        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["scale", "position"], name="level_position_once"),
        )

    def __str__(self) -> str:
        return self.spoken.name


class Framework(PublicId, Translated, PublishedRow):
    """One version of a set of competencies, with the rules by which it speaks of mastery.

    Wording and structure of a version are not edited once evidence refers to it; a new version
    is started instead. What an upstream publisher changes is taken over in place.
    """

    personal = OF_NOBODY

    # The publisher's id (CASE identifier), kept as it came.
    identifier = models.CharField(max_length=255)
    title = models.CharField(max_length=500)
    version = models.CharField(max_length=100, blank=True)
    # The first version of the same framework, itself for a first one: models and general beliefs
    # belong to the family.
    family = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="versions")
    previous = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="next"
    )
    scale = models.ForeignKey(Scale, null=True, on_delete=models.PROTECT, related_name="frameworks")
    # The level that counts as mastered, as a position on the scale.
    target_level = models.PositiveSmallIntegerField(null=True)
    # Expected success from which each level above the lowest begins, rising.
    cut_points = models.JSONField(default=list)
    # Where the framework departs from the default thresholds of the status (see `rules.py`).
    rules = models.JSONField(default=dict)
    # What the school says for statuses, and for "mastered", by language; empty ones are ours.
    words = models.JSONField(default=dict)
    # Whether self-ratings move the estimate, with their fitted weight; never on by default.
    self_ratings_move = models.BooleanField(default=False)
    # The document as its publisher gave it; what we know better stands in the columns.
    source = models.JSONField(default=dict)
    definitions = models.JSONField(default=dict)
    rubrics = models.JSONField(default=list)
    extensions = models.JSONField(default=dict)
    # Made from the competencies that a log of responses names: such a log may add to it.
    is_from_log = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta(PublishedRow.Meta):
        """An identifier names one framework of a district."""

        constraints = (
            models.UniqueConstraint(
                fields=["district_id", "identifier"],
                name="framework_identifier_once",
                nulls_distinct=False,
            ),
        )
        indexes = (models.Index(fields=["district_id", "title"], name="framework_by_title"),)

    def __str__(self) -> str:
        return self.spoken.title


class Competency(PublicId, Translated, PublishedRow):
    """One node of a framework's tree: an area, a competency or an indicator."""

    publication = "framework__published_at"
    personal = OF_NOBODY

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="competencies")
    # The first row of this competency over all versions (itself at first): evidence hangs on it.
    lineage = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="carried_over"
    )
    identifier = models.CharField(max_length=255)
    code = models.CharField(max_length=255, blank=True)
    title = models.CharField(max_length=500, blank=True)
    statement = models.TextField()
    kind = models.CharField(max_length=255, blank=True)
    # Its place in the publisher's list.
    position = models.PositiveIntegerField(default=0)
    source = models.JSONField(default=dict)
    # Gone from the publisher's version; kept because evidence may refer to it.
    retired_at = models.DateTimeField(null=True)

    class Meta(PublishedRow.Meta):
        """An identifier names one node of a framework."""

        verbose_name_plural = "competencies"
        constraints = (
            models.UniqueConstraint(
                fields=["framework", "identifier"], name="competency_identifier_once"
            ),
        )
        indexes = (
            models.Index(fields=["framework", "code"], name="competency_by_code"),
            models.Index(fields=["identifier"], name="competency_by_identifier"),
        )

    def __str__(self) -> str:
        return self.code or self.spoken.title or self.spoken.statement[:60]

    @property
    def name(self) -> str:
        """Return the short name to show, in the reader's language."""
        return self.spoken.title or self.spoken.statement


class AssociationKind(models.TextChoices):
    """The kinds of association that we act on, in CASE's words; others are kept as they come."""

    CHILD_OF = "isChildOf"
    PRECEDES = "precedes"
    EXACT_MATCH = "exactMatchOf"
    RELATED = "isRelatedTo"
    EXEMPLAR = "exemplar"
    PEER = "isPeerOf"
    PART_OF = "isPartOf"
    REPLACED_BY = "replacedBy"


class Association(PublicId, PublishedRow):
    """A tie from one node to another, in this framework or in one we don't hold."""

    publication = "framework__published_at"
    personal = OF_NOBODY

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="associations")
    identifier = models.CharField(max_length=255)
    # Free text: kinds that we don't know are kept (`ext:...`).
    kind = models.CharField(max_length=100)
    # Null where the node is the framework itself or lies in a framework that we don't hold.
    origin = models.ForeignKey(
        Competency, null=True, on_delete=models.PROTECT, related_name="associations_from"
    )
    destination = models.ForeignKey(
        Competency, null=True, on_delete=models.PROTECT, related_name="associations_to"
    )
    origin_identifier = models.CharField(max_length=255)
    destination_identifier = models.CharField(max_length=255)
    sequence = models.IntegerField(null=True)
    # Its place in the publisher's list.
    position = models.PositiveIntegerField(default=0)
    source = models.JSONField(default=dict)
    retired_at = models.DateTimeField(null=True)

    class Meta(PublishedRow.Meta):
        """An identifier names one association of a framework."""

        constraints = (
            models.UniqueConstraint(
                fields=["framework", "identifier"], name="association_identifier_once"
            ),
        )
        indexes = (models.Index(fields=["framework", "kind"], name="association_by_kind"),)

    def __str__(self) -> str:
        return f"{self.origin_identifier} {self.kind} {self.destination_identifier}"


class Progression(Translated, PublishedRow):
    """What one level looks like for one competency."""

    publication = "competency__framework__published_at"
    personal = OF_NOBODY

    competency = models.ForeignKey(
        Competency, on_delete=models.CASCADE, related_name="progressions"
    )
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="progressions")
    text = models.TextField()

    class Meta(PublishedRow.Meta):
        """One text a level."""

        constraints = (
            models.UniqueConstraint(fields=["competency", "level"], name="progression_level_once"),
            models.CheckConstraint(condition=~Q(text=""), name="progression_says_something"),
        )
