"""What a leader does with schools and terms."""

import pytest
from django.test import Client
from django.urls import reverse

from manypaths.people.models import Organization, Role, Term
from manypaths.people.tests.cast import Cast, make_person
from manypaths.web.tests.clients import client_of, page

ALL = reverse("terms:all")


@pytest.fixture
def femi(cast: Cast) -> Client:
    return client_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))


def test_a_district_leader_sees_all_schools(cast: Cast, femi: Client) -> None:
    shown = page(femi, ALL)
    assert "Hill School" in shown.text
    assert "Lake School" in shown.text


def test_the_bar_leads_to_the_same_places_as_on_all_pages(cast: Cast, femi: Client) -> None:
    shown = page(femi, reverse("terms:all"))
    assert shown.all("a", href=reverse("settings:all"))[0].text == "Settings"
    assert not shown.all("a", href="")


def test_a_school_leader_sees_their_own_and_makes_none(cast: Cast) -> None:
    dana = client_of(cast.dana)
    shown = page(dana, ALL)
    assert "Lake School" not in shown.text
    assert dana.post(reverse("terms:new_school"), {"name": "Mine"}).status_code == 404
    assert client_of(cast.ben).get(ALL).status_code == 404


def test_a_school_is_made_renamed_and_closed(cast: Cast, femi: Client) -> None:
    femi.post(reverse("terms:new_school"), {"name": "River School"})
    school = Organization.objects.get(name="River School")
    twice = femi.post(reverse("terms:new_school"), {"name": "River School"})
    assert b"has a school River School already" in twice.content
    femi.post(reverse("terms:rename_school", args=[school.public_id]), {"name": "River Academy"})
    femi.post(reverse("terms:close_school", args=[school.public_id]))
    school.refresh_from_db()
    assert (school.name, bool(school.closed_on)) == ("River Academy", True)
    assert "River Academy is closed." in page(femi, ALL).text
    assert "River Academy" not in page(femi, ALL).text


def test_a_school_with_people_stays_open(cast: Cast, femi: Client) -> None:
    answer = femi.post(reverse("terms:close_school", args=[cast.school.public_id]), follow=True)
    assert b"belong to Hill School still" in answer.content


def test_a_term_is_made_and_changed(cast: Cast, femi: Client) -> None:
    form = {"name": "Spring", "starts_on": "2026-01-07", "ends_on": "2026-06-20"}
    femi.post(reverse("terms:new_term"), {**form, "place": str(cast.district.public_id)})
    term = Term.objects.get(name="Spring")
    assert term.organization == cast.district
    femi.post(reverse("terms:change_term", args=[term.public_id]), {**form, "name": "Term 2"})
    term.refresh_from_db()
    assert term.name == "Term 2"
    wrong = {**form, "place": str(cast.district.public_id), "ends_on": "2026-01-01"}
    assert b"is not after" in femi.post(reverse("terms:new_term"), wrong).content
