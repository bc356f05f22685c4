"""The home of an installation: whether it is there, making it, and bringing it up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.sqlite3.creation import DatabaseCreation

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.base.locks import Work, alone, make_private_file
from manypaths.base.migrating import migrate
from manypaths.base.scope import district_scope
from manypaths.estimates.queries import families_with_evidence
from manypaths.estimates.services import rebuild
from manypaths.people.queries import districts, zone_of
from manypaths.people.services import change_district, create_district
from manypaths.upkeep.opening import require_open

if TYPE_CHECKING:
    from manypaths.people.access import Operator
    from manypaths.people.models import Organization

DEFAULT_NAME = "My district"


def is_made() -> bool:
    """Say whether the database is there and holds our tables.

    Raises Refused where a restore was broken off: nobody is let in before it is done.
    """
    require_open()
    if connection.vendor == "sqlite":
        file = str(connection.settings_dict["NAME"])
        # To connect would make an empty file.
        if not (DatabaseCreation.is_in_memory_db(file) or Path(file).exists()):
            return False
    return "people_organization" in connection.introspection.table_names()


def make_home(
    operator: "Operator", name: str | None = None, time_zone: str | None = None
) -> "Organization":
    """Make the tables, or bring them up to date, and a district where there is none.

    The one that is there gets the name and the zone that are given. Raises Refused where there
    are several.
    """
    require_open()
    with alone(Work.MAKING_A_HOME):
        return _made_home(operator, name, time_zone)


def _made_home(operator: "Operator", name: str | None, time_zone: str | None) -> "Organization":
    make_tables()
    found = districts(by=operator)
    if not found:
        zone = time_zone or settings.TIME_ZONE
        return create_district(name or DEFAULT_NAME, by=operator, at=now(), time_zone=zone)
    if name is None and time_zone is None:
        return found[0]
    if len(found) > 1:
        raise Refused("There are several districts here; a name or a zone is for the only one.")
    with transaction.atomic():
        return _changed(found[0], operator, name, time_zone)


def _changed(
    district: "Organization", operator: "Operator", name: str | None, time_zone: str | None
) -> "Organization":
    before = zone_of(district)
    with district_scope(district.pk, before):
        change_district(district, name=name, time_zone=time_zone, by=operator, at=now())
    zone = zone_of(district)
    if zone != before:
        with district_scope(district.pk, zone):
            for family in families_with_evidence(by=operator):
                rebuild(family, by=operator, at=now())
    return district


@contextmanager
def passing_home() -> Iterator[None]:
    """Put an embedded database that passes in the place of one that is not there yet.

    Of a server only the tables are made, for it has no place of its own that could pass.
    """
    if connection.vendor != "sqlite":
        yield
        return
    lasting = connection.settings_dict["NAME"]
    with TemporaryDirectory() as folder:
        connection.close()
        connection.settings_dict["NAME"] = str(Path(folder) / "passing.sqlite3")
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = lasting


def make_tables() -> None:
    """Make the tables, or bring those of an earlier version up to date."""
    prepare_home()
    migrate()


def prepare_home() -> None:
    """Make the folder and the file of an embedded database, without tables."""
    database = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not DatabaseCreation.is_in_memory_db(database):
        make_private_file(Path(database))
