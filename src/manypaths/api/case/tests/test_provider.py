"""Published frameworks for whoever reads CASE: in the forms of both editions, lossless in 1.1."""

import json
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, override_settings

from manypaths.api.case.tests.conformance import CLASSES, faults_of, official
from manypaths.api.case.urls import KINDS
from manypaths.api.tests.asking import ask_everything, one_connection
from manypaths.api.tests.callers import ALL_SCOPES, caller_for
from manypaths.base.scope import district_scope
from manypaths.frameworks.models import Framework
from manypaths.frameworks.services import start_version
from manypaths.integrations.entry import TooManyCalls, count_open_call
from manypaths.integrations.models import AddressUse
from manypaths.integrations.services import share_frameworks
from manypaths.interop.case import import_case, to_case
from manypaths.interop.tests.case_documents import full_package, lax_package, written
from manypaths.people.access import TokenScope
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_district

EDITIONS = ("v1p1", "v1p0")


@pytest.fixture
def framework(cast: Cast) -> Framework:
    """Bring in a package with every field of CASE, and let anybody read it."""
    take_in(full_package())
    share_frameworks(cast.district, is_open=True, by=OPERATOR, at=AT)
    return Framework.objects.get(identifier=full_package()["CFDocument"]["identifier"])


def take_in(package: object) -> None:
    report = import_case(written(package), file="p.json", by=OPERATOR, at=AT, dry_run=False)
    assert report.faults == ()


def get(path: str, edition: str = "v1p1", **headers: str) -> tuple[int, Any, dict[str, str]]:
    answer = Client().get(f"/ims/case/{edition}/{path}", headers=headers)
    return answer.status_code, json.loads(answer.content), dict(answer.headers)


def identifiers_of(framework: Framework) -> dict[str, str]:
    """Return one identifier of each kind, out of the framework's own package."""
    package = to_case(framework).package
    definitions = package["CFDefinitions"]
    tied = package["CFAssociations"][0]["originNodeURI"]["identifier"]
    return {
        "CFPackages": framework.identifier,
        "CFDocuments": framework.identifier,
        "CFItems": package["CFItems"][0]["identifier"],
        "CFItemAssociations": tied,
        "CFAssociations": package["CFAssociations"][0]["identifier"],
        "CFRubrics": package["CFRubrics"][0]["identifier"],
        **{kind: definitions[kind][0]["identifier"] for kind in KINDS if kind in definitions},
    }


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_address_gives_out_what_the_official_document_says(
    framework: Framework, edition: str, kind: str
) -> None:
    status, given, _ = get(f"{kind}/{identifiers_of(framework)[kind]}", edition)
    assert status == 200
    assert faults_of(edition, kind, given) == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_documents_are_listed_as_the_official_document_says(
    framework: Framework, edition: str
) -> None:
    status, given, headers = get("CFDocuments", edition)
    assert status == 200
    assert faults_of(edition, "all", given) == []
    assert headers["X-Total-Count"] == "1"
    assert 'rel="first"' in headers["Link"]


def test_a_package_goes_out_as_it_came_in_and_comes_in_again_unchanged(
    framework: Framework,
) -> None:
    _, given, _ = get(f"CFPackages/{framework.identifier}")
    assert given == full_package()
    report = import_case(written(given), file="p.json", by=OPERATOR, at=AT, dry_run=False)
    for changes in report.changes.values():
        assert (changes.created, changes.updated, changes.retired) == (0, 0, 0)


def test_single_objects_say_what_the_package_says(framework: Framework) -> None:
    package = to_case(framework).package
    for item in package["CFItems"]:
        _, given, _ = get(f"CFItems/{item['identifier']}")
        assert given.pop("CFDocumentURI")["identifier"] == framework.identifier
        assert given == item


def test_the_older_edition_has_nothing_that_is_newer(framework: Framework) -> None:
    _, given, _ = get(f"CFPackages/{framework.identifier}", "v1p0")
    text = json.dumps(given)
    assert "extensions" not in text
    assert "caseVersion" not in text
    assert len(given["CFItems"]) == len(full_package()["CFItems"])


def test_a_lax_package_goes_out_in_valid_form(cast: Cast) -> None:
    take_in(lax_package())
    share_frameworks(cast.district, is_open=True, by=OPERATOR, at=AT)
    found = Framework.objects.get()
    _, given, _ = get(f"CFPackages/{found.identifier}", "v1p0")
    assert not [
        one for one in faults_of("v1p0", "CFPackages", given) if "does not match" not in one
    ]


