"""Catalogs of translations by Babel: what code and templates say, and what is kept for it.

What is translated keeps its translation; what is gone is kept as obsolete, for it may come back.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/manypaths"
LOCALE = SOURCE / "locale"
# The functions whose first texts are messages: where their singular, plural and context stand.
_KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "worded": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_NOTES = ["Translators:"]


def catalog_paths() -> list[Path]:
    """Return the catalogs that we keep, one a language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def read_catalog(path: Path) -> Catalog:
    """Return a catalog as it is kept."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def said() -> Catalog:
    """Return what code and templates say, with the files that say it."""
    catalog = Catalog()
    for path in _files():
        for _, ids, notes, context in _messages(path):
            place = path.relative_to(SOURCE).as_posix()
            catalog.add(ids, locations=[(place, 1)], auto_comments=notes, context=context)
    return catalog


def updated(catalog: Catalog) -> Catalog:
    """Return the catalog with what is said now: old translations stay, none is guessed."""
    header = catalog.creation_date
    catalog.update(said(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.creation_date = header
    return catalog


def untranslated(catalog: Catalog) -> list[tuple[str, ...]]:
    """Return the messages that have no translation, or a plural form without one."""
    return [_ids(message) for message in catalog if message.id and not _is_translated(message)]


def write(path: Path, catalog: Catalog) -> None:
    """Write a catalog so that the same messages give the same bytes."""
    with path.open("wb") as file:
        write_po(file, catalog, width=100, sort_by_file=True, include_lineno=False)


def compiled(catalog: Catalog) -> bytes:
    """Return the form in which the program reads a catalog; fuzzy messages are left out."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def _files() -> Iterator[Path]:
    paths = (*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html"), *SOURCE.rglob("*.txt"))
    for path in sorted(paths):
        parts = path.relative_to(SOURCE).parts
        if not {"tests", "migrations"} & set(parts) and (
            path.suffix == ".py" or "templates" in parts
        ):
            yield path


def _messages(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        text = templatize(text, origin=str(path))
    source = BytesIO(text.encode())
    yield from extract("python", source, keywords=_KEYWORDS, comment_tags=_NOTES)


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _is_translated(message: Message) -> bool:
    found = message.string
    if not found:
        return False
    return isinstance(found, str) or all(found)


def bring_up_to_date(path: Path, *, with_missing: bool) -> None:
    """Take in what is said now, write the catalog and its compiled form, and tell what is left."""
    catalog = updated(read_catalog(path))
    write(path, catalog)
    path.with_suffix(".mo").write_bytes(compiled(catalog))
    missing = untranslated(catalog)
    print(f"{path.relative_to(ROOT)}: {len(catalog)} messages, {len(missing)} not translated")
    if with_missing:
        print("\n".join(f"  {'|'.join(ids)}" for ids in missing))


if __name__ == "__main__":
    for one in catalog_paths():
        bring_up_to_date(one, with_missing="--missing" in sys.argv[1:])
