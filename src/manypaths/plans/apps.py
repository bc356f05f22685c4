"""Django's name for this room."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """The room of plans."""

    name = "manypaths.plans"
    label = "plans"
