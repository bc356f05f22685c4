"""From an empty folder to a first class; a framework and a teacher that a leader brings in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.browser.hands import Hand, Keyboard, Pointer
from tests.browser.windows import Browser, Visitors, windows_on
from tests.installed import Environment, bare, run
from tests.served import Served, served

pytestmark = pytest.mark.sweep

_SAMPLE = Path(__file__).parents[2] / "docs" / "guide" / "samples" / "maps.json"
_LEARNERS = ("Ada Okafor", "Ben Silva", "Chloe Martin", "Dev Rao", "Eva Novak", "Finn Berg")
_MILLISECONDS = 20_000
_MOST_SECONDS = 300
# A device that shows who it is by a finger.
_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(params=[Pointer, Keyboard], ids=["pointer", "keyboard"])
def kind(request: pytest.FixtureRequest) -> type[Hand]:
    found: type[Hand] = request.param
    return found


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """Return a home as a host leaves it: made, and with nobody in it."""
    found = bare(tmp_path / "home")
    made = run(found, "init", "--name", "Hill School", "--time-zone", "Europe/Lisbon")
    assert made.returncode == 0, made.stderr
    return found


@pytest.fixture
def server(environment: Environment, tmp_path: Path) -> Iterator[Served]:
    with served(environment, log=tmp_path / "log") as running:
        yield running


@pytest.fixture
def visitors() -> Visitors:
    return Visitors("", {}, [])


@pytest.fixture
def browser(chromium: Chromium, server: Served, visitors: Visitors) -> Iterator[Browser]:
    with windows_on(chromium, server, visitors) as opened:
        yield opened


@pytest.fixture
def first_link(environment: Environment, server: Served) -> str:
    """Return what the command prints for the first leader."""
    asked = ("--name", "Dana Novak", "--email", "dana@hill.example")
    done = run(environment, "invite-first-leader", *asked, "--address", server.address)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[0]


def open_with_device(browser: Browser, path: str, *, width: int = 1366) -> Page:
    """Open a window on a device that can keep passkeys."""
    page = browser.visit_as("stranger", "", width=width)
    page.set_default_timeout(_MILLISECONDS)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
    page.goto(path)
    return page


def begin_with_passkey(hand: Hand) -> None:
    """Accept the invitation on the page with a passkey on this device."""
    hand.look("welcome")
    hand.press("Use a passkey")
    hand.look("add-passkey")
    hand.press("Add a passkey")
    hand.look("passkey-added")
    hand.follow("I have them")


def make_first_class(hand: Hand) -> None:
    """Follow the first steps, from an empty school to a class that works."""
    hand.look("first-steps")
    hand.write("What is it called?", "Hill School")
    hand.press("Add the school")
    hand.look("school")
    hand.write("What is it called?", "5B Geography")
    hand.press("Make the class")
    hand.look("class")
    hand.write_lines("Names", _LEARNERS)
    hand.press("Look at the list")
    hand.look("list")
    hand.press("Add these 6")
    hand.look("learners")
    hand.press("Bring in Mathematics")
    hand.look("framework")
    hand.press("I teach it myself")
    hand.look("works")
    hand.follow("Open the class")
    hand.look("my-class")


def test_a_fresh_install_has_its_first_class_within_five_minutes(
    browser: Browser, kind: type[Hand], first_link: str, capsys: pytest.CaptureFixture[str]
) -> None:
    hand = kind(open_with_device(browser, first_link), "fresh")
    begin_with_passkey(hand)
    make_first_class(hand)
    shown = hand.page.locator("main").inner_text()
    assert all(name in shown for name in _LEARNERS)
    with capsys.disabled():
        print(f"\n{hand.tally}")  # noqa: T201  # what it took is what was asked for
    assert hand.seconds <= _MOST_SECONDS


def test_a_leader_brings_in_a_framework_and_a_teacher_who_signs_in_by_a_passkey(
    browser: Browser, kind: type[Hand], first_link: str
) -> None:
    leader = kind(open_with_device(browser, first_link), "leader")
    begin_with_passkey(leader)
    leader.follow("Settings")
    leader.follow("Imports")
    leader.look("imports")
    leader.attach("File", _SAMPLE)
    leader.press("Try it")
    leader.look("trying")
    leader.page.get_by_text("Nothing is changed yet").wait_for()
    leader.look("tried")
    leader.press("Take it in")
    leader.page.get_by_text("This file was taken in").wait_for()
    leader.look("taken-in")
    leader.follow("Look at the framework")
    leader.look("framework")
    leader.follow("People")
    leader.follow("Add people")
    leader.write_lines("Names", ["Ben Silva"])
    leader.choose("They are", "teacher")
    leader.look("add")
    leader.press("Look at the list")
    leader.press("Add this one")
    leader.look("added")
    leader.follow("Ben Silva")
    leader.follow("How they sign in")
    leader.look("invite")
    leader.press("Make a slip to print")
    leader.look("slip")
    code = leader.page.locator(".papers .code").inner_text()

    link = f"/invitation/{code.replace('-', '')}/"
    teacher = kind(open_with_device(browser, link, width=390), "invited")
    begin_with_passkey(teacher)
    teacher.look("in")
    assert "Ben" in teacher.page.locator("header.top").inner_text()
    teacher.unfold("Ben Silva")
    teacher.press("Sign out")
    teacher.press("Sign in with a passkey")
    teacher.look("in-again")
    assert "Ben" in teacher.page.locator("header.top").inner_text()
    # An invitation is good once.
    teacher.unfold("Ben Silva")
    teacher.press("Sign out")
    teacher.follow("I have an invitation or a code")
    teacher.look("code")
    teacher.write("Your code", code)
    teacher.press("Go on")
    teacher.look("used-up")
    assert re.search("no longer", teacher.page.locator("main").inner_text())
