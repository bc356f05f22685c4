"""Two ways to do the same on a page: with a pointer, and with the keyboard alone.

A journey is written once and done by both. Neither ever calls a script of the page.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.browser.windows import Keys

# Seconds of a practised person: to point, to press, to type a letter, to think before an act.
# Source: Card, Moran and Newell (1980), Communications of the ACM 23, 396-410.
_TO_POINT, _TO_PRESS, _TO_TYPE, _TO_THINK = 1.1, 0.2, 0.28, 1.35
_MOST_OPTIONS = 80


class Hand(ABC):
    """Somebody at a page, by what they press; counts what it takes."""

    kind = ""

    def __init__(self, page: Page, story: str) -> None:
        self.page, self._story = page, story
        self.n_acts = self.n_clicks = self.n_keys = 0
        self._n_looks = 0

    @property
    def seconds(self) -> float:
        """Return how long all of it takes somebody who knows the page and waits for nothing."""
        by_pointer = self.n_clicks * (_TO_POINT + _TO_PRESS)
        return by_pointer + self.n_keys * _TO_TYPE + self.n_acts * _TO_THINK

    @property
    def tally(self) -> str:
        """Return what it took."""
        return (
            f"{self.kind}: {self.n_acts} acts, {self.n_clicks} clicks, {self.n_keys} keys, "
            f"about {self.seconds:.0f} s"
        )

    def follow(self, name: str, *, stays: bool = False) -> None:
        """Follow a link; it leads to another page unless it `stays`."""
        with self._going(stays=stays):
            self._activate("link", name)

    def press(self, name: str, *, stays: bool = False) -> None:
        """Press a button; another page comes unless it `stays`."""
        with self._going(stays=stays):
            self._activate("button", name)

    def write_lines(self, name: str, lines: Sequence[str]) -> None:
        """Write several lines into a field."""
        self.write(name, "\n".join(lines))

    def attach(self, name: str, file: Path) -> None:
        """Pick a file."""
        with self.page.expect_file_chooser() as asked:
            self._activate("button", name)
        asked.value.set_files(file)

    def look(self, what: str) -> None:
        """Keep a picture, where MANYPATHS_PICTURES says so, for somebody to look at."""
        folder = os.environ.get("MANYPATHS_PICTURES")
        self._n_looks += 1
        if folder:
            name = f"{self._story}-{self.kind}-{self._n_looks:02}-{what}.png"
            self.page.screenshot(path=Path(folder) / name, full_page=True)

    def _going(self, *, stays: bool) -> AbstractContextManager[object]:
        return nullcontext() if stays else self.page.expect_navigation()

    @abstractmethod
    def unfold(self, name: str) -> None:
        """Open what is folded away under some words."""

    @abstractmethod
    def tick(self, name: str) -> None:
        """Tick a box, or choose one of several."""

    @abstractmethod
    def write(self, name: str, text: str) -> None:
        """Write into a field what shall stand in it alone."""

    @abstractmethod
    def choose(self, name: str, option: str) -> None:
        """Choose one option of a list."""

    @abstractmethod
    def _activate(self, role: str, name: str) -> None: ...


class Pointer(Hand):
    """Somebody with a mouse or a finger, and a keyboard for letters."""

    kind = "pointer"

    def unfold(self, name: str) -> None:
        self._click(self.page.locator("summary", has_text=name).first)

    def tick(self, name: str) -> None:
        self._click(self.page.get_by_label(name).first)

    def write(self, name: str, text: str) -> None:
        field = self.page.get_by_role("textbox", name=name).first
        self._click(field)
        if field.input_value():
            self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)
        self.n_keys += len(text)

    def choose(self, name: str, option: str) -> None:
        self.n_clicks += 2
        self.n_acts += 1
        self.page.get_by_role("combobox", name=name).first.select_option(option)

    def _activate(self, role: str, name: str) -> None:
        found = self.page.get_by_role(role, name=name)  # type: ignore[arg-type]  # one of its names
        self._click(found.first)

    def _click(self, place: Locator) -> None:
        self.n_clicks += 1
        self.n_acts += 1
        place.click()


class Keyboard(Hand):
    """Somebody who presses Tab, Shift+Tab, Enter, Space and arrows, and types."""

    kind = "keyboard"

    def __init__(self, page: Page, story: str) -> None:
        super().__init__(page, story)
        self._keys = Keys(page)

    def unfold(self, name: str) -> None:
        self._walk("summary", name)
        self._press("Enter")

    def tick(self, name: str) -> None:
        self._walk("radio checkbox", name)
        if not self.page.evaluate("document.activeElement.checked"):
            self._press("Space")

    def write(self, name: str, text: str) -> None:
        self._walk("textbox searchbox spinbutton", name)
        if self.page.evaluate("document.activeElement.value"):
            self._press("ControlOrMeta+a")
        self._keys.write(text)
        self._count()

    def choose(self, name: str, option: str) -> None:
        self._walk("combobox", name)
        for _ in range(_MOST_OPTIONS):
            if option in self._keys.place()["option"]:
                return
            self._press("ArrowDown")
        raise AssertionError(f"no option {option!r} in {name!r}")

    def _activate(self, role: str, name: str) -> None:
        self._walk(role, name)
        self._press("Enter")

    def _walk(self, roles: str, name: str) -> None:
        self.n_acts += 1
        self._keys.walk_to(roles, name)
        self._count()

    def _press(self, *keys: str) -> None:
        self._keys.press(*keys)
        self._count()

    def _count(self) -> None:
        self.n_keys = self._keys.n_keys
