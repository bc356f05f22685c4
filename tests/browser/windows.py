"""Windows of the browser: opened as somebody, watched for complaints, driven by keys."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ConsoleMessage, Page, Playwright, Request

from tests.addresses import route_named
from tests.installed import bare
from tests.served import Served

Scheme = Literal["light", "dark"]
STRANGER = "stranger"
ROLES = ("student", "educator", "teacher", "family", "leader", "head", STRANGER)

ARGUMENTS = (
    "--no-sandbox",
    # Nobody else is reached, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Elements then tell the role and the name that assistive technology is told of them.
    "--enable-blink-features=ComputedAccessibilityInfo",
)
_SECONDS = 60


def open_chromium(playwright: Playwright) -> Chromium:
    """Return Chromium as Debian packs it; skip where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not on this machine")
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)


@dataclass(frozen=True)
class Visitors:
    """Who can visit, by role: their session, and what fills the addresses that they open.

    `written` is what people of the demo wrote or are called.
    """

    cookie: str
    roles: dict[str, dict[str, Any]]
    written: list[str]

    @staticmethod
    def sign_in(home: Path) -> "Visitors":
        """Sign one of each role in, on the database of a home that is served."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.browser.visitors", home],
            cwd=Path(__file__).parents[2],
            env={**bare(home), "MANYPATHS_ADDRESS": "http://127.0.0.1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return Visitors(**json.loads(done.stdout))


@dataclass
class Browser:
    """Opens windows on a server, and keeps what was wrong in any of them."""

    chromium: Chromium
    server: Served
    visitors: Visitors
    complaints: list[str] = field(default_factory=list)

    def visit_as(
        self,
        role: str,
        path: str = "/",
        *,
        width: int = 1366,
        height: int = 900,
        scheme: Scheme = "light",
        language: str = "en",
        has_script: bool = True,
    ) -> Page:
        """Open a window of its own as somebody ("stranger" is nobody), at an address of ours."""
        context = self.chromium.new_context(
            base_url=self.server.address,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=language,
            java_script_enabled=has_script,
            reduced_motion="reduce",
        )
        context.set_default_timeout(1000 * _SECONDS)
        if role != STRANGER:
            session = self.visitors.roles[role]["session"]
            context.add_cookies(
                [{"name": self.visitors.cookie, "value": session, "url": self.server.address}]
            )
        page = context.new_page()
        page.on("request", self._watch)
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        if path:
            page.goto(path)
        return page

    def path_of(self, role: str, route: str, **arguments: str) -> str:
        """Return the address of a route as a role would open it."""
        return route_named(route).address({**self.book_of(role), **arguments})

    def book_of(self, role: str) -> dict[str, str]:
        """Return what fills addresses for a role; a stranger tries the student's, if any."""
        roles = self.visitors.roles
        tried = ("student", "leader") if role == STRANGER else (role,)
        found: dict[str, str] = next(roles[one] for one in tried if one in roles)["book"]
        return found

    def cookie_of(self, role: str) -> str:
        """Return what a browser of somebody sends along."""
        if role == STRANGER:
            return ""
        return f"{self.visitors.cookie}={self.visitors.roles[role]['session']}"

    def _watch(self, request: Request) -> None:
        at_home = (f"{self.server.address}/", f"http://localhost:{self.server.port}/")
        if not request.url.startswith((*at_home, "data:", "blob:")):
            self.complaints.append(f"asks another host: {request.url}")

    def _listen(self, message: ConsoleMessage) -> None:
        text = message.text
        is_of_policy = "Content Security Policy" in text or "Trusted" in text
        if message.type not in ("error", "warning") and not is_of_policy:
            return
        address = str(message.location.get("url"))
        is_refusal = re.match(r"Failed to load resource: .* status of (4[0-9][0-9])", text)
        if is_refusal and "/static/" not in address:
            return  # a page that is asked for on purpose
        self.complaints.append(f"{address}: {text}")


@contextmanager
def windows_on(chromium: Chromium, server: Served, visitors: Visitors) -> Iterator[Browser]:
    """Open windows on a server; in the end nothing may have been complained of in any."""
    opened = Browser(chromium, server, visitors)
    try:
        yield opened
    finally:
        for context in list(chromium.contexts):
            context.close()
    assert opened.complaints == []


# What has the focus, as assistive technology is told of it, and whether its place can be seen.
_PLACE = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return { role: '', name: '', names: [] };
    const box = e.getBoundingClientRect(), label = e.closest('label');
    const has_ring = one => { const s = getComputedStyle(one); return s.boxShadow !== 'none'
        || (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2); };
    const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    const others = e.type === 'radio' && e.form
        ? [...e.form.querySelectorAll('input[type=radio]')].filter(o => o.name === e.name) : [e];
    const role = e.tagName === 'SUMMARY' ? 'summary' : e.computedRole;
    return { role, name: e.computedName, names: others.map(o => o.computedName),
             option: e.selectedOptions ? e.selectedOptions[0].text : '',
             ring: has_ring(e) || Boolean(label && has_ring(label)),
             inside: box.bottom > 0 && box.top < innerHeight,
             bare: Boolean(top && (e.contains(top) || top.contains(e) || label?.contains(top))) };
}"""


class Keys:
    """Drives a page by the keyboard alone, and sees at each step that its place can be seen."""

    _MOST_STEPS = 400

    def __init__(self, page: Page) -> None:
        self.page = page
        self.n_keys = 0

    def walk_to(self, roles: str, name: str, *, back: bool = False) -> "Keys":
        """Press Tab until the focus is on what has one of these roles and this name.

        Of buttons of which one is chosen, Tab leads to one and arrows to the others.
        """
        passed: list[str] = []
        for _ in range(self._MOST_STEPS):
            place = self.place()
            self.require_seen(place)
            if place["role"] in roles.split() and any(name in one for one in place["names"]):
                while name not in self.place()["name"]:
                    self.press("ArrowDown")
                return self
            passed.append(f"{place['role']} {place['name']}")
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"no way by Tab to {roles} {name!r}; passed {passed[:80]}")

    def press(self, *keys: str) -> "Keys":
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.n_keys += 1
        return self

    def write(self, text: str) -> "Keys":
        """Type a text where the focus is."""
        self.page.keyboard.type(text)
        self.n_keys += len(text)
        return self

    def place(self) -> dict[str, Any]:
        """Return what has the focus."""
        found: dict[str, Any] = self.page.evaluate(_PLACE)
        return found

    def require_seen(self, place: dict[str, Any]) -> None:
        """Require that what has the focus shows it, in the window and with nothing before it."""
        if not place["role"]:
            return  # between the end of the page and its beginning
        assert place["ring"], f"no ring is seen around {place} on {self.page.url}"
        assert place["inside"], f"{place} has the focus outside the window on {self.page.url}"
        assert place["bare"], f"{place} has the focus under something else on {self.page.url}"
