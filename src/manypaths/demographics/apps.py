"""Django's name for this room."""

from django.apps import AppConfig


class DemographicsConfig(AppConfig):
    """What a roster says of birth, sex and origin, sealed."""

    name = "manypaths.demographics"
    label = "demographics"
