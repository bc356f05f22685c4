"""Texts of rows in other languages: a translation stands beside the wording that it translates.

What the interface says is translated by catalogs (`locale/`); this is for what frameworks and
tasks say. Each translated text remembers its original by a checksum: once somebody changes the
wording, its translation is no longer shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language


@dataclass(frozen=True)
class Spoken:
    """The texts of a row in the reader's language, by the names of its fields."""

    row: "Translated"

    def __getattr__(self, field: str) -> str:
        return in_language(self.row, field)


class Translated(models.Model):
    """Gives a row translations of its texts, read with the row itself."""

    # By language and field: the checksum of the original and the text.
    translations = models.JSONField(default=dict, blank=True)

    class Meta:
        """Only a part of other models."""

        abstract = True

    @property
    def spoken(self) -> Spoken:
        """Return the row's texts as this reader gets them: `slip.spoken.name`."""
        return Spoken(self)


def in_language(row: Translated, field: str, language: str | None = None) -> str:
    """Return a text of a row in a language (the active one unless given), else as it was written.

    Raises AttributeError for a field that the row has not.
    """
    original: str = getattr(row, field)
    wanted = (language or get_language() or settings.LANGUAGE_CODE).partition("-")[0]
    if wanted == settings.LANGUAGE_CODE:
        return original
    checksum, text = row.translations.get(wanted, {}).get(field, ("", ""))
    return text if checksum == _checksum(original) else original


def said(words: str, *fields: str) -> Q:
    """Return the condition that a row says these words in one of its fields.

    As it was written, or in the reader's language.
    """
    language = get_language() or settings.LANGUAGE_CODE
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__icontains": words})
        found |= Q(**{f"translations__{language}__{field}__1__icontains": words})
    return found


def set_translation(row: Translated, language: str, texts: Mapping[str, str]) -> bool:
    """Give an unsaved or saved row its texts in a language; say whether that changes anything.

    Texts of other fields in this language are left as they are. The caller saves the row.
    """
    made: dict[str, Any] = {
        field: [_checksum(getattr(row, field)), text] for field, text in texts.items()
    }
    known = row.translations.get(language, {})
    changed = {**known, **made}
    if changed == known:
        return False
    row.translations = {**row.translations, language: changed}
    return True


def _checksum(text: str) -> str:
    return f"{crc32(text.encode()):08x}"
