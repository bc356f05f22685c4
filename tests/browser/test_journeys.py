"""What people come for, from beginning to end: with a pointer, and with the keyboard alone."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.browser.demo_home import demo_home
from tests.browser.hands import Hand, Keyboard, Pointer
from tests.browser.windows import Browser, Visitors, windows_on
from tests.installed import bare
from tests.served import Served, served

pytestmark = pytest.mark.sweep

Begin = Callable[..., Hand]
# A phone in the hand, a computer on the table.
_PHONE, _TABLE = 390, 1366
_TRIES = 5
_MILLISECONDS = 20_000
# In the demo so many of the shown class keep to one slip.
_TOGETHER = 6


@pytest.fixture(scope="module", params=[Pointer, Keyboard], ids=["pointer", "keyboard"])
def kind(request: pytest.FixtureRequest) -> type[Hand]:
    found: type[Hand] = request.param
    return found


@pytest.fixture(scope="module")
def home(
    kind: type[Hand],
    chromium: Chromium,
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return a demo of its own for each way to do it, for both leave something behind."""
    cache = pytestconfig.rootpath / ".pytest_cache" / "d" / "manypaths"
    return demo_home(cache, tmp_path_factory.mktemp(kind.kind) / "home", size="whole")


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Served]:
    with served(bare(home), log=home.with_name("log")) as running:
        yield running


@pytest.fixture(scope="module")
def visitors(server: Served, home: Path) -> Visitors:
    return Visitors.sign_in(home)


@pytest.fixture
def browser(chromium: Chromium, server: Served, visitors: Visitors) -> Iterator[Browser]:
    with windows_on(chromium, server, visitors) as opened:
        yield opened


@pytest.fixture
def begin(browser: Browser, kind: type[Hand]) -> Begin:
    """Open a window as somebody, at their own first page."""

    def begun(role: str, path: str = "/", *, has_script: bool = True, width: int = _TABLE) -> Hand:
        page = browser.visit_as(role, path, has_script=has_script, width=width)
        page.set_default_timeout(_MILLISECONDS)
        return kind(page, role if has_script else f"{role}-plain")

    return begun


def n_rows(home: Path, table: str) -> int:
    """Return how many rows a table holds, as another process sees it."""
    with sqlite3.connect(f"file:{home / 'manypaths.sqlite3'}?mode=ro", uri=True) as database:
        found: int = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return found


def choose_practice(hand: Hand) -> str:
    """Take the first offer with questions; return its competency."""
    offered = hand.page.locator("button[name=step][value^='practise:'] .vh").first
    name = offered.inner_text().removeprefix(": ")
    hand.press(name)
    return name


def answer(hand: Hand) -> None:
    """Answer the question on the page, rightly or not."""
    options = hand.page.locator("label.option")
    if options.count():
        hand.tick(options.first.inner_text().strip())
    else:
        hand.write("Your answer", "7")
    hand.press("This is my answer")


def answer_all(hand: Hand) -> int:
    """Answer what is left, and go where the page leads; return how many it were."""
    for number in range(1, _TRIES + 1):
        answer(hand)
        is_last = hand.page.get_by_role("link", name="See what moved").count()
        hand.follow("See what moved" if is_last else "Next question")
        if is_last:
            return number
    raise AssertionError("the questions do not end")


def statuses(page: Page) -> dict[str, str]:
    """Return what the map says of each competency."""
    nodes = page.locator(".map .node")
    return {
        node.locator("a").inner_text(): re.sub(r"\s+", " ", node.locator(".meta").inner_text())
        for node in nodes.all()
    }


