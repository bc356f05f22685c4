# ruff: noqa: E501  # rows of CSV stand as they are
"""Results of a roster as evidence: on which competencies, once, corrected and taken back."""

from pathlib import Path

import pytest

from manypaths.base.errors import Refused
from manypaths.estimates.models import Belief
from manypaths.estimates.services import rebuild
from manypaths.estimates.tests.world import World, make_world
from manypaths.evidence.models import Response
from manypaths.interop.oneroster.roster_import import import_roster
from manypaths.interop.report import ImportReport
from manypaths.interop.tests.rosters import BUNDLE, write_folder
from manypaths.interop.tests.test_oneroster import AT, person
from manypaths.people.models import Organization
from manypaths.people.tests.cast import OPERATOR

RESULTS = {
    "lineItems.csv": """sourcedId,status,dateLastModified,title,classSourcedId,resultValueMin,resultValueMax
quiz,,,Unit quiz,c1,0,20
essay,,,Essay,c1,0,100
""",
    "lineItemLearningObjectiveIds.csv": """sourcedId,status,dateLastModified,lineItemSourcedId,source,learningObjectiveId
lo1,,,quiz,case,F1
lo2,,,quiz,case,urn:uuid:F2
""",
    "results.csv": """sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,textScore
q-ada,,,quiz,u1,fully graded,15,2026-09-10,
q-omar,,,quiz,u2,exempt,,2026-09-10,
e-ada,,,essay,u1,fully graded,80,2026-09-20,
e-omar,,,essay,u2,partially graded,,2026-09-20,B
""",
    "resultLearningObjectiveIds.csv": """sourcedId,status,dateLastModified,resultSourcedId,source,learningObjectiveId,score,textScore
r1,,,e-ada,case,https://frameworks.example/ims/case/v1p1/CFItems/F3,25,
r2,,,e-omar,case,F3,,b
r3,,,e-omar,case,11111111-1111-4111-8111-111111111111,50,
r4,,,e-omar,unknown,spelling,50,
""",
    "scoreScales.csv": """sourcedId,status,dateLastModified,title,type,orgSourcedId,courseSourcedId,classSourcedId,scoreScaleValue
letters,,,Letters,letter,s1,math7,c1,"{A:94},{B:84}"
""",
    "lineItemScoreScales.csv": """sourcedId,status,dateLastModified,title,lineItemSourcedId,scoreScaleSourcedId
ls1,,,Letters,essay,letters
""",
}


@pytest.fixture
def world(district: Organization) -> World:
    return make_world()


def take_in(
    folder: Path, district: Organization, changes: dict[str, str] | None = None
) -> ImportReport:
    path = write_folder(folder, BUNDLE | RESULTS | (changes or {}))
    return import_roster(path, district=district, by=OPERATOR, at=AT)


def changed(name: str, old: str, new: str) -> dict[str, str]:
    assert old in RESULTS[name]
    return {name: RESULTS[name].replace(old, new)}


def outcomes(source_id: str) -> dict[frozenset[str], float]:
    """Return what stands of a learner: the outcome by the codes that its task shows."""
    return {
        frozenset(row.task.alignments.values_list("competency__code", flat=True)): row.outcome
        for row in Response.objects.standing().filter(learner=person(source_id))
    }


def test_scores_become_evidence_on_the_competencies_that_objectives_name(
    district: Organization, tmp_path: Path, world: World
) -> None:
    report = take_in(tmp_path / "b", district)
    assert report.changes["results"].created == 3
    # The quiz counts for both of its objectives, the essay for the one that the result scores.
    assert outcomes("u1") == {frozenset({"F1", "F2"}): 0.75, frozenset({"F3"}): 0.25}
    assert outcomes("u2") == {frozenset({"F3"}): 0.84}
    assert Belief.objects.filter(learner=person("u1")).count() == 3


def test_what_says_nothing_of_a_competency_is_told_by_row(
    district: Organization, tmp_path: Path, world: World
) -> None:
    notices = take_in(tmp_path / "b", district).notices
    file = "resultLearningObjectiveIds.csv"
    unknown = "no framework here has the objective 11111111-1111-4111-8111-111111111111"
    assert f"{file}, row 4: {unknown}." in notices
    assert f"{file}, row 5: the objective spelling is not named by CASE." in notices
    assert "Results are exempt, so they show nothing (once)." in notices


