"""A OneRoster bundle on the imports page: tried, taken in whole, or refused with words."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from manypaths.base.models import AuditEntry
from manypaths.demographics.models import Demographics
from manypaths.demographics.services import give_demographics_right
from manypaths.interop.models import ImportFile, ImportRun, RunState
from manypaths.interop.runs import SMALL_PACKED
from manypaths.interop.tasks import do_step
from manypaths.interop.tests.rosters import BUNDLE, HARMFUL_ZIPS, changed, write_zip
from manypaths.people.models import Group, Membership, Person, Role, SourceId
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_person
from manypaths.web.tests.clients import client_of, page

NEW = reverse("imports:new")
SEALED = {"demographics.csv": "sourcedId,status,dateLastModified,birthDate\nu1,,,2014-03-01\n"}


@pytest.fixture
def leader(cast: Cast) -> Person:
    return make_person("Femi Adeyemi", cast.district, Role.LEADER)


@pytest.fixture
def femi(leader: Person) -> Client:
    return client_of(leader)


def zipped(folder: Path, files: dict[str, str] = BUNDLE) -> bytes:
    return write_zip(folder / "roster.zip", files).read_bytes()


def hand_in(client: Client, content: bytes) -> ImportRun:
    answer = client.post(NEW, {"file": SimpleUploadedFile("roster.zip", content)})
    assert answer.status_code == 302, answer.content.decode()
    return ImportRun.objects.get(public_id=answer["Location"].strip("/").split("/")[-1])


def at(route: str, run: ImportRun) -> str:
    return reverse(f"imports:{route}", args=[run.public_id])


def take_in(client: Client, run: ImportRun) -> ImportRun:
    client.post(at("take_in", run))
    run.refresh_from_db()
    return run


def test_a_roster_is_tried_then_taken_in_as_the_command_does(
    cast: Cast, femi: Client, tmp_path: Path
) -> None:
    run = hand_in(femi, zipped(tmp_path))
    assert (run.kind, run.state) == ("roster", RunState.CHECKED)
    assert run.changes["people"]["created"] == 5
    assert not SourceId.objects.exists()
    shown = page(femi, at("one", run))
    assert "Nothing is changed yet." in shown.text
    assert {"schools", "people", "roles", "places in groups"} <= {
        cell.text for cell in shown.all("th", scope="row")
    }
    assert take_in(femi, run).state == RunState.DONE
    assert Group.objects.filter(source_id="c1", organization=cast.school).exists()
    assert AuditEntry.objects.filter(deed="take in roster").count() == 1
    assert not ImportFile.objects.exists()
    again = hand_in(femi, zipped(tmp_path))
    assert again.changes["people"] == run.changes["people"] | {"created": 0, "unchanged": 5}


def test_the_next_roster_ends_what_it_no_longer_lists(
    cast: Cast, femi: Client, tmp_path: Path
) -> None:
    take_in(femi, hand_in(femi, zipped(tmp_path)))
    less = changed("enrollments.csv", "e2,,,c1,s1,u2,student,,2026-08-17,\n", "")
    run = hand_in(femi, zipped(tmp_path, less))
    assert run.changes["memberships"]["retired"] == 1
    assert not Membership.objects.filter(group__source_id="c1", ends_on__isnull=False).exists()
    take_in(femi, run)
    assert Membership.objects.filter(group__source_id="c1", ends_on__isnull=False).count() == 1
    shown = page(femi, at("one", run))
    assert "ended" in shown.text
    assert "mended by the next roster" in shown.text
    assert not shown.all("form", action=at("undo", run))
    refused = femi.post(at("undo", run), {"reason": "A slip"}, follow=True).content.decode()
    assert "A roster is mended by the next roster" in refused
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_what_is_tolerated_is_named(cast: Cast, femi: Client, tmp_path: Path) -> None:
    odd = changed("users.csv", "u1,,,true", "u1,,,TRUE")
    del odd["manifest.csv"]
    shown = page(femi, at("one", hand_in(femi, zipped(tmp_path, odd))))
    assert "There is no manifest.csv" in shown.text
    assert "users.csv writes claims otherwise than true and false (once)." in shown.text


def test_faults_name_file_row_and_column_and_nothing_is_taken_in(
    cast: Cast, femi: Client, tmp_path: Path
) -> None:
    wrong = changed("users.csv", "u2,,,true", "u2,,,perhaps") | {
        "enrollments.csv": BUNDLE["enrollments.csv"].replace("c1,s1,u5", "c9,s1,u5")
    }
    run = hand_in(femi, zipped(tmp_path, wrong))
    assert (run.state, run.n_faults) == (RunState.FAULTY, 2)
    rows = [row.text for row in page(femi, at("one", run)).all("tr")]
    assert any("users.csv" in row and "3" in row and "enabledUser" in row for row in rows)
    assert any("enrollments.csv" in row and "5" in row and "c9" in row for row in rows)
    assert take_in(femi, run).state == RunState.FAULTY
    assert not SourceId.objects.exists()


@pytest.mark.parametrize(("make", "words"), HARMFUL_ZIPS)
def test_zips_that_are_made_to_do_harm_are_refused_with_words(
    cast: Cast, femi: Client, tmp_path: Path, make: Callable[[Path], Path], words: str
) -> None:
    run = hand_in(femi, make(tmp_path / "b.zip").read_bytes())
    if run.state == RunState.CHECKING:
        do_step.call(run.pk, run.asked_by)
    shown = page(femi, at("one", run))
    assert "can’t be taken in" in shown.text
    assert words in shown.text
    assert not SourceId.objects.exists()


def test_a_workbook_is_no_roster(cast: Cast, femi: Client, tmp_path: Path) -> None:
    book = write_zip(tmp_path / "b.xlsx", {"[Content_Types].xml": "<Types/>", "xl/a.xml": ""})
    file = SimpleUploadedFile("list.xlsx", book.read_bytes())
    answer = femi.post(NEW, {"file": file})
    assert "This is a workbook. Save the sheet as CSV first." in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_a_larger_roster_is_worked_on_beside_the_pages(
    cast: Cast, femi: Client, tmp_path: Path
) -> None:
    note = "".join(f"{n * 7919 % 100_003:x}" for n in range(SMALL_PACKED))
    large = BUNDLE | {"notes.csv": note}
    run = hand_in(femi, zipped(tmp_path, large))
    assert run.state == RunState.CHECKING
    for after in (RunState.CHECKED, RunState.DONE):
        do_step.call(run.pk, run.asked_by)
        run.refresh_from_db()
        assert run.state == after
        femi.post(at("take_in", run))
        run.refresh_from_db()
    assert SourceId.objects.count() == 5


def test_a_roster_is_for_those_who_lead_the_district(
    cast: Cast, femi: Client, tmp_path: Path
) -> None:
    content = zipped(tmp_path)
    for person in (cast.dana, cast.ben, cast.eli):
        client = client_of(person)
        file = SimpleUploadedFile("roster.zip", content)
        assert client.post(NEW, {"file": file}).status_code == 404
    run = hand_in(femi, content)
    assert client_of(cast.dana).post(at("take_in", run)).status_code == 404
    assert not SourceId.objects.exists()


def test_demographics_come_in_by_the_right_to_read_them_alone(
    cast: Cast, leader: Person, femi: Client, tmp_path: Path
) -> None:
    run = take_in(femi, hand_in(femi, zipped(tmp_path, BUNDLE | SEALED)))
    assert "demographics" not in run.changes
    assert "demographics.csv was left out" in page(femi, at("one", run)).text
    assert not Demographics.objects.exists()
    give_demographics_right(leader, by=OPERATOR, at=AT)
    run = take_in(femi, hand_in(femi, zipped(tmp_path, BUNDLE | SEALED)))
    assert run.changes["demographics"]["created"] == 1
    assert Demographics.objects.count() == 1


def test_what_waits_is_sealed_and_a_fault_tells_no_fact(
    cast: Cast, femi: Client, tmp_path: Path
) -> None:
    wrong = {"demographics.csv": SEALED["demographics.csv"].replace("2014-03-01", "1.3.2014")}
    content = zipped(tmp_path, BUNDLE | wrong)
    run = hand_in(femi, content)
    kept = bytes(ImportFile.objects.get().content)
    assert b"demographics.csv" in content
    assert b"demographics.csv" not in kept
    assert [fault["value"] for fault in run.faults] == [None]
    shown = page(femi, at("one", run)).text
    assert "birthDate" in shown
    assert "1.3.2014" not in shown
