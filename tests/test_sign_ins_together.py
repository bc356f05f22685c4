"""A school signs in behind one address, on two processes that share a database."""

import http.client
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.installed import answer, furnished
from tests.served import Served, served
from tests.sign_ins import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

STUDENTS, GUESSES = 500, 50


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Served]:
    """Serve a school of students, who all know their password, by two processes."""
    with furnished(tmp_path / "home") as environment:
        answer(environment, "init")
        subprocess.run(
            [sys.executable, "-m", "tests.sign_ins", tmp_path / "home", str(STUDENTS)],
            cwd=Path(__file__).parent.parent,
            env=environment,
            check=True,
        )
        with served(environment, "--workers", "2", log=tmp_path / "log") as running:
            yield running


class Browser:
    """A browser of its own behind the school's one address."""

    def __init__(self, school: Served) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", school.port, timeout=120)

    def sign_in(self, name: str, password: str) -> tuple[int, str, str]:
        """Return the status, the session that was given, and the page; close the connection."""
        with closing(self.connection):
            return self._sign_in(name, password)

    def _sign_in(self, name: str, password: str) -> tuple[int, str, str]:
        self.connection.request("GET", "/sign-in/")
        shown = self.connection.getresponse()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown.read().decode())
        csrf = re.search(r"(csrf=\w+)", shown.getheader("Set-Cookie") or "")
        assert token
        assert csrf
        form = {"login": name, "password": password, "csrfmiddlewaretoken": token[1]}
        headers = {
            "Cookie": csrf[1],
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{self.connection.port}",
        }
        self.connection.request("POST", "/sign-in/", urlencode(form), headers)
        answered = self.connection.getresponse()
        page = answered.read().decode()
        cookies = " ".join(answered.headers.get_all("Set-Cookie") or ())
        session = re.search(r"session=(\w+)", cookies)
        return answered.status, session[1] if session else "", page


def test_a_whole_school_gets_in_from_one_address_and_guesses_on_one_account_do_not(
    school: Served,
) -> None:
    def enter(number: int) -> tuple[int, str, str]:
        return Browser(school).sign_in(f"pupil{number}@school.example", PASSWORD)

    with ThreadPoolExecutor(8) as pool:
        entered = list(pool.map(enter, range(1, STUDENTS)))
    assert Counter(status for status, _, _ in entered) == {302: STUDENTS - 1}
    assert len({session for _, session, _ in entered}) == STUDENTS - 1

    def guess(number: int) -> tuple[int, str, str]:
        return Browser(school).sign_in("pupil0@school.example", f"guess number {number}")

    with ThreadPoolExecutor(4) as pool:
        guessed = list(pool.map(guess, range(GUESSES)))
    assert not any(session for _, session, _ in guessed)
    # Whichever process is asked, five are looked at; those after them are turned away.
    told = Counter("tried too often" in page for _, _, page in guessed)
    assert told[True] >= GUESSES - 10
    # Even the right one waits now, and the rest of the school gets in as before.
    status, session, page = Browser(school).sign_in("pupil0@school.example", PASSWORD)
    assert (status, session) == (200, "")
    assert "Wait five minutes" in page
    assert Browser(school).sign_in("pupil1@school.example", PASSWORD)[0] == 302
