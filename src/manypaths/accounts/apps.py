"""Django's name for this room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The room of accounts."""

    name = "manypaths.accounts"
    label = "accounts"
