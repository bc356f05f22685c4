"""Whole records are taken along on a page, and leaders see to how records end."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from manypaths.base.clock import today
from manypaths.base.models import AuditEntry, ViewEntry
from manypaths.evidence.models import Response
from manypaths.people.models import Membership, Role, RoleHeld
from manypaths.people.tests.cast import Cast, make_person
from manypaths.records.models import DistrictExport, Erasure, ErasureState, ExportState, Hold
from manypaths.records.retention import policy
from manypaths.web.tests.clients import client_of, page, read

pytestmark = pytest.mark.usefixtures("own_home")

OFFICE, ENDING = reverse("records:office"), reverse("records:ending")


@pytest.fixture
def femi(cast: Cast) -> Client:
    return client_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))


@pytest.fixture
def hana(cast: Cast) -> Client:
    return client_of(make_person("Hana Sato", cast.district, Role.LEADER))


def of_ada(name: str, cast: Cast) -> str:
    return reverse(f"records:{name}", args=[cast.ada.public_id])


def test_a_family_takes_the_record_along_and_the_learner_sees_that(cast: Cast) -> None:
    eli = client_of(cast.eli)
    shown = page(eli, of_ada("whole", cast))
    assert "The whole record of Ada Okafor" in shown.text
    assert len(shown.all("button", class_="main")) == 1
    response = eli.post(of_ada("take_along", cast))
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"] == 'attachment; filename="ada-okafor.zip"'
    with zipfile.ZipFile(BytesIO(response.getvalue())) as archive:
        record = json.loads(archive.read("record.json"))
        assert "Ada Okafor" in archive.read("index.html").decode()
    assert record["records"]["person"][0]["given_name"] == "Ada"
    assert AuditEntry.objects.latest("pk").deed == "export whole record"
    assert ViewEntry.objects.latest("pk").purpose == "export"
    looked = page(client_of(cast.ada), reverse("looked:of", args=[cast.ada.public_id]))
    assert "the whole record, to take along" in looked.text


def test_who_may_not_take_it_along_finds_no_such_page(cast: Cast) -> None:
    for person in (cast.ben, cast.cleo):
        client = client_of(person)
        assert client.get(of_ada("whole", cast)).status_code == 404
        assert client.post(of_ada("take_along", cast)).status_code == 404
    assert not AuditEntry.objects.filter(deed="export whole record").exists()


def test_ones_own_menu_leads_to_it(cast: Cast) -> None:
    shown = page(client_of(cast.ada), of_ada("whole", cast))
    assert "My whole record" in shown.text
    assert shown.all("a", href=of_ada("whole", cast))


def test_the_records_office_is_for_those_who_lead_the_district(cast: Cast) -> None:
    for person in (cast.ada, cast.ben, cast.dana, cast.eli, cast.cleo):
        client = client_of(person)
        for address in (OFFICE, ENDING, reverse("records:over"), of_ada("erase", cast)):
            assert client.get(address).status_code == 404
        for name in ("times", "hold", "export"):
            assert client.post(reverse(f"records:{name}"), {"reason": "x"}).status_code == 404
        assert client.post(of_ada("hold_person", cast), {"reason": "x"}).status_code == 404


def test_a_time_is_shortened_and_a_longer_one_is_refused_with_words(femi: Client) -> None:
    times = {"evidence": 60, "work": 365, "plans": 365, "people": 1096, "logs": 400}
    assert femi.post(reverse("records:times"), times).status_code == 302
    assert policy().days["evidence"] == 60
    assert not policy().deletes_by_itself
    answer = femi.post(reverse("records:times"), {**times, "work": 366})
    assert answer.status_code == 422
    assert "365" in read(answer).all("span", class_="err")[0].text
    femi.post(reverse("records:times"), {**times, "deletes_by_itself": "on"})
    assert policy().deletes_by_itself


def test_the_office_says_what_would_go_and_names_it_one_page_on(cast: Cast, femi: Client) -> None:
    assert "Nothing is over its time" in page(femi, OFFICE).text
    for model in (RoleHeld, Membership):
        model.objects.filter(person=cast.ada).update(ends_on=today() - timedelta(days=2_000))
    shown = page(femi, OFFICE)
    assert shown.all("a", href=f"{reverse('records:over')}?kind=people")
    over = page(femi, f"{reverse('records:over')}?kind=people")
    assert "Ada Okafor" in over.text
    assert femi.get(f"{reverse('records:over')}?kind=nothing").status_code == 404
    assert not Response.objects.exists()


def test_one_leader_asks_and_another_confirms(cast: Cast, femi: Client, hana: Client) -> None:
    empty = femi.post(of_ada("erase", cast), {"reason": ""})
    assert read(empty).all("span", class_="err")
    femi.post(of_ada("erase", cast), {"reason": "The family asks"})
    erasure = Erasure.objects.get()
    confirm = reverse("records:confirm", args=[erasure.public_id])
    assert "Waits for another leader" in page(femi, ENDING).text
    assert "A second person" in page_after(femi, confirm)
    assert "Confirmed" in page_after(hana, confirm)
    assert Erasure.objects.get().state == ErasureState.CONFIRMED
    withdraw = reverse("records:withdraw", args=[erasure.public_id])
    assert "Nothing was deleted" in page_after(femi, withdraw)
    assert Erasure.objects.get().state == ErasureState.WITHDRAWN


def test_a_hold_is_placed_and_released(cast: Cast, femi: Client) -> None:
    assert "deleted now" in page_after(femi, of_ada("hold_person", cast), reason="Case 7", until="")
    held = {"reason": "Case 8", "place": str(cast.school.public_id), "until": ""}
    page_after(femi, reverse("records:hold"), **held)
    shown = page(femi, ENDING)
    assert "Ada Okafor" in shown.text
    assert "Hill School" in shown.text
    for hold in Hold.objects.all():
        assert "Released" in page_after(femi, reverse("records:release", args=[hold.public_id]))
    assert "No hold is in force" in page(femi, ENDING).text


def test_the_district_is_written_beside_the_pages_and_fetched(cast: Cast, femi: Client) -> None:
    femi.post(reverse("records:export"))
    export = DistrictExport.objects.get()
    address = reverse("records:exported", args=[export.public_id])
    assert "is being written" in page(femi, address).text
    assert "already" in page_after(femi, reverse("records:export"))
    file = reverse("records:exported_file", args=[export.public_id])
    assert femi.get(file).status_code == 404
    DistrictExport.objects.update(state=ExportState.DONE, n_bytes=2)
    kept = Path(str(settings_home())) / "exports" / str(cast.district.pk)
    kept.mkdir(parents=True)
    (kept / f"{export.public_id}.zip").write_bytes(b"PK")
    assert page(femi, address).all("a", href=file)
    response = femi.get(file)
    assert response.getvalue() == b"PK"
    assert response["Cache-Control"] == "private, no-store"
    assert ViewEntry.objects.latest("pk").scope_kind == "organization"


def settings_home() -> Path:
    from django.conf import settings

    return Path(settings.HOME)


def page_after(client: Client, address: str, **said: str) -> str:
    """Post a form, and return what the page says that it leads to."""
    return read(client.post(address, said, follow=True)).text
