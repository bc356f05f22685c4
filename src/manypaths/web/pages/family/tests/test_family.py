"""The family's page: what children have shown, and notes to those who teach them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from manypaths.base.models import AuditEntry, ViewEntry
from manypaths.base.scope import district_scope
from manypaths.estimates.services import AchievementDraft, sign_off, take_in
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import ResponseDraft
from manypaths.people.access_log import views_of
from manypaths.people.models import Part, Person, RelationshipKind, Role
from manypaths.people.services import enroll, relate
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person, user_of
from manypaths.plans.family_notes import family_notes_of
from manypaths.plans.models import FamilyNote
from manypaths.web.tests.clients import client_of, page

SPANISH = {"Accept-Language": "es"}


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def work(learner: Person, world: World, *, n: int = 4) -> None:
    for number in range(n):
        draft = ResponseDraft(learner, world.tasks["F1-1"], 1.0, day(number))
        take_in(draft, by=OPERATOR, at=day(60))


def show(learner: Person, world: World, code: str, on: int) -> None:
    draft = AchievementDraft(learner, world.competencies[code], day(on).date())
    sign_off(draft, by=OPERATOR, at=day(60))


def bring_sibling(cast: Cast, name: str) -> Person:
    child = make_person(name, cast.school, Role.STUDENT)
    enroll(cast.ada_class, [child], part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    relate(
        [(cast.eli, child)],
        kind=RelationshipKind.GUARDIAN,
        organization=cast.school,
        starts_on=SINCE,
        consented_on=SINCE,
        by=OPERATOR,
        at=AT,
    )
    return child


def write(client: Client, child: Person, words: str) -> Any:
    return client.post(f"/family/{child.public_id}/write/", {"words": words})


def test_each_child_has_a_sentence(cast: Cast, world: World) -> None:
    work(cast.ada, world)
    show(cast.ada, world, "F1", 20)
    show(cast.ada, world, "F2", 30)
    bring_sibling(cast, "Iris Okafor")
    text = page(client_of(cast.eli), "/family/").text
    assert "Ada has shown 2 competencies. The newest is “Fractions, step F2”, on March 4." in text
    assert "Iris is just beginning: there is no work here yet." in text


def test_work_that_nobody_signed_off_is_told_as_being_on_the_way(cast: Cast, world: World) -> None:
    work(cast.ada, world)
    answer = page(client_of(cast.eli), "/family/")
    assert "Ada is on the way: 4 pieces of evidence so far, none signed off." in answer.text
    assert "The newest work here is of Feb. 5, 2026." in answer.text


def test_a_mother_reads_it_in_spanish(cast: Cast, world: World) -> None:
    work(cast.ada, world)
    show(cast.ada, world, "F1", 20)
    text = client_of(cast.eli).get("/family/", headers=SPANISH).content.decode()
    assert "Ada ha demostrado <b>1 competencia</b>" in text
    assert "22 de febrero" in text


def test_what_was_shown_leads_to_how_it_was_worked_out(cast: Cast, world: World) -> None:
    work(cast.ada, world)
    show(cast.ada, world, "F1", 20)
    links = [a.attributes["href"] for a in page(client_of(cast.eli), "/family/").all("a")]
    for address in (
        f"/why/{cast.ada.public_id}/{world.competencies['F1'].public_id}/",
        f"/path/{cast.ada.public_id}/",
        f"/looked/{cast.ada.public_id}/",
    ):
        assert address in links
        assert client_of(cast.eli).get(address).status_code == 200


def test_somebody_with_nobody_in_their_care_is_told_what_to_do(cast: Cast) -> None:
    answer = page(client_of(cast.cleo), "/family/")
    assert "Your children will stand here" in answer.text
    assert "Okafor" not in answer.text


def test_each_child_has_a_look_on_record(cast: Cast, world: World) -> None:
    sibling = bring_sibling(cast, "Iris Okafor")
    client_of(cast.eli).get("/family/")
    assert {entry.scope_id for entry in ViewEntry.objects.all()} == {cast.ada.pk, sibling.pk}
    with district_scope(cast.district.pk):
        looks = views_of(sibling, by=user_of(cast.ben))
    assert [(look.viewer, look.role) for look in looks] == [(cast.eli, "family")]


def test_more_children_make_no_more_queries(cast: Cast, world: World) -> None:
    work(cast.ada, world)
    client = client_of(cast.eli)
    client.get("/family/")
    with CaptureQueriesContext(connection) as one:
        client.get("/family/")
    for name in ("Iris Okafor", "Noa Okafor", "Sol Okafor"):
        work(bring_sibling(cast, name), world, n=1)
    with CaptureQueriesContext(connection) as four:
        client.get("/family/")
    assert len(one) == len(four) <= 25


def path_of(child: Person, reader: Person) -> str:
    return page(client_of(reader), f"/path/{child.public_id}/").text


def test_a_note_reaches_the_teacher_and_the_learner_and_nobody_else(
    cast: Cast, world: World
) -> None:
    work(cast.ada, world)
    answer = write(client_of(cast.eli), cast.ada, "  She was ill on Monday. ")
    assert (answer.status_code, answer["Location"]) == (302, "/family/")
    for reader in (cast.ben, cast.ada, cast.eli):
        notes = family_notes_of([cast.ada], by=user_of(reader))[cast.ada.pk]
        assert [(n.note.words, n.writer) for n in notes] == [("She was ill on Monday.", cast.eli)]
        assert "She was ill on Monday." in path_of(cast.ada, reader)
    assert write(client_of(cast.cleo), cast.ada, "Hello").status_code == 404
    assert AuditEntry.objects.filter(deed="write family note").count() == 1


@pytest.mark.parametrize("reader", ["ben", "ada"])
def test_only_a_guardian_writes_from_home(cast: Cast, reader: str) -> None:
    assert write(client_of(getattr(cast, reader)), cast.ada, "Hello").status_code == 404
    assert not FamilyNote.objects.exists()


def test_an_empty_note_is_refused_and_a_long_one_keeps_its_words(cast: Cast) -> None:
    client = client_of(cast.eli)
    assert write(client, cast.ada, "   ").status_code == 400
    answer = write(client, cast.ada, "word " * 300)
    assert "1 to 1000 characters" in answer.content.decode()
    assert "word word" in answer.content.decode()
    assert not FamilyNote.objects.exists()


def test_a_note_can_be_taken_back_and_brought_again(cast: Cast) -> None:
    client = client_of(cast.eli)
    write(client, cast.ada, "She was ill on Monday.")
    note = FamilyNote.objects.get()
    client.post(f"/family/notes/{note.public_id}/take-back/")
    assert "She was ill" not in page(client, "/family/").text
    assert family_notes_of([cast.ada], by=user_of(cast.ben))[cast.ada.pk] == []
    client.post(f"/family/notes/{note.public_id}/restore/")
    assert "She was ill" in page(client, "/family/").text


def test_nobody_takes_back_the_note_of_another(cast: Cast) -> None:
    write(client_of(cast.eli), cast.ada, "She was ill on Monday.")
    note = FamilyNote.objects.get()
    for other in (cast.ben, cast.ada, cast.cleo):
        answer = client_of(other).post(f"/family/notes/{note.public_id}/take-back/")
        assert answer.status_code == 404
    assert FamilyNote.objects.get().taken_back_at is None