def test_results_without_objectives_are_counted_and_named(
    district: Organization, tmp_path: Path, world: World
) -> None:
    none = {name: RESULTS[name].split("\n")[0] + "\n" for name in RESULTS if "Objective" in name}
    report = take_in(tmp_path / "b", district, none)
    assert not Response.objects.exists()
    told = "Results name no learning objective and became no evidence, of Essay, Unit quiz"
    assert f"{told} (3 times)." in report.notices


def test_the_same_results_again_change_nothing(
    district: Organization, tmp_path: Path, world: World
) -> None:
    take_in(tmp_path / "b", district)
    again = take_in(tmp_path / "b", district).changes["results"]
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
    assert Response.objects.count() == 3


def test_another_score_withdraws_and_replaces_with_a_reason(
    district: Organization, tmp_path: Path, world: World
) -> None:
    take_in(tmp_path / "b", district)
    better = changed("results.csv", "fully graded,15", "fully graded,20")
    assert take_in(tmp_path / "c", district, better).changes["results"].updated == 1
    assert outcomes("u1")[frozenset({"F1", "F2"})] == 1.0
    old = Response.objects.get(outcome=0.75)
    assert old.withdrawal is not None
    assert old.withdrawal.reason == "Corrected by c"
    before = list(Belief.objects.order_by("learner", "competency").values_list("mean", "variance"))
    rebuild(world.framework, by=OPERATOR, at=AT)
    after = list(Belief.objects.order_by("learner", "competency").values_list("mean", "variance"))
    assert before == [pytest.approx(one, abs=1e-9) for one in after]


def test_a_deleted_result_counts_no_more(
    district: Organization, tmp_path: Path, world: World
) -> None:
    take_in(tmp_path / "b", district)
    manifest = BUNDLE["manifest.csv"].replace("bulk", "absent") + "file.results,delta\n"
    delta = {
        "manifest.csv": manifest,
        "results.csv": RESULTS["results.csv"].split("\n")[0]
        + "\nq-ada,tobedeleted,2026-10-01T00:00:00Z,quiz,u1,fully graded,15,2026-09-10,\n",
    }
    path = write_folder(tmp_path / "d", delta)
    report = import_roster(path, district=district, by=OPERATOR, at=AT)
    assert report.changes["results"].retired == 1
    assert outcomes("u1") == {frozenset({"F3"}): 0.25}


def test_a_result_that_somebody_here_withdrew_does_not_come_back(
    district: Organization, tmp_path: Path, world: World
) -> None:
    from manypaths.estimates.services import withdraw

    take_in(tmp_path / "b", district)
    withdraw(Response.objects.get(outcome=0.25), reason="Copied", by=OPERATOR, at=AT)
    assert take_in(tmp_path / "b", district).changes["results"].unchanged == 3
    assert frozenset({"F3"}) not in outcomes("u1")


def test_a_line_item_without_a_full_score_says_nothing(
    district: Organization, tmp_path: Path, world: World
) -> None:
    report = take_in(tmp_path / "b", district, changed("lineItems.csv", "c1,0,20", "c1,,"))
    told = "results.csv, row 2: of Unit quiz nobody knows what the full score is."
    assert told in report.notices
    assert list(outcomes("u1")) == [frozenset({"F3"})]


def test_extra_credit_counts_as_the_whole(
    district: Organization, tmp_path: Path, world: World
) -> None:
    more = changed("results.csv", "fully graded,15", "fully graded,300")
    report = take_in(tmp_path / "b", district, more)
    assert outcomes("u1")[frozenset({"F1", "F2"})] == 1.0
    assert "Scores beyond the line item's range count as its end (once)." in report.notices


@pytest.mark.parametrize("status", ["exempt", "not submitted"])
def test_a_score_that_no_longer_stands_counts_no_more(
    district: Organization, tmp_path: Path, world: World, status: str
) -> None:
    take_in(tmp_path / "b", district)
    without = changed("results.csv", "quiz,u1,fully graded,15", f"quiz,u1,{status},")
    report = take_in(tmp_path / "c", district, without)
    assert report.changes["results"].retired == 1
    assert outcomes("u1") == {frozenset({"F3"}): 0.25}
    assert take_in(tmp_path / "d", district, without).changes["results"].retired == 0


