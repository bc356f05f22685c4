"""The sessions of browsers: kept in the database, each known by whose it is, so that it can end.

A session knows when it began and was last used: an adult's ends sooner than a student's, and the
choice "this is a shared device" makes any end after a quarter of an hour of rest.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.utils import timezone

from manypaths.accounts.models import SentForm, Session
from manypaths.base.prepared import prepared
from manypaths.people.models import User

STUDENT_HOURS, STAFF_HOURS = timedelta(hours=12), timedelta(hours=8)
STAFF_REST, SHARED_REST = timedelta(minutes=60), timedelta(minutes=15)
# How far the time of the last use may lag behind, to spare a write a request.
_SEEN_EVERY = timedelta(seconds=60)
_KEPT_BEYOND = timedelta(days=2)
_BEGUN, _SEEN, _DEVICE = "begun", "seen", "device"
SHARED = "is_shared"
SECOND_FACTOR = "second_factor"


class SessionStore(DatabaseStore):
    """Keeps beside a session's contents whose it is, on what device, and when it was used."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table of sessions."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        """Return the row of this session while it can be used, else forget its key."""
        row = _with_key.first(self.session_key) if self.session_key else None
        if row is not None and row.expire_date > timezone.now():
            return row
        self._session_key = None
        return None

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row that keeps these contents."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        owner = data.get("_auth_user_id")
        row.user_id = int(owner) if owner else None
        row.device = data.get(_DEVICE, "")
        row.begun_at, row.seen_at = _moment(data.get(_BEGUN)), _moment(data.get(_SEEN))
        return row


def begin(session: SessionBase, *, at: datetime, device: str) -> None:
    """Note that somebody signed in just now, and on what device."""
    session[_BEGUN] = session[_SEEN] = at.timestamp()
    session[_DEVICE] = device


def is_begun(session: SessionBase) -> bool:
    """Say whether it was noted when this session began."""
    return _BEGUN in session


def is_over(session: SessionBase, *, is_staff: bool, at: datetime) -> bool:
    """Say whether a session has lasted or rested too long for somebody like this."""
    begun, seen = _moment(session.get(_BEGUN)), _moment(session.get(_SEEN))
    if begun is None or seen is None:
        return True
    rest = SHARED_REST if session.get(SHARED) else STAFF_REST if is_staff else None
    if rest is not None and at - seen > rest:
        return True
    return at - begun > (STAFF_HOURS if is_staff else STUDENT_HOURS)


def note_use(session: SessionBase, *, at: datetime) -> None:
    """Note that a session is in use; at most once a minute, for each note is a write."""
    seen = _moment(session.get(_SEEN))
    if seen is None or at - seen > _SEEN_EVERY:
        session[_SEEN] = at.timestamp()


def drop_expired(*, at: datetime) -> None:
    """Drop the rows of sessions that nobody can use any more, and of forms sent days ago.

    Days later: a clock that was wrong for an hour must not end everybody's session.
    """
    Session.objects.filter(expire_date__lt=at - _KEPT_BEYOND).delete()
    SentForm.objects.filter(sent_at__lt=at - _KEPT_BEYOND).delete()


def end_sessions(user: User, *, but: str = "") -> int:
    """End all sessions of a user but one; return how many."""
    n_ended, _ = Session.objects.filter(user=user).exclude(session_key=but).delete()
    return n_ended


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


@prepared
def _with_key(key: str) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key)
