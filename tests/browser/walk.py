"""The walk over all pages: which of them somebody is shown, and what is wrong with one.

The pages are those of the map of addresses: a new one joins by itself.
"""

import gzip
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.addresses import Route, routes
from tests.browser.windows import Browser, Scheme

Window = tuple[int, Scheme]

WIDTHS = (320, 768, 1366)
EVERY_WINDOW: tuple[Window, ...] = tuple(
    (width, scheme) for width in WIDTHS for scheme in ("light", "dark")
)
# A window of 1280 x 1024 at 400 %.
_ENLARGED = (320, 256)
_HEIGHT = 900
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_MOST_BYTES, _MOST_ON_THE_WIRE = 61_440, 100 * 1024
# What heads an answer goes over the wire as well.
_HEADERS = 1_000


@dataclass(frozen=True)
class Stop:
    """A page that somebody is shown: where it is, and its HTML."""

    route: Route
    address: str
    html: str

    @property
    def looks(self) -> str:
        """Return the HTML without what guards its forms and without who reads it."""
        without_tokens = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", self.html)
        return re.sub(r'<details class="more me">.*?</details>', "", without_tokens, flags=re.S)


@dataclass(frozen=True)
class Given:
    """What an address answers: its status, its kind, and its body."""

    status: int
    kind: str
    body: bytes

    @property
    def is_page(self) -> bool:
        return self.status == 200 and self.kind.startswith("text/html")


def ask(browser: Browser, role: str, address: str) -> Given:
    """Return what somebody is answered, without a window."""
    answer, body = browser.server.get(
        address, Cookie=browser.cookie_of(role), Accept_Encoding="gzip"
    )
    if answer.getheader("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    return Given(answer.status, answer.getheader("Content-Type") or "", body)


def stops_of(browser: Browser, role: str, *, is_whole: bool = True) -> Iterator[Stop]:
    """Yield each page that a role is shown. A district that is not whole lacks some records."""
    for route in routes():
        stop = stop_at(browser, role, route, is_whole=is_whole)
        if stop is not None:
            yield stop


def stop_at(browser: Browser, role: str, route: Route, *, is_whole: bool = True) -> Stop | None:
    """Return the page that a role is shown by a route, None where it is shown none."""
    try:
        address = route.address(browser.book_of(role))
    except KeyError as unknown:
        if is_whole and may_be_page(ask(browser, role, route.address_of_nothing())):
            lack = f"{route.name} takes {unknown}: say in tests/browser/book.py what fills it"
            raise AssertionError(lack) from None
        return None
    given = ask(browser, role, address)
    return Stop(route, address, given.body.decode()) if given.is_page else None


def may_be_page(given: Given) -> bool:
    """Say whether an address may show a page: it is no deed, no file, no answer to machines."""
    return given.status != 405 and given.kind.startswith("text/html")


def faults_of(page: Page, stop: Stop, windows: Sequence[Window]) -> Iterator[str]:
    """Go to a page, and yield what is wrong with it, in all windows that are wanted."""
    page.goto(stop.address)
    yield from faults_on(page, windows)


def faults_on(page: Page, windows: Sequence[Window]) -> Iterator[str]:
    """Yield what is wrong with the page that is open, in all windows that are wanted."""
    yield from _lacks(page)
    yield from _weighs(page)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for width, scheme in windows:
        page.set_viewport_size({"width": width, "height": _HEIGHT})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for finding in findings(page):
            yield f"{width} px, {scheme}: {finding}"
    for width, height in (*((width, _HEIGHT) for width in WIDTHS), _ENLARGED):
        page.set_viewport_size({"width": width, "height": height})
        if is_wider_than_its_window(page):
            yield f"is wider than its window of {width} x {height}"
        yield from (f"at {width} px no room above {part!r}" for part in touching(page))


def windows_of(number: int) -> Sequence[Window]:
    """Return the windows in which a page is looked at: with EVERY_WINDOW all, else one in turn."""
    if os.environ.get("EVERY_WINDOW"):
        return EVERY_WINDOW
    return [EVERY_WINDOW[number % len(EVERY_WINDOW)]]


_FIND = """rules => axe.run(document, {runOnly: {type: 'tag', values: rules},
    resultTypes: ['violations']}).then(found => found.violations.flatMap(violation =>
    violation.nodes.map(node =>
        `${violation.id} at ${node.target}: ${node.html.slice(0, 120)}`)))"""


def findings(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA: the rule and where."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(Axe().axe_script)
    found: list[str] = page.evaluate(_FIND, _RULES)
    return found


def is_wider_than_its_window(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return wide


_TOUCHING = """() => [...document.querySelectorAll(
    'main :is(.f, .wide, table, h2) + :is(.f, .acts, ul, ol, form)')].filter(part => {
    const above = part.previousElementSibling;
    const gap = part.getBoundingClientRect().top - above.getBoundingClientRect().bottom;
    return part.offsetHeight && above.offsetHeight && -4 < gap && gap < 4;
}).map(part => part.textContent.trim().replace(/\\s+/g, ' ').slice(0, 40))"""


def touching(page: Page) -> list[str]:
    """Return how fields, lists and buttons begin that stand right under what is above them."""
    found: list[str] = page.evaluate(_TOUCHING)
    return found


def _lacks(page: Page) -> Iterator[str]:
    heading = page.locator("h1")
    if heading.count() != 1 or not heading.inner_text().strip():
        yield "has no heading"
    if not page.title().partition("·")[0].strip():
        yield "has no title"


_WEIGH = """() => { const html = performance.getEntriesByType('navigation')[0];
    const parts = performance.getEntriesByType('resource').filter(part =>
        part.initiatorType === 'link' || part.initiatorType === 'script'
        || part.initiatorType === 'css' || part.initiatorType === 'img');
    const styles = parts.filter(part => part.name.endsWith('.css'));
    const sum = (found, of) => found.reduce((all, part) => all + part[of], 0);
    return { plain: sum([html, ...styles], 'decodedBodySize'),
             wire: sum([html, ...parts], 'encodedBodySize'), n: parts.length + 1 } }"""


def _weighs(page: Page) -> Iterator[str]:
    weight = page.evaluate(_WEIGH)
    if weight["plain"] > _MOST_BYTES:
        yield f"has {weight['plain']} bytes of HTML and styles"
    on_the_wire = weight["wire"] + _HEADERS * weight["n"]
    if on_the_wire > _MOST_ON_THE_WIRE:
        yield f"needs {on_the_wire} bytes on the wire"
