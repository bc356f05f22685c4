"""Commands by which records leave and end."""

from pathlib import Path

import pytest
from django.db import connection

from manypaths.base import append_only
from manypaths.cli.tests.commands import answer, run, said
from manypaths.people.models import Role
from manypaths.people.tests.cast import AT, Cast, make_person, user_of
from manypaths.records.erasures import ask_erasure
from manypaths.records.models import Hold

pytestmark = pytest.mark.usefixtures("own_home")


def test_whole_logs_are_said_to_be_whole_and_broken_ones_where(cast: Cast) -> None:
    assert answer("make-rounds")["sealed"] > 5
    found = answer("verify-audit")
    assert found["ok"]
    assert found["not_yet_sealed"] == 0
    assert "Whole" in said("verify-audit")
    with append_only.clearing_logs(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM base_auditentry WHERE id = (SELECT min(id) FROM base_auditentry)"
        )
    found = answer("verify-audit", exit_code=1)
    assert found["breaks"][0]["what"] == "taken out"
    assert "BROKEN" in run("verify-audit").stdout
    audit = next(c for c in answer("check", exit_code=1)["checks"] if c["name"] == "audit")
    assert not audit["ok"]


def test_retention_is_a_dry_run_unless_told(cast: Cast) -> None:
    found = answer("retention", "--people")
    assert {due["kind"]: due["people"] for due in found["due"]} == {
        "evidence": 0,
        "work": 0,
        "plans": 0,
        "people": 0,
    }
    assert found["deleted"] == {}
    assert "Nothing was changed" in said("retention")
    assert answer("retention", "--do")["deleted"] == {
        "evidence": 0,
        "work": 0,
        "plans": 0,
        "people": 0,
    }


def test_an_erasure_asked_by_a_command_is_not_confirmed_by_one(cast: Cast) -> None:
    asked = answer("erase", "Ada Okafor", "--reason", "The family asks")
    refused = run("confirm-erasure", asked["id"])
    assert refused.exit_code == 1
    assert "second person" in refused.stderr
    assert answer("erasures")["erasures"][0]["person"] == "Ada Okafor"
    assert answer("withdraw-erasure", asked["id"])["state"] == "withdrawn"


def test_an_erasure_that_a_leader_asked_for_is_confirmed_by_a_command(cast: Cast) -> None:
    femi = make_person("Femi Adeyemi", cast.district, Role.LEADER)
    erasure = ask_erasure(cast.ada, reason="The family asks", by=user_of(femi), at=AT)
    assert answer("confirm-erasure", erasure.public_id)["state"] == "confirmed"
    assert run("confirm-erasure", "nobody").exit_code == 1


def test_holds_are_placed_listed_and_released(cast: Cast) -> None:
    held = answer("hold", "--person", "Ada Okafor", "--reason", "Case 7")
    answer("hold", "--school", "Hill School", "--reason", "Case 8", "--until", "2999-01-31")
    answer("hold", "--group", "7B Mathematics", "--reason", "Case 9")
    answer("hold", "--reason", "Case 10")
    assert {each["of"] for each in answer("holds")["holds"]} == {
        "Ada Okafor",
        "Hill School",
        "7B Mathematics",
        "Riverside",
    }
    assert answer("release-hold", held["id"])["released_at"]
    assert Hold.objects.filter(released_at=None).count() == 3
    assert run("hold", "--school", "Nowhere", "--reason", "x").exit_code == 1


def test_a_package_is_written_and_checked(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "ada.zip"
    assert answer("export", "person", "Ada Okafor", "-o", file)["rows"]["person"] == 1
    assert run("export", "person", "Ada Okafor", "-o", file).exit_code == 1
    key = answer("signing-key")
    assert answer("check-export", file, "--key", key["fingerprint"])["kind"] == (
        "manypaths whole record"
    )
    assert run("check-export", file, "--key", "00" * 32).exit_code == 1
    assert run("import", "person", file).exit_code == 1
