"""Organizations, persons, roles, groups, memberships and relationships."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_lazy

from manypaths.base.clock import from_microseconds
from manypaths.base.ids import PublicId
from manypaths.base.personal import OF_NOBODY, Erasure, PersonalFields, goes_with
from manypaths.base.scope import DistrictRow, PublishedRow


class User(AbstractBaseUser):
    """A way to sign in. What it may see follows from the person it belongs to."""

    personal = goes_with(
        "person",
        "username",
        "email",
        "last_login",
        "is_active",
        "language",
        secrets=("password",),
    )

    # Staff and families sign in by their address, learners without one by a readable code.
    username = models.CharField(max_length=254, unique=True)
    email = models.EmailField(unique=True, null=True)  # noqa: DJ001  # none, or one's own
    is_active = models.BooleanField(default=True)
    # The language that they chose for pages; empty: what their browser asks for.
    language = models.CharField(max_length=10, blank=True)

    USERNAME_FIELD = "username"
    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    @property
    def actor_id(self) -> int | None:
        """Return the id that audit entries name."""
        return self.pk


class OrganizationKind(models.TextChoices):
    """The three layers of a school system."""

    STATE = "state", gettext_lazy("State")
    DISTRICT = "district", gettext_lazy("District")
    SCHOOL = "school", gettext_lazy("School")


class Organization(PublicId, PublishedRow):
    """A state, a district or a school. A district's own row carries its own id as district."""

    publication = "id"  # a state is known to every district
    personal = OF_NOBODY

    kind = models.CharField(max_length=10, choices=OrganizationKind.choices)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    time_zone = models.CharField(max_length=60, default="UTC")
    # Invented people only: such a district may be wiped and made anew.
    is_demonstration = models.BooleanField(default=False)
    # The last day of a school that is no more; its past stays on record.
    closed_on = models.DateField(null=True)
    source_id = models.CharField(max_length=255, blank=True)

    class Meta(PublishedRow.Meta):
        """One name once in its parent."""

        constraints = (
            models.UniqueConstraint(fields=["parent", "name"], name="organization_name_in_parent"),
            models.CheckConstraint(
                condition=Q(kind__in=OrganizationKind.values), name="organization_kind_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Term(PublicId, DistrictRow):
    """A span of a school year in which groups meet."""

    personal = OF_NOBODY

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="terms")
    name = models.CharField(max_length=100)
    starts_on = models.DateField()
    ends_on = models.DateField()
    source_id = models.CharField(max_length=255, blank=True)

    class Meta(DistrictRow.Meta):
        """A term ends after it starts."""

        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="term_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Person(PublicId, DistrictRow):
    """Anyone in a district: everyone is a learner, whatever else they are."""

    personal = PersonalFields(
        subject="",
        fields={
            "given_name": Erasure.BLANK,
            "family_name": Erasure.BLANK,
            "label": Erasure.BLANK,
            "user": Erasure.BLANK,
            "merged_into": Erasure.KEEP,
        },
        impersonal=frozenset({"public_id"}),
    )

    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    # What an unnamed learner is called until somebody says who it is.
    label = models.CharField(max_length=255, blank=True)
    user = models.OneToOneField(User, null=True, on_delete=models.SET_NULL, related_name="person")
    # Who this turned out to be: all that was theirs is there now, and their address leads there.
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="merged_here"
    )

    class Meta(DistrictRow.Meta):
        """Listed by family name."""

        indexes = (
            models.Index(
                fields=["district_id", "family_name", "given_name"], name="person_by_name"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_unnamed(self) -> bool:
        """Say whether this learner is known by an id of its source alone."""
        return not (self.given_name or self.family_name)

    @property
    def name(self) -> str:
        """Return the name to show."""
        if not self.is_unnamed:
            return f"{self.given_name} {self.family_name}".strip()
        return self.label or gettext("Somebody who is no longer here")

    @property
    def first_name(self) -> str:
        """Return what they are called in a sentence: their given name, else the name to show."""
        return self.given_name or self.name


class SourceId(DistrictRow):
    """The id by which another system, or the log of one group, names a person."""

    personal = PersonalFields(
        subject="person",
        fields={"person": Erasure.DELETE, "source": Erasure.DELETE, "value": Erasure.DELETE},
    )

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="source_ids")
    source = models.CharField(max_length=100)
    value = models.CharField(max_length=255)

    class Meta(DistrictRow.Meta):
        """One person for each id of a source."""

        constraints = (
            models.UniqueConstraint(
                fields=["district_id", "source", "value"], name="source_id_names_one_person"
            ),
        )
        indexes = (models.Index(fields=["district_id", "value"], name="source_id_by_value"),)

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"


class Role(models.TextChoices):
    """What a person does in an organization."""

    STUDENT = "student", gettext_lazy("Student")
    TEACHER = "teacher", gettext_lazy("Teacher")
    COACH = "coach", gettext_lazy("Coach")
    MENTOR = "mentor", gettext_lazy("Mentor")
    ASSESSOR = "assessor", gettext_lazy("Assessor")
    LEADER = "leader", gettext_lazy("Leader")
    FAMILY = "family", gettext_lazy("Family")
    RESEARCHER = "researcher", gettext_lazy("Researcher")


class RoleHeld(DistrictRow):
    """A role that a person holds in an organization, from a day, to a day or open."""

    personal = goes_with(
        "person", "person", "organization", "role", "starts_on", "ends_on", "source", "source_rows"
    )

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="roles_held"
    )
    role = models.CharField(max_length=12, choices=Role.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    # The roster that says so; empty where somebody here did. A roster ends what itself began.
    source = models.CharField(max_length=100, blank=True)
    # The rows of that roster that say so, and until when: what none says any more has ended.
    source_rows = models.TextField(blank=True, default="", db_default="")

    class Meta(DistrictRow.Meta):
        """Found by person, and by organization and role."""

        indexes = (
            models.Index(
                fields=["district_id", "organization", "role"], name="role_by_organization"
            ),
        )
        constraints = (
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_is_known"),
        )


class GroupKind(models.TextChoices):
    """Why people are together."""

    CLASS = "class", gettext_lazy("Class")
    TEAM = "team", gettext_lazy("Team")
    COHORT = "cohort", gettext_lazy("Cohort")


class Group(PublicId, DistrictRow):
    """A class, a team or a cohort in one organization."""

    personal = OF_NOBODY

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="groups")
    term = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="groups")
    kind = models.CharField(max_length=10, choices=GroupKind.choices, default=GroupKind.CLASS)
    name = models.CharField(max_length=200)
    # The last day on which it meets, where it has ended before its term.
    ends_on = models.DateField(null=True)
    source_id = models.CharField(max_length=255, blank=True)

    class Meta(DistrictRow.Meta):
        """One name once in an organization and term."""

        constraints = (
            models.UniqueConstraint(
                fields=["organization", "term", "name"],
                name="group_name_in_term",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=GroupKind.values), name="group_kind_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Part(models.TextChoices):
    """What a member does in the group: learns, or leads the learning."""

    LEARNER = "learner", gettext_lazy("Learner")
    LEAD = "lead", gettext_lazy("Lead")


class Membership(DistrictRow):
    """A person's time in a group, from a day, to a day or open."""

    personal = goes_with(
        "person", "person", "group", "part", "starts_on", "ends_on", "source", "source_rows"
    )

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    part = models.CharField(max_length=8, choices=Part.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    source = models.CharField(max_length=100, blank=True)
    # The rows of that roster that say so, and until when: what none says any more has ended.
    source_rows = models.TextField(blank=True, default="", db_default="")

    class Meta(DistrictRow.Meta):
        """One membership a part and start."""

        constraints = (
            models.UniqueConstraint(
                fields=["group", "person", "part", "starts_on"], name="membership_once"
            ),
            models.CheckConstraint(condition=Q(part__in=Part.values), name="part_is_known"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_start",
            ),
        )


class RelationshipKind(models.TextChoices):
    """What the one is to the other."""

    GUARDIAN = "guardian", gettext_lazy("Guardian")
    MENTOR = "mentor", gettext_lazy("Mentor")
    COACH = "coach", gettext_lazy("Coach")
    ADVISOR = "advisor", gettext_lazy("Advisor")


class Relationship(DistrictRow):
    """One person supports another: guardian, mentor, coach or advisor of a learner."""

    personal = goes_with(
        "learner",
        "supporter",
        "learner",
        "kind",
        "consented_on",
        "starts_on",
        "ends_on",
        "source",
        "source_rows",
    )

    supporter = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="supports")
    learner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="supported_by")
    kind = models.CharField(max_length=10, choices=RelationshipKind.choices)
    # A guardian sees the record once somebody has checked who they are and they agreed.
    consented_on = models.DateField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    source = models.CharField(max_length=100, blank=True)
    # The rows of that roster that say so, and until when: what none says any more has ended.
    source_rows = models.TextField(blank=True, default="", db_default="")

    class Meta(DistrictRow.Meta):
        """Nobody supports themselves, and each tie is held once."""

        constraints = (
            models.UniqueConstraint(
                fields=["supporter", "learner", "kind", "starts_on"], name="relationship_once"
            ),
            models.CheckConstraint(
                condition=~Q(supporter=F("learner")), name="relationship_is_with_another"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RelationshipKind.values), name="relationship_kind_is_known"
            ),
        )