def test_a_score_that_was_anothers_goes_over_to_them(
    district: Organization, tmp_path: Path, world: World
) -> None:
    take_in(tmp_path / "b", district)
    anothers = changed("results.csv", "q-ada,,,quiz,u1", "q-ada,,,quiz,u2")
    assert take_in(tmp_path / "c", district, anothers).changes["results"].updated == 1
    assert outcomes("u1") == {frozenset({"F3"}): 0.25}
    assert outcomes("u2") == {frozenset({"F3"}): 0.84, frozenset({"F1", "F2"}): 0.75}
    assert take_in(tmp_path / "d", district, anothers).changes["results"].unchanged == 3


def test_an_objective_that_a_result_no_longer_names_counts_no_more(
    district: Organization, tmp_path: Path, world: World
) -> None:
    take_in(tmp_path / "b", district)
    name = "resultLearningObjectiveIds.csv"
    take_in(tmp_path / "c", district, changed(name, "CFItems/F3,25", "CFItems/F2,40"))
    assert outcomes("u1") == {frozenset({"F1", "F2"}): 0.75, frozenset({"F2"}): 0.4}


def delta(**tables: str) -> dict[str, str]:
    """Return changes of results alone: rows below the columns of their tables."""
    lists = "".join(f"file.{name},delta\n" for name in tables)
    files = {
        f"{name}.csv": RESULTS[f"{name}.csv"].split("\n")[0] + f"\n{row}\n"
        for name, row in tables.items()
    }
    return files | {"manifest.csv": f"propertyName,value\noneroster.version,1.2\n{lists}"}


def take_in_delta(folder: Path, district: Organization, **tables: str) -> ImportReport:
    path = write_folder(folder, delta(**tables))
    return import_roster(path, district=district, by=OPERATOR, at=AT)


def test_a_deleted_line_item_takes_its_scores_along(
    district: Organization, tmp_path: Path, world: World
) -> None:
    take_in(tmp_path / "b", district)
    row = "essay,tobedeleted,2026-10-01T00:00:00Z,Essay,c1,0,100"
    take_in_delta(tmp_path / "c", district, lineItems=row)
    assert outcomes("u1") == {frozenset({"F1", "F2"}): 0.75}
    assert outcomes("u2") == {}


def test_a_deleted_objective_takes_its_score_along(
    district: Organization, tmp_path: Path, world: World
) -> None:
    take_in(tmp_path / "b", district)
    row = "r1,tobedeleted,2026-10-01T00:00:00Z,e-ada,case,F3,25,"
    key = "https://frameworks.example/ims/case/v1p1/CFItems/F3"
    take_in_delta(tmp_path / "c", district, resultLearningObjectiveIds=row.replace("F3", key, 1))
    assert outcomes("u1") == {frozenset({"F1", "F2"}): 0.75}


def test_changes_without_their_line_item_are_told_and_leave_what_stood(
    district: Organization, tmp_path: Path, world: World
) -> None:
    take_in(tmp_path / "b", district)
    row = "q-ada,active,2026-10-01T00:00:00Z,quiz,u1,fully graded,20,2026-09-10,"
    report = take_in_delta(tmp_path / "c", district, results=row)
    assert "results.csv, row 2: its line item is not in this bundle." in report.notices
    assert outcomes("u1")[frozenset({"F1", "F2"})] == 0.75


def test_a_result_of_somebody_deleted_is_told(
    district: Organization, tmp_path: Path, world: World
) -> None:
    users = BUNDLE["users.csv"] + "u9,tobedeleted,,true,u9,No,Body,\n"
    results = RESULTS["results.csv"] + "q-9,,,quiz,u9,fully graded,15,2026-09-10,\n"
    report = take_in(tmp_path / "b", district, {"users.csv": users, "results.csv": results})
    assert "results.csv, row 6: its student is not on record." in report.notices


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [("graded,15", "graded,1_5", "score"), ("2026-09-10", "9999-12-31", "scoreDate")],
)
def test_scores_and_days_that_are_none_are_faults(
    district: Organization, tmp_path: Path, world: World, old: str, new: str, column: str
) -> None:
    with pytest.raises(Refused) as refusal:
        take_in(tmp_path / "b", district, changed("results.csv", old, new))
    assert {(fault.file, fault.column) for fault in refusal.value.faults} == {
        ("results.csv", column)
    }
