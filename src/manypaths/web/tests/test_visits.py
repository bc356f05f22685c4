"""What holds for every page: signing in, one look a page, one answer for forbidden and missing."""

from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from manypaths.base.models import ViewEntry
from manypaths.people.access import person_for
from manypaths.people.tests.cast import Cast
from manypaths.web.rendering import redirect_page, tell
from manypaths.web.tests.clients import client_of, page, without_tokens
from manypaths.web.viewing import record_view, shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@signed_in
def one(request: PageRequest, person_id: UUID) -> HttpResponse:
    learner = person_for(request.user, person_id)
    record_view(request, learner)
    return HttpResponse(learner.name)


@signed_in
def forgetful(request: PageRequest) -> HttpResponse:
    return HttpResponse("nothing was written")


@signed_in
@shows_nobody
def bare(request: PageRequest) -> HttpResponse:
    tell(request, "Done.", undo="/undo/")
    return HttpResponse("nobody is here")


@signed_in
def leading_on(request: PageRequest) -> HttpResponse:
    return redirect_page(request, "/bare/")


@signed_in
def closed(request: PageRequest) -> HttpResponse:
    raise PermissionDenied


@signed_in
def gone(request: PageRequest) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("closed/", closed),
    path("gone/", gone),
    path("leading-on/", leading_on),
    path("", include("manypaths.web.urls")),
    path("one/<uuid:person_id>/", one, name="one"),
    path("forgetful/", forgetful),
    path("bare/", bare),
]
here = override_settings(ROOT_URLCONF=__name__)


@here
def test_a_page_with_records_leaves_one_look(cast: Cast) -> None:
    answer = page(client_of(cast.ben), f"/one/{cast.ada.public_id}/")
    assert answer.status == 200
    entry = ViewEntry.objects.get()
    assert (entry.page, entry.scope_id, entry.role) == ("one", cast.ada.pk, "teacher")


@here
def test_a_page_that_wrote_no_look_is_refused(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="written no look"):
        client_of(cast.ben).get("/forgetful/")
    assert client_of(cast.ben).get("/bare/").status_code == 200


@here
def test_forbidden_and_missing_answer_alike(cast: Cast) -> None:
    client = client_of(cast.cleo)
    forbidden = client.get(f"/one/{cast.ada.public_id}/")
    missing = client.get(f"/one/{uuid4()}/")
    assert forbidden.status_code == missing.status_code == 404
    assert without_tokens(forbidden.content) == without_tokens(missing.content)
    assert not ViewEntry.objects.exists()


@here
def test_strangers_sign_in_first_and_come_back(db: None) -> None:
    answer = Client().get("/bare/?a=1")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=/bare/%3Fa%3D1"


@here
def test_a_part_asked_for_after_the_session_ended_leads_to_signing_in(db: None) -> None:
    answer = Client().get("/bare/", headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/")


@here
def test_a_page_that_leads_on_shows_nothing_and_writes_nothing(cast: Cast) -> None:
    client = client_of(cast.ben)
    assert client.get("/leading-on/").status_code == 302
    answer = client.get("/leading-on/", headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/bare/")


@here
def test_what_libraries_refuse_has_its_page_for_those_who_lead_a_class(cast: Cast) -> None:
    for address, status in (("/closed/", 403), ("/gone/", 404)):
        shown = page(client_of(cast.ben), address)
        assert shown.status == status
        assert cast.ada_class.name not in shown.text
        assert shown.all("nav")
