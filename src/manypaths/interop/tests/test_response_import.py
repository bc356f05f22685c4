"""A log is taken in whole or not at all, once however often, and corrected where it changed."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.changes import Changes
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.base.scope import district_scope
from manypaths.estimates import services
from manypaths.estimates.engine import engine_of, row_in_force
from manypaths.estimates.evidence_log import log_of as family_log_of
from manypaths.estimates.merging import link_learner
from manypaths.estimates.queries import drifted_learners
from manypaths.estimates.tests.world import make_world
from manypaths.evidence.models import Response, Task
from manypaths.frameworks.models import Association, Competency, Framework
from manypaths.frameworks.queries import framework_named
from manypaths.frameworks.services import publish_framework, save_framework, start_version
from manypaths.frameworks.tests.drafts import competency, framework_of, saved, tie
from manypaths.interop.response_log import engine_log, read_response_log
from manypaths.interop.tests.conformance import conformance_file
from manypaths.interop.tests.response_logs import (
    HEADER,
    Beliefs,
    beliefs,
    log_of,
    row_counts,
    take_in,
    written,
)
from manypaths.mastery.batch import trace
from manypaths.mastery.fitting import fit
from manypaths.people.models import Group, Membership, Organization, Person, SourceId
from manypaths.people.services import create_group, give_source_ids, name_learner
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_district, user_of
from manypaths.plans.models import StepKind
from manypaths.plans.queries import open_choices
from manypaths.plans.services import choose_step

pytestmark = pytest.mark.django_db

ROWS = (
    "u1,i1,10,1,K1",
    "u2,i1,11,0,K1",
    "u1,i2,20,0,K1;K2",
    "u2,i2,21,1,K1;K2",
    "u1,i1,30,1,K1",
)
UNDATED = tuple(",".join((*row.split(",")[:2], "", *row.split(",")[3:])) for row in ROWS)


def outcomes() -> list[tuple[str, str, float]]:
    """Return learner, item and outcome of all that counts, in the order of the work."""
    rows = Response.objects.standing().select_related("learner", "task")
    return [
        (row.learner.label, row.task.source_id, row.outcome)
        for row in rows.order_by("learner__label", "done_at", "task__source_id", "attempt")
    ]


# --- what a log leaves behind


def test_a_log_makes_its_group_learners_items_and_responses(
    district: Organization, tmp_path: Path
) -> None:
    report = take_in(written(tmp_path, log_of(*ROWS)))
    assert report.as_json() == {
        "dry_run": False,
        "people": Changes(read=2, created=2).as_json(),
        "groups": Changes(read=1, created=1).as_json(),
        "memberships": Changes(read=2, created=2).as_json(),
        "items": Changes(read=2, created=2).as_json(),
        "responses": Changes(read=5, created=5).as_json(),
        "faults": [],
    }
    assert outcomes() == [
        ("Learner u1", "i1", 1),
        ("Learner u1", "i2", 0),
        ("Learner u1", "i1", 1),
        ("Learner u2", "i1", 0),
        ("Learner u2", "i2", 1),
    ]
    assert {learner for learner, _ in beliefs()} == {"Learner u1", "Learner u2"}


def test_a_log_is_one_deed_known_by_the_hash_of_its_file(
    district: Organization, tmp_path: Path
) -> None:
    take_in(written(tmp_path, log_of(*ROWS)))
    (entry,) = AuditEntry.objects.filter(deed="record responses")
    assert entry.facts["count"] == 5
    assert len(entry.facts["sha256"]) == 64


def test_partial_credit_and_times_are_kept(district: Organization, tmp_path: Path) -> None:
    take_in(written(tmp_path, log_of("u,i,2026-03-02T09:00:00Z,0.25,K")))
    row = Response.objects.get()
    assert (row.outcome, row.done_at) == (0.25, to_microseconds(AT))


def test_a_dry_run_reports_the_same_and_changes_nothing(
    district: Organization, tmp_path: Path
) -> None:
    path = written(tmp_path, log_of(*ROWS))
    before = row_counts()
    dry = take_in(path, dry_run=True)
    assert row_counts() == before
    assert dry.as_json() == take_in(path).as_json() | {"dry_run": True}
    before = row_counts()
    more = written(tmp_path, log_of(*ROWS[:-1], "u1,i1,30,0,K1", "u3,i3,40,1,K3"))
    dry = take_in(more, dry_run=True)
    assert row_counts() == before
    assert dry.changes == take_in(more).changes
    assert dry.changes["responses"] == Changes(read=6, created=1, updated=1, unchanged=4)


@pytest.mark.parametrize(
    "content",
    [
        log_of(*ROWS, "u3,i1,12,2,K1"),
        log_of(*ROWS, "u3,i1,12,1,K1,more"),
        log_of(*ROWS).encode() + b"u3,\xff,12,1,K1\n",
        HEADER,
    ],
)
def test_a_faulty_log_changes_nothing(
    district: Organization, tmp_path: Path, content: str | bytes
) -> None:
    before = row_counts()
    with pytest.raises(Refused):
        take_in(written(tmp_path, content))
    assert row_counts() == before


# --- again


@pytest.mark.parametrize("rows", [ROWS, UNDATED, ("u,i,7,1,K", "u,i,7,0,K", "u,i,7,1,K")])
def test_a_second_time_changes_nothing(
    district: Organization, tmp_path: Path, rows: Sequence[str]
) -> None:
    path = written(tmp_path, log_of(*rows))
    take_in(path)
    before, believed = row_counts(), beliefs()
    again = take_in(path)
    for changes in again.changes.values():
        assert changes == Changes(read=changes.read, unchanged=changes.read)
    assert (row_counts(), beliefs()) == (before, believed)


@pytest.mark.parametrize("rows", [ROWS, UNDATED])
def test_of_an_extended_log_the_new_rows_alone_are_taken_in(
    district: Organization, tmp_path: Path, rows: Sequence[str]
) -> None:
    take_in(written(tmp_path, log_of(*rows[:3])))
    assert take_in(written(tmp_path, log_of(*rows))).changes["responses"] == Changes(
        read=5, created=2, unchanged=3
    )
    assert outcomes() == [
        ("Learner u1", "i1", 1),
        ("Learner u1", "i2", 0),
        ("Learner u1", "i1", 1),
        ("Learner u2", "i1", 0),
        ("Learner u2", "i2", 1),
    ]


@pytest.mark.parametrize("rows", [ROWS, UNDATED])
def test_another_outcome_corrects_the_earlier_one_which_stays_readable(
    district: Organization, tmp_path: Path, rows: Sequence[str]
) -> None:
    take_in(written(tmp_path, log_of(*rows)))
    before = Response.objects.get(learner__label="Learner u2", task__source_id="i1")
    corrected = log_of(rows[0], rows[1].replace(",0,K1", ",1,K1"), *rows[2:])
    path = written(tmp_path, corrected, "mended.csv")
    assert take_in(path).changes["responses"] == Changes(read=5, updated=1, unchanged=4)
    after = Response.objects.standing().get(learner=before.learner, task=before.task)
    before.refresh_from_db()
    assert before.outcome == 0
    assert str(before.withdrawal) == "Corrected by mended.csv"
    assert after.outcome == 1
    assert (after.done_at, after.clock, after.attempt) == (before.done_at, before.clock, 1)
    assert take_in(path).changes["responses"] == Changes(read=5, unchanged=5)


@pytest.mark.parametrize("time", ["7", ""])
def test_equal_rows_are_told_apart_by_their_order(
    district: Organization, tmp_path: Path, time: str
) -> None:
    def content(*shares: float) -> Path:
        return written(tmp_path, log_of(*(f"u,i,{time},{share},K" for share in shares)))

    take_in(content(0, 1, 0.5))
    assert take_in(content(0.25, 1, 0.5, 1)).changes["responses"] == Changes(
        read=4, created=1, updated=1, unchanged=2
    )
    assert [outcome for _, _, outcome in outcomes()] == [0.25, 1, 0.5, 1]
    again = take_in(content(0.25, 1, 0.5, 1)).changes["responses"]
    assert again == Changes(read=4, unchanged=4)


def test_logs_of_parts_of_a_year_meet_without_doubles(
    district: Organization, tmp_path: Path
) -> None:
    year = [f"u,i,{time},{share},K" for time, share in ((1, 1), (2, 0), (5, 1), (5, 0), (5, 1))]
    take_in(written(tmp_path, log_of(*year[:3])))
    take_in(written(tmp_path, log_of(*year[2:])))
    assert take_in(written(tmp_path, log_of(*year))).changes["responses"] == Changes(
        read=5, unchanged=5
    )
    assert [outcome for _, _, outcome in outcomes()] == [1, 0, 1, 0, 1]


@pytest.mark.parametrize("rows", [ROWS, UNDATED])
def test_what_a_person_withdrew_does_not_come_back_with_the_same_log(
    district: Organization, tmp_path: Path, rows: Sequence[str]
) -> None:
    path = written(tmp_path, log_of(*rows))
    take_in(path)
    row = Response.objects.filter(learner__label="Learner u1").order_by("done_at")[0]
    services.withdraw(row, reason="Another learner's work", by=OPERATOR, at=AT)
    left = outcomes()
    assert take_in(path).changes["responses"] == Changes(read=5, unchanged=5)
    assert outcomes() == left
    told_anew = written(tmp_path, log_of(rows[0].replace(",1,K1", ",0,K1"), *rows[1:]))
    assert take_in(told_anew).changes["responses"] == Changes(read=5, updated=1, unchanged=4)
    assert outcomes() == [("Learner u1", "i1", 0), *left]


moments = st.sampled_from(["", "5", "6", "7", "2026-03-02T09:00:00Z"])
work = st.tuples(
    st.sampled_from(["u1", "u2", "u3"]), st.sampled_from("abcd"), st.sampled_from([0, 0.5, 1])
)
district_names = (f"District {number}" for number in count())


@pytest.mark.sweep
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    first=st.lists(st.tuples(work, moments), min_size=1, max_size=8),
    flips=st.lists(st.sampled_from([0, 0.5, 1]), min_size=8, max_size=8),
    more=st.lists(st.tuples(work, moments), max_size=4),
    has_clock=st.booleans(),
)
def test_a_corrected_log_leaves_what_it_would_have_left_alone(
    db: None,
    tmp_path: Path,
    first: list[tuple[tuple[str, str, float], str]],
    flips: list[float],
    more: list[tuple[tuple[str, str, float], str]],
    has_clock: bool,
) -> None:
    def row(learner: str, item: str, share: float, moment: str) -> str:
        codes = {"a": "K1", "b": "K2", "c": "K1;K2", "d": "K3"}[item]
        return f"{learner},{item},{moment if has_clock else ''},{share},{codes}"

    before = log_of(*(row(*done, moment) for done, moment in first))
    corrected = [
        ((learner, item, flip), moment)
        for ((learner, item, _), moment), flip in zip(first, flips, strict=False)
    ]
    after = log_of(*(row(*done, moment) for done, moment in corrected + more))
    twice = _left_by(tmp_path, before, after)
    alone = _left_by(tmp_path, after)
    assert twice[0] == alone[0]
    assert twice[1].keys() == alone[1].keys()
    for key, numbers in twice[1].items():
        assert numbers == pytest.approx(alone[1][key], abs=1e-9), key


def _left_by(
    folder: Path, *contents: str
) -> tuple[list[tuple[str, str, float]], dict[tuple[str, str], list[float | None]]]:
    """Return the evidence and the beliefs of a new district after logs, by one model of all."""
    made = make_district(next(district_names))
    with district_scope(made.pk):
        for content in contents:
            take_in(written(folder, content))
        again = take_in(written(folder, contents[-1])).changes["responses"]
        assert again.read == again.unchanged
        family = Framework.objects.get()
        n_looked, n_drifted = drifted_learners(family, by=OPERATOR, sample=10)
        assert n_looked
        assert not n_drifted
        services.fit_model(family, by=OPERATOR, at=AT)
        return outcomes(), beliefs()


# --- competencies


def test_the_codes_of_an_existing_framework_are_used(cast: Cast, tmp_path: Path) -> None:
    world = make_world()
    take_in(written(tmp_path, log_of("u,x,1,1,F1", "u,y,2,0,F2;F3")), framework="Fractions")
    shown = {
        (alignment.task.source_id, alignment.competency)
        for task in Task.objects.filter(source_id__in="xy")
        for alignment in task.alignments.all()
    }
    assert shown == {
        ("x", world.competencies["F1"]),
        ("y", world.competencies["F2"]),
        ("y", world.competencies["F3"]),
    }
    assert Framework.objects.get() == world.framework


def test_an_item_that_is_known_counts_as_that_item(cast: Cast, tmp_path: Path) -> None:
    world = make_world()
    report = take_in(written(tmp_path, log_of("u,F1-1,1,1,F1")), framework="Fractions")
    assert report.changes["items"] == Changes(read=1, unchanged=1)
    assert Response.objects.get().task == world.tasks["F1-1"]


def test_a_code_that_the_framework_lacks_is_a_fault_at_its_first_row(
    cast: Cast, tmp_path: Path
) -> None:
    make_world()
    before = row_counts()
    rows = ("u1,x,5,1,F1", "u2,x,4,1,F1;F9", "u1,y,3,1,G1", "u2,z,2,1,G1")
    with pytest.raises(Refused) as refused:
        take_in(written(tmp_path, log_of(*rows)), framework="Fractions")
    assert [fault.as_json() for fault in refused.value.faults] == [
        {
            "file": "log.csv",
            "row": row,
            "column": "competencies",
            "value": code,
            "allowed": "a code of Fractions",
        }
        for row, code in ((3, "F9"), (4, "G1"))
    ]
    assert row_counts() == before


@pytest.mark.parametrize("group", ["7C", "a group that is new"])
def test_rows_and_codes_with_faults_are_told_in_one_report(
    cast: Cast, tmp_path: Path, group: str
) -> None:
    make_world()
    create_group(cast.school, "7C", by=OPERATOR, at=AT)
    rows = ("u1,x,5,2,F1", "u2,x,4,1,F9", "u1,y,3,1,;")
    with pytest.raises(Refused) as refused:
        take_in(written(tmp_path, log_of(*rows)), group, framework="Fractions")
    faults = [(fault.row, fault.column, fault.value) for fault in refused.value.faults]
    assert faults == [(2, "correct", "2"), (4, "competencies", ";"), (3, "competencies", "F9")]


def test_a_code_that_names_two_competencies_is_a_fault(
    district: Organization, tmp_path: Path
) -> None:
    saved(framework_of(competency("one", code="K"), competency("two", code="K")))
    with pytest.raises(Refused) as refused:
        take_in(written(tmp_path, log_of("u,i,1,1,K")), framework="Fractions")
    (fault,) = refused.value.faults
    assert (fault.row, fault.value) == (2, "K")
    assert not Response.objects.exists()


def test_a_later_log_of_the_group_may_bring_new_codes(
    district: Organization, tmp_path: Path
) -> None:
    take_in(written(tmp_path, log_of(*ROWS)))
    framework = Framework.objects.get()
    assert framework.title == "7C: competencies of its log"
    group = str(Group.objects.get().public_id)
    take_in(written(tmp_path, log_of(*ROWS, "u1,i9,40,1,K9")), group)
    assert Framework.objects.get() == framework
    codes = Competency.objects.order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["K1", "K2", "K9"]


def test_another_group_has_a_framework_of_its_own(district: Organization, tmp_path: Path) -> None:
    path = written(tmp_path, log_of(*ROWS))
    take_in(path, "7C")
    take_in(path, "7D")
    assert Framework.objects.count() == 2
    take_in(path, "7E", framework="7D: competencies of its log")
    assert Framework.objects.count() == 2


def test_a_new_title_makes_a_flat_framework_that_groups_share(
    district: Organization, tmp_path: Path
) -> None:
    take_in(written(tmp_path, log_of("u,i,1,1,K1")), "7C", framework="Our skills")
    take_in(written(tmp_path, log_of("u,j,1,1,K2")), "7D", framework="Our skills")
    framework = Framework.objects.get()
    assert framework.title == "Our skills"
    assert set(framework.competencies.values_list("code", flat=True)) == {"K1", "K2"}
    take_in(written(tmp_path, log_of("u,j,2,1,K3")), "7D", framework=str(framework.public_id))
    framework.refresh_from_db()
    assert (framework.title, framework.competencies.count()) == ("Our skills", 3)


def test_words_and_ties_that_a_framework_got_since_outlive_new_codes(
    district: Organization, tmp_path: Path
) -> None:
    take_in(written(tmp_path, log_of(*ROWS)), framework="Skills")
    framework = Framework.objects.get()
    one, two = Competency.objects.order_by("pk")
    draft = framework_of(
        competency(one.identifier, code="K1", statement="Adds", title="Adding"),
        competency(two.identifier, code="K2", statement="Subtracts"),
        tie("precedes", one.identifier, two.identifier),
        identifier=framework.identifier,
        title="Skills",
    )
    save_framework(replace(draft, version="2026"), by=OPERATOR, at=AT)
    take_in(written(tmp_path, log_of("u1,i9,40,1,K9")), framework="Skills")
    one.refresh_from_db()
    framework.refresh_from_db()
    assert (one.statement, one.title, one.retired_at) == ("Adds", "Adding", None)
    assert Association.objects.get().retired_at is None
    assert framework.version == "2026"
    assert framework.competencies.filter(retired_at=None).count() == 3


def test_a_new_version_of_the_framework_knows_the_same_responses(
    district: Organization, tmp_path: Path
) -> None:
    path = written(tmp_path, log_of(*ROWS))
    take_in(path)
    first = Framework.objects.get()
    second = start_version(first, version="2", by=OPERATOR, at=AT)
    publish_framework(second, by=OPERATOR, at=AT)
    report = take_in(path)
    assert report.changes["responses"] == Changes(read=5, unchanged=5)
    assert report.changes["items"] == Changes(read=2, unchanged=2)
    take_in(written(tmp_path, log_of(*ROWS, "u1,i9,40,1,K9")))
    assert second.competencies.count() == 3
    assert first.competencies.count() == 2
    assert not second.competencies.exclude(retired_at=None).exists()


def test_an_item_with_two_sets_of_competencies_becomes_two_tasks(
    district: Organization, tmp_path: Path
) -> None:
    path = written(tmp_path, log_of("u,i,1,1,K1", "u,i,2,0,K2;K1", "u,i,3,1,K1;K2"))
    take_in(path)
    shown = {
        task.source_id: {row.competency.code for row in task.alignments.all()}
        for task in Task.objects.all()
    }
    assert shown == {"i": {"K1"}, "i [K1;K2]": {"K1", "K2"}}
    again = take_in(written(tmp_path, log_of("u,i,2,0,K1;K2", "u,i,1,1,K1", "u,i,3,1,K2;K1")))
    assert again.changes["items"] == Changes(read=2, unchanged=2)
    assert again.changes["responses"] == Changes(read=3, unchanged=3)


def test_no_two_items_are_taken_for_one(district: Organization, tmp_path: Path) -> None:
    long = "x" * 200
    codes = ";".join(f"code-{number}" for number in range(20))
    rows = ("u,i [K2],1,1,K1", "u,i,2,1,K1", "u,i,3,1,K2")
    wide = (f"u,{long},4,1,K1", f"u,{long},5,1,{codes}", f"u,{long},6,1,{codes};K1")
    path = written(tmp_path, log_of(*rows, *wide))
    take_in(path)
    assert Task.objects.count() == 6
    assert all(len(task.source_id) <= 255 for task in Task.objects.all())
    assert take_in(path).changes["responses"] == Changes(read=6, unchanged=6)


# --- groups and learners


def test_a_learner_is_known_by_the_id_that_a_source_gave_a_member(
    cast: Cast, tmp_path: Path
) -> None:
    give_source_ids([cast.ada], ["u1"], source="SIS", organization=cast.school, by=OPERATOR, at=AT)
    report = take_in(written(tmp_path, log_of(*ROWS)), "7B Mathematics")
    assert report.changes["people"] == Changes(read=2, created=1, unchanged=1)
    assert report.changes["groups"] == Changes(read=1, unchanged=1)
    assert Response.objects.filter(learner=cast.ada).count() == 3
    assert Membership.objects.filter(group=cast.ada_class, part="learner").count() == 2


def test_the_same_id_in_another_group_is_another_learner(
    district: Organization, tmp_path: Path
) -> None:
    path = written(tmp_path, log_of(*ROWS))
    take_in(path, "7C")
    report = take_in(path, "7D")
    assert report.changes["people"] == Changes(read=2, created=2)
    assert report.changes["responses"] == Changes(read=5, created=5)
    assert Person.objects.filter(label="Learner u1").count() == 2


def test_a_group_is_named_or_known_by_its_id(cast: Cast, tmp_path: Path) -> None:
    path = written(tmp_path, log_of(*ROWS))
    take_in(path, "7B Mathematics")
    again = take_in(path, str(cast.ada_class.public_id))
    assert again.changes["responses"] == Changes(read=5, unchanged=5)
    before = row_counts()
    with pytest.raises(NotFound):
        take_in(path, "5d0c6c1e-9a0f-4f0e-8c53-0a3f3b1f2d11")
    for name in ("", "  ", "x" * 201):
        with pytest.raises(Refused):
            take_in(path, name)
    create_group(cast.school_elsewhere, "7B Mathematics", by=OPERATOR, at=AT)
    before = row_counts()
    with pytest.raises(Refused):
        take_in(path, "7B Mathematics")
    assert row_counts() == before


def test_an_unnamed_learner_can_be_named(district: Organization, tmp_path: Path) -> None:
    take_in(written(tmp_path, log_of(*ROWS)))
    learner = SourceId.objects.get(value="u1").person
    name_learner(learner, given_name="Ines", family_name="Duarte", by=OPERATOR, at=AT)
    take_in(written(tmp_path, log_of(*ROWS, "u1,i3,40,1,K1")))
    assert Response.objects.filter(learner=learner).count() == 4


def test_linking_gives_a_person_the_evidence_memberships_and_choices(
    cast: Cast, tmp_path: Path
) -> None:
    path = written(tmp_path, log_of(*ROWS))
    take_in(path, "Chess club")
    learner = SourceId.objects.get(value="u1").person
    node = Competency.objects.get(code="K1")
    choose_step(learner, node, kind=StepKind.PRACTISE, by=OPERATOR, at=AT)
    before = {key[1]: numbers for key, numbers in beliefs().items() if key[0] == "Learner u1"}
    link_learner(learner, cast.ada, by=OPERATOR, at=AT)
    assert not Response.objects.filter(learner=learner).exists()
    assert Response.objects.filter(learner=cast.ada).count() == 3
    assert Membership.objects.filter(person=cast.ada, group__name="Chess club").exists()
    assert [choice.competency for choice in open_choices([cast.ada], by=OPERATOR)] == [node]
    after = {key[1]: numbers for key, numbers in beliefs().items() if key[0] == cast.ada.label}
    for code, numbers in before.items():
        assert after[code] == pytest.approx(numbers, abs=1e-9)
    again = take_in(path, "Chess club")
    assert again.changes["people"] == Changes(read=2, unchanged=2)
    assert again.changes["responses"] == Changes(read=5, unchanged=5)


def test_after_linking_beliefs_are_those_of_all_evidence_together(
    cast: Cast, tmp_path: Path
) -> None:
    give_source_ids([cast.ada], ["a1"], source="SIS", organization=cast.school, by=OPERATOR, at=AT)
    own = [row.replace("u1", "a1") for row in ROWS if row.startswith("u1")]
    take_in(written(tmp_path, log_of(*own)), "7B Mathematics", framework="Skills")
    later = [f"u1,i{number},{90 + number},{number % 2},K2" for number in range(4)]
    take_in(written(tmp_path, log_of(*later)), "Chess club", framework="Skills")
    together = [*own, *(row.replace("u1", "b1") for row in later)]
    link_learner(SourceId.objects.get(value="u1").person, cast.ada, by=OPERATOR, at=AT)
    linked = _of(cast.ada)
    path = written(tmp_path, log_of(*(row.replace("a1", "b1") for row in together)))
    take_in(path, "Twin", framework="Skills")
    twin = _of(SourceId.objects.get(value="b1").person)
    assert linked.keys() == twin.keys()
    for code, numbers in linked.items():
        assert numbers == pytest.approx(twin[code], abs=1e-9)


def _of(learner: Person) -> Beliefs:
    return {
        ("", code): numbers
        for (label, code), numbers in beliefs().items()
        if label == learner.label
    }


def test_two_named_people_are_not_linked(cast: Cast, tmp_path: Path) -> None:
    before = row_counts()
    with pytest.raises(Refused):
        link_learner(cast.ben, cast.ada, by=OPERATOR, at=AT)
    assert row_counts() == before


# --- who may


def test_a_leader_of_the_school_takes_in_a_log_of_its_class(cast: Cast, tmp_path: Path) -> None:
    make_world()
    path = written(tmp_path, log_of("u1,x,1,1,F1"))
    report = take_in(path, "7B Mathematics", framework="Fractions", by=user_of(cast.dana))
    assert report.changes["responses"].created == 1


@pytest.mark.parametrize("name", ["ada", "ben", "cleo", "eli"])
def test_whoever_does_not_lead_the_school_takes_in_nothing(
    cast: Cast, tmp_path: Path, name: str
) -> None:
    make_world()
    by = user_of(getattr(cast, name))
    path = written(tmp_path, log_of("u1,x,1,1,F1"))
    before = row_counts()
    for group in ("7B Mathematics", "A new group"):
        with pytest.raises(NotFound):
            take_in(path, group, framework="Fractions", by=by)
    assert row_counts() == before


# --- the same engine


def test_evaluate_and_estimates_expect_the_same_of_each_response(
    district: Organization, tmp_path: Path
) -> None:
    rng = np.random.default_rng(5)
    rows = [
        f"u{rng.integers(12)},i{item},{1000 + 4000 * number},{rng.integers(2)},K{item % 3}"
        for number in range(240)
        for item in [rng.integers(9)]
    ]
    path = written(tmp_path, log_of(*rows))
    take_in(path)
    log = engine_log(read_response_log(path))
    family = Framework.objects.get()
    row = row_in_force(family)
    assert row is not None
    ours = trace(engine_of(row), family_log_of(family).log).chance
    assert np.allclose(ours, trace(fit(log), log).chance, rtol=0, atol=1e-9)


# --- files of the field


@pytest.mark.sweep
def test_statics_is_taken_in_whole(district: Organization) -> None:
    path = conformance_file("data/responses/statics-2011.csv.gz")
    report = take_in(path, "Statics")
    assert report.changes["people"] == Changes(read=282, created=282)
    assert report.changes["responses"] == Changes(read=189_297, created=189_297)
    assert framework_named("Statics: competencies of its log", by=OPERATOR).is_from_log


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("name", "n_people", "n_responses"),
    [("assistments-2015", 19_840, 683_801), ("algebra-2005", 114, 129_998)],
)
def test_a_large_log_is_taken_in_whole_and_once(
    district: Organization, name: str, n_people: int, n_responses: int
) -> None:
    path = conformance_file(f"data/responses/{name}.csv.gz")
    first, second = take_in(path), take_in(path)
    assert first.changes["people"] == Changes(read=n_people, created=n_people)
    assert first.changes["responses"] == Changes(read=n_responses, created=n_responses)
    assert second.changes["responses"] == Changes(read=n_responses, unchanged=n_responses)
