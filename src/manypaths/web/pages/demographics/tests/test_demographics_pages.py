"""Demographics on pages: for who holds the right, each look written down; and who holds it."""

import pytest
from django.urls import reverse

from manypaths.base.models import ViewEntry
from manypaths.demographics.models import DemographicsRight
from manypaths.demographics.services import give_demographics_right, take_in_demographics
from manypaths.people.models import Role
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_person
from manypaths.web.tests.clients import client_of, page

RIGHTS = reverse("demographics:rights")


@pytest.fixture
def stored(cast: Cast) -> str:
    facts = {"birthDate": "2014-03-01", "sex": "female", "asian": "true", "metadata.el": "no"}
    take_in_demographics({cast.ada.pk: facts}, district=cast.district, by=OPERATOR, at=AT)
    return reverse("demographics:of", args=[cast.ada.public_id])


def test_who_holds_the_right_sees_what_is_stored_and_is_written_down(
    cast: Cast, stored: str
) -> None:
    give_demographics_right(cast.dana, by=OPERATOR, at=AT)
    dana = client_of(cast.dana)
    shown = page(dana, stored)
    cells = [cell.text for tag in ("th", "td") for cell in shown.all(tag)]
    for words in ("Born on", "March 1, 2014", "Sex", "female", "Asian", "yes", "el", "no"):
        assert words in cells
    look = ViewEntry.objects.get()
    assert (look.page, look.scope_id) == ("demographics:of", cast.ada.pk)
    assert page(dana, reverse("people:one", args=[cast.ada.public_id])).all("a", href=stored)


def test_others_find_no_such_page(cast: Cast, stored: str) -> None:
    for person in (cast.ada, cast.ben, cast.cleo, cast.dana, cast.eli):
        client = client_of(person)
        assert client.get(stored).status_code == 404
        assert client.get(RIGHTS).status_code == 404
    assert not ViewEntry.objects.exists()
    dana = client_of(cast.dana)
    assert not page(dana, reverse("people:one", args=[cast.ada.public_id])).all("a", href=stored)


def test_a_leader_of_the_district_gives_the_right_and_takes_it_back(cast: Cast) -> None:
    femi = client_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))
    assert "Nobody may read what the roster says" in page(femi, RIGHTS).text
    give = reverse("demographics:give", args=[cast.dana.public_id])
    assert "Dana Novak may read demographics now." in femi.post(give, follow=True).content.decode()
    right = DemographicsRight.objects.get()
    end = reverse("demographics:end", args=[right.public_id])
    assert "1 leader may read" in page(femi, RIGHTS).text
    femi.post(end)
    assert DemographicsRight.objects.get().ended_at is not None
    assert femi.post(end).status_code == 404


def test_a_person_of_whom_nothing_is_stored_has_a_page_that_says_so(
    cast: Cast, stored: str
) -> None:
    give_demographics_right(cast.dana, by=OPERATOR, at=AT)
    address = reverse("demographics:of", args=[cast.ben.public_id])
    assert "Nothing is stored of Ben Silva." in page(client_of(cast.dana), address).text
