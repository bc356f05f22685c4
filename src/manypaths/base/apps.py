"""Django's name for this room."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """The ground under all rooms."""

    name = "manypaths.base"
    label = "base"
