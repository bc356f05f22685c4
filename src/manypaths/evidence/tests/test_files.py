"""What may be handed in as a file, and what is left of it."""

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from manypaths.base.errors import Refused
from manypaths.evidence.files import ACCEPTED, LONGEST_SIDE, check_file, clean_name
from manypaths.evidence.tests.uploads import (
    EXE,
    GPS_IFD,
    PDF,
    SVG,
    archive,
    docx,
    odt,
    photo_with_place,
    picture,
)


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def test_a_photo_is_kept_without_place_camera_or_comment() -> None:
    kept = check_file("IMG 1.JPG", photo_with_place())
    assert (kept.name, kept.type) == ("IMG 1.JPG", "image/jpeg")
    found = opened(kept.content)
    assert dict(found.getexif()) == {}
    assert dict(found.getexif().get_ifd(GPS_IFD)) == {}
    assert b"camera" not in kept.content
    assert b"taken at home" not in kept.content


def test_a_photo_stands_the_way_up_that_its_camera_meant() -> None:
    assert opened(photo_with_place()).size == (40, 30)
    assert opened(check_file("a.jpg", photo_with_place()).content).size == (30, 40)


@pytest.mark.parametrize(("form", "ending"), [("PNG", "png"), ("WEBP", "webp")])
def test_clear_parts_of_a_picture_stay_clear(form: str, ending: str) -> None:
    kept = check_file(f"a.{ending}", picture(form, mode="RGBA"))
    assert kept.type == f"image/{ending}"
    assert opened(kept.content).mode == "RGBA"


def test_nothing_rides_along_behind_a_picture() -> None:
    kept = check_file("a.png", picture("PNG") + SVG + EXE)
    assert b"script" not in kept.content
    assert EXE not in kept.content


def test_a_large_picture_is_made_smaller() -> None:
    kept = check_file("a.png", picture("PNG", size=(3000, 1000)))
    assert max(opened(kept.content).size) == LONGEST_SIDE


def test_a_picture_of_very_many_pixels_is_refused_before_it_is_unpacked() -> None:
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    parts = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", head), (b"IDAT", b""))
    )
    with pytest.raises(Refused, match="too large"):
        check_file("a.png", b"\x89PNG\r\n\x1a\n" + parts)
    with pytest.raises(Refused, match="too large"):
        check_file("a.png", picture("PNG", size=(9000, 5000), mode="1"))


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.TXT", "Três linhas\n".encode(), "text/plain"),
        ("a.odt", odt(), "application/vnd.oasis.opendocument.text"),
        (
            "a.docx",
            docx(),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_a_document_is_kept_as_it_is(name: str, content: bytes, media_type: str) -> None:
    kept = check_file(name, content)
    assert (kept.type, kept.content) == (media_type, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", SVG),
        ("a.html", b"<script>alert(1)</script>"),
        ("a.exe", EXE),
        ("a.jpg.exe", EXE),
        ("a.zip", docx()),
        ("a", b"text"),
        ("", b"text"),
    ],
)
def test_what_is_not_on_the_list_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(Refused, match="Hand in a photo"):
        check_file(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg", EXE),
        ("a.jpg", picture("PNG")),
        ("a.png", picture("PNG")[:50]),
        ("a.png", b""),
        ("a.png", SVG),
        ("a.webp", picture("JPEG")),
        ("a.pdf", EXE),
        ("a.pdf", PDF[:30]),
        ("a.txt", EXE),
        ("a.txt", b""),
        ("a.txt", "é".encode("latin-1")),
        ("a.odt", docx()),
        ("a.docx", odt()),
        ("a.docx", archive(("[Content_Types].xml", b"<Types/>"))),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.docx", archive(("word/document.xml", b"0" * 5_000_000), ("[Content_Types].xml", b""))),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(Refused, match="can't be opened"):
        check_file(name, content)


@given(st.binary(max_size=400), st.sampled_from(ACCEPTED.split(",")))
def test_no_bytes_at_all_break_the_check(content: bytes, ending: str) -> None:
    try:
        check_file(f"a{ending}", content)
    except Refused:
        return
    assert ending == ".txt"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("..\\..\\a.txt", "a.txt"),
        ("/etc/passwd.txt", "passwd.txt"),
        ("gpj.\u202etxt", "gpj.txt"),
        ("a\r\nX-Evil: 1.txt", "aX-Evil_ 1.txt"),
        ("a\x00b.txt", "ab.txt"),
        ('say "hi".txt', "say _hi_.txt"),
        ("Mein Maß – ½.pdf", "Mein Maß – ½.pdf"),
        (".txt", "file.txt"),
    ],
)
def test_a_name_keeps_what_can_be_seen_and_nothing_else(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@given(st.text(max_size=400))
def test_any_name_becomes_one_of_reasonable_length_without_folders(name: str) -> None:
    kept = clean_name(f"{name}.pdf")
    assert len(kept) <= 100
    assert not set(kept) & set('/\\"\r\n\x00')
    assert kept.endswith(".pdf")
    assert clean_name(kept) == kept
