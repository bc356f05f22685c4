"""Take the pictures of the README in Chromium: `python tools/take_screenshots.py [HOME]`.

From a demo that is made for it, or from that of a home. The demo of one day is always the same, and
so are its pictures. They are kept small: few colours, and together less than 300 kB.
"""

import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.windows import Browser, Visitors, open_chromium  # noqa: E402
from tests.installed import bare, run  # noqa: E402
from tests.served import served  # noqa: E402

from manypaths.cli.session import set_up  # noqa: E402

PICTURES = ROOT / "docs" / "images"
_COLOURS = 256
_MOST_BYTES = 300_000


@dataclass(frozen=True)
class Picture:
    """What is shown, to whom, in what window."""

    name: str
    role: str
    route: str
    width: int = 1200
    height: int = 820


WANTED = (
    Picture("my-path", "student", "path:of"),
    Picture("my-class", "teacher", "classes:one"),
    Picture("why", "student", "why:of"),
    Picture("my-path-on-a-phone", "student", "path:of", width=390, height=780),
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "home"
        done = run(bare(home), "demo", "--no-serve", "--quiet")
        assert done.returncode == 0, done.stderr
        set_up(home)
        with served(bare(home), log=Path(folder) / "log") as server, sync_playwright() as engine:
            chromium = open_chromium(engine)
            browser = Browser(chromium, server, Visitors.sign_in(home))
            PICTURES.mkdir(exist_ok=True)
            n_bytes = sum(take(browser, picture) for picture in WANTED)
            chromium.close()
    assert browser.complaints == [], browser.complaints
    assert n_bytes < _MOST_BYTES, f"{n_bytes} bytes are too many"
    print(f"{n_bytes} bytes in {PICTURES.relative_to(ROOT)}")


def take(browser: Browser, wanted: Picture) -> int:
    """Take one picture, and return its size."""
    window = browser.visit_as(
        wanted.role,
        browser.path_of(wanted.role, wanted.route),
        width=wanted.width,
        height=wanted.height,
    )
    file = PICTURES / f"{wanted.name}.png"
    file.write_bytes(small(shot(window)))
    return file.stat().st_size


def shot(window: Page) -> bytes:
    """Return what the window shows once it stands still."""
    window.wait_for_load_state("networkidle")
    return window.screenshot(animations="disabled", caret="hide")


def small(png: bytes) -> bytes:
    """Return the picture with few colours."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    packed = picture.quantize(_COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    found = BytesIO()
    packed.save(found, "PNG", optimize=True)
    return found.getvalue()


if __name__ == "__main__":
    main()
