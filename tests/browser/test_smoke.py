"""The least: pages come, in a real browser, without a complaint, and can be walked by keys."""

import pytest
from playwright.sync_api import Error as PlaywrightError

from tests.browser.windows import Browser, Keys


def test_a_stranger_meets_the_way_in(browser: Browser) -> None:
    page = browser.visit_as("stranger")
    assert page.url.startswith(f"{browser.server.address}/sign-in/")
    assert page.locator("h1").inner_text()
    assert page.evaluate("getComputedStyle(document.body).fontFamily") != ""
    Keys(page).walk_to("link", "Skip to the page").press("Enter")
    page.wait_for_url("**#main")


def test_without_script_the_way_in_is_the_same(browser: Browser) -> None:
    page = browser.visit_as("stranger", has_script=False)
    assert page.locator("h1").count() == 1


def test_each_role_comes_to_a_page_of_its_own(browser: Browser) -> None:
    for role in browser.visitors.roles:
        page = browser.visit_as(role, browser.path_of(role, "path:of"))
        assert page.locator("h1").count() == 1, role
        assert page.get_by_role("button", name="Sign out", include_hidden=True).count() == 1, role


def test_text_does_not_become_html_by_a_script(browser: Browser) -> None:
    page = browser.visit_as("student", browser.path_of("student", "path:of"))
    with pytest.raises(PlaywrightError, match="TrustedHTML"):
        page.evaluate("document.body.innerHTML = '<img src=x>'")
    browser.complaints.clear()  # which says just that
    assert page.locator("h1").is_visible()
