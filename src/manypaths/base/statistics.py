"""What a database knows of its tables, by which it decides how to find rows."""

from django.db import connection, models

# After so many new rows PostgreSQL is asked to look at their table again.
_MANY_ROWS = 5_000


def look_again(model: type[models.Model], n_new: int) -> None:
    """Let PostgreSQL count what is in a table that many rows came into, within their transaction.

    By itself it does so a minute after they are kept. Until then it takes the table for small, or
    for empty: it reads all of a district to find one class, and joins tables that an import has
    just filled by going through one of them for each row of the other. It waits for nobody: where
    another transaction fills the table, that one has it counted.
    """
    if n_new >= _MANY_ROWS and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'ANALYZE (SKIP_LOCKED) "{model._meta.db_table}"')
