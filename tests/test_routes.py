"""All addresses, as everybody: who gets what, what a look changes, what every answer carries.

The addresses are those of the map. One whose arguments nobody has said how to fill fails here, so
that no page is forgotten.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import product
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from manypaths.accounts.models import Session
from manypaths.base.models import ViewEntry
from manypaths.base.scope import district_scope
from manypaths.people.models import Person, Role
from manypaths.people.tests.cast import Cast, make_district, make_person, user_of
from manypaths.web.tests.clients import client_of, without_tokens
from tests.addresses import Route, routes
from tests.stage import Records, Stage, make_stage
from tests.walls.routes import (
    A_LOOK_A_CHILD,
    CHILDREN,
    FILLS,
    NAME_MORE,
    NUMBERED,
    OPEN_TO_ALL,
    OPEN_TO_THE_DISTRICT,
    PUBLIC_ARGUMENTS,
    WRITES,
    form_of,
)

HTMX = {"HX-Request": "true"}
INSIDERS = ("ada", "ben", "dana", "eli", "femi")
OUTSIDERS = ("cleo", "gwen", "omar")


@dataclass(frozen=True)
class Scene:
    """Ada's records, who may see them, who may not, and all addresses."""

    stage: Stage
    people: dict[str, Person]
    far: Person

    def client(self, name: str) -> Client:
        if name == "stranger":
            return Client()
        return client_of(self.far if name == "far" else self.people[name])

    def address(self, route: Route) -> str:
        """Return the address at which Ada's records are."""
        return route.address(_book(self.stage.adas, route))

    def ghost_of(self, route: Route) -> str:
        """Return the same address with ids of nobody's records; what is public stays."""
        book = _book(self.stage.adas, route)
        for name, kind in route.kinds.items():
            if name in PUBLIC_ARGUMENTS:
                continue
            if kind == "UUIDConverter":
                book[name] = book[f"{route.name} {name}"] = str(uuid4())
            elif name == "piece_id":
                book[name] = str(10**12)
        return route.address(book)


def _book(records: Records, route: Route) -> dict[str, str]:
    names = [*route.arguments, *(f"{route.name} {name}" for name in route.arguments)]
    return {name: str(FILLS[name](records)) for name in names if name in FILLS}


@pytest.fixture
def scene(cast: Cast) -> Scene:
    stage = make_stage(cast)
    named = {
        p.given_name.lower(): p for p in Person.objects.filter(merged_into=None) if p.given_name
    }
    elsewhere = make_district("Far Away")
    with district_scope(elsewhere.pk):
        far = make_person("Hana Far", elsewhere, Role.LEADER)
        user_of(far)
    for name in (*INSIDERS, *OUTSIDERS):
        user_of(named[name])
    return Scene(stage, named, far)


ALL = [route for route in routes() if route.name != "home:start"]  # leads on, and shows nothing
WITH_RECORDS = [route for route in ALL if route.arguments]


def test_every_argument_of_an_address_can_be_filled() -> None:
    lacking = {
        f"{route.name} {name}"
        for route in ALL
        for name in route.arguments
        if name not in FILLS and f"{route.name} {name}" not in FILLS
    }
    assert not lacking, f"say in tests/walls/routes.py what fills {sorted(lacking)}"


def test_what_is_open_is_a_route_that_there_is() -> None:
    names = {route.name for route in ALL}
    assert not (OPEN_TO_ALL | OPEN_TO_THE_DISTRICT | WRITES) - names


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever a request changes."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Answer:
    """What somebody outside can tell of an answer."""

    status: int
    body: str
    headers: tuple[tuple[str, str], ...]
    n_queries: int

    @staticmethod
    def to(
        client: Client,
        method: str,
        address: str,
        headers: dict[str, str],
        form: dict[str, str] | None = None,
    ) -> "Answer":
        with undone(), CaptureQueriesContext(connection) as queries:
            response = getattr(client, method)(address, form, headers=headers)
        # Whole addresses alone: a visitor's own menu may lead to what lies below one.
        body = re.sub(
            re.escape(address) + r"(?![\w-])", "HERE", without_tokens(response.getvalue())
        )
        told = {name.lower(): value.replace(address, "HERE") for name, value in response.items()}
        # A compressed page has a length by chance, and letters were compared; the rest is of now.
        for name in ("x-request-id", "content-security-policy", "content-length", "expires"):
            told.pop(name, None)
        return Answer(response.status_code, body, tuple(sorted(told.items())), len(queries))


@pytest.mark.sweep
@pytest.mark.parametrize("route", WITH_RECORDS, ids=lambda route: route.name)
def test_what_is_not_theirs_answers_as_if_it_were_not_there(scene: Scene, route: Route) -> None:
    if route.name in OPEN_TO_ALL | NUMBERED:
        return
    real, ghost = scene.address(route), scene.ghost_of(route)
    filled = form_of(scene.stage.adas)
    for name in (*INSIDERS, *OUTSIDERS, "far", "stranger"):
        client = scene.client(name)
        for method, headers, form in product(("get", "post"), ({}, HTMX), ({}, filled)):
            found = Answer.to(client, method, real, headers, form)
            if found.status != 404 and name not in ("far", "stranger"):
                continue
            missing = Answer.to(client, method, ghost, headers, form)
            if name in INSIDERS:
                # They may see the record, so the work of refusing a deed on it tells nothing.
                missing = replace(missing, n_queries=found.n_queries)
            assert found == missing, f"{method} {real} by {name}, {headers}"


