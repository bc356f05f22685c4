"""People who are on record twice, as leaders see, merge and take them apart on pages."""

from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from manypaths.base.models import AuditEntry, ViewEntry
from manypaths.people.models import Merge, Part, Person, Role, ToldApart
from manypaths.people.services import enroll
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person, user_of
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


def tell_apart(client: Client, one: Person, other: Person, **form: str) -> str:
    to = reverse("people:tell_apart", args=[one.public_id, other.public_id])
    return client.post(to, form, follow=True).content.decode()


def test_a_pair_of_two_people_is_not_suggested_again(
    cast: Cast, dana: Client, twin: Person
) -> None:
    to = reverse("people:tell_apart", args=[cast.ada.public_id, twin.public_id])
    assert page(dana, TWICE).all("button", formaction=to)
    told = tell_apart(dana, twin, cast.ada, place=str(cast.school.public_id))
    assert "They are two people. This pair is not suggested again." in told
    shown = page(dana, TWICE)
    assert "Nobody here looks like somebody else." in shown.text
    assert "Ada Okafor and Ada Okafor" in shown.text
    apart = ToldApart.objects.get()
    assert {apart.one, apart.other} == {cast.ada, twin}
    assert apart.told_by == user_of(cast.dana).pk
    assert AuditEntry.objects.filter(deed="tell apart").count() == 1
    assert "This has been said already." in unescape(tell_apart(dana, cast.ada, twin))
    assert ToldApart.objects.count() == 1


def test_that_they_are_two_can_be_taken_back(cast: Cast, dana: Client, twin: Person) -> None:
    tell_apart(dana, cast.ada, twin)
    back = reverse("people:suggest_again", args=[ToldApart.objects.get().public_id])
    assert page(dana, TWICE).all("button", formaction=back)
    assert client_of(cast.cleo).post(back).status_code == 404
    told = dana.post(back, {"place": "no id"}, follow=True).content.decode()
    assert "they are suggested again" in told
    assert "1 pair may be one person." in page(dana, TWICE).text
    assert AuditEntry.objects.filter(deed="suggest again").count() == 1
    assert dana.post(back).status_code == 404


def test_two_told_apart_can_be_merged_after_all_and_come_apart_as_they_were(
    cast: Cast, dana: Client, twin: Person
) -> None:
    tell_apart(dana, cast.ada, twin)
    third = make_person("Ada Okafor", cast.school, Role.STUDENT)
    tell_apart(dana, twin, third)
    dana.post(reverse("people:merge", args=[cast.ada.public_id, twin.public_id]))
    # What was said of the one who was merged is said of the kept one.
    assert [{told.one, told.other} for told in ToldApart.objects.all()] == [{cast.ada, third}]
    assert "Nobody here looks like somebody else." in page(dana, TWICE).text
    dana.post(reverse("people:unmerge", args=[Merge.objects.get().public_id]))
    pairs = [{told.one, told.other} for told in ToldApart.objects.order_by("pk")]
    assert pairs == [{cast.ada, twin}, {twin, third}]


def test_nobody_is_told_apart_from_themself(cast: Cast, dana: Client) -> None:
    assert "This is one person" in tell_apart(dana, cast.ada, cast.ada)
    assert not ToldApart.objects.exists()


def test_others_find_no_such_page(cast: Cast, twin: Person) -> None:
    ids = [cast.ada.public_id, twin.public_id]
    for person in (cast.ben, cast.ada, cast.eli, cast.cleo):
        client = client_of(person)
        assert client.get(TWICE).status_code == 404
        assert client.get(reverse("people:beside", args=ids)).status_code == 404
        assert client.post(reverse("people:merge", args=ids)).status_code == 404
        assert client.post(reverse("people:tell_apart", args=ids)).status_code == 404
        assert client.post(reverse("people:suggest_again", args=[uuid4()])).status_code == 404
        assert client.post(reverse("people:unmerge", args=[uuid4()])).status_code == 404
