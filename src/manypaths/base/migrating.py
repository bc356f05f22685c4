"""Brings the tables up to date so that a kill at any moment leaves each step done or not begun.

Django notes that a migration was applied after the transaction that applied it, where indexes or
references come last. Whoever is killed in between has tables that the next run makes once more,
and can't. Here the note is part of the transaction.
"""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.core.management.commands import migrate as command
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.migrations.migration import Migration
    from django.db.migrations.state import ProjectState


class WholeSteps(MigrationExecutor):
    """Applies each migration and notes it in one transaction, unless the migration forbids it."""

    def apply_migration(
        self, state: "ProjectState", migration: "Migration", *args: Any, **options: Any
    ) -> "ProjectState":
        """Apply one migration, or nothing of it."""
        if not migration.atomic:
            return super().apply_migration(state, migration, *args, **options)
        with _one_transaction(self.connection):
            return super().apply_migration(state, migration, *args, **options)


# The command has no other place to say by what it applies migrations.
command.MigrationExecutor = WholeSteps  # type: ignore[attr-defined]


def migrate() -> None:
    """Make the tables, or bring those of an earlier version up to date."""
    call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _one_transaction(connection: "BaseDatabaseWrapper") -> "Iterator[None]":
    # SQLite can stop to check references before a transaction only; Django checks them at its end.
    connection.disable_constraint_checking()
    try:
        with transaction.atomic(connection.alias):
            yield
    finally:
        connection.enable_constraint_checking()
