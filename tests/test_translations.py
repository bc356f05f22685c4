"""Every message has its translation, and a translation keeps what its message takes in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from tools.catalogs import catalog_paths, compiled, read_catalog, said, untranslated, updated

CATALOGS = catalog_paths()
# What a message takes in: {name}, {count:,}, %(name)s.
PLACEHOLDER = re.compile(r"\{(\w*)[^{}]*\}|%\((\w+)\)[sd]")
# What opens and closes in a message.
TAGS = re.compile(r"</?\w+[^>]*>")


@pytest.fixture(params=CATALOGS, ids=lambda path: path.parts[-3])
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def catalog(path: Path) -> Catalog:
    return read_catalog(path)


def pairs(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yield each translated text with the wording that it stands for."""
    for message in catalog:
        if message.id:
            yield from zip(texts(message.id), texts(message.string), strict=True)


def texts(found: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else tuple(found or ())


def keys(catalog: Catalog) -> set[tuple[object, str | None]]:
    return {(message.id, message.context) for message in catalog if message.id}


def taken_in(text: str) -> set[str]:
    return {one or other for one, other in PLACEHOLDER.findall(text)}


def test_there_is_a_catalog_for_every_language_but_the_first() -> None:
    languages = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    assert [path.parts[-3] for path in CATALOGS] == sorted(languages)


def test_nothing_is_said_that_the_catalog_does_not_know(catalog: Catalog) -> None:
    assert sorted(map(str, keys(said()) - keys(catalog))) == [], "run tools/translations"


def test_the_catalog_knows_nothing_that_is_not_said(catalog: Catalog) -> None:
    assert sorted(map(str, keys(catalog) - keys(said()))) == [], "run tools/translations"


def test_every_message_is_translated(catalog: Catalog) -> None:
    assert untranslated(catalog) == []


def test_no_translation_is_a_guess(catalog: Catalog) -> None:
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


def test_a_translation_takes_in_what_its_message_does(catalog: Catalog) -> None:
    # A singular may say its number in a word.
    wrong = [
        (before, now)
        for before, now in pairs(catalog)
        if taken_in(now) != taken_in(before) and not taken_in(now) > taken_in(before)
    ]
    assert wrong == []


def test_a_translation_takes_in_nothing_that_is_not_there(catalog: Catalog) -> None:
    for message in catalog:
        if message.id:
            known = set().union(*map(taken_in, texts(message.id)))
            assert all(taken_in(now) <= known for now in texts(message.string)), message.id


def test_a_translation_has_the_marks_of_its_message(catalog: Catalog) -> None:
    wrong = [p for p in pairs(catalog) if sorted(TAGS.findall(p[0])) != sorted(TAGS.findall(p[1]))]
    assert wrong == []


def test_the_compiled_catalog_is_what_its_source_gives(path: Path, catalog: Catalog) -> None:
    assert path.with_suffix(".mo").read_bytes() == compiled(catalog), "run tools/translations"


def test_translations_are_used() -> None:
    with translation.override("es"):
        assert gettext("My path") == "Mi camino"
    assert gettext("My path") == "My path"


def test_what_is_gone_is_kept_for_later_and_nothing_is_guessed() -> None:
    catalog = Catalog(locale="es")
    catalog.add("My path", "Mi camino")
    catalog.add("My pathway", "Mi senda")
    now = updated(catalog)
    assert now["My path"].string == "Mi camino"
    assert isinstance(now.get("My class"), Message)
    assert not any(message.fuzzy for message in now if message.id)
    assert [message.string for message in now.obsolete.values()] == ["Mi senda"]
