"""One demo, one server and one Chromium for all tests here; windows for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from tests.browser.demo_home import demo_home
from tests.browser.windows import Browser, Visitors, open_chromium
from tests.installed import bare
from tests.served import Served, served


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        opened = open_chromium(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def home(
    chromium: Chromium, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a home with the demo that tests may change. First of all there is to be a browser."""
    cache = pytestconfig.rootpath / ".pytest_cache" / "d" / "manypaths"
    return demo_home(cache, tmp_path_factory.mktemp("browser") / "home")


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[Served]:
    with served(bare(home), log=home.with_name("log")) as running:
        yield running


@pytest.fixture(scope="session")
def visitors(server: Served, home: Path) -> Visitors:
    return Visitors.sign_in(home)


@pytest.fixture
def browser(chromium: Chromium, server: Served, visitors: Visitors) -> Iterator[Browser]:
    """Open windows; in the end nothing may have been complained of in any."""
    opened = Browser(chromium, server, visitors)
    try:
        yield opened
    finally:
        for context in list(chromium.contexts):
            context.close()
    assert opened.complaints == []
