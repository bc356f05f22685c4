"""Django's name for this room."""

from django.apps import AppConfig


class SittingsConfig(AppConfig):
    """The room of sittings."""

    name = "manypaths.sittings"
    label = "sittings"
