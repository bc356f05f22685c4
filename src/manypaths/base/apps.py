"""Django's name for this room, and what the room sees to on every database."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class BaseConfig(AppConfig):
    """The ground under all rooms."""

    name = "manypaths.base"
    label = "base"

    def ready(self) -> None:
        """Let databases refuse changes of the logs, whoever asks for them."""
        from manypaths.base.append_only import keep_logs, know_permission

        connection_created.connect(know_permission, dispatch_uid="know_permission")
        post_migrate.connect(keep_logs, sender=self, dispatch_uid="keep_logs")
