"""The pages as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Names the room; it has no tables."""

    name = "manypaths.web"
    label = "web"
