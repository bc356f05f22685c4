"""Each page once, as whoever uses it most: that none is left out, and that none is hard to read."""

import pytest
from playwright.sync_api import Page

from tests.addresses import Route, routes
from tests.browser.walk import Stop, ask, faults_of, may_be_page, stop_at
from tests.browser.windows import STRANGER, Browser

pytestmark = pytest.mark.sweep

BY_USE = ("student", "teacher", "leader", "head", "family", "educator", STRANGER)
# What shows nobody a page by an address alone, and why.
SHOWN_OTHERWISE: dict[str, str] = {
    "home:start": "leads on to everybody's own page",
    "account_reauthenticate": "asks whoever has a password, and signed in a while ago",
    **dict.fromkeys(("classes:csv", "evidence:file", "frameworks:package"), "a file"),
    **dict.fromkeys(
        ("classes:plan_help", "classes:row", "classes:sign"), "asks for a row, named by a query"
    ),
    "demographics:of": "asks whoever was given the right to it",
    "doing:end": "stands after the last task of a set",
    "doing:start": "asks for a choice of one's own that is still open",
    "frameworks:edit_competency": "asks for a version that is still a draft",
    "imports:columns": "asks for a file whose columns have other names",
    "imports:progress": "a part of a page while an import is under way",
    "models:progress": "a part of a page while a model is fitted",
    "records:exported_file": "a file, once it is written",
    "sign_in:card": "keeps the secret of a card and leads on",
    "invitation:accept": "keeps the secret of an invitation and leads on",
    **dict.fromkeys(("invitation:begins", "invitation:open"), "asks whoever holds an invitation"),
    **dict.fromkeys(
        ("sign_in:class_names", "sign_in:pictures"), "asks whoever has typed the code of a class"
    ),
    **dict.fromkeys(("mfa_authenticate", "mfa_login_webauthn"), "asks whoever is on their way in"),
    **dict.fromkeys(
        (
            *("mfa_deactivate_totp", "mfa_download_recovery_codes", "mfa_view_recovery_codes"),
            *("mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn"),
        ),
        "asks whoever has set a second step",
    ),
}


def shown_first(browser: Browser, route: Route) -> tuple[str, Stop] | None:
    """Return who of all is shown a page by a route first, with the page."""
    for role in BY_USE:
        stop = stop_at(browser, role, route)
        if stop is not None:
            return role, stop
    return None


def is_deed_or_file(browser: Browser, route: Route) -> bool:
    """Say whether an address does something, or answers with something else than a page."""
    given = [ask(browser, role, route.address_of_nothing()) for role in ("leader", STRANGER)]
    return not all(may_be_page(one) for one in given)


def test_each_page_is_shown_to_somebody_and_is_easy_to_read(browser: Browser) -> None:
    found, lost = [], []
    windows: dict[str, Page] = {}
    for route in routes():
        shown = shown_first(browser, route)
        if shown is None:
            if not is_deed_or_file(browser, route):
                lost.append(route.name)
            continue
        role, stop = shown
        window = windows[role] = windows.get(role) or browser.visit_as(role, "")
        faults = faults_of(window, stop, [(1366, "light")])
        found += [f"{route.name} as {role} ({stop.address}): {fault}" for fault in faults]
    assert not found, "\n" + "\n".join(found)
    assert set(lost) == SHOWN_OTHERWISE.keys(), (
        "say in tests/browser/book.py where somebody is shown a page, or why nobody is: "
        f"{sorted(set(lost) ^ SHOWN_OTHERWISE.keys())}"
    )
