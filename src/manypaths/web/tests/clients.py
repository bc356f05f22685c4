"""Browsers of tests without a browser: a client signed in as somebody, and a page to look into."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Protocol

from django.test import Client

from manypaths.accounts.sessions import SECOND_FACTOR, begin
from manypaths.base.clock import now
from manypaths.people.models import Person
from manypaths.people.tests.cast import user_of


def client_of(person: Person) -> Client:
    """Return a client that is signed in as a person; one that keeps nobody has no person."""
    client = Client()
    client.force_login(user_of(person))
    # As after a passkey, without which staff reach nothing.
    session = client.session
    begin(session, at=now(), device="")
    session[SECOND_FACTOR] = True
    session.save()
    return client


@dataclass(frozen=True)
class Element:
    """An element of a page: its tag, attributes and the text inside."""

    tag: str
    attributes: dict[str, str]
    text: str


class _Reader(HTMLParser):
    _VOID = frozenset(("br", "hr", "img", "input", "link", "meta", "wbr", "source", "track"))

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element: tuple[str, dict[str, str], list[str]] = (
            tag,
            {name: value or "" for name, value in attrs},
            [],
        )
        self.elements.append(element)
        if tag not in self._VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            if self._open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        for _, _, texts in self._open:
            texts.append(data)


class Answer(Protocol):
    """What a test's client is answered."""

    status_code: int
    content: bytes


@dataclass(frozen=True)
class Page:
    """An answered page, read as HTML."""

    status: int
    html: str
    elements: list[Element]

    @property
    def text(self) -> str:
        """Return all words of the body, with single blanks."""
        return next((e.text for e in self.elements if e.tag == "body"), "")

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Return the elements with this tag and these attributes (`class_` for one class)."""
        one_class = attributes.pop("class_", "")
        return [
            element
            for element in self.elements
            if (not tag or element.tag == tag)
            and all(element.attributes.get(n.rstrip("_")) == v for n, v in attributes.items())
            and (not one_class or one_class in element.attributes.get("class", "").split())
        ]


def page(client: Client, address: str) -> Page:
    """Get a page, following redirects, and read it."""
    return read(client.get(address, follow=True))


def read(response: Answer) -> Page:
    """Read an answer as a page."""
    reader = _Reader()
    reader.feed(response.content.decode())
    elements = [
        Element(tag, attributes, " ".join("".join(texts).split()))
        for tag, attributes, texts in reader.elements
    ]
    return Page(response.status_code, response.content.decode(), elements)


_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def without_tokens(body: bytes) -> str:
    """Return a page without what guards its forms, which is new each time."""
    return _TOKEN.sub("", body.decode(errors="replace"))
