"""Files as learners, and others, might hand them in."""

import zipfile
from io import BytesIO

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 200
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

GPS_IFD, LATITUDE = 0x8825, 2


def picture(form: str = "JPEG", *, size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    out = BytesIO()
    colour = (200, 0, 0, 90) if mode == "RGBA" else "red" if mode == "RGB" else 1
    Image.new(mode, size, colour).save(out, form)
    return out.getvalue()


def photo_with_place() -> bytes:
    """Return a photo that says where it was taken, and which way up it is."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "A camera"
    exif.get_ifd(GPS_IFD)[LATITUDE] = (38.0, 43.0, 12.0)
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", exif=exif, comment=b"taken at home")
    return out.getvalue()


def archive(*parts: tuple[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in parts:
            opened.writestr(name, content)
    return out.getvalue()


def docx() -> bytes:
    return archive(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))


def odt() -> bytes:
    kind = b"application/vnd.oasis.opendocument.text"
    return archive(("mimetype", kind), ("content.xml", b"<office/>"))
