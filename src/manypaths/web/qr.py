"""QR codes as images of their own, without a style."""

from base64 import b64encode
from io import BytesIO

import segno


def qr_svg(text: str, *, scale: int = 4) -> str:
    """Return a QR code as an SVG document."""
    document = BytesIO()
    segno.make(text, error="m", micro=False).save(document, kind="svg", scale=scale)
    return document.getvalue().decode()


def qr_image(text: str) -> str:
    """Return a QR code as the address of an image, for an `img` on a page or on paper."""
    return f"data:image/svg+xml;base64,{b64encode(qr_svg(text).encode()).decode()}"
