"""Every page, as every role: what axe finds, sideways scrolling, weight, and life without script.

In a district with a year of work, and in those of the first hour, the first day, and a huge one.
"""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import BrowserIn
from tests.browser.walk import (
    faults_of,
    findings,
    is_wider_than_its_window,
    stops_of,
    touching,
    windows_of,
)
from tests.browser.windows import ROLES, STRANGER, Browser

pytestmark = pytest.mark.browser

WALKS = [
    *(("demo", role) for role in ROLES),
    *(("fresh", role) for role in ("leader", STRANGER)),
    *(("first_day", role) for role in ("student", "teacher", "family", "leader")),
    *(("huge", role) for role in ("student", "teacher", "family", "leader")),
]
everywhere = pytest.mark.parametrize(("district", "role"), WALKS)


def test_what_is_hard_to_read_would_be_found(browser: Browser) -> None:
    page = browser.visit_as(STRANGER)
    assert findings(page) == []
    # Element by element: the policy lets no text become HTML.
    page.evaluate("""document.body.append(
        Object.assign(new Image(3000), {src: '/static/web/logo.svg'}))""")
    assert any(finding.startswith("image-alt") for finding in findings(page))
    assert is_wider_than_its_window(page)
    page.evaluate("""document.querySelector('main').append(...['One', 'Two'].map(text =>
        Object.assign(document.createElement('p'), {className: 'f', textContent: text})))""")
    assert touching(page) == ["Two"]


# Pages that were looked at and are the same for others but for their own menu.
_looked_at: set[str] = set()


@everywhere
def test_no_page_is_hard_to_read_too_wide_or_too_heavy(
    browser_in: BrowserIn, district: str, role: str
) -> None:
    browser = browser_in(district)
    window = browser.visit_as(role, "")
    n_pages, found = 0, []
    for number, stop in enumerate(
        stops_of(browser, role, is_whole=district == "demo"), start=WALKS.index((district, role))
    ):
        n_pages += 1
        if stop.looks not in _looked_at:
            faults = faults_of(window, stop, windows_of(number))
            found += [f"{stop.route.name} ({stop.address}): {fault}" for fault in faults]
            _looked_at.add(stop.looks)
    assert n_pages
    assert not found, "\n" + "\n".join(found)


@everywhere
def test_without_script_every_page_is_there(
    browser_in: BrowserIn, district: str, role: str
) -> None:
    browser = browser_in(district)
    window = browser.visit_as(role, "", has_script=False)
    found = []
    for stop in stops_of(browser, role, is_whole=district == "demo"):
        window.goto(stop.address)
        found += [f"{stop.route.name}: {fault}" for fault in _lost_without_script(window)]
    assert not found, "\n" + "\n".join(found)


# What does nothing without script, and does not say so: a button that sends no form, a link that
# leads nowhere.
_DEAD = """() => [...document.querySelectorAll('button, form, a')].filter(e =>
    e.checkVisibility() && (e.tagName === 'BUTTON' ? !e.form
        || (e.type === 'button' && !e.form.querySelector('noscript'))
    : e.tagName === 'FORM' ? !e.hasAttribute('action') && !e.hasAttribute('method')
    : ['', '#'].includes(e.getAttribute('href') ?? ''))).map(e => e.outerHTML.slice(0, 120))"""


def _lost_without_script(page: Page) -> list[str]:
    found: list[str] = page.evaluate(_DEAD)
    return found if page.locator("h1").count() == 1 else ["no heading", *found]
