"""People who are on record twice, as leaders see, merge and take them apart on pages."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from manypaths.base.models import ViewEntry
from manypaths.people.models import Merge, Part, Person, Role
from manypaths.people.services import enroll
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person
from manypaths.web.tests.clients import client_of, page

TWICE = reverse("people:twice")


@pytest.fixture
def dana(cast: Cast) -> Client:
    return client_of(cast.dana)


@pytest.fixture
def twin(cast: Cast) -> Person:
    person = make_person("Ada Okafor", cast.school, Role.STUDENT)
    enroll(cast.ada_class, [person], part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    return person


def test_a_leader_finds_both_looks_at_them_and_merges_them(
    cast: Cast, dana: Client, twin: Person
) -> None:
    shown = page(dana, TWICE)
    assert "1 pair may be one person." in shown.text
    assert "They have the same name." in shown.text
    both = reverse("people:beside", args=[cast.ada.public_id, twin.public_id])
    assert shown.all("a", href=both)
    assert "Keep this one, merge the other into it" in page(dana, both).text
    assert ViewEntry.objects.count() == 2
    to = reverse("people:merge", args=[cast.ada.public_id, twin.public_id])
    answer = dana.post(to, follow=True)
    assert "Two records of Ada Okafor are one now. Nothing was lost." in answer.content.decode()
    assert Merge.objects.get().kept == cast.ada
    assert "Nobody here looks like somebody else." in page(dana, TWICE).text


def test_the_way_back_stands_beside_what_was_merged(cast: Cast, dana: Client, twin: Person) -> None:
    dana.post(reverse("people:merge", args=[cast.ada.public_id, twin.public_id]))
    back = reverse("people:unmerge", args=[Merge.objects.get().public_id])
    answer = dana.post(back, follow=True)
    assert "They are two people again, each with what they had." in answer.content.decode()
    assert Merge.objects.get().undone_at is not None
    assert dana.post(back).status_code == 404


def test_the_old_address_shows_the_kept_person(cast: Cast, dana: Client, twin: Person) -> None:
    old = reverse("people:one", args=[twin.public_id])
    dana.post(reverse("people:merge", args=[cast.ada.public_id, twin.public_id]))
    assert dana.get(old).status_code == 200
    assert client_of(cast.cleo).get(old).status_code == 404


def test_a_refusal_is_said_and_changes_nothing(cast: Cast, dana: Client) -> None:
    to = reverse("people:merge", args=[cast.ada.public_id, cast.eli.public_id])
    assert "so they are two people" in dana.post(to, follow=True).content.decode()
    assert not Merge.objects.exists()


def test_others_find_no_such_page(cast: Cast, twin: Person) -> None:
    ids = [cast.ada.public_id, twin.public_id]
    for person in (cast.ben, cast.ada, cast.eli, cast.cleo):
        client = client_of(person)
        assert client.get(TWICE).status_code == 404
        assert client.get(reverse("people:beside", args=ids)).status_code == 404
        assert client.post(reverse("people:merge", args=ids)).status_code == 404
        assert client.post(reverse("people:unmerge", args=[uuid4()])).status_code == 404
