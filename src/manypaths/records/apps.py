"""Django's name for this room."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Records for life."""

    name = "manypaths.records"
    label = "records"

    def ready(self) -> None:
        """Let holds keep people on record, whoever would take them out."""
        from manypaths.people.keeping import let_keep
        from manypaths.records.holds import held_among

        let_keep(held_among)
