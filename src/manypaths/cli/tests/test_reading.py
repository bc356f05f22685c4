"""What commands read and say of a learner and of a class."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from manypaths.base.clock import now, today
from manypaths.cli.tests.commands import Json, answer, run, said
from manypaths.estimates.queries import estimates_of
from manypaths.estimates.services import AchievementDraft, sign_off
from manypaths.frameworks.models import Competency, Framework
from manypaths.interop.tests.case_documents import small_package
from manypaths.interop.tests.case_documents import written as written_package
from manypaths.interop.tests.response_logs import log_of, take_in, written
from manypaths.people.models import Group, Organization, Person, SourceId
from manypaths.people.queries import learner_named
from manypaths.people.services import give_source_ids
from manypaths.people.tests.cast import AT, OPERATOR, Cast
from manypaths.plans.models import Grouping, NeedKind, StepKind
from manypaths.plans.services import choose_step

pytestmark = pytest.mark.django_db

CLASS = "7B Mathematics"
NUMBERS = ("mean", "sd", "p")
DAYS = [f"2024-03-{4 + number:02}T09:00:00Z" for number in range(20)]


@pytest.fixture
def ada(cast: Cast, tmp_path: Path) -> Person:
    """Let Ada and an unnamed learner of her class work on three competencies."""
    give_source_ids([cast.ada], ["a-1"], source="SIS", organization=cast.school, by=OPERATOR, at=AT)
    rows = [f"a-1,i{number % 6},{DAYS[number]},1,K1" for number in range(9)]
    rows += [f"a-1,j{number % 6},{DAYS[9 + number]},{number % 2},K2" for number in range(6)]
    rows += [f"b-2,k{number % 3},{DAYS[number]},0,K3" for number in range(9)]
    take_in(written(tmp_path, log_of(*rows)), CLASS)
    return cast.ada


def test_next_steps_are_offers_with_reasons_best_first(ada: Person) -> None:
    found = answer("next", "--learner", ada.public_id)
    assert tuple(found) == ("learner", "offers")
    assert found["learner"] == str(ada.public_id)
    assert found["offers"]
    for offer in found["offers"]:
        assert tuple(offer) == ("kind", "competency", "task", "reason", "score")
        assert offer["kind"] in StepKind.values
        assert offer["competency"] in ("K1", "K2", "K3")
        assert offer["reason"]
    scores = [offer["score"] for offer in found["offers"]]
    assert scores == sorted(scores, reverse=True)


def test_a_class_is_told_by_its_needs_and_everyones_status(ada: Person, cast: Cast) -> None:
    unnamed = SourceId.objects.get(value="b-2").person
    k3 = Competency.objects.get(code="K3")
    choose_step(unnamed, k3, kind=StepKind.LEARN, by=OPERATOR, at=now())
    found = answer("class", "--group", CLASS)
    planned_lists = ("planned", "chosen_checks", "supports")
    lists = ("needs_help", *planned_lists, "ready_to_show", "ready_to_move_on")
    assert tuple(found) == ("group", *lists, "learners")
    assert found["group"] == CLASS
    for name in lists:
        for need in found[name]:
            assert tuple(need) == ("learner", "name", "competency", "reason")
    (planned,) = found["planned"]
    assert (planned["name"], planned["competency"]) == ("Learner b-2", "K3")
    assert [(learner["id"], learner["name"]) for learner in found["learners"]] == [
        (str(unnamed.public_id), "Learner b-2"),
        (str(ada.public_id), "Ada Okafor"),
    ]
    estimates = estimates_of([ada], Framework.objects.get(), by=OPERATOR, at=now())
    assert found["learners"][1]["status"] == estimates.status_by_code()[0]
    assert found["learners"][1]["status"]["K3"] == "not started"
    assert found == answer("class", "--group", cast.ada_class.public_id)


def test_small_groups_are_suggested_and_kept_where_asked(ada: Person) -> None:
    words = ("groups", "--group", CLASS, "--size", "1-2", "--date", "2026-03-02")
    found = answer(*words)
    assert tuple(found) == ("group", "date", "kept", "groups", "left_alone")
    assert (found["group"], found["date"], found["kept"]) == (CLASS, "2026-03-02", False)
    placed = [learner["name"] for group in found["groups"] for learner in group["learners"]]
    assert len(placed) + len(found["left_alone"]) == 2
    for group in found["groups"]:
        assert tuple(group) == ("need", "competency", "slip", "reason", "learners")
        assert group["need"] in NeedKind.values
        assert group["reason"].endswith(".")
    assert not Grouping.objects.exists()
    assert answer(*words, "--keep") == found | {"kept": True}
    assert Grouping.objects.get().seats.count() == len(placed)


def test_two_are_too_few_for_small_groups_and_are_told_so(ada: Person) -> None:
    found = answer("groups", "--group", CLASS)
    assert found["groups"] == []
    assert {left["reason"] for left in found["left_alone"]} <= {
        "Too few others share what comes next.",
        "Needs nothing now that a small group could be about.",
    }
    assert found["date"] == (today() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    "option", [("--size", "many"), ("--size", "5-3"), ("--size", "0-3"), ("--date", "tomorrow")]
)
def test_a_size_or_day_that_is_none_is_wrong_use(ada: Person, option: tuple[str, str]) -> None:
    assert run("groups", "--group", CLASS, *option).exit_code == 2


def test_small_groups_are_laid_out_to_be_read(ada: Person) -> None:
    page = said("groups", "--group", CLASS, "--size", "2", "--date", "2026-03-02", "--keep")
    assert f"{CLASS}: small groups for 2 Mar 2026, kept" in page
    assert "Ada Okafor" in page


def test_an_achievement_is_seen_in_the_class(ada: Person) -> None:
    draft = AchievementDraft(ada, Competency.objects.get(code="K1"), AT.date())
    sign_off(draft, by=OPERATOR, at=AT)
    status = answer("class", "--group", CLASS)["learners"][1]["status"]
    assert status["K1"] in ("demonstrated", "worth a refresh")


def why_of(learner: object, code: str) -> Json:
    return answer("why", "--learner", learner, "--competency", code)


@pytest.mark.parametrize("code", ["K1", "K2", "K3"])
def test_why_sums_from_the_prior_to_what_other_commands_say(ada: Person, code: str) -> None:
    found = why_of("Ada Okafor", code)
    assert tuple(found) == ("competency", "prior", "pieces", "estimate")
    assert tuple(found["prior"]) == NUMBERS
    assert tuple(found["estimate"]) == (*NUMBERS, "status", "certainty", "model")
    assert found["competency"] == code
    for number, shift in (("mean", "shift_mean"), ("p", "shift_p")):
        total = found["prior"][number] + sum(piece[shift] for piece in found["pieces"])
        assert total == pytest.approx(found["estimate"][number], abs=1e-9)
    framework, node = Framework.objects.get(), Competency.objects.get(code=code)
    told = estimates_of([ada], framework, by=OPERATOR, at=now(), competencies=[node])
    assert found["estimate"] == {
        "mean": pytest.approx(float(told.numbers.mean[0]), abs=1e-9),
        "sd": pytest.approx(float(told.numbers.sd[0]), abs=1e-9),
        "p": pytest.approx(float(told.numbers.p_mastered[0]), abs=1e-9),
        "status": told.status(0).value,
        "certainty": told.certainty(0).value,
        "model": told.model.version,
    }
    (learner,) = [
        learner
        for learner in answer("class", "--group", CLASS)["learners"]
        if learner["name"] == "Ada Okafor"
    ]
    assert learner["status"][code] == found["estimate"]["status"]


def test_why_names_each_piece_of_evidence_in_the_order_of_the_work(ada: Person) -> None:
    pieces = why_of("Ada Okafor", "K2")["pieces"]
    for piece in pieces:
        assert tuple(piece) == ("kind", "evidence", "done_at", "about", "shift_mean", "shift_p")
    own = [piece for piece in pieces if piece["kind"] == "evidence"]
    assert [piece["done_at"][:10] for piece in own] == [day[:10] for day in DAYS[9:15]]
    assert [piece["about"] for piece in own[:2]] == ["wrong: j0", "right: j1"]
    assert all(piece["evidence"].startswith("response ") for piece in own)
    others = [piece for piece in pieces if piece["kind"] != "evidence"]
    assert {piece["kind"] for piece in others} <= {"practice", "other", "time"}
    assert all(piece["evidence"] is piece["done_at"] is None for piece in others)


def test_work_without_a_calendar_is_told_without_a_date(
    district: Organization, tmp_path: Path
) -> None:
    take_in(written(tmp_path, log_of("u,i,,1,K", "v,i,129600,1,K")), "7C")
    assert [p["done_at"] for p in why_of("u", "K")["pieces"]] == [None, None]
    assert [p["done_at"] for p in why_of("v", "K")["pieces"]] == ["+1.500000 days", None]
    assert "day 2" in said("why", "--learner", "v", "--competency", "K")


def test_a_learner_is_named_by_our_id_a_sources_id_or_their_name(ada: Person) -> None:
    for name in (ada.public_id, "a-1", "Ada Okafor"):
        assert answer("next", "--learner", name)["learner"] == str(ada.public_id)
    unnamed = learner_named("b-2", by=OPERATOR)
    for name in (unnamed.public_id, "b-2", "Learner b-2"):
        assert answer("next", "--learner", name)["learner"] == str(unnamed.public_id)


def test_a_competency_is_named_by_its_code_or_an_id(ada: Person) -> None:
    node = Competency.objects.get(code="K2")
    for name in ("K2", node.public_id, node.identifier):
        assert why_of("a-1", str(name))["competency"] == "K2"


def test_a_framework_can_be_named(ada: Person) -> None:
    framework = Framework.objects.get()
    for name in (framework.title, framework.identifier, framework.public_id):
        words = ("--framework", name)
        assert answer("next", "--learner", "a-1", *words)["offers"]
        assert answer("class", "--group", CLASS, *words)["learners"]
        answer("why", "--learner", "a-1", "--competency", "K1", *words)


NOBODY = "0f5be1f5-5b1c-4d3f-9c83-6a3f62c6f0a1"


@pytest.mark.parametrize(
    "words",
    [
        ("next", "--learner", "Nobody Known"),
        ("next", "--learner", NOBODY),
        ("next", "--learner", "a-1", "--framework", "Unheard of"),
        ("class", "--group", "Unheard of"),
        ("class", "--group", NOBODY),
        ("why", "--learner", "a-1", "--competency", "K9"),
        ("why", "--learner", NOBODY, "--competency", "K1"),
        ("export", "case", "Unheard of"),
    ],
)
def test_what_is_not_there_is_answered_alike(ada: Person, words: tuple[str, ...]) -> None:
    # What was missed is named, and whether it is there for others is not.
    what = "(learner|group|framework|competency of .*)"
    message = rf"No {what} is called '.*' here, or it is not yours to see\."
    found = answer(*words, exit_code=1)
    assert (found["error"]["code"], found["faults"]) == ("not_found", [])
    assert re.fullmatch(message, found["error"]["message"])
    result = run(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert re.fullmatch(f"{message}\n", result.stderr)


def test_a_name_that_several_have_is_refused(district: Organization, tmp_path: Path) -> None:
    path = written(tmp_path, log_of("u,i,1,1,K"))
    take_in(path, "7C")
    take_in(path, "7D")
    error = answer("next", "--learner", "u", exit_code=1)["error"]
    assert error["code"] == "refused"
    assert error["message"].startswith("Several people are called u.")


def test_without_evidence_the_framework_must_be_named(ada: Person) -> None:
    error = answer("next", "--learner", "Ben Silva", exit_code=1)["error"]
    assert error["message"] == "There is no evidence yet. Say which framework with --framework."
    title = Framework.objects.get().title
    assert answer("next", "--learner", "Ben Silva", "--framework", title)["offers"]


@pytest.mark.parametrize(
    "words",
    [
        ("next",),
        ("class",),
        ("why", "--learner", "a-1"),
        ("class", "--group", "7C", "--colour"),
    ],
)
def test_an_option_that_is_missing_or_unheard_of_is_wrong_use(words: tuple[str, ...]) -> None:
    result = run(*words, "--json")
    assert (result.exit_code, result.stdout) == (2, "")


# --- in words


def test_a_class_is_laid_out_to_be_read(ada: Person) -> None:
    text = said("class", "--group", CLASS)
    for words in (CLASS, "2 learners.", "needs help", "ready to show", "demonstrated", "growing"):
        assert words in text


def test_next_steps_are_laid_out_to_be_read(ada: Person) -> None:
    text = said("next", "--learner", "a-1")
    assert "What next, Ada Okafor? You choose." in text
    assert "opens " in text


def test_why_is_laid_out_to_be_read(ada: Person) -> None:
    text = said("why", "--learner", "a-1", "--competency", "K2")
    for words in ("Why Ada Okafor stands at", "before any evidence", "wrong: j0", "13 Mar 2024"):
        assert words in text


def test_no_name_gives_orders_to_the_terminal(district: Organization, tmp_path: Path) -> None:
    package = small_package()
    package["CFDocument"]["title"] = "\x1b]0;mine\x07Numbers"
    package["CFItems"][0]["fullStatement"] = "\x1b[31mKnows\x9b31m numbers."
    package["CFItems"][0]["humanCodingScheme"] = "K1"
    file = tmp_path / "package.json"
    file.write_bytes(written_package(package))
    answer("import", "case", file)
    log = written(tmp_path, log_of("u,i,1,1,K1"))
    title = Framework.objects.get().title
    answer("import", "responses", log, "--group", "7C", "--framework", title)
    for words in (
        ("next", "--learner", "u"),
        ("class", "--group", "7C"),
        ("why", "--learner", "u", "--competency", "K1"),
        ("estimate",),
        ("check",),
    ):
        text = said(*words)
        assert not set("\x1b\x07\x9b") & set(text)
    assert "\N{REPLACEMENT CHARACTER}[31mKnows" in said("next", "--learner", "u")


@pytest.mark.parametrize("name", ["", " ", "7\nC", "7\x1bC", "7" * 201])
def test_a_group_needs_a_name_on_one_line(
    district: Organization, tmp_path: Path, name: str
) -> None:
    log = written(tmp_path, log_of("u,i,1,1,K"))
    report = answer("import", "responses", log, "--group", name, exit_code=1)
    assert "1 to 200 characters on one line" in report["faults"][0]["allowed"]
    assert not Group.objects.exists()


def test_what_looks_like_markup_is_shown_as_it_is(district: Organization, tmp_path: Path) -> None:
    rows = [f"[/u],[b]i{n}[/],{n},{n % 2},[/k]:key:" for n in range(5)]
    take_in(written(tmp_path, log_of(*rows), "log [blue].csv"), "[/g] :smile:")
    overview = said("class", "--group", "[/g] :smile:")
    assert Group.objects.get().name in overview
    assert "[/k]:key:" in overview
    assert "right: [b]i1[/]" in said("why", "--learner", "[/u]", "--competency", "[/k]:key:")
    assert "[/k]:key:" in said("next", "--learner", "[/u]")
    again = run("import", "responses", tmp_path / "log [blue].csv", "--group", "[/g] :smile:")
    assert again.exit_code == 0
