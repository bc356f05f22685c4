"""The district that work is done in, and managers that refuse to read outside it.

Every row of a district is reached through `Model.objects`, which reads the scope of the running
task. Without a scope it raises: a forgotten filter shows nobody's records instead of everyone's.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

from manypaths.base.statistics import look_again

Row = TypeVar("Row", bound=models.Model)


class OutsideScope(RuntimeError):
    """A district's rows were touched outside its scope: a mistake in our code, never a user's."""


@dataclass(frozen=True)
class Scope:
    """One district's rows, or with `district_id` None only what is published above districts."""

    district_id: int | None
    zone: tzinfo


_scope: ContextVar[Scope | None] = ContextVar("manypaths_scope", default=None)


@contextmanager
def district_scope(district_id: int | None, zone: tzinfo = UTC) -> Iterator[Scope]:
    """Work inside one district (None: above all districts) until the block ends."""
    scope = Scope(district_id, zone)
    token = _scope.set(scope)
    try:
        yield scope
    finally:
        _scope.reset(token)


def current_scope() -> Scope:
    """Return the scope of the running task, or raise OutsideScope."""
    scope = _scope.get()
    if scope is None:
        raise OutsideScope("rows of a district are read inside `with district_scope(...)` only")
    return scope


def scope_if_any() -> Scope | None:
    """Return the scope of the running task, None where there is none: to tell queries apart by."""
    return _scope.get()


def current_district() -> int:
    """Return the id of the district that work is done in, or raise OutsideScope."""
    district_id = current_scope().district_id
    if district_id is None:
        raise OutsideScope("this scope is above the districts and may not touch their rows")
    return district_id


def current_owner() -> int | None:
    """Return the district that owns what is written now; None above the districts."""
    return current_scope().district_id


class ScopedQuerySet(models.QuerySet[Row]):
    """A query set whose writes stay in the scope: what is published above is read-only here."""

    def update(self, **values: Any) -> int:  # Any: Django's own signature
        """Change rows of the scope's own; raise OutsideScope for a move to another district."""
        self._require_own(values.get("district_id", current_owner()))
        return super(ScopedQuerySet, self._own()).update(**values)

    def hand_on(self, **whose: int) -> int:
        """Say of rows of the scope's own whose they are, where two people turned out to be one.

        No table refuses it: a row of a log that is never edited may still have been put down under
        somebody's other name.
        """
        return ScopedQuerySet.update(self, **whose)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete rows of the scope's own."""
        return super(ScopedQuerySet, self._own()).delete()

    def bulk_create(self, objs: Iterable[Row], *how: Any, **options: Any) -> list[Row]:  # as above
        """Insert rows; of many, PostgreSQL is let know before it is asked about them."""
        made = super().bulk_create(objs, *how, **options)
        look_again(self.model, len(made))
        return made

    # What `save`, `create` and `bulk_create` end in, and so the one place that all of them pass.

    def _insert(self, objs: Sequence[Any], fields: object, **options: object) -> object:
        for row in objs:
            self._require_own(row.district_id)
        returned: object = super()._insert(  # type: ignore[misc]  # private, so not in the stubs
            objs, fields, **options
        )
        return returned

    def _update(self, values: Sequence[tuple[Any, object, Any]]) -> int:
        for field, _, value in values:
            if field.attname == "district_id":
                self._require_own(value)
        n: int = super(ScopedQuerySet, self._own())._update(values)  # type: ignore[misc]  # as above
        return n

    def _own(self) -> Self:
        return self.filter(district_id=current_owner())

    def _require_own(self, district_id: int | None) -> None:
        if district_id != current_owner():
            raise OutsideScope(
                f"a row of district {district_id} written in the scope of {current_owner()}"
            )


class DistrictManager(models.Manager[Row]):
    """Reach the rows of the current district and no other."""

    def get_queryset(self) -> ScopedQuerySet[Row]:
        """Return the district's rows; raise OutsideScope where there is no district."""
        return ScopedQuerySet[Row](self.model, using=self._db).filter(
            district_id=current_district()
        )


class PublishedManager(models.Manager[Row]):
    """Reach the current district's rows and those published above the districts."""

    def get_queryset(self) -> ScopedQuerySet[Row]:
        """Return own and published rows; above the districts only what lies there."""
        rows = ScopedQuerySet[Row](self.model, using=self._db)
        district_id = current_scope().district_id
        if district_id is None:
            return rows.filter(district_id=None)
        published = Q(district_id=None) & Q(**{f"{self.model.publication}__isnull": False})  # type: ignore[attr-defined]
        return rows.filter(Q(district_id=district_id) | published)


class OwnManager(models.Manager[Row]):
    """Reach the rows of exactly the current scope, also where that is above the districts."""

    def get_queryset(self) -> ScopedQuerySet[Row]:
        """Return the rows that were written in a scope like this one."""
        rows = ScopedQuerySet[Row](self.model, using=self._db)
        return rows.filter(district_id=current_owner())


class DistrictRow(models.Model):
    """A row that belongs to one district."""

    # A plain number, not a foreign key: it leads every index, and `base` knows no organizations.
    district_id = models.BigIntegerField(default=current_district, editable=False)

    objects: ClassVar[DistrictManager[Self]] = DistrictManager()
    # For migrations, backups and the host's own upkeep; no door and no service reads through it.
    every_district: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        """Related rows are reached through the scope as well."""

        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"


class PublishedRow(models.Model):
    """A row of one district, or published above the districts for all to read."""

    # The path to the date from which a row above the districts is readable below.
    publication = "published_at"

    district_id = models.BigIntegerField(null=True, default=current_owner, editable=False)

    objects: ClassVar[PublishedManager[Self]] = PublishedManager()
    every_district: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        """Related rows are reached through the scope as well."""

        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"
