"""Who signs in by a name and a password: one look-up and one hash, whoever it is or is not."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from manypaths.base.prepared import prepared
from manypaths.people.models import User


class ByNameBackend(ModelBackend):
    """Knows people by their learner code or their address."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **others: Any,  # Any: what other ways to sign in would bring
    ) -> User | None:
        """Return the user for the right password, None for a wrong one and for nobody's name."""
        if not username or not password:
            return None
        name = username.strip().lower()
        found = User.objects.filter(Q(username=name) | Q(email=name)).first()
        # A hash is worked out for nobody as well: else the time would tell who has a sign-in.
        user = found or User(password="!")  # noqa: S106  # none fits
        if user.check_password(password) and user.is_active:
            return user
        return None

    def get_user(self, user_id: int) -> User | None:
        """Return the user of a session with their person: each page asks for both."""
        user = _with_person.first(user_id)
        return user if user is not None and user.is_active else None


@prepared
def _with_person(user: int) -> QuerySet[User]:
    return User.objects.filter(pk=user).select_related("person")
