"""What readers meet when something went wrong: pages as good as all others, each with a way on."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Response

from tests.browser.conftest import BrowserIn, Serving, VisitorsOf
from tests.browser.walk import faults_on, windows_of
from tests.browser.windows import STRANGER, Browser
from tests.installed import bare
from tests.served import served

pytestmark = pytest.mark.browser
_MOST_TRIES = 80


def require_good_page(page: Page, answer: Response | None, status: int) -> None:
    assert answer is not None
    assert answer.status == status
    assert list(faults_on(page, windows_of(status))) == []
    assert page.locator("a.b.main").count() == 1, "no way on"


def send(page: Page, form: str) -> Response | None:
    """Send a form of the page as it stands, whatever the browser thinks of its fields."""
    with page.expect_navigation() as led:
        page.locator(form).first.evaluate("form => form.submit()")
    return led.value


def test_what_is_not_there_and_what_shows_nothing(browser: Browser) -> None:
    for role in (STRANGER, "student"):
        page = browser.visit_as(role, "")
        require_good_page(page, page.goto("/nothing/"), 404)
        require_good_page(page, page.goto("/language/"), 405)


def test_a_form_that_is_no_longer_good(browser: Browser) -> None:
    page = browser.visit_as(STRANGER, "/sign-in/code/")
    page.evaluate(
        "document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(e => e.remove())"
    )
    require_good_page(page, send(page, "main form[method=post]"), 403)


def test_a_deed_that_is_refused(browser: Browser) -> None:
    page = browser.visit_as("leader", browser.path_of("leader", "terms:all"))
    form = "form[action$='/name/']"
    page.locator(form).first.evaluate("form => { form.elements['name'].value = '' }")
    require_good_page(page, send(page, form), 400)


def test_too_many_tries(browser_in: BrowserIn) -> None:
    browser = browser_in("fresh")
    page = browser.visit_as(STRANGER, "/sign-in/code/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    tried: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token, "code": "AAAA-AAAA"}
    for _ in range(_MOST_TRIES):
        if page.request.post("/sign-in/code/", form=tried).status == 429:
            break
    page.locator("[name=code]").fill("AAAA-AAAA")
    require_good_page(page, send(page, "main form[method=post]"), 429)


@pytest.fixture
def broken(
    chromium: Chromium, serving: Serving, visitors_of: VisitorsOf, tmp_path: Path
) -> Iterator[tuple[Browser, Path]]:
    """Serve a copy of a home that a test may break, without minding that the server complains."""
    visitors = visitors_of("fresh")
    original, home = serving("fresh")[1], tmp_path / "home"
    home.mkdir()
    (home / "secret-key").write_bytes((original / "secret-key").read_bytes())
    # With what is not yet in the file itself, such as who is signed in.
    with (
        closing(sqlite3.connect(original / "manypaths.sqlite3")) as source,
        closing(sqlite3.connect(home / "manypaths.sqlite3")) as copy,
    ):
        source.backup(copy)
    with served(bare(home), log=tmp_path / "log") as server:
        yield Browser(chromium, server, visitors), home / "manypaths.sqlite3"
        for context in list(chromium.contexts):
            context.close()


def test_a_mistake_of_ours(broken: tuple[Browser, Path]) -> None:
    browser, database = broken
    page = browser.visit_as("leader", "")
    database.write_bytes(b"no database" * 10_000)
    require_good_page(page, page.goto("/people/"), 500)


def test_a_database_that_is_away(broken: tuple[Browser, Path]) -> None:
    browser, database = broken
    page = browser.visit_as("leader", "")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("ALTER TABLE people_person RENAME TO elsewhere")
    require_good_page(page, page.goto("/people/"), 503)
