"""Who looked: in plain words, for the learner and whoever may see the record."""

from uuid import uuid4

from django.urls import reverse

from manypaths.estimates.tests.world import make_world
from manypaths.people.models import Person
from manypaths.people.tests.cast import Cast
from manypaths.web.pages.path.tests.near import answers
from manypaths.web.tests.clients import Page, client_of, page


def looked(reader: Person, learner: Person) -> Page:
    return page(client_of(reader), reverse("looked:of", args=[learner.public_id]))


def test_looks_of_others_are_told_with_role_page_and_times(cast: Cast) -> None:
    world = make_world()
    answers(world, cast.ada, "F1", "+", n_days_ago=1)
    path = reverse("path:of", args=[cast.ada.public_id])
    f1 = world.competencies["F1"].public_id
    ben = client_of(cast.ben)
    for address in (path, path, reverse("why:of", args=[cast.ada.public_id, f1])):
        ben.get(address)
    client_of(cast.eli).get(path)
    client_of(cast.ada).get(path)
    shown = looked(cast.ada, cast.ada)
    entries = [li.text for li in shown.all("li") if "Saw" in li.text]
    assert ["family" in entries[0], "Eli Okafor" in entries[0]] == [True, True]
    assert "Saw why a level is what it is." in entries[1]
    assert "Ben Silva (teacher)" in entries[2]
    assert "Saw the path, 2 times." in entries[2]
    assert len(entries) == 3
    assert "2 people have looked lately" in shown.text


def test_own_looks_are_not_listed(cast: Cast) -> None:
    client_of(cast.ada).get(reverse("path:own"))
    shown = looked(cast.ada, cast.ada)
    assert "Nobody else has looked yet." in shown.text
    assert "Who looked at my record" in shown.text


def test_family_sees_who_looked_and_is_written_down_too(cast: Cast) -> None:
    assert "Who looked at Ada’s record" in looked(cast.eli, cast.ada).text
    assert "Saw this page: who looked." in looked(cast.ada, cast.ada).text


def test_an_outsider_gets_the_answer_for_nobody(cast: Cast) -> None:
    client = client_of(cast.cleo)
    for person in (cast.ada.public_id, uuid4()):
        assert client.get(reverse("looked:of", args=[person])).status_code == 404
