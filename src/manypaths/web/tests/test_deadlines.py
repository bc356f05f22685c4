"""A request that its database does not answer is let go."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from manypaths.web.deadlines import let_go, within_time

only_postgres = pytest.mark.skipif(
    "sqlite" in settings.DATABASES["default"]["ENGINE"], reason="SQLite is within the process"
)


def waits_for_ever(request: HttpRequest) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(600)")
    finally:
        connection.close()
    return HttpResponse()


@only_postgres
@pytest.mark.django_db(transaction=True)
def test_a_question_that_is_never_answered_is_let_go() -> None:
    ask = within_time(waits_for_ever)
    with ThreadPoolExecutor(1) as people:
        asked = people.submit(ask, RequestFactory().get("/"))
        # Nobody is let go before their time.
        assert let_go(at=monotonic()) == 0
        while not asked.done():
            let_go(at=monotonic() + settings.REQUEST_SECONDS + 1)
        with pytest.raises(OperationalError):
            asked.result()
    while is_asked():
        pass


def is_asked() -> bool:
    """Say whether the server still works on the question."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'")
        return bool(cursor.fetchone() != (0,))
