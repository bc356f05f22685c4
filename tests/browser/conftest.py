"""One Chromium for all tests here, a server for each district that is asked for, and windows."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from tests.browser.demo_home import home_with
from tests.browser.windows import Browser, Visitors, open_chromium
from tests.installed import bare
from tests.served import Served, served


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        opened = open_chromium(playwright)
        yield opened
        opened.close()


Serving = Callable[[str], tuple[Served, Path]]


@pytest.fixture(scope="session")
def serving(
    chromium: Chromium, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    """Serve districts, each in a home that tests may change. First there is to be a browser."""
    cache = pytestconfig.rootpath / ".pytest_cache" / "d" / "manypaths"
    running: dict[str, tuple[Served, Path]] = {}
    with ExitStack() as stack:

        def serve(district: str) -> tuple[Served, Path]:
            if district not in running:
                home = home_with(district, cache, tmp_path_factory.mktemp(district) / "home")
                server = stack.enter_context(served(bare(home), log=home.with_name("log")))
                running[district] = server, home
            return running[district]

        yield serve


@pytest.fixture(scope="session")
def server(serving: Serving) -> Served:
    return serving("demo")[0]


@pytest.fixture(scope="session")
def home(serving: Serving) -> Path:
    return serving("demo")[1]


VisitorsOf = Callable[[str], Visitors]


@pytest.fixture(scope="session")
def visitors_of(serving: Serving) -> VisitorsOf:
    """Sign in those of a district, once."""
    known: dict[str, Visitors] = {}

    def sign_in(district: str) -> Visitors:
        if district not in known:
            known[district] = Visitors.sign_in(serving(district)[1])
        return known[district]

    return sign_in


@pytest.fixture(scope="session")
def visitors(visitors_of: VisitorsOf) -> Visitors:
    return visitors_of("demo")


BrowserIn = Callable[[str], Browser]


@pytest.fixture
def browser_in(
    chromium: Chromium, serving: Serving, visitors_of: VisitorsOf
) -> Iterator[BrowserIn]:
    """Open windows on a district; in the end nothing may have been complained of in any."""
    opened: list[Browser] = []

    def open_in(district: str) -> Browser:
        opened.append(Browser(chromium, serving(district)[0], visitors_of(district)))
        return opened[-1]

    try:
        yield open_in
    finally:
        for context in list(chromium.contexts):
            context.close()
    assert [complaint for browser in opened for complaint in browser.complaints] == []


@pytest.fixture
def browser(browser_in: BrowserIn) -> Browser:
    """Open windows on the demo."""
    return browser_in("demo")
