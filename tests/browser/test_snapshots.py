"""What assistive technology is told of the map and of the matrix, as it was looked through once.

`MANYPATHS_SNAPSHOTS=write` writes them anew. Numbers are left out, for the demo grows by the day.
"""

import os
import re
from pathlib import Path

import pytest

from tests.browser.windows import Browser

pytestmark = pytest.mark.browser
_KEPT = Path(__file__).parent / "snapshots"
_MOST_LINES = 80


def shape_of(snapshot: str) -> str:
    """Return the first lines of a snapshot without what changes from day to day."""
    text = re.sub(r"/url: .*", "/url", snapshot)
    text = re.sub(r" *- text: offer \d+\n", "", text)
    words = "not started|needs evidence|growing|ready to show|demonstrated|worth a refresh"
    text = re.sub(words, "STATUS", text)
    # How sure, how many pieces, and whether it moved lately stand between the status and the ties.
    text = re.sub(r"(- text: STATUS).*?( after .*)?$", r"\1\2", text, flags=re.MULTILINE)
    text = re.sub(r"\d+", "#", text)
    return "\n".join(text.splitlines()[:_MOST_LINES]) + "\n"


@pytest.mark.parametrize(
    ("name", "role", "route", "place"),
    [
        ("map", "student", "path:of", "section[aria-labelledby=map]"),
        ("matrix", "teacher", "classes:matrix", "table"),
    ],
)
def test_it_is_told_as_it_was(
    browser: Browser, name: str, role: str, route: str, place: str
) -> None:
    page = browser.visit_as(role, browser.path_of(role, route))
    told = shape_of(page.locator(place).first.aria_snapshot())
    file = _KEPT / f"{name}.txt"
    if os.environ.get("MANYPATHS_SNAPSHOTS") == "write":
        _KEPT.mkdir(exist_ok=True)
        file.write_text(told)
    assert told == file.read_text()
