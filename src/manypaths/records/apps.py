"""Django's name for this room."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Records for life."""

    name = "manypaths.records"
    label = "records"