def test_a_student_chooses_answers_sees_the_map_move_reads_why_and_contests(
    begin: Begin, home: Path
) -> None:
    hand = begin("student", width=_PHONE)
    page = hand.page
    before, n_before = statuses(page), n_rows(home, "evidence_response")
    n_contests = n_rows(home, "evidence_contest")
    hand.look("path")
    name = choose_practice(hand)
    hand.look("start")
    hand.press("Start")

    first = page.url
    hand.look("question")
    answer(hand)
    hand.look("feedback")
    # Back, and the same address in another tab, show what came of it and take no second answer.
    page.go_back()
    page.reload()
    assert page.locator("#feedback").count() == 1
    page.goto(first)
    hand.follow("Next question")
    second = page.context.new_page()
    second.goto(page.url)
    answer(hand)
    second.locator("label.option, #answer").first.click()
    if second.locator("#answer").count():
        second.keyboard.type("8")
    with second.expect_navigation():
        second.get_by_role("button", name="This is my answer").click()
    assert second.locator("#feedback").count() == 1
    second.close()
    assert n_rows(home, "evidence_response") == n_before + 2
    hand.follow("Next question")
    assert 2 + answer_all(hand) == _TRIES
    assert n_rows(home, "evidence_response") == n_before + _TRIES
    hand.look("end")
    hand.follow("Back to my path")

    hand.look("path-moved")
    moved = page.locator(".map .node", has_text=name).first
    assert moved.locator(".moved").count() == 1
    assert statuses(page) != before
    hand.follow(name)
    hand.look("why")
    asked = page.locator("section[aria-labelledby=e] summary").first.inner_text()
    hand.unfold(asked)
    hand.follow("Not right?")
    hand.look("contest")
    hand.write("What is not right, and why?", "I pressed the wrong one. I can say why.")
    hand.press("Send it to a teacher")
    hand.look("contested")
    assert page.get_by_text("I pressed the wrong one").count() == 1
    assert n_rows(home, "evidence_contest") == n_contests + 1
    # The form that Back leads to says that it was sent.
    page.go_back()
    page.reload()
    assert page.get_by_role("link", name="See what was said").count() == 1


def test_a_teacher_groups_gives_a_check_and_signs_off_what_a_student_shows(
    begin: Begin, home: Path, browser: Browser
) -> None:
    student = begin("student", browser.path_of("student", "why:of"), width=_PHONE)
    name = student.page.locator("h1").inner_text()
    student.follow("Show")
    student.look("show")
    student.write("In words", "I drew both on a number line, and took away what was owed.")
    # What is written is kept by itself, and is there again after a reload.
    student.page.get_by_text("Draft saved").wait_for()
    student.page.reload()
    assert "number line" in student.page.get_by_label("In words").input_value()
    n_before = n_rows(home, "evidence_artifact")
    student.press("Hand in")
    student.look("handed-in")
    # Back shows nothing that could be handed in a second time by mistake.
    student.page.go_back()
    student.page.reload()
    assert student.page.get_by_label("In words").input_value() == ""
    student.page.go_forward()
    assert n_rows(home, "evidence_artifact") == n_before + 1

    hand = begin("teacher")
    page = hand.page
    hand.look("class")
    hand.press("Group these 6")
    hand.look("grouped")
    assert page.locator("aside .group .names li").count() == _TOGETHER
    hand.press("Undo")
    assert page.locator("aside .group form").count() == 0
    hand.press("Group these 6")
    # Who sits in a group is not there to be grouped again.
    assert page.get_by_role("button", name="Group these 6").count() == 0
    hand.follow("Change or print")
    hand.look("groups")
    assert page.locator(".day-groups section").count() == 1
    assert page.locator(".day-groups .seat").count() == _TOGETHER
    page.go_back()

    n_before = n_rows(home, "plans_choice")
    hand.press("Give the check")
    hand.look("given")
    n_given = n_rows(home, "plans_choice")
    assert n_given > n_before
    # Whom it waits for stands under what is planned, and is not offered it again.
    row = page.locator("section[aria-labelledby=planned] li", has_text="Show it").first
    given = row.locator("h3").inner_text()
    ready = page.locator("section[aria-labelledby=ready] h3")
    assert given not in ready.all_inner_texts()
    hand.press("Undo")
    assert given in ready.all_inner_texts()
    hand.press("Give the check")
    assert n_rows(home, "plans_choice") == 2 * n_given - n_before
    assert page.get_by_text("It waits on their path").count() == 1

    who = student.page.locator("header.top summary").inner_text()
    hand.follow(f"{who} shows {name}")
    hand.look("work")
    hand.tick("Extending")
    hand.write("Words for the learner", "The number line makes it plain. Next: say it in words.")
    hand.tick("Sign off")
    n_signed = n_rows(home, "estimates_achievement")
    hand.press("Save my answer")
    hand.look("signed")
    assert n_rows(home, "estimates_achievement") == n_signed + 1
    assert page.get_by_text("signed off by").count() == 1

    student.page.reload()
    student.look("answered")
    assert student.page.get_by_text("The number line makes it plain").count() == 1
    student.follow("Back to my path")
    assert "demonstrated" in statuses(student.page)[name]


