"""On a shared computer: whoever has signed out leaves nothing behind, neither Back nor in store."""

import pytest

from tests.browser.windows import Browser

pytestmark = pytest.mark.sweep


def test_after_signing_out_back_shows_nothing(browser: Browser) -> None:
    page = browser.visit_as("student", browser.path_of("student", "path:of"))
    name = page.locator("header.top summary").inner_text()
    assert name in page.locator("body").inner_text()
    page.locator("header.top summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")
    assert name not in page.content()
    page.go_back()
    page.wait_for_load_state("networkidle")
    assert name not in page.content()
    kept = page.evaluate("[localStorage.length, sessionStorage.length]")
    assert kept == [0, 0]
    caches: list[str] = page.evaluate("caches.keys()")
    assert caches == []


def test_a_session_that_ended_leads_to_signing_in(browser: Browser) -> None:
    address = browser.path_of("teacher", "path:of")
    page = browser.visit_as("teacher", address)
    page.context.clear_cookies()
    page.reload()
    assert "/sign-in/" in page.url
