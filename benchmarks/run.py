"""`make bench`: measure, and write performance, engine, pages and morning in docs/reference.

    python -m benchmarks.run [--only PART,...]

Parts are named below, by the page that they stand on; a page's name stands for all of its parts. A
page is written when all of its parts were measured, and printed otherwise. Real logs are read from
the folder of others' files; without it what needs them is left out.
"""

import argparse
import signal
import sys
from pathlib import Path

from benchmarks import engine, morning, pages, performance
from benchmarks.page import Page

ROOT = Path(__file__).resolve().parent.parent
PAGES: dict[str, Page] = {
    "performance": performance.PAGE,
    "engine": engine.PAGE,
    "pages": pages.PAGE,
    "morning": morning.PAGE,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default=",".join(PAGES), help="parts, separated by commas")
    wanted = set(parser.parse_args().only.split(","))
    known = {*PAGES, *(part for page in PAGES.values() for part in page.parts)}
    if not wanted <= known:
        parser.error(f"no such part: {', '.join(wanted - known)}; there are {', '.join(known)}")
    # What was started is ended on the way out, also when somebody ends this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for name, page in PAGES.items():
        parts = [part for part in page.parts if wanted & {name, part}]
        if parts:
            keep(name, page, parts)


def keep(name: str, page: Page, parts: list[str]) -> None:
    """Measure the parts; write the page if it is whole, else print what was measured."""
    measured = []
    for part in parts:
        print(f"{part} ...", flush=True)
        measured.append(page.parts[part]())
    if parts != list(page.parts):
        print("\n".join(measured))
        return
    file = ROOT / "docs" / "reference" / f"{name}.md"
    file.write_text("\n".join((page.head(), *measured)), encoding="utf-8")
    print(f"Wrote {file.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
