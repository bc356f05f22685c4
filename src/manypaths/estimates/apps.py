"""Django's name for this room."""

from django.apps import AppConfig


class EstimatesConfig(AppConfig):
    """The room of estimates."""

    name = "manypaths.estimates"
    label = "estimates"