def test_a_mother_reads_in_spanish_and_sees_who_looked(begin: Begin, browser: Browser) -> None:
    begin("teacher", browser.path_of("teacher", "path:of"))
    hand = begin("family", width=_PHONE)
    page = hand.page
    hand.look("english")
    hand.press("Español")
    hand.look("family")
    assert page.locator("html").get_attribute("lang") == "es"
    hand.follow("Ver el camino de")
    hand.look("path")
    assert page.locator("html").get_attribute("lang") == "es"
    page.go_back()
    hand.follow("Cómo se llegó a esto")
    hand.look("why")
    page.go_back()
    hand.write("Escribir a", "En casa practica con monedas.")
    hand.press("Enviar")
    hand.look("written")
    hand.press("Deshacer")
    hand.look("taken-back")
    assert page.get_by_text("En casa practica con monedas").count() == 0
    hand.follow("Quién miró este registro")
    hand.look("looked")
    assert page.locator("ol.ev li").count() >= 1


def test_an_educator_rates_themself_and_chooses(begin: Begin, home: Path) -> None:
    hand = begin("educator", "/path/")
    page = hand.page
    hand.look("path")
    offered = page.locator("button[name=step] .vh").first.inner_text().removeprefix(": ")
    page.locator(".map .node", has_text=offered).first.wait_for()
    hand.follow(offered)
    hand.look("why")
    n_before = n_rows(home, "evidence_rating")
    levels = page.locator("form[action$='/rate/'] label.tick > span")
    hand.tick(levels.nth(2).inner_text().splitlines()[0])
    hand.press("Save my rating")
    hand.look("rated")
    assert n_rows(home, "evidence_rating") == n_before + 1
    hand.follow("’s path")
    offered = page.locator("button[name=step][value^='show:'] .vh").first.inner_text()
    hand.press(offered.removeprefix(": "))
    hand.look("chosen")
    assert page.get_by_role("button", name="Hand in").count() == 1
    # It waits on the path, can be let go, and taken up again.
    hand.follow("My path")
    hand.look("waits")
    hand.press("Let it go")
    hand.press("Undo")
    hand.look("taken-up")


def test_without_script_the_same_ways_lead_to_the_same(
    begin: Begin, browser: Browser, home: Path
) -> None:
    student = begin("student", has_script=False, width=_PHONE)
    n_before = n_rows(home, "evidence_response")
    choose_practice(student)
    student.press("Start")
    answer(student)
    student.follow("Next question")
    answer(student)
    student.follow("Next question")
    student.press("Stop here")
    student.look("stopped")
    assert n_rows(home, "evidence_response") == n_before + 2
    student.page.goto(browser.path_of("student", "why:of"))
    student.follow("Show")
    student.write("In words", "Half of it, for now.")
    student.press("Save, and go on later")
    student.look("draft")
    assert student.page.get_by_label("In words").input_value() == "Half of it, for now."

    teacher = begin("teacher", has_script=False)
    is_planned = teacher.page.get_by_role("link", name="Change or print").count()
    teacher.follow("Change or print" if is_planned else "See suggested groups")
    if is_planned:
        teacher.press("Take this group out")
    teacher.look("suggested")
    teacher.press("Plan these groups")
    teacher.look("planned")
    teacher.follow("My class")
    teacher.press("More for")
    teacher.look("row")
    teacher.follow("Plan")
    teacher.write("What will the help be?", "Number line walk")
    teacher.press("Plan it")
    assert teacher.page.get_by_role("heading", name="Number line walk").count() >= 1
    n_signed = n_rows(home, "estimates_achievement")
    teacher.press("More for")
    teacher.follow("Sign off")
    teacher.look("sign")
    teacher.press("Sign")
    teacher.look("signed")
    assert n_rows(home, "estimates_achievement") > n_signed
