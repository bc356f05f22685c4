"""A table of another program on the imports page: asked about once, then tried like any file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from manypaths.interop.models import ColumnMapping, ImportRun, RunState
from manypaths.people.models import Membership, Part, Role
from manypaths.people.tests.cast import Cast, make_person
from manypaths.web.tests.clients import client_of, page

ROWS = b"First name;Last name;Room\nIris;Berg;3\nNoor;Aziz;3\n"


@pytest.fixture
def dana(cast: Cast) -> Client:
    return client_of(cast.dana)


def upload(client: Client, cast: Cast, content: bytes = ROWS) -> ImportRun:
    file = SimpleUploadedFile("list.csv", content)
    client.post(reverse("imports:new"), {"file": file, "group": cast.ada_class.public_id})
    return ImportRun.objects.latest("pk")


def at(route: str, run: ImportRun) -> str:
    return reverse(f"imports:{route}", args=[run.public_id])


def say(client: Client, run: ImportRun, **said: str) -> str:
    answer = {"kind": "class list", **said}
    return client.post(at("say_columns", run), answer, follow=True).content.decode()


def test_the_first_table_is_asked_about_with_guesses_and_its_first_rows(
    cast: Cast, dana: Client
) -> None:
    run = upload(dana, cast)
    assert run.state == RunState.ASKING
    asked = page(dana, at("one", run))
    assert "Which column is what?" in asked.text
    assert "IrisBerg3" in asked.text.replace(" ", "")
    chosen = {option.text for option in asked.all("option", selected="")}
    assert {"First name", "Last name", "a class list"} <= chosen
    assert "Who answered" in page(dana, f"{at('columns', run)}?kind=responses").text


def test_once_said_the_file_is_tried_and_taken_in_and_the_next_asks_nothing(
    cast: Cast, dana: Client
) -> None:
    run = upload(dana, cast)
    names = {"column-given_name": "First name", "column-family_name": "Last name"}
    assert "This file can be taken in." in say(dana, run, **names)
    assert Membership.objects.filter(group=cast.ada_class, part=Part.LEARNER).count() == 1
    dana.post(at("take_in", run))
    assert Membership.objects.filter(group=cast.ada_class, part=Part.LEARNER).count() == 3
    following = upload(dana, cast, ROWS + b"Jo;Lind;4\n")
    assert following.state == RunState.CHECKED
    assert "The columns were read as somebody said on" in page(dana, at("one", following)).text


def test_an_answer_that_leaves_something_open_is_asked_again(cast: Cast, dana: Client) -> None:
    run = upload(dana, cast)
    assert "Say which column holds the names." in say(dana, run)
    run.refresh_from_db()
    assert run.state == RunState.ASKING
    assert not ColumnMapping.objects.exists()
    dana.post(at("drop", run))
    assert not ImportRun.objects.exists()


def test_others_find_no_such_question(cast: Cast, dana: Client) -> None:
    run = upload(dana, cast)
    gwen = client_of(make_person("Gwen Arroyo", cast.school_elsewhere, Role.LEADER))
    for client in (gwen, client_of(cast.ben), client_of(cast.eli)):
        assert client.get(at("columns", run)).status_code == 404
        assert client.post(at("say_columns", run)).status_code == 404
