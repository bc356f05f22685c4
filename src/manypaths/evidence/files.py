"""What may be handed in as a file, and in what form it is kept.

A file counts as what it is by three signs together: its name ends so, it begins so, and it can be
opened as that. Pictures are drawn anew, so that nothing rides along: no place, no camera, no second
file behind the first. Documents stay as they are, and are only ever handed out to be saved.
"""

import re
import unicodedata
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from manypaths.base.archives import require_harmless
from manypaths.base.errors import Refused

# A picture of more pixels is refused before it is unpacked: 40 million are a camera's largest.
MOST_PIXELS = 40_000_000
# Pictures are kept at most so wide and high, which shows handwriting on a page.
LONGEST_SIDE = 2400
_LONGEST_NAME = 100

_PICTURES = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"}
_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".pdf": "application/pdf",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".txt": "text/plain",
}
# What a field for a file offers to choose from.
ACCEPTED = ",".join(_TYPES)

_NOT_LISTED = _("Hand in a photo (JPG, PNG, WebP) or a document (PDF, ODT, DOCX, TXT).")
_NOT_WHAT_IT_SAYS = _(
    "This file can't be opened as what its name says it is. Save it anew, and try again."
)
_TOO_LARGE = _("This picture is too large. Take a smaller one, and try again.")


@dataclass(frozen=True)
class CheckedFile:
    """A file as it will be kept: its name to show, what it is, and its bytes."""

    name: str
    type: str
    content: bytes


def check_file(name: str, content: bytes) -> CheckedFile:
    """Return a file as it may be kept. Raises Refused for one that is not what it says it is."""
    name = clean_name(name)
    ending = PurePosixPath(name).suffix.lower()
    if ending not in _TYPES:
        raise Refused(str(_NOT_LISTED))
    if ending in _PICTURES:
        content = _drawn_anew(content, _PICTURES[ending])
    elif not _DOCUMENTS[ending](content):
        raise Refused(str(_NOT_WHAT_IT_SAYS))
    return CheckedFile(name, _TYPES[ending], content)


def is_picture(media_type: str) -> bool:
    """Say whether a kept file is a picture: one that we drew anew ourselves."""
    return media_type in ("image/jpeg", "image/png", "image/webp")


def clean_name(name: str) -> str:
    """Return the name of a file without folders, signs that can't be seen, and undue length."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign)[0] not in "C")
    seen = re.sub(r"[\"<>:|?*;%]", "_", re.sub(r"\s+", " ", seen)).strip()
    stem, dot, ending = seen.rpartition(".")
    stem, ending = (stem, ending) if dot else (seen, "")
    stem = stem.strip(". ")[: _LONGEST_NAME - 10].strip(". ") or "file"
    return f"{stem}.{ending[:9].strip()}".rstrip(".")


def _drawn_anew(content: bytes, form: str) -> bytes:
    """Return a picture's pixels in a file of our own making."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=[form]) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Refused(str(_TOO_LARGE))
                opened.load()
                return _saved(ImageOps.exif_transpose(opened), form)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(str(_TOO_LARGE)) from error
    # What Pillow raises for broken files differs by their form.
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise Refused(str(_NOT_WHAT_IT_SAYS)) from error


def _saved(picture: Image.Image, form: str) -> bytes:
    has_clear_parts = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    pixels = picture.convert("RGBA" if has_clear_parts and form != "JPEG" else "RGB")
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = Image.new(pixels.mode, pixels.size)
    plain.paste(pixels)  # pixels alone, without what the file said about them
    out = BytesIO()
    plain.save(out, form, quality=85)
    return out.getvalue()


def _is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    # A file of another kind under this name would begin like itself.
    return bool(text.strip()) and not re.search(r"[\x00-\x08\x0e-\x1f]", text)


def _is_odt(content: bytes) -> bool:
    return _has_part(content, "mimetype", _TYPES[".odt"].encode()) and _has_part(
        content, "content.xml", b""
    )


def _is_docx(content: bytes) -> bool:
    return _has_part(content, "[Content_Types].xml", b"") and _has_part(
        content, "word/document.xml", b""
    )


def _has_part(content: bytes, name: str, begins: bytes) -> bool:
    """Say whether a sound archive of reasonable size holds a part that begins like this."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            require_harmless(archive, name)
            with archive.open(name) as part:
                return part.read(200).startswith(begins)
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, NotImplementedError, RuntimeError):
        return False
    except Refused:
        return False


_DOCUMENTS: dict[str, Callable[[bytes], bool]] = {
    ".pdf": _is_pdf,
    ".odt": _is_odt,
    ".docx": _is_docx,
    ".txt": _is_text,
}
