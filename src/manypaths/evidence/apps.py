"""Django's name for this room."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The room of evidence."""

    name = "manypaths.evidence"
    label = "evidence"
