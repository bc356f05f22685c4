"""The end of a school year, as leaders look at it, do it and take it back on pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from manypaths.base.clock import today
from manypaths.people.models import Group, RollOver, Term
from manypaths.people.services import create_term
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast
from manypaths.web.tests.clients import client_of, page

DAY = timedelta(days=1)


@pytest.fixture
def dana(cast: Cast) -> Client:
    return client_of(cast.dana)


@pytest.fixture
def terms(cast: Cast) -> tuple[Term, Term]:
    old, new = (
        create_term(cast.school, name, starts_on=first, ends_on=last, by=OPERATOR, at=AT)
        for name, first, last in (
            ("This year", SINCE, today() - DAY),
            ("Next year", today(), today() + 300 * DAY),
        )
    )
    Group.objects.filter(pk=cast.ada_class.pk).update(term=old)
    return old, new


def asked(route: str, cast: Cast, terms: tuple[Term, Term]) -> str:
    old, new = terms
    ids = f"place={cast.school.public_id}&from={old.public_id}&to={new.public_id}"
    return f"{reverse(f'terms:{route}')}?{ids}"


def begin(dana: Client, cast: Cast, terms: tuple[Term, Term], name: str) -> str:
    group = cast.ada_class
    said = {"ends": str(group.public_id), f"name-{group.pk}": name, f"learners-{group.pk}": "on"}
    return dana.post(asked("begin_year", cast, terms), said, follow=True).content.decode()


def test_first_the_leader_says_which_years(cast: Cast, dana: Client) -> None:
    assert "Say which year ends and which begins." in page(dana, reverse("terms:roll_over")).text


def test_then_every_group_is_shown_with_a_name_for_next_year(
    cast: Cast, dana: Client, terms: tuple[Term, Term]
) -> None:
    answer = dana.get(asked("roll_over", cast, terms)).content.decode()
    assert 'value="8B Mathematics"' in answer
    assert not RollOver.objects.exists()


def test_the_year_begins_with_what_was_chosen_and_can_be_taken_back(
    cast: Cast, dana: Client, terms: tuple[Term, Term]
) -> None:
    shown = begin(dana, cast, terms, "8B")
    assert "1 group is in the archive now. 1 group is ready for the new year." in shown
    assert "7B Mathematics" in shown
    new = Group.objects.get(term=terms[1])
    assert [row.person for row in new.memberships.all()] == [cast.ada]
    done = RollOver.objects.get()
    back = reverse("terms:take_back", args=[cast.school.public_id, done.public_id])
    assert "The year is as it was before." in dana.post(back, follow=True).content.decode()
    assert not Group.objects.filter(term=terms[1]).exists()


def test_a_refusal_leads_back_to_what_was_chosen(
    cast: Cast, dana: Client, terms: tuple[Term, Term]
) -> None:
    Group.objects.create(organization=cast.school, term=terms[1], name="8B")
    assert "There would be two groups 8B in Next year." in begin(dana, cast, terms, "8B")
    assert not RollOver.objects.exists()


def test_others_find_no_such_page(cast: Cast, terms: tuple[Term, Term]) -> None:
    for person in (cast.ben, cast.ada, cast.eli):
        client = client_of(person)
        for route in ("roll_over", "archive"):
            assert client.get(asked(route, cast, terms)).status_code == 404
        assert client.post(asked("begin_year", cast, terms)).status_code == 404
