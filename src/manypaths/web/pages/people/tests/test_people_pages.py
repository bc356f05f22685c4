"""What a leader does on the pages of people: find, look at a list, save it, change one person."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from manypaths.base.clock import today
from manypaths.base.models import ViewEntry
from manypaths.people import services
from manypaths.people.models import (
    Membership,
    Person,
    Relationship,
    RelationshipKind,
    Role,
    RoleHeld,
)
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast
from manypaths.web.tests.clients import client_of, page

PEOPLE = reverse("people:all")


@pytest.fixture
def dana(cast: Cast) -> Client:
    return client_of(cast.dana)


def at(name: str, cast: Cast) -> str:
    return reverse(f"people:{name}", args=[cast.ada.public_id])


def test_a_leader_sees_the_people_of_the_school(cast: Cast, dana: Client) -> None:
    shown = page(dana, PEOPLE)
    assert "4 people learn, teach or care at Hill School." in shown.text
    for person in (cast.ada, cast.ben, cast.dana, cast.eli):
        assert person.name in shown.text
    assert cast.cleo.name not in shown.text
    assert ViewEntry.objects.get().scope_kind == "organization"


def test_who_leads_nothing_finds_no_such_page(cast: Cast) -> None:
    for person in (cast.ben, cast.ada, cast.eli):
        client = client_of(person)
        assert client.get(PEOPLE).status_code == 404
        assert client.get(reverse("people:add")).status_code == 404
        assert client.get(at("one", cast)).status_code == 404


def test_a_leader_elsewhere_finds_the_same_as_for_nobody(cast: Cast) -> None:
    gwen = services.add_people(
        [("Gwen", "Arroyo")],
        organization=cast.school_elsewhere,
        role=Role.LEADER,
        starts_on=SINCE,
        by=OPERATOR,
        at=AT,
    )[0]
    client = client_of(gwen)
    assert client.get(at("one", cast)).status_code == 404
    assert client.get(reverse("people:one", args=[uuid4()])).status_code == 404
    assert client.get(f"{PEOPLE}?place={cast.school.public_id}").status_code == 404


def test_a_search_leaves_no_name_in_the_address(cast: Cast, dana: Client) -> None:
    found = dana.post(reverse("people:find"), {"text": "ada"})
    assert b"Ada Okafor" in found.content
    assert b"Ben Silva" not in found.content
    assert b"text=ada" not in found.content


def test_filters_stand_in_the_address(cast: Cast, dana: Client) -> None:
    shown = page(dana, f"{PEOPLE}?role=teacher")
    assert "Ben Silva" in shown.text
    assert "Ada Okafor" not in shown.text
    assert dana.get(f"{PEOPLE}?group=nonsense").status_code == 404


def test_the_list_takes_the_same_queries_for_few_and_many(cast: Cast, dana: Client) -> None:
    def n_queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            dana.get(PEOPLE)
        return len(captured)

    few = n_queries()
    services.add_people(
        [(f"G{n}", f"F{n}") for n in range(120)],
        organization=cast.school,
        role=Role.STUDENT,
        starts_on=SINCE,
        by=OPERATOR,
        at=AT,
    )
    assert n_queries() == few


def pasted(cast: Cast, names: str, **more: str) -> dict[str, str]:
    group = str(cast.ada_class.public_id)
    return {"names": names, "role": "student", "group": group, **more}


def test_a_list_is_looked_at_before_anything_is_saved(cast: Cast, dana: Client) -> None:
    n_people = Person.objects.count()
    looked = dana.post(reverse("people:add"), pasted(cast, "Iris Berg\nAziz, Noor\nAda Okafor"))
    assert b"2 people</b> will be added" in looked.content
    assert b"Somebody here is called so" in looked.content
    assert Person.objects.count() == n_people


def test_a_looked_at_list_is_saved_into_the_class(cast: Cast, dana: Client) -> None:
    save = pasted(cast, "Iris Berg\nAziz, Noor\nAda Okafor", save="1")
    saved = dana.post(reverse("people:add"), save, follow=True)
    assert b"2 people are in 7B Mathematics now." in saved.content
    members = Membership.objects.filter(group=cast.ada_class, starts_on=today())
    assert {row.person.name for row in members} == {"Iris Berg", "Noor Aziz"}


def test_the_same_list_sent_twice_adds_nobody_twice(cast: Cast, dana: Client) -> None:
    for _attempt in range(2):
        dana.post(reverse("people:add"), pasted(cast, "Iris Berg", save="1"))
    assert Person.objects.filter(family_name="Berg").count() == 1


def test_a_second_person_of_a_name_is_added_when_asked_for(cast: Cast, dana: Client) -> None:
    dana.post(reverse("people:add"), pasted(cast, "Ada Okafor", save="1", again="1"))
    assert Person.objects.filter(given_name="Ada", family_name="Okafor").count() == 2


def test_one_faulty_line_saves_nothing_and_is_named(cast: Cast, dana: Client) -> None:
    n_people = Person.objects.count()
    answer = dana.post(reverse("people:add"), pasted(cast, "Iris Berg\n1234", save="1"))
    assert "Line 2, “1234”".encode() in answer.content
    assert Person.objects.count() == n_people


def test_a_person_s_page_says_what_they_do_where(cast: Cast, dana: Client) -> None:
    shown = page(dana, at("one", cast))
    assert "At Hill School: student, since" in shown.text
    assert "7B Mathematics" in shown.text
    assert "Eli Okafor" in shown.text
    assert ViewEntry.objects.get().scope_id == cast.ada.pk


def test_a_leader_corrects_a_name(cast: Cast, dana: Client) -> None:
    names = {"given_name": "Adaeze", "family_name": "Okafor"}
    assert b"Adaeze Okafor" in dana.post(at("rename", cast), names, follow=True).content


def test_a_learner_moves_to_another_class(cast: Cast, dana: Client) -> None:
    other = services.create_group(cast.school, "7C", by=OPERATOR, at=AT)
    place = Membership.objects.get(person=cast.ada)
    move = {"row": place.pk, "group": str(other.public_id), "day": today().isoformat()}
    answer = dana.post(at("move", cast), move, follow=True)
    assert b"Ada Okafor moves to 7C." in answer.content
    assert Membership.objects.get(person=cast.ada, group=other).ends_on is None


def test_a_place_in_a_group_and_a_role_end_with_a_day(cast: Cast, dana: Client) -> None:
    place = Membership.objects.get(person=cast.ada)
    held = RoleHeld.objects.get(person=cast.ada)
    dana.post(at("leave", cast), {"row": place.pk, "day": today().isoformat()})
    dana.post(at("end_role", cast), {"row": held.pk, "day": today().isoformat()})
    place.refresh_from_db()
    held.refresh_from_db()
    assert (place.ends_on, held.ends_on) == (today(), today())


def test_a_row_of_somebody_else_is_not_there(cast: Cast, dana: Client) -> None:
    bens = RoleHeld.objects.get(person=cast.ben)
    answer = dana.post(at("end_role", cast), {"row": bens.pk, "day": today().isoformat()})
    assert answer.status_code == 404
    bens.refresh_from_db()
    assert bens.ends_on is None


def test_a_role_and_a_group_are_given_from_today(cast: Cast, dana: Client) -> None:
    place = str(cast.school.public_id)
    dana.post(at("give_role", cast), {"role": "mentor", "place": place})
    assert RoleHeld.objects.get(person=cast.ada, role=Role.MENTOR).starts_on == today()
    again = dana.post(at("give_role", cast), {"role": "mentor", "place": place}, follow=True)
    assert b"holds this role here already" in again.content
    other = services.create_group(cast.school, "Choir", by=OPERATOR, at=AT)
    dana.post(at("join", cast), {"group": str(other.public_id)})
    assert Membership.objects.filter(person=cast.ada, group=other).exists()


def test_a_guardian_who_is_new_is_added_and_tied(cast: Cast, dana: Client) -> None:
    form = {"name": "Nora Okafor", "kind": "guardian", "consented_on": ""}
    looked = dana.post(at("support", cast), form)
    assert b"Somebody new: add them" in looked.content
    dana.post(at("support", cast), {**form, "who": "new"})
    tie = Relationship.objects.get(supporter__given_name="Nora")
    assert (tie.learner, tie.consented_on) == (cast.ada, None)
    dana.post(at("consent", cast), {"row": tie.pk, "day": AT.date().isoformat()})
    tie.refresh_from_db()
    assert tie.consented_on == AT.date()
    dana.post(at("end_tie", cast), {"row": tie.pk, "day": today().isoformat()})
    tie.refresh_from_db()
    assert tie.ends_on == today()


def test_a_coach_who_is_here_is_found_and_tied(cast: Cast, dana: Client) -> None:
    form = {"name": "silva", "kind": "coach", "consented_on": ""}
    assert str(cast.ben.public_id).encode() in dana.post(at("support", cast), form).content
    dana.post(at("support", cast), {**form, "who": str(cast.ben.public_id)})
    tie = Relationship.objects.get(supporter=cast.ben)
    assert (tie.learner, tie.kind) == (cast.ada, RelationshipKind.COACH)


def test_nothing_changes_by_get(cast: Cast, dana: Client) -> None:
    for name in ("rename", "give_role", "end_role", "join", "move", "leave", "support"):
        assert dana.get(at(name, cast)).status_code == 405
