"""Addresses that are looked up once are those that Django would look up."""

from uuid import UUID, uuid4

import pytest
from django.template import engines
from django.urls import NoReverseMatch, reverse

from manypaths.web.addresses import address

IDS = (uuid4(), uuid4())
ROUTES = (
    ("people:all", ()),
    ("path:of", (IDS[0],)),
    ("why:of", IDS),
    ("classes:drop_group", (IDS[0], 3)),
    ("home:start", ()),
)


@pytest.mark.parametrize(("route", "args"), ROUTES)
def test_an_address_is_that_of_its_route(route: str, args: tuple[UUID | int, ...]) -> None:
    for _ in range(2):
        assert address(route, *args) == reverse(route, args=args)
    shown = engines["django"].from_string(
        f'{{% url "{route}" {" ".join(f"args.{n}" for n in range(len(args)))} %}}'
    )
    assert shown.render({"args": args}) == reverse(route, args=args)


def test_an_address_holds_the_ids_of_its_call() -> None:
    for one in IDS:
        assert address("path:of", one) == reverse("path:of", args=(one,))


def test_what_is_no_id_is_looked_up_anew() -> None:
    assert address("path:of", str(IDS[0])) == reverse("path:of", args=(str(IDS[0]),))


@pytest.mark.parametrize("args", [(), (-1,), ("no id",), (IDS[0], IDS[1])])
def test_a_route_that_takes_other_ids_has_no_address(args: tuple[object, ...]) -> None:
    with pytest.raises(NoReverseMatch):
        address("path:of", *args)
