"""Django's name for this room."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """The room of integrations."""

    name = "manypaths.integrations"
    label = "integrations"
