"""Looking around in a demo district: there as one of its people, elsewhere not at all."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from manypaths.base.progress import silence
from manypaths.base.scope import district_scope
from manypaths.demo.build import DemoDistrict, build_demo, find_demo
from manypaths.demo.looking_around import demonstration
from manypaths.demo.putting_back import keep_copy
from manypaths.demo.roster import ONE_CLASS_A_GRADE
from manypaths.people.models import Organization, Person, User
from manypaths.people.tests.cast import OPERATOR, Cast, make_district
from manypaths.web.tests.clients import page

pytestmark = pytest.mark.sweep

PARTS = {"student", "guardian", "teacher", "educator", "coach", "leader", "head"}


def build() -> DemoDistrict:
    return build_demo(
        seed=1,
        last_day=date(2026, 6, 12),
        by=OPERATOR,
        progress=silence,
        size=ONE_CLASS_A_GRADE,
    )


@pytest.fixture
def demo(db: None) -> DemoDistrict:
    return build()


def test_the_sign_in_page_offers_each_of_the_cast_and_each_gets_in(demo: DemoDistrict) -> None:
    shown = page(Client(), "/sign-in/")
    forms = [e.attributes.get("action", "") for e in shown.all("form")]
    offered = {a.split("/")[-2] for a in forms if "/look-around/" in a}
    found = demonstration()
    assert found is not None
    assert offered == {member.part for member in found.cast}
    assert offered >= PARTS - {"guardian"}
    for member in found.cast:
        client = Client()
        answer = client.post(f"/sign-in/look-around/{member.part}/")
        assert answer["Location"] == ("/path/" if member.part == "educator" else "/")
        assert client.session["_auth_user_id"] == str(member.person.user_id)
        assert client.get("/security/").status_code == 200
    # One after the other in one browser; by no link; and nothing was done in the demo yet.
    client.post("/sign-in/look-around/student/")
    assert client.session["_auth_user_id"] != str(found.cast[-1].person.user_id)
    assert client.get("/sign-in/look-around/student/").status_code == 405
    assert not find_demo(demo.district).is_touched
    # Nothing was kept to put it back to.
    assert "Put the demo back" not in shown.text
    assert client.post("/sign-in/demo-anew/").status_code == 404


def test_a_demo_of_an_earlier_version_lets_people_in_and_a_demo_beside_real_people_does_not(
    demo: DemoDistrict,
) -> None:
    with district_scope(demo.district.pk):
        Person.objects.update(user=None)
        User.objects.all().delete()
    client = Client()
    assert client.post("/sign-in/look-around/leader/").status_code == 302
    assert "_auth_user_id" in client.session
    make_district("Real District")
    assert "Look around" not in page(Client(), "/sign-in/").text
    assert Client().post("/sign-in/look-around/student/").status_code == 404


def test_there_is_no_looking_around_among_real_people(cast: Cast) -> None:
    assert "Look around" not in page(Client(), "/sign-in/").text
    client = Client()
    for address in ("/sign-in/look-around/student/", "/sign-in/demo-anew/"):
        assert client.post(address).status_code == 404
    assert "_auth_user_id" not in client.session


# Putting the demo back


@pytest.fixture
def lasting(request: pytest.FixtureRequest) -> Iterator[None]:
    """Work on a database that a copy can be kept of: a file of its own, or that of a server."""
    if connection.vendor == "sqlite":
        request.getfixturevalue("embedded")
        yield
        return
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA demo_as_made CASCADE")


@pytest.fixture
def embedded(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        # The tests' own database is in memory: closed, it would be gone.
        kept = connection.settings_dict["NAME"], connection.connection
        connection.settings_dict["NAME"], connection.connection = str(tmp_path / "d.sqlite3"), None
        try:
            call_command("migrate", verbosity=0, interactive=False)
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"], connection.connection = kept


@pytest.mark.django_db(transaction=True)
def test_a_demo_is_put_back_as_it_was_made(lasting: None) -> None:
    demo = build()
    keep_copy()
    with district_scope(demo.district.pk):
        n_people = Person.objects.count()
        Organization.objects.filter(pk=demo.district.pk).update(name="Spoiled")
        Person.objects.update(given_name="Spoiled")
        Person.objects.create(given_name="One", family_name="More")
    client = Client()
    client.post("/sign-in/look-around/student/")
    shown = page(Client(), "/sign-in/").text
    assert "Spoiled" in shown
    assert "Put the demo back" in shown
    answer = client.post("/sign-in/demo-anew/")
    assert answer.status_code == 302
    shown = page(client, "/sign-in/").text
    assert "Spoiled" not in shown
    assert "The demo is as it was made" in shown
    assert client.get("/security/")["Location"].startswith("/sign-in/")
    assert not find_demo(demo.district).is_touched
    with district_scope(demo.district.pk):
        assert Person.objects.count() == n_people
        # New rows find room beside those that came back.
        Person.objects.create(given_name="Somebody", family_name="New")


@pytest.mark.django_db(transaction=True)
def test_a_copy_of_an_earlier_version_is_not_put_back(lasting: None) -> None:
    build()
    keep_copy()
    of = "demo_as_made." if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {of}django_migrations WHERE app = 'accounts'")
    answer = Client().post("/sign-in/demo-anew/")
    assert answer.status_code == 400
    assert "made by an earlier version" in answer.content.decode()
