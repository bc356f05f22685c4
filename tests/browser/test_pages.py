"""Every page, as every role: what axe finds, sideways scrolling, weight, and life without script.

The pages are those of the map of addresses: a new one joins by itself.
"""

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.addresses import Route, routes
from tests.browser.windows import ROLES, Browser, Scheme

pytestmark = pytest.mark.browser

_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_WIDTHS = (320, 768, 1366)
_SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# A window of 1280 x 1024 at 400 %.
_ENLARGED = (320, 256)
_MOST_BYTES = 61_440
every_role = pytest.mark.parametrize("role", ROLES)


def pages_of(
    browser: Browser, role: str, *, has_script: bool = True
) -> Iterator[tuple[Route, Page]]:
    """Open each page that a role is shown, one after the other in one window."""
    window = browser.visit_as(role, "", has_script=has_script)
    for route in routes():
        try:
            address = route.address(browser.book_of(role))
        except KeyError as unknown:
            answer = window.context.request.get(route.address_of_nothing(), max_redirects=0)
            if answer.status == 405:
                continue
            lack = f"{route.name} takes {unknown}: say in tests/browser/book.py what fills it"
            raise AssertionError(lack) from None
        answer = window.context.request.get(address, max_redirects=0)
        kind = answer.headers.get("content-type", "")
        if answer.status == 200 and kind.startswith("text/html"):
            window.goto(address)
            yield route, window


def windows_of(number: int) -> list[tuple[int, Scheme]]:
    """Return the windows in which a page is looked at: with EVERY_WINDOW all, else one in turn."""
    every = [(width, scheme) for width in _WIDTHS for scheme in _SCHEMES]
    return every if os.environ.get("EVERY_WINDOW") else [every[number % len(every)]]


def findings(page: Page) -> Iterator[str]:
    """Yield what axe finds against WCAG 2.2 AA: the rule and where."""
    options = {"runOnly": {"type": "tag", "values": list(_RULES)}, "resultTypes": ["violations"]}
    for violation in Axe().run(page, options=options).response["violations"]:
        for node in violation["nodes"]:
            yield f"{violation['id']} at {node['target']}: {node['html'][:120]}"


def is_wider_than_its_window(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return wide


def test_what_is_hard_to_read_would_be_found(browser: Browser) -> None:
    page = browser.visit_as("stranger")
    assert list(findings(page)) == []
    page.evaluate("""document.body.insertAdjacentHTML('beforeend',
        '<img src="/static/web/logo.svg" width="3000"><p id="wide">...</p>')""")
    assert any(finding.startswith("image-alt") for finding in findings(page))
    assert is_wider_than_its_window(page)


@every_role
def test_nothing_is_hard_to_read_for_anybody(browser: Browser, role: str) -> None:
    found = []
    for number, (route, page) in enumerate(pages_of(browser, role), start=ROLES.index(role)):
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for width, scheme in windows_of(number):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            where = f"{route.name} as {role}, {width} px, {scheme}"
            found += [f"{where}: {what}" for what in findings(page)]
    assert found == []


@every_role
def test_no_page_scrolls_sideways_however_large_its_letters(browser: Browser, role: str) -> None:
    found = []
    for route, page in pages_of(browser, role):
        for width, height in (*((width, 900) for width in _WIDTHS), _ENLARGED):
            page.set_viewport_size({"width": width, "height": height})
            if is_wider_than_its_window(page):
                found.append(f"{route.name} at {width} x {height}")
    assert found == []


@every_role
def test_every_page_says_what_it_is_and_weighs_little(browser: Browser, role: str) -> None:
    found = []
    for route, page in pages_of(browser, role):
        if page.locator("h1").count() != 1 or not page.locator("h1").inner_text().strip():
            found.append(f"{route.name}: no heading")
        if not page.title().partition("·")[0].strip():
            found.append(f"{route.name}: no title")
        styles = page.eval_on_selector_all(
            "link[rel=stylesheet]", "found => found.map(link => link.href)"
        )
        weight = sum(len(page.request.get(address).body()) for address in [page.url, *styles])
        if weight > _MOST_BYTES:
            found.append(f"{route.name}: {weight} bytes of HTML and styles")
    assert found == []


@every_role
def test_without_script_every_page_is_there(browser: Browser, role: str) -> None:
    found = []
    for route, page in pages_of(browser, role, has_script=False):
        if page.locator("h1").count() != 1:
            found.append(f"{route.name}: no heading")
        # What sends nothing without script is no form.
        for form in page.locator("form").all():
            if form.get_attribute("action") is None and form.get_attribute("method") is None:
                found.append(f"{route.name}: a form that leads nowhere")
    assert found == []
