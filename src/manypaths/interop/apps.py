"""Django's name for this room."""

from django.apps import AppConfig


class InteropConfig(AppConfig):
    """Files of others, and what became of those that leaders brought in."""

    name = "manypaths.interop"
    label = "interop"