@pytest.mark.sweep
@pytest.mark.parametrize("route", WITH_RECORDS, ids=lambda route: route.name)
def test_nobody_outside_gets_through_and_somebody_inside_does(scene: Scene, route: Route) -> None:
    address, form = scene.address(route), form_of(scene.stage.adas)
    is_open = route.name in OPEN_TO_ALL | OPEN_TO_THE_DISTRICT
    filled = f"{address}?{urlencode(form)}"

    def statuses(names: tuple[str, ...]) -> set[int]:
        """Return how the bare address answers, and how with its form filled in."""
        bare = [(method, address, None) for method in ("get", "post")]
        asked = [*bare, ("get", filled, None), ("post", filled, form)]
        found = set()
        for name, (method, where, sent) in product(names, asked):
            with undone():
                response = getattr(scene.client(name), method)(where, sent)
                response.getvalue()  # a file is closed once it was read
                found.add(response.status_code)
        return found

    if not is_open:
        assert statuses(OUTSIDERS) <= {404, 405}
    if route.name not in OPEN_TO_ALL:
        assert statuses(("far",)) <= {404, 405}
    if route.name not in NAME_MORE:
        assert statuses(INSIDERS) - {404, 405}, "nobody of the cast gets through"


def tables() -> dict[str, str]:
    """Return a fingerprint of each table."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names()):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = sha256("\n".join(rows).encode()).hexdigest()
    return found


# Counts of tries stand there, which every door has.
MAY_CHANGE = {ViewEntry._meta.db_table, Session._meta.db_table, "accounts_counts"}


@pytest.mark.sweep
@pytest.mark.parametrize("route", ALL, ids=lambda route: route.name)
def test_a_look_changes_nothing_and_is_itself_written_down(scene: Scene, route: Route) -> None:
    if route.name in WRITES:
        return
    address = scene.address(route)
    view = resolve(address).func
    # Without a visitor there is no district, and without a district no record.
    has_records = getattr(view, "is_for_visitors", False) and not hasattr(view, "shows_nobody")
    for name in INSIDERS:
        for method in ("get", "head"):
            client = scene.client(name)
            before, n_looks = tables(), ViewEntry.objects.count()
            response = getattr(client, method)(address)
            after = tables()
            changed = {table for table in after if after[table] != before.get(table)}
            assert changed <= MAY_CHANGE, f"{method} {address} by {name} changes {changed}"
            expected = int(response.status_code == 200 and has_records)
            if route.name in A_LOOK_A_CHILD and expected:
                expected = CHILDREN.get(name, 0)
            assert ViewEntry.objects.count() - n_looks == expected, f"{method} {address} by {name}"


def test_no_deed_goes_without_its_token(scene: Scene) -> None:
    for route in ALL:
        client = scene.client("ben")
        client.handler.enforce_csrf_checks = True
        response = client.post(scene.address(route))
        assert response.status_code == 403, route.name


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=()",
    "Content-Security-Policy": "default-src 'none'",
    "Cache-Control": "no-store",
}


def faults_of(response: HttpResponse) -> Iterator[str]:
    """Yield what an answer lacks of what all carry."""
    for name, needed in HEADERS.items():
        if needed not in response.get(name, ""):
            yield f"{name}: {response.get(name)}"
    policy = response.get("Content-Security-Policy", "")
    if "unsafe" in policy or "*" in policy or "frame-ancestors 'none'" not in policy:
        yield policy
    if "Access-Control-Allow-Origin" in response:
        yield "lets other origins read"
    kind = response.get("Content-Type", "").lower()
    if kind.startswith("text/") and "charset=utf-8" not in kind:
        yield kind
    for cookie in response.cookies.values():
        if not cookie.value:
            continue  # it ends one
        kept = cookie["httponly"] and cookie["secure"] and cookie["path"] == "/"
        if not (kept and cookie["samesite"] == "Lax" and not cookie["domain"]):
            yield str(cookie)
        if not cookie.key.startswith("__Host-"):
            yield f"the cookie {cookie.key}"


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("ben", "get"),
        pytest.param("ben", "post", marks=pytest.mark.sweep),
        pytest.param("stranger", "get", marks=pytest.mark.sweep),
        pytest.param("stranger", "post", marks=pytest.mark.sweep),
    ],
)
def test_every_answer_carries_what_protects_its_reader(
    scene: Scene, name: str, method: str
) -> None:
    found = []
    for route in ALL:
        with undone():
            # Signing out ends a session, so each has its own.
            client = scene.client(name)
            address = scene.address(route)
            response = getattr(client, method)(address, headers={"origin": "https://x.y"})
        found += [f"{method} {route.name}: {fault}" for fault in faults_of(response)]
    assert found == []
    assert settings.SESSION_COOKIE_NAME.startswith("__Host-")


EVIL = (
    "//evil.example",
    "///evil.example",
    "https:evil.example",
    "https://evil.example",
    "http:///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "\x08//evil.example",
    "https://127.0.0.1@evil.example",
)


@pytest.mark.sweep
@pytest.mark.parametrize("evil", EVIL)
def test_nobody_is_led_to_another_site(scene: Scene, evil: str) -> None:
    names = ("next", "to", "return", "back", "url")
    for route in ALL:
        for name in ("ben", "stranger"):
            for method in ("get", "post"):
                client = scene.client(name)
                with undone():
                    asked = getattr(client, method)(
                        scene.address(route),
                        dict.fromkeys(names, evil) | {"language": "es"},
                        headers={"referer": evil} if "\t" not in evil else {},
                    )
                for header in ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url"):
                    led = asked.get(header, "/")
                    assert re.match(r"/(?![/\\])", led), f"{method} {route.name}: {led}"
