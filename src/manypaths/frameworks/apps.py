"""Django's name for this room."""

from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    """The room of frameworks."""

    name = "manypaths.frameworks"
    label = "frameworks"
