"""What a teacher's word beside the estimate promises on its page."""

from uuid import uuid4

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from manypaths.estimates.models import TeachersWord
from manypaths.estimates.queries import words_of
from manypaths.estimates.tests.world import World, make_world
from manypaths.frameworks.models import Framework
from manypaths.people.tests.cast import Cast, user_of
from manypaths.plans.tests.work import practise
from manypaths.web.tests.clients import client_of, page


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def address(cast: Cast, world: World, name: str = "words:new") -> str:
    return reverse(name, args=[cast.ada.public_id, world.competencies["F1"].public_id])


def test_a_word_is_said_beside_the_estimate(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "++")
    ben = client_of(cast.ben)
    shown = page(ben, address(cast, world))
    assert "The estimate says needs evidence" in shown.text
    assert [radio.attributes["value"] for radio in shown.all("input", name="where")] == list("0123")
    given = {"where": "2", "reason": "She explained it without notes."}
    ben.post(address(cast, world, "words:say"), given)
    read = page(ben, address(cast, world))
    assert "Ben Silva saw Secure: “She explained it without notes.”" in read.text
    assert "The estimate says needs evidence" in read.text


def test_without_levels_a_word_is_a_status(cast: Cast, world: World) -> None:
    Framework.objects.update(scale=None)
    ben = client_of(cast.ben)
    ben.post(address(cast, world, "words:say"), {"where": "ready to show", "reason": "Seen."})
    assert TeachersWord.objects.get().status == "ready to show"
    assert "Ben Silva saw ready to show" in page(ben, address(cast, world)).text


@pytest.mark.parametrize("given", [{}, {"where": "2"}, {"where": "9", "reason": "Seen"}])
def test_a_word_without_a_reason_or_a_level_is_asked_for_again(
    cast: Cast, world: World, given: dict[str, str]
) -> None:
    answer = client_of(cast.ben).post(address(cast, world, "words:say"), given)
    assert answer.status_code == 422
    assert not TeachersWord.objects.exists()


def test_a_word_can_be_taken_back(cast: Cast, world: World) -> None:
    ben = client_of(cast.ben)
    ben.post(address(cast, world, "words:say"), {"where": "2", "reason": "Seen."})
    word = TeachersWord.objects.get()
    ben.post(reverse("words:take_back", args=[word.public_id]))
    assert "saw Secure" not in page(ben, address(cast, world)).text


@pytest.mark.parametrize("name", ["ada", "eli", "cleo"])
def test_only_those_who_could_sign_off_come_here(cast: Cast, world: World, name: str) -> None:
    client = client_of(getattr(cast, name))
    assert page(client, address(cast, world)).status == 404
    given = {"where": "2", "reason": "Seen."}
    assert client.post(address(cast, world, "words:say"), given).status_code == 404
    assert client.post(reverse("words:take_back", args=[uuid4()])).status_code == 404
    assert not TeachersWord.objects.exists()


def test_other_pages_can_show_the_words(cast: Cast, world: World) -> None:
    client_of(cast.ben).post(
        address(cast, world, "words:say"), {"where": "1", "reason": "<b>Seen</b>"}
    )
    words = words_of(cast.ada, world.competencies["F1"], by=user_of(cast.ada))
    shown = render_to_string("parts/teachers_word.html", {"words": words})
    assert "&lt;b&gt;Seen&lt;/b&gt;" in shown
    assert "Take it back" not in shown
    assert render_to_string("parts/teachers_word.html", {"words": []}).strip() == ""
