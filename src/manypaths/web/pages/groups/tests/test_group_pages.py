"""What a leader does on the pages of groups."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from manypaths.base.clock import today
from manypaths.people import services
from manypaths.people.models import Group, Membership, Part
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast
from manypaths.web.tests.clients import client_of, page

GROUPS = reverse("groups:all")


@pytest.fixture
def dana(cast: Cast) -> Client:
    return client_of(cast.dana)


def at(name: str, cast: Cast) -> str:
    return reverse(f"groups:{name}", args=[cast.ada_class.public_id])


def test_groups_stand_with_who_leads_them(cast: Cast, dana: Client) -> None:
    shown = page(dana, GROUPS)
    assert "7B Mathematics" in shown.text
    assert "Ben Silva" in shown.text
    assert "7A Mathematics" not in shown.text
    assert "No group is called so." in page(dana, f"{GROUPS}?q=zoo").text


def test_only_who_leads_the_school_opens_its_groups(cast: Cast) -> None:
    for person in (cast.ben, cast.cleo, cast.ada):
        client = client_of(person)
        assert client.get(GROUPS).status_code == 404
        assert client.get(at("one", cast)).status_code == 404
        assert client.post(at("end", cast), {"day": "2026-01-01"}).status_code == 404


def test_the_list_takes_the_same_queries_for_few_and_many(cast: Cast, dana: Client) -> None:
    def n_queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            dana.get(GROUPS)
        return len(captured)

    few = n_queries()
    for number in range(12):
        services.create_group(cast.school, f"G{number}", by=OPERATOR, at=AT)
    assert n_queries() == few


def test_a_new_group_leads_to_its_own_page(cast: Cast, dana: Client) -> None:
    form = {"name": "7C", "kind": "class", "place": str(cast.school.public_id), "term": ""}
    made = dana.post(reverse("groups:new"), form, follow=True)
    assert b"Who is in this class?" in made.content
    assert Group.objects.get(name="7C").organization == cast.school
    again = dana.post(reverse("groups:new"), form)
    assert b"has a group 7C already" in again.content


def test_a_group_gets_another_name_and_term(cast: Cast, dana: Client) -> None:
    term = services.create_term(
        cast.school, "Spring", starts_on=SINCE, ends_on=AT.date(), by=OPERATOR, at=AT
    )
    dana.post(at("change", cast), {"name": "7B Maths", "term": str(term.public_id)})
    cast.ada_class.refresh_from_db()
    assert (cast.ada_class.name, cast.ada_class.term) == ("7B Maths", term)


def test_somebody_of_the_school_is_found_and_added(cast: Cast, dana: Client) -> None:
    found = dana.post(at("add", cast), {"text": "novak", "leads": "on"})
    assert b"Add Dana Novak" in found.content
    dana.post(at("add", cast), {"who": str(cast.dana.public_id), "leads": "on"})
    assert Membership.objects.get(person=cast.dana).part == Part.LEAD
    again = dana.post(
        at("add", cast), {"who": str(cast.dana.public_id), "leads": "on"}, follow=True
    )
    assert b"Dana Novak is in 7B Mathematics already." in again.content


def test_a_lead_s_time_ends_with_a_day(cast: Cast, dana: Client) -> None:
    row = Membership.objects.get(person=cast.ben)
    dana.post(at("leave", cast), {"row": row.pk, "day": today().isoformat()})
    row.refresh_from_db()
    assert row.ends_on == today()
    stranger = Membership.objects.get(person=cast.cleo)
    answer = dana.post(at("leave", cast), {"row": stranger.pk, "day": today().isoformat()})
    assert answer.status_code == 404


def test_a_group_ends_with_a_day(cast: Cast, dana: Client) -> None:
    answer = dana.post(at("end", cast), {"day": today().isoformat()}, follow=True)
    assert b"What was learned there stays." in answer.content
    cast.ada_class.refresh_from_db()
    assert cast.ada_class.ends_on == today()
