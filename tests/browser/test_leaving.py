"""On a shared computer: whoever has signed out leaves nothing behind, neither Back nor in store."""

import pytest

from tests.browser.windows import Browser

pytestmark = pytest.mark.browser


def test_after_signing_out_back_shows_nothing(browser: Browser) -> None:
    page = browser.visit_as("leaving", browser.path_of("leaving", "path:of"))
    heading = page.locator("h1").inner_text()
    assert heading in page.content()
    page.locator("header.top summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")
    assert heading not in page.content()
    page.go_back()
    page.wait_for_load_state("networkidle")
    assert heading not in page.content()
    kept = page.evaluate("[Object.keys(localStorage), Object.keys(sessionStorage)]")
    # htmx keeps the address of the page that is shown, which the address line shows as well.
    assert kept in ([[], []], [[], ["htmx-current-path-for-history"]])
    caches: list[str] = page.evaluate("caches.keys()")
    assert caches == []


def test_a_session_that_ended_leads_to_signing_in(browser: Browser) -> None:
    address = browser.path_of("teacher", "path:of")
    page = browser.visit_as("teacher", address)
    page.context.clear_cookies()
    page.reload()
    assert "/sign-in/" in page.url
