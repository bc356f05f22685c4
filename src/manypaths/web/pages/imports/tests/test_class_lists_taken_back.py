"""A wrong class list on the imports page: taken back, and nothing that came since is lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from manypaths.base.clock import now, today
from manypaths.base.models import AuditEntry
from manypaths.interop.models import ImportRun, RunState
from manypaths.people.keeping import kept_among
from manypaths.people.models import Group, Membership, Person, Role, RoleHeld, SourceId
from manypaths.people.services import create_group, move_learner
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_person, user_of
from manypaths.plans.supporting import write_note
from manypaths.records.holds import place_hold
from manypaths.web.tests.clients import client_of, page

ROWS = b"First name;Last name;No\nIris;Berg;31\nNoor;Aziz;32\nJo;Lind;33\n"
COLUMNS = {"column-given_name": "First name", "column-family_name": "Last name", "column-id": "No"}


@pytest.fixture
def dana(cast: Cast) -> Client:
    return client_of(cast.dana)


@pytest.fixture
def run(cast: Cast, dana: Client) -> ImportRun:
    """Return a class list of three that was taken in."""
    file = SimpleUploadedFile("list.csv", ROWS)
    dana.post(reverse("imports:new"), {"file": file, "group": cast.ada_class.public_id})
    found = ImportRun.objects.get()
    dana.post(at("say_columns", found), {"kind": "class list", **COLUMNS})
    dana.post(at("take_in", found))
    found.refresh_from_db()
    assert found.state == RunState.DONE
    return found


def at(route: str, run: ImportRun) -> str:
    return reverse(f"imports:{route}", args=[run.public_id])


def take_back(client: Client, run: ImportRun) -> str:
    """Take a list back and return what the page says then."""
    client.post(at("undo", run), {"reason": "The wrong class"})
    run.refresh_from_db()
    return page(client, at("one", run)).text


def named(given: str) -> Person:
    return Person.objects.get(given_name=given)


def learners(group: Group) -> set[str]:
    return {row.person.given_name for row in group.memberships.filter(part="learner")}


def test_newcomers_with_nothing_else_are_removed_and_nobody_else(
    cast: Cast, dana: Client, run: ImportRun
) -> None:
    assert learners(cast.ada_class) == {"Ada", "Iris", "Noor", "Jo"}
    before = page(dana, at("one", run)).text
    assert "3 people came with this list." in before
    told = take_back(dana, run)
    assert run.state == RunState.UNDONE
    assert "3 people were removed." in told
    assert "They stay" not in told
    assert learners(cast.ada_class) == {"Ada"}
    assert not Person.objects.filter(family_name__in=("Berg", "Aziz", "Lind")).exists()
    assert not SourceId.objects.exists()
    entry = AuditEntry.objects.get(deed="take back newcomers")
    assert (entry.subject_kind, entry.subject_id) == ("group", cast.ada_class.pk)


def test_the_mended_list_comes_in_afterwards(cast: Cast, dana: Client, run: ImportRun) -> None:
    take_back(dana, run)
    file = SimpleUploadedFile("list.csv", ROWS.replace(b"Jo;Lind;33\n", b""))
    dana.post(reverse("imports:new"), {"file": file, "group": cast.ada_class.public_id})
    mended = ImportRun.objects.latest("pk")
    assert mended.changes["people"]["created"] == 2
    dana.post(at("take_in", mended))
    assert learners(cast.ada_class) == {"Ada", "Iris", "Noor"}


def test_who_has_something_of_their_own_stays_and_leaves_the_group(
    cast: Cast, dana: Client, run: ImportRun
) -> None:
    write_note(named("Iris"), "She helps others.", by=user_of(cast.ben), at=now())
    user_of(named("Noor"))
    before = page(dana, at("one", run))
    assert {"Iris Berg", "Noor Aziz"} <= {link.text for link in before.all("a")}
    assert "Jo Lind" not in before.text
    told = take_back(dana, run)
    assert "1 person was removed." in told
    assert "Iris Berg" in told
    assert "Noor Aziz" in told
    assert learners(cast.ada_class) == {"Ada"}
    assert RoleHeld.objects.filter(person=named("Noor"), ends_on=None).exists()
    assert named("Iris").notes.count() == 1


def test_a_place_that_began_earlier_ends_and_stays_on_record(
    cast: Cast, dana: Client, run: ImportRun
) -> None:
    user_of(named("Noor"))
    Membership.objects.filter(pk__in=run.made_memberships).update(starts_on=AT.date())
    take_back(dana, run)
    place = named("Noor").memberships.get()
    assert place.ends_on is not None
    assert place.starts_on < place.ends_on < today()


def test_who_was_moved_away_stays_where_they_are(cast: Cast, dana: Client, run: ImportRun) -> None:
    other = create_group(cast.school, "7C", by=OPERATOR, at=AT)
    place = named("Jo").memberships.get()
    move_learner(place, other, on=today(), by=OPERATOR, at=now())
    take_back(dana, run)
    assert learners(other) == {"Jo"}
    assert run.n_removed == 2


def test_whom_a_hold_keeps_is_not_removed(cast: Cast, dana: Client, run: ImportRun) -> None:
    jo = named("Jo")
    place_hold(jo, reason="A case", until=None, by=OPERATOR, at=now())
    assert kept_among([jo.pk, cast.ada.pk]) == {jo.pk}
    take_back(dana, run)
    assert run.n_removed == 2
    assert named("Jo").pk == jo.pk


def test_a_list_that_brought_nobody_has_nothing_to_take_back(
    cast: Cast, dana: Client, run: ImportRun
) -> None:
    file = SimpleUploadedFile("list.csv", ROWS)
    dana.post(reverse("imports:new"), {"file": file, "group": cast.ada_class.public_id})
    again = ImportRun.objects.latest("pk")
    dana.post(at("take_in", again))
    assert "brought nothing new" in take_back(dana, again)
    assert again.state == RunState.DONE
    assert learners(cast.ada_class) == {"Ada", "Iris", "Noor", "Jo"}


def test_others_take_nothing_back(cast: Cast, run: ImportRun) -> None:
    gwen = make_person("Gwen Arroyo", cast.school_elsewhere, Role.LEADER)
    for person in (gwen, cast.ben, cast.eli):
        assert client_of(person).post(at("undo", run), {"reason": "No"}).status_code == 404
    assert learners(cast.ada_class) == {"Ada", "Iris", "Noor", "Jo"}


def test_a_page_of_a_long_list_asks_no_more_often(cast: Cast, dana: Client, run: ImportRun) -> None:
    with CaptureQueriesContext(connection) as few:
        page(dana, at("one", run))
    rows = b"".join(b"Max;Number%c;%d\n" % (65 + n % 26, 100 + n) for n in range(60))
    file = SimpleUploadedFile("list.csv", ROWS + rows)
    dana.post(reverse("imports:new"), {"file": file, "group": cast.ada_class.public_id})
    longer = ImportRun.objects.latest("pk")
    dana.post(at("take_in", longer))
    with CaptureQueriesContext(connection) as many:
        page(dana, at("one", longer))
    assert len(many) == len(few)