class SignInFate(models.TextChoices):
    """What became of the sign-in of somebody who was merged into another."""

    NONE = "", "there was none"
    MOVED = "moved"
    ENDED = "ended"


class Merge(PublicId, DistrictRow):
    """That two people on record turned out to be one, and all that it takes to undo it."""

    personal = goes_with(
        "kept",
        "public_id",
        "kept",
        "other",
        "merged_at",
        "merged_by",
        "undone_at",
        "undone_by",
        "moved",
        "set_aside",
        "sign_in",
    )

    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges_away")
    merged_at = models.BigIntegerField()
    merged_by = models.BigIntegerField(null=True)
    undone_at = models.BigIntegerField(null=True)
    undone_by = models.BigIntegerField(null=True)
    # Ids of the rows that went over, by table and field: "plans.choice.learner".
    moved = models.JSONField(default=dict)
    # Rows that said twice the same of one person, whole, as they were.
    set_aside = models.JSONField(default=list)
    sign_in = models.CharField(max_length=5, choices=SignInFate.choices, blank=True)

    class Meta(DistrictRow.Meta):
        """Of a person one stands; listed newest first."""

        indexes = (models.Index(fields=["district_id", "merged_at"], name="merge_by_time"),)
        constraints = (
            models.UniqueConstraint(
                fields=["other"], condition=Q(undone_at=None), name="one_standing_merge"
            ),
            models.CheckConstraint(condition=~Q(kept=F("other")), name="merge_is_with_another"),
        )

    @property
    def merged_on(self) -> datetime:
        """Return when it was done."""
        return from_microseconds(self.merged_at)