# An id that names nothing, the same in every process that collects these tests.
NOBODYS = "29ea105d-ae47-467e-b3ca-eb8a7600e95c"

FAILURES = [
    (f"CFItems/{NOBODYS}", 404, "unknownobject"),
    ("CFItems/nothing", 404, "invalid_uuid"),
    ("CFNothing", 404, "unknownobject"),
    ("CFDocuments?sort=mood", 400, "invalid_sort_field"),
    ("CFDocuments?orderBy=up", 400, "invalid_sort_field"),
    ("CFDocuments?fields=mood", 400, "invalid_selection_field"),
    ("CFDocuments?filter=mood%3D'x'", 400, "invalid_selection_field"),
    ("CFDocuments?filter=title", 400, "invalid_selection_field"),
    ("CFDocuments?filter=title%3D'x'+AND", 400, "invalid_selection_field"),
    ("CFDocuments?limit=0", 400, "invalid_selection_field"),
    ("CFDocuments?limit=-1", 400, "invalid_selection_field"),
    ("CFDocuments?limit=1&limit=2", 400, "invalid_selection_field"),
    ("CFDocuments?offset=x", 400, "invalid_selection_field"),
    ("CFDocuments?offset=" + "9" * 100, 400, "invalid_selection_field"),
    ("CFDocuments?page=1", 400, "invalid_selection_field"),
    (f"CFItems/{NOBODYS}?x=1", 400, "invalid_selection_field"),
]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(("path", "status", "minor"), FAILURES)
def test_what_goes_wrong_is_told_in_case_s_own_shape(
    framework: Framework, edition: str, path: str, status: int, minor: str
) -> None:
    found, given, _ = get(path, edition)
    assert found == status
    assert given["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == minor
    if edition == "v1p1":
        assert faults_of(edition, "failure", given) == []


@pytest.fixture
def shelf(framework: Framework) -> list[str]:
    """Bring in four more documents; return all titles in order."""
    for number, title in enumerate(("Art", "Biology", "Music", "O'Brien's")):
        package = full_package()
        text = json.dumps(package).replace("0a6f1c2d-", f"0a6f1c2{number}-")
        other = json.loads(text)
        other["CFDocument"] |= {"title": title, "language": "en" if number % 2 else "fr"}
        take_in(other)
    return sorted(row.title for row in Framework.objects.all())


def titles(query: str) -> list[str]:
    return [row["title"] for row in get(f"CFDocuments?{query}")[1]["CFDocuments"]]


def test_documents_come_a_page_at_a_time_by_links(shelf: list[str]) -> None:
    found, path = [], "CFDocuments?limit=2"
    while True:
        _, given, headers = get(path)
        found += [row["title"] for row in given["CFDocuments"]]
        links = {
            part.partition('rel="')[2].rstrip('"'): part.partition(">")[0].strip(" <")
            for part in headers["Link"].split(", ")
        }
        if "next" not in links:
            break
        path = links["next"].partition("/v1p1/")[2]
    assert found == shelf
    assert "prev" in links
    assert headers["X-Total-Count"] == str(len(shelf))


def test_documents_are_sorted_filtered_and_cut_to_fields(shelf: list[str]) -> None:
    assert titles("sort=title&orderBy=desc") == shelf[::-1]
    assert titles("filter=title%3D'art'") == ["Art"]
    assert titles("filter=title~'i'+AND+language%3D'en'") == ["Biology", "O'Brien's"]
    assert titles("filter=title%3D'O''Brien''s'") == ["O'Brien's"]
    assert set(titles("filter=title%3D'Art'+OR+title%3D'Music'")) == {"Art", "Music"}
    assert titles("filter=title>'m'+AND+title<'n'") == ["Music"]
    _, given, _ = get("CFDocuments?fields=title&fields=identifier&limit=1")
    assert set(given["CFDocuments"][0]) == {"title", "identifier"}


def test_drafts_are_given_to_nobody(framework: Framework) -> None:
    draft = start_version(framework, version="2", by=OPERATOR, at=AT + timedelta(days=1))
    assert get(f"CFPackages/{draft.identifier}")[0] == 404
    assert get("CFDocuments")[2]["X-Total-Count"] == "1"


def test_without_a_token_only_what_is_open_is_read(cast: Cast, framework: Framework) -> None:
    assert get("CFDocuments")[0] == 200
    share_frameworks(cast.district, is_open=False, by=OPERATOR, at=AT)
    status, given, headers = get("CFDocuments")
    assert status == 401
    assert headers["WWW-Authenticate"] == "Bearer"
    assert faults_of("v1p1", "failure", given) == []
    reader = caller_for(cast.school, [TokenScope.READ_FRAMEWORKS])
    assert get("CFDocuments", **reader.headers)[0] == 200
    others = caller_for(cast.school, set(ALL_SCOPES) - {TokenScope.READ_FRAMEWORKS})
    assert get("CFDocuments", **others.headers)[0] == 403
    assert get("CFDocuments", Authorization="Bearer nothing")[0] == 401
    with override_settings(API_CALLS_A_MINUTE=0):
        assert get("CFDocuments", **reader.headers)[0] == 429


def ask_from(address: str, path: str = "CFDocuments", **headers: str) -> Any:
    return Client(REMOTE_ADDR=address).get(f"/ims/case/v1p1/{path}", headers=headers)


def test_without_a_token_an_address_reads_so_often_a_minute(
    cast: Cast, framework: Framework
) -> None:
    paths = ["CFDocuments", f"CFPackages/{framework.identifier}", f"CFItems/{framework.identifier}"]
    with override_settings(OPEN_CALLS_AN_ADDRESS=3):
        answers = [ask_from("10.1.1.1", path) for path in paths]
        assert [answer.status_code for answer in answers] == [200, 200, 404]
        # Seven of them lie in two minutes at the most.
        answers = [ask_from("10.1.1.1") for _ in range(4)]
        answer = next(answer for answer in answers if answer.status_code == 429)
        assert 1 <= int(answer["Retry-After"]) <= 60
        assert faults_of("v1p1", "failure", json.loads(answer.content)) == []
        assert ask_from("10.1.1.2").status_code == 200
    reader = caller_for(cast.school, [TokenScope.READ_FRAMEWORKS])
    with override_settings(OPEN_CALLS_AN_ADDRESS=0):
        assert ask_from("10.1.1.1").status_code == 429
        assert ask_from("10.1.1.1", **reader.headers).status_code == 200


def test_a_new_minute_begins_anew_and_of_an_address_only_a_hash_is_kept_for_an_hour(
    cast: Cast,
) -> None:
    with override_settings(OPEN_CALLS_AN_ADDRESS=1):
        count_open_call("10.1.1.1", AT)
        with pytest.raises(TooManyCalls) as stopped:
            count_open_call("10.1.1.1", AT + timedelta(seconds=59))
        assert stopped.value.seconds == 1
        count_open_call("10.1.1.1", AT + timedelta(minutes=1))
        (kept,) = AddressUse.objects.values()
        assert "10.1.1.1" not in str(kept)
        count_open_call("10.1.1.2", AT + timedelta(hours=2))
        assert AddressUse.objects.count() == 1
        assert not AddressUse.objects.filter(pk=kept["id"]).exists()


def test_behind_a_proxy_an_address_is_the_one_that_the_proxy_saw(framework: Framework) -> None:
    with override_settings(OPEN_CALLS_AN_ADDRESS=1, ALLAUTH_TRUSTED_PROXY_COUNT=1):
        said = [{"X-Forwarded-For": f"1.2.3.{n}, 10.1.1.1"} for n in range(3)]
        statuses = [ask_from("127.0.0.1", **headers).status_code for headers in said]
        assert 429 in statuses
        other = ask_from("127.0.0.1", **{"X-Forwarded-For": "1.2.3.0, 10.1.1.2"})
        assert other.status_code == 200


def test_a_token_reads_its_own_district_and_no_other(framework: Framework) -> None:
    elsewhere = make_district("Far Away")
    with district_scope(elsewhere.pk):
        far = caller_for(elsewhere)
    assert get("CFDocuments", **far.headers)[0] == 404
    assert get(f"CFPackages/{framework.identifier}", **far.headers)[0] == 404


def test_nothing_is_written_by_case(framework: Framework) -> None:
    for method in ("post", "put", "delete", "patch"):
        answer = getattr(Client(), method)("/ims/case/v1p1/CFDocuments")
        assert answer.status_code == 405
        assert answer["Allow"] == "GET, HEAD"


@pytest.mark.sweep
def test_no_call_breaks_whatever_the_official_document_allows(framework: Framework) -> None:
    document = official("v1p1")
    document["servers"] = [{"url": "/ims/case/v1p1"}]
    schema = schemathesis.openapi.from_dict(document)
    schema.app = WSGIHandler()
    with one_connection(), override_settings(OPEN_CALLS_AN_ADDRESS=10**9):
        assert ask_everything(schema, {}, n_examples=60) == len(CLASSES) - 1
