"""Imports, export and estimates by command: what they print, and how they end."""

import json
from pathlib import Path

import pytest

from manypaths.cli.tests.commands import answer, run, said
from manypaths.estimates import services
from manypaths.estimates.models import Belief, FittedModel
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import ResponseDraft
from manypaths.evidence.models import Response
from manypaths.frameworks.models import Framework
from manypaths.interop.tests.case_documents import small_package, without
from manypaths.interop.tests.case_documents import written as as_bytes
from manypaths.interop.tests.response_logs import beliefs, log_of, row_counts, written
from manypaths.people.models import Group, Organization
from manypaths.people.tests.cast import OPERATOR, Cast, make_district

pytestmark = pytest.mark.django_db

KINDS = ("people", "groups", "memberships", "items", "responses")
COUNTS = ("read", "created", "updated", "unchanged", "retired")


def counted(*numbers: int) -> dict[str, int]:
    return dict(zip(COUNTS, numbers, strict=True))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return written(tmp_path, log_of("u1,i1,30,1,K1", "u1,i2,20,0,K1;K2", "u2,i1,,0.5,K1"))


def test_an_import_prints_its_report_and_nothing_else(district: Organization, log: Path) -> None:
    report = answer("import", "responses", log, "--group", "7C")
    assert tuple(report) == ("dry_run", *KINDS, "faults")
    assert report == {
        "dry_run": False,
        "people": counted(2, 2, 0, 0, 0),
        "groups": counted(1, 1, 0, 0, 0),
        "memberships": counted(2, 2, 0, 0, 0),
        "items": counted(2, 2, 0, 0, 0),
        "responses": counted(3, 3, 0, 0, 0),
        "faults": [],
    }


def test_what_was_tolerated_is_said_beside_the_report(district: Organization, log: Path) -> None:
    result = run("import", "responses", log, "--group", "7C", "--json")
    assert "put in its order" in result.stderr
    assert "put in its order" not in result.stdout


def test_a_dry_run_by_command_changes_nothing(district: Organization, log: Path) -> None:
    before = row_counts()
    report = answer("import", "responses", log, "--group", "7C", "--dry-run")
    assert report["dry_run"]
    assert report["responses"] == counted(3, 3, 0, 0, 0)
    assert row_counts() == before


def test_the_framework_of_the_codes_can_be_named(cast: Cast, tmp_path: Path) -> None:
    make_world()
    log = written(tmp_path, log_of("u1,x,1,1,F1"))
    words = ("import", "responses", log, "--group", "7B Mathematics", "--framework")
    assert answer(*words, "Fractions")["responses"]["created"] == 1
    answer(*words, Framework.objects.get().public_id)
    assert Framework.objects.count() == 1


def test_a_faulty_log_is_refused_with_every_fault(district: Organization, tmp_path: Path) -> None:
    log = written(tmp_path, log_of("u1,i1,soon,1,K1", "u1,i1,1,7,K1"))
    before = row_counts()
    report = answer("import", "responses", log, "--group", "7C", exit_code=1)
    assert tuple(report) == ("dry_run", *KINDS, "faults")
    assert all(report[kind] == counted(0, 0, 0, 0, 0) for kind in KINDS)
    assert [tuple(fault.values()) for fault in report["faults"]] == [
        (
            "log.csv",
            2,
            "time",
            "soon",
            "seconds, ISO 8601 with a zone (2026-03-02T09:30:00+01:00), or nothing",
        ),
        ("log.csv", 3, "correct", "7", "a number from 0 (wrong) to 1 (right)"),
    ]
    assert tuple(report["faults"][0]) == ("file", "row", "column", "value", "allowed")
    assert row_counts() == before


