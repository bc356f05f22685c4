"""What a stolen session must not do asks once more who is there; who has nothing to show is let."""

import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from manypaths.base.models import AuditEntry
from manypaths.integrations.models import Token
from manypaths.people.access import TokenScope
from manypaths.people.models import Person, Role
from manypaths.people.tests.cast import Cast, make_person, user_of
from manypaths.records.models import DistrictExport, Erasure, ErasureState, ExportState
from manypaths.web.tests.clients import client_of, page, read

pytestmark = pytest.mark.usefixtures("own_home")

PASSWORD = "cloud paper ribbon lamp"


@pytest.fixture
def femi(cast: Cast) -> Person:
    return make_person("Femi Adeyemi", cast.district, Role.LEADER)


def long_here(person: Person) -> Client:
    """Return a client of somebody with a password, who showed it long ago."""
    user = user_of(person)
    user.set_password(PASSWORD)
    user.save()
    return client_of(person)


def asks(next_page: str) -> str:
    return f"/sign-in/again/?next={quote(next_page, safe='')}"


def test_a_program_is_let_in_by_who_is_still_there(cast: Cast) -> None:
    dana, address = long_here(cast.dana), reverse("integrations:make")
    place = cast.school.public_id
    said = {"name": "Quiz", "place": place, "days": 9, "scopes": [TokenScope.READ_ROSTER]}
    asked = dana.post(address, said)
    assert asked["Location"] == asks(address)
    assert dana.post(asked["Location"], {"password": "some other words"}).status_code == 200
    assert not Token.objects.exists()
    made = read(dana.post(asked["Location"], {"password": PASSWORD}))
    assert "manypaths_" in made.html
    # Within the next minutes nobody is asked again.
    renewed = dana.post(reverse("integrations:renew", args=[Token.objects.get().public_id]))
    assert "manypaths_" in read(renewed).html


def test_a_token_is_renewed_by_who_is_still_there(cast: Cast) -> None:
    made = {"name": "Quiz", "place": cast.school.public_id, "days": 9}
    client_of(cast.dana).post("/integrations/new/", made | {"scopes": [TokenScope.READ_ROSTER]})
    token = Token.objects.get()
    address = reverse("integrations:renew", args=[token.public_id])
    assert long_here(cast.dana).post(address)["Location"] == asks(address)
    assert Token.objects.get().secret_hash == token.secret_hash


def test_a_record_is_taken_along_by_who_is_still_there(cast: Cast) -> None:
    eli, shown = long_here(cast.eli), reverse("records:whole", args=[cast.ada.public_id])
    file = reverse("records:take_along", args=[cast.ada.public_id])
    asked = eli.post(file)
    assert asked["Location"] == asks(shown)
    assert not AuditEntry.objects.filter(deed="export whole record").exists()
    assert eli.post(asked["Location"], {"password": PASSWORD})["Location"] == shown
    assert page(eli, shown).all("button", class_="main")
    with zipfile.ZipFile(BytesIO(eli.post(file).getvalue())) as archive:
        assert "record.json" in archive.namelist()


def test_who_may_not_is_not_asked(cast: Cast) -> None:
    ben = long_here(cast.ben)
    assert ben.post(reverse("records:take_along", args=[cast.ada.public_id])).status_code == 404
    assert ben.post(reverse("records:export")).status_code == 404
    assert ben.post(reverse("integrations:make"), {"name": "x"}).status_code == 404


def test_all_of_a_district_leaves_by_who_is_still_there(cast: Cast, femi: Person) -> None:
    client, address = long_here(femi), reverse("records:export")
    asked = client.post(address)
    assert asked["Location"] == asks(address)
    assert not DistrictExport.objects.exists()
    begun = client.post(asked["Location"], {"password": PASSWORD})
    export = DistrictExport.objects.get()
    shown = reverse("records:exported", args=[export.public_id])
    assert begun["Location"] == shown
    DistrictExport.objects.update(state=ExportState.DONE, n_bytes=2)
    kept = Path(settings.HOME) / "exports" / str(cast.district.pk)
    kept.mkdir(parents=True)
    (kept / f"{export.public_id}.zip").write_bytes(b"PK")
    file = reverse("records:exported_file", args=[export.public_id])
    assert client.get(file).getvalue() == b"PK"
    assert client_of(femi).get(file)["Location"] == asks(shown)


def test_an_erasure_is_confirmed_by_who_is_still_there(cast: Cast, femi: Person) -> None:
    hana = client_of(make_person("Hana Sato", cast.district, Role.LEADER))
    said = {"reason": "The family asked", "ground": "asked"}
    hana.post(reverse("records:erase", args=[cast.ada.public_id]), said)
    erasure = Erasure.objects.get()
    address = reverse("records:confirm", args=[erasure.public_id])
    client = long_here(femi)
    asked = client.post(address)
    assert asked["Location"] == asks(address)
    assert Erasure.objects.get().state == erasure.state
    client.post(asked["Location"], {"password": PASSWORD})
    assert Erasure.objects.get().state == ErasureState.CONFIRMED