class ToldApart(PublicId, DistrictRow):
    """That two people on record are two, however alike: nobody is asked again."""

    personal = goes_with("one", "public_id", "one", "other", "told_at", "told_by")

    one = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="told_apart")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="told_apart_too")
    told_at = models.BigIntegerField()
    told_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """Said once of two people."""

        constraints = (
            models.UniqueConstraint(fields=["one", "other"], name="told_apart_once"),
            models.CheckConstraint(condition=~Q(one=F("other")), name="told_apart_are_two"),
        )

    @property
    def told_on(self) -> datetime:
        """Return when it was said."""
        return from_microseconds(self.told_at)


class RollOver(PublicId, DistrictRow):
    """That a year's groups became next year's, with what it takes to undo it: ids and days."""

    personal = OF_NOBODY

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="roll_overs"
    )
    to_term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="roll_overs")
    last_day = models.DateField()
    done_at = models.BigIntegerField()
    done_by = models.BigIntegerField(null=True)
    undone_at = models.BigIntegerField(null=True)
    undone_by = models.BigIntegerField(null=True)
    # Last days of groups and memberships as they were, by id; ids of what was made or ended.
    ended_groups = models.JSONField(default=dict)
    ended_memberships = models.JSONField(default=dict)
    made_groups = models.JSONField(default=list)
    made_memberships = models.JSONField(default=list)
    ended_supports = models.JSONField(default=list)

    class Meta(DistrictRow.Meta):
        """Listed newest first."""

        indexes = (models.Index(fields=["district_id", "done_at"], name="roll_over_by_time"),)

    @property
    def done_on(self) -> datetime:
        """Return when it was done."""
        return from_microseconds(self.done_at)
