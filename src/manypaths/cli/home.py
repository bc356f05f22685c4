"""The home of an installation: whether it is there, making it, and bringing it up to date."""

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.sqlite3.creation import DatabaseCreation

from manypaths.base.clock import now
from manypaths.people.queries import districts
from manypaths.people.services import create_district

if TYPE_CHECKING:
    from manypaths.people.access import Operator
    from manypaths.people.models import Organization

DEFAULT_NAME = "My district"


def is_made() -> bool:
    """Say whether the database is there and holds our tables."""
    if connection.vendor == "sqlite":
        file = str(connection.settings_dict["NAME"])
        # To connect would make an empty file.
        if not (DatabaseCreation.is_in_memory_db(file) or Path(file).exists()):
            return False
    return "people_organization" in connection.introspection.table_names()


def make_home(
    operator: "Operator", name: str = DEFAULT_NAME, time_zone: str | None = None
) -> "Organization":
    """Make the tables, or bring them up to date, and a district where there is none."""
    make_tables()
    found = districts(by=operator)
    if found:
        return found[0]
    return create_district(name, by=operator, at=now(), time_zone=time_zone or settings.TIME_ZONE)


def make_tables() -> None:
    """Make the tables, or bring those of an earlier version up to date."""
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
