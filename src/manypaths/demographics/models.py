"""Sealed rows, the wrapped keys that open them, and who may read."""

from django.db import models
from django.db.models import Q

from manypaths.base.ids import PublicId
from manypaths.base.personal import OF_NOBODY, goes_with
from manypaths.base.scope import DistrictRow
from manypaths.people.models import Person


class DataKey(PublicId, DistrictRow):
    """The key of a district's sealed rows, itself wrapped by a key that is not in the database."""

    personal = OF_NOBODY

    wrapped = models.BinaryField()
    # Which key of the keys' folder wraps it.
    wrapped_by = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    class Meta(DistrictRow.Meta):
        """One a district."""

        constraints = (
            models.UniqueConstraint(fields=["district_id"], name="data_key_of_district"),
        )


class Demographics(PublicId, DistrictRow):
    """What a roster says of one person, sealed for that person in that district."""

    personal = goes_with("person", "public_id", "person", "sealed_for", "sealed", "sealed_at")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="demographics")
    # Whom it was sealed for: their own id, or that of a record which was merged into theirs.
    sealed_for = models.UUIDField()
    sealed = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta(DistrictRow.Meta):
        """One a person."""


class DemographicsRight(PublicId, DistrictRow):
    """That a leader may read what is sealed, from a moment, to a moment or open."""

    personal = goes_with(
        "person", "public_id", "person", "given_at", "given_by", "ended_at", "ended_by"
    )

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="demographics_rights")
    given_at = models.DateTimeField()
    given_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)

    class Meta(DistrictRow.Meta):
        """Held once at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None), name="demographics_right_once"
            ),
        )
