"""No English word on any page in Spanish, for any role.

The pages are those of the map of addresses, so a new one joins by itself. What people wrote or are
called is left out: names, titles of their work, notes.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.addresses import Route, routes
from tests.browser.windows import ROLES, STRANGER, Visitors
from tests.served import Served

pytestmark = pytest.mark.browser

# Words of the interface and of plain sentences that are no words of Spanish: in Spanish, has and
# son and once are words of another meaning.
ENGLISH = frozenset((Path(__file__).parent / "english.txt").read_text("utf-8").split())
NOWHERE = "00000000-0000-4000-8000-000000000000"
_TOLD = ("aria-label", "alt", "title", "placeholder", "content", "aria-description")
# The short name of August in Spanish is a word of English.
_DAY_IN_AUGUST = re.compile(r"\b\d{1,2} ago\b", re.IGNORECASE)
# A row of letters in a secret is no word.
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]+(?:[’'][^\W\d_]+)?(?![^\W_])")


class _Told(HTMLParser):
    """Gathers what a page says in its own language: text, and attributes that are read out."""

    _VOID = frozenset(("br", "hr", "img", "input", "link", "meta", "wbr", "source", "track"))
    # What stands in a field to write in is the original wording, or somebody's own.
    _SILENT = frozenset(("script", "style", "textarea"))

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    @property
    def _is_ours(self) -> bool:
        return all(is_ours for _, is_ours in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        is_ours = tag not in self._SILENT and (tag == "html" or named.get("lang", "es") == "es")
        if tag not in self._VOID:
            self._open.append((tag, is_ours))
        if is_ours and self._is_ours and tag != "meta":
            self.texts += [named[name] or "" for name in _TOLD if name in named]
            if tag == "input" and named.get("type") in ("submit", "button"):
                self.texts.append(named.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            if self._open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._is_ours:
            self.texts.append(data)


def english_on(html: str, written: frozenset[str]) -> list[str]:
    """Return the English words that a page says, each with the text in which it stands."""
    told = _Told()
    told.feed(html)
    found = []
    for text in told.texts:
        said = _DAY_IN_AUGUST.sub(" ", " ".join(text.split()))
        for word in _WORD.findall(_without(said, written)):
            if word.casefold() in ENGLISH:
                found.append(f"{word}: {said[:90]}")
    return found


def _without(text: str, written: frozenset[str]) -> str:
    """Return a text without what people wrote or are called, the longest first."""
    for one in sorted((one for one in written if one in text), key=len, reverse=True):
        text = text.replace(one, " ")
    return text


def pages_of(server: Served, visitors: Visitors, role: str) -> Iterator[tuple[Route, str, str]]:
    """Yield each page that a role is shown in Spanish, with its address."""
    book = visitors.roles["student" if role == STRANGER else role]["book"]
    cookie = "" if role == STRANGER else f"{visitors.cookie}={visitors.roles[role]['session']}"
    for route in routes():
        # What fills no argument yet is a record that is not there: its page is one as well.
        address = route.address({**dict.fromkeys(route.arguments, NOWHERE), **book})
        answer, body = server.get(address, Accept_Language="es", Cookie=cookie)
        if body and (answer.getheader("Content-Type") or "").startswith("text/html"):
            yield route, address, body.decode()


@pytest.mark.parametrize("role", ROLES)
def test_no_english_word_stands_on_a_page_in_spanish(
    server: Served, visitors: Visitors, role: str
) -> None:
    written = frozenset(visitors.written)
    n_pages, found = 0, []
    for route, address, html in pages_of(server, visitors, role):
        n_pages += 1
        assert '<html lang="es"' in html, address
        found += [f"{route.name}: {word}" for word in english_on(html, written)]
    assert n_pages
    assert not found, "\n" + "\n".join(sorted(set(found)))


def test_english_would_be_found() -> None:
    html = (
        '<html lang="es"><title>Mi camino</title><p>You have shown it</p>'
        '<a aria-label="Who looked">x</a><button lang="en">the English</button>'
        "<script>what is this</script><p>Open House de Ana</p>"
    )
    found = english_on(html, frozenset({"Open House"}))
    assert [one.partition(":")[0] for one in found] == [
        "You",
        "have",
        "shown",
        "it",
        "Who",
        "looked",
    ]
