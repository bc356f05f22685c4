"""What `check` finds, `init` makes and `--version` says."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from manypaths import __version__
from manypaths.base.scope import district_scope
from manypaths.cli.tests.commands import answer, run, said
from manypaths.estimates.services import take_in_artifact
from manypaths.evidence.files import check_file
from manypaths.evidence.models import ArtifactKind
from manypaths.interop.tests.response_logs import log_of, row_counts, take_in, written
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_district


def test_the_version_is_printed_alone() -> None:
    assert said("--version") == f"{__version__}\n"


def test_every_command_explains_itself() -> None:
    for words in (
        (),
        ("init",),
        ("demo",),
        ("check",),
        ("import",),
        ("import", "case"),
        ("import", "responses"),
        ("export", "case"),
        ("estimate",),
        ("next",),
        ("class",),
        ("why",),
        ("evaluate",),
    ):
        assert "Usage" in said(*words, "--help")


def test_an_installation_is_sound_after_imports(district: Organization, tmp_path: Path) -> None:
    with district_scope(make_district("Lakeside").pk):
        take_in(written(tmp_path, log_of("u,i,1,1,K", "u,j,2,0,L")))
    take_in(written(tmp_path, log_of("u,i,1,1,K", "v,j,2,0,L")))
    found = answer("check")
    assert tuple(found) == ("ok", "checks")
    assert found["ok"]
    assert [tuple(check) for check in found["checks"]] == [("name", "ok", "detail", "risk")] * 15
    assert [check["name"] for check in found["checks"]] == [
        "database",
        "tables",
        "integrity",
        "files",
        "audit",
        "estimates on 7C: competencies of its log",
        "estimates on 7C: competencies of its log",
        "backup",
        "disk",
        "keys",
        "seals",
        "logs",
        "settings",
        "retention",
        "erasures",
    ]
    assert "ok     tables: up to date" in said("check")


def test_work_whose_file_is_gone_is_found(cast: Cast) -> None:
    take_in_artifact(
        cast.ada,
        kind=ArtifactKind.FILE,
        title="My page",
        file=check_file("page.txt", b"Words"),
        done_at=AT,
        by=OPERATOR,
        at=AT,
    )
    assert "ok     files: 1 handed in, 0 missing" in said("check")
    for path in Path(settings.MEDIA_ROOT).rglob("*-*"):
        path.unlink()
    found = answer("check", exit_code=1)
    assert [check["detail"] for check in found["checks"] if not check["ok"]] == [
        "0 handed in, 1 missing, 0 without a row"
    ]


def test_a_belief_that_somebody_changed_is_found(district: Organization, tmp_path: Path) -> None:
    take_in(written(tmp_path, log_of("u,i,1,1,K", "v,j,2,0,L")))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE estimates_belief SET mean = mean + 1e-6")
    found = answer("check", exit_code=1)
    assert not found["ok"]
    wrong = [check for check in found["checks"] if not check["ok"]]
    assert [check["name"] for check in wrong] == ["estimates on 7C: competencies of its log"]
    assert "2 learners replayed, 2 differ" in wrong[0]["detail"]
    result = run("check")
    assert result.exit_code == 1
    assert "WRONG  estimates on 7C" in result.stdout
    answer("estimate", "--rebuild")
    assert answer("check")["ok"]


def test_evidence_that_came_in_behind_the_log_is_found(
    district: Organization, tmp_path: Path
) -> None:
    take_in(written(tmp_path, log_of("u,i,1,1,K", "v,j,2,0,L")))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE evidence_response SET outcome = 1 - outcome")
    assert not answer("check", exit_code=1)["ok"]


def test_a_home_that_is_there_is_only_brought_up_to_date(district: Organization) -> None:
    before = row_counts()
    found = answer("init")
    assert tuple(found) == ("home", "district")
    assert found["district"] == "Riverside"
    assert row_counts() == before
    assert said("init").startswith("Riverside is ready in ")


def test_a_district_gets_another_name_and_zone_and_stays_sound(
    district: Organization, tmp_path: Path
) -> None:
    # At two in the morning in Lisbon it is another day elsewhere.
    rows = [f"u,i{n},2026-03-0{n}T02:00:00+00:00,1,K" for n in range(1, 8)]
    take_in(written(tmp_path, log_of(*rows, "v,i1,2026-03-01T12:00:00+00:00,0,K")))
    found = answer("init", "--name", " Lakeside ", "--time-zone", "America/Lima")
    assert found["district"] == "Lakeside"
    changed = Organization.objects.get(pk=district.pk)
    assert (changed.name, changed.time_zone) == ("Lakeside", "America/Lima")
    assert answer("check")["ok"]


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--name", " ", "The name of a district has 1 to 200 characters on one line"),
        ("--time-zone", "Europe/Nowhere", "'Europe/Nowhere' is no time zone"),
    ],
)
def test_a_name_or_a_zone_that_is_none_changes_nothing(
    district: Organization, option: str, value: str, words: str
) -> None:
    error = answer("init", option, value, exit_code=1)["error"]
    assert error["message"].startswith(words)
    unchanged = Organization.objects.get(pk=district.pk)
    assert (unchanged.name, unchanged.time_zone) == ("Riverside", "UTC")


@pytest.mark.django_db
def test_a_time_zone_that_is_none_is_refused() -> None:
    error = answer("init", "--time-zone", "Europe/Nowhere", exit_code=1)["error"]
    assert error["message"].startswith("'Europe/Nowhere' is no time zone")


@pytest.mark.django_db
def test_the_first_district_gets_its_name_and_its_time_zone() -> None:
    answer("init", "--name", "Riverside", "--time-zone", "Europe/Lisbon")
    made = Organization.every_district.get()
    assert (made.name, made.time_zone) == ("Riverside", "Europe/Lisbon")