def test_faults_are_said_in_words_as_well(district: Organization, tmp_path: Path) -> None:
    log = written(tmp_path, log_of(*("u1,i1,1,7,K1" for _ in range(25))))
    result = run("import", "responses", log, "--group", "7C")
    assert (result.exit_code, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    assert lines[0] == "log.csv has faults; nothing was taken in."
    assert lines[1] == (
        "  log.csv, row 2, column correct: '7' a number from 0 (wrong) to 1 (right)"
    )
    assert lines[-1] == "  and 5 more"


def test_a_refusal_that_names_no_row_is_a_fault_of_the_file(cast: Cast, log: Path) -> None:
    Group.objects.create(organization=cast.school_elsewhere, name="7B Mathematics")
    report = answer("import", "responses", log, "--group", "7B Mathematics", exit_code=1)
    (fault,) = report["faults"]
    assert fault["file"] == "log.csv"
    assert fault["allowed"].startswith("Several groups are called 7B Mathematics.")


def test_of_several_districts_one_must_be_named(district: Organization, log: Path) -> None:
    other = make_district("Lakeside")
    words = ("import", "responses", log, "--group", "7C")
    (fault,) = answer(*words, exit_code=1)["faults"]
    assert fault["allowed"] == "Say which district with --district: Riverside, Lakeside."
    assert answer(*words, "--district", "Lakeside")["responses"]["created"] == 3
    assert answer(*words, "--district", other.public_id)["responses"]["unchanged"] == 3
    assert not Response.objects.exists()


def test_an_import_is_said_in_words(district: Organization, log: Path) -> None:
    text = said("import", "responses", log, "--group", "7C")
    assert "Done" in text
    assert "responses" in text
    again = said("import", "responses", log, "--group", "7C", "--dry-run", "--quiet")
    assert "Dry run: nothing was changed" in again


# --- frameworks


def test_a_framework_comes_in_once_and_goes_out_again(
    district: Organization, tmp_path: Path
) -> None:
    file = written(tmp_path, as_bytes(small_package()), "numbers.json")
    report = answer("import", "case", file)
    assert report == {
        "dry_run": False,
        "items": counted(3, 3, 0, 0, 0),
        "associations": counted(3, 3, 0, 0, 0),
        "faults": [],
    }
    assert answer("import", "case", file)["items"] == counted(3, 0, 0, 3, 0)
    framework = Framework.objects.get()
    for name in (framework.identifier, framework.public_id, framework.title):
        assert len(answer("export", "case", name)["CFItems"]) == 3
    out = tmp_path / "out.json"
    assert answer("export", "case", framework.title, "-o", out) == {"file": str(out), "items": 3}
    assert len(json.loads(out.read_text("utf-8"))["CFItems"]) == 3
    assert answer("import", "case", out)["items"] == counted(3, 0, 0, 3, 0)


def test_a_faulty_framework_is_refused(district: Organization, tmp_path: Path) -> None:
    file = written(tmp_path, as_bytes(without(small_package(), "CFItems", 2, "fullStatement")))
    before = row_counts()
    report = answer("import", "case", file, exit_code=1)
    assert tuple(report) == ("dry_run", "items", "associations", "faults")
    (fault,) = report["faults"]
    assert fault["column"] == "CFItems[2].fullStatement"
    result = run("import", "case", file)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "CFItems[2].fullStatement" in result.stderr
    assert row_counts() == before


def test_what_can_not_be_written_is_said(district: Organization, tmp_path: Path) -> None:
    file = written(tmp_path, as_bytes(small_package()))
    answer("import", "case", file)
    out = tmp_path / "nowhere" / "out.json"
    error = answer("export", "case", "Numbers", "-o", out, exit_code=1)["error"]
    assert error["message"] == f"{out} can't be used: No such file or directory."


# --- estimates


@pytest.fixture
def world(cast: Cast) -> World:
    """Answer a few items before any model was fitted."""
    made = make_world()
    for number in range(6):
        draft = ResponseDraft(
            cast.ada, made.tasks[f"F1-{1 + number % 5}"], float(number % 2), day(number)
        )
        services.take_in(draft, by=OPERATOR, at=day(9))
    return made


def test_the_first_estimate_fits_a_model_and_later_ones_keep_it(cast: Cast, world: World) -> None:
    before = FittedModel.objects.get(in_force=True)
    (done,) = answer("estimate")["estimated"]
    fitted = FittedModel.objects.get(in_force=True)
    assert done.pop("seconds") >= 0
    assert done == {
        "framework": "Fractions",
        "model": fitted.version,
        "pieces": 6,
        "learners": 1,
    }
    assert fitted != before
    answer("estimate")
    assert FittedModel.objects.get(in_force=True) == fitted
    answer("estimate", "--refit")
    assert FittedModel.objects.get(in_force=True) != fitted
    assert Response.objects.count() == 6


def test_a_rebuild_changes_no_belief(cast: Cast, world: World) -> None:
    answer("estimate")
    draft = ResponseDraft(cast.ada, world.tasks["F2-1"], 1.0, day(8))
    services.take_in(draft, by=OPERATOR, at=day(9))
    before = beliefs()
    rows = set(Belief.objects.values_list("pk", flat=True))
    answer("estimate", "--rebuild")
    after = beliefs()
    assert rows.isdisjoint(Belief.objects.values_list("pk", flat=True))
    assert after.keys() == before.keys()
    for key, numbers in before.items():
        assert after[key] == pytest.approx(numbers, abs=1e-9)


def test_estimates_are_told_in_words(cast: Cast, world: World) -> None:
    text = said("estimate", "--quiet")
    assert text.startswith("Fractions: 6 pieces of evidence of 1 learners in ")


def test_without_evidence_there_is_nothing_to_estimate(district: Organization) -> None:
    assert answer("estimate") == {"estimated": []}


@pytest.mark.parametrize(
    "words",
    [
        ("estimate", "--rebuild", "--refit"),
        ("import", "responses", "nowhere.csv", "--group", "7C"),
        ("import", "case", "nowhere.json"),
        ("import", "responses", __file__),
        ("import", "responses", Path(__file__).parent, "--group", "7C"),
        ("import",),
        ("export", "case"),
        ("unheard-of",),
    ],
)
def test_wrong_use_ends_with_2_and_says_so(words: tuple[object, ...]) -> None:
    result = run(*words, "--json") if len(words) > 1 else run(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert result.stdout == "" or "Usage" in result.stdout
