"""On paper: no acts, black on white, nothing beyond the sheet, and no row cut in two."""

import pytest
from playwright.sync_api import Page

from tests.browser.windows import Browser

pytestmark = pytest.mark.browser

# The width of A4 within its margins of 14 mm, at 96 pixels an inch.
_SHEET = 688

PAPERS = [
    *(("student", route) for route in ("path:of", "why:of", "evidence:of")),
    *(("educator", route) for route in ("path:of", "why:of")),
    *(("teacher", f"classes:{name}") for name in ("one", "by_competency", "matrix", "groups")),
    ("family", "family:all"),
    ("family", "path:of"),
]

_ACTS = """() => [...document.querySelectorAll(
    'nav, button, .b, .skip, .more > summary, .acts, input:not([type=hidden]), select, textarea')]
    .filter(e => e.checkVisibility() && e.getClientRects().length)
    .map(e => e.outerHTML.slice(0, 120))"""
_BEYOND = """sheet => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility()
    && !e.closest('.vh') && e.getBoundingClientRect().width > 0
    && (e.getBoundingClientRect().right > sheet + 1 || e.getBoundingClientRect().left < -1))
    .map(e => `${e.tagName} ${e.className}: ${e.textContent.trim().slice(0, 60)}`).slice(0, 5)"""
# Cut: what has rows of its own that stay in one piece, without being told to.
_CUT = """() => [...document.querySelectorAll(
    'tr, .papers > li, .todo-list > li, .ev > li, .group')]
    .filter(e => e.checkVisibility() && getComputedStyle(e).breakInside !== 'avoid')
    .map(e => e.outerHTML.slice(0, 80)).slice(0, 5)"""
_GROUND = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
_WHITE, _INK = "rgb(255, 255, 255)", "rgb(23, 33, 31)"


def faults_on_paper(page: Page) -> list[str]:
    """Return what of a page has no place on paper, or does not find its place there."""
    page.set_viewport_size({"width": _SHEET, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")
    found = [f"shows an act: {act}" for act in page.evaluate(_ACTS)]
    found += [f"goes beyond the sheet: {wide}" for wide in page.evaluate(_BEYOND, _SHEET)]
    found += [f"may be cut: {cut}" for cut in page.evaluate(_CUT)]
    ground = page.evaluate(_GROUND)
    if ground != [_WHITE, _INK]:
        found.append(f"prints {ground}")
    return found


@pytest.mark.parametrize(("role", "route"), PAPERS)
def test_a_page_on_paper_holds_what_is_to_be_read_alone(
    browser: Browser, role: str, route: str
) -> None:
    page = browser.visit_as(role, browser.path_of(role, route))
    assert faults_on_paper(page) == []
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("role", "route", "form"),
    [
        ("teacher", "invitation:of_class", "form[action$='/cards/']"),
        ("leader", "invitation:slips", "main form[method=post]"),
    ],
)
def test_each_slip_and_card_stays_in_one_piece(
    browser: Browser, role: str, route: str, form: str
) -> None:
    page = browser.visit_as(role, browser.path_of(role, route))
    with page.expect_navigation():
        page.locator(form).first.evaluate("form => form.submit()")
    papers = page.locator(".papers > li")
    assert papers.count() > 1
    assert page.locator(".papers .code").count() == papers.count()
    assert faults_on_paper(page) == []
