"""Models and rules by command: what a leader sees, and that nothing changes by looking."""

import re
from pathlib import Path

import pytest

from manypaths.cli.tests.commands import Json, answer, run, said
from manypaths.estimates import services
from manypaths.estimates.models import FittedModel
from manypaths.estimates.tests.test_candidates import beliefs, newcomers, work_of
from manypaths.estimates.tests.world import day, make_world
from manypaths.interop.tests.response_logs import log_of, written
from manypaths.mastery.rules import RULES
from manypaths.people.models import Person
from manypaths.people.tests.cast import OPERATOR, Cast

pytestmark = pytest.mark.django_db

KINDS = ["dynamic-irt", "bkt", *RULES]


@pytest.fixture
def learners(cast: Cast) -> list[Person]:
    """Let forty learners work before the first model, and again after it."""
    world, found = make_world(), newcomers(cast, 40)
    work_of(cast, world, found, at=day(20))
    work_of(cast, world, found, at=day(40), seed=1, first_day=21)
    return found


def in_force() -> FittedModel:
    return FittedModel.objects.get(in_force=True)


def flat(text: str) -> str:
    """Return a page with its lines joined."""
    return re.sub(r"\s+", " ", text)


def test_a_candidate_is_fitted_listed_foretold_and_switched_to(learners: list[Person]) -> None:
    first, before = in_force(), beliefs()
    fitted = answer("fit-model", "Fractions", "--seed", 3)
    assert (fitted["framework"], fitted["compared_with"]) == ("Fractions", first.version)
    assert (fitted["learners"], fitted["n_pieces"], fitted["seed"]) == (40, 40 * 32, 3)
    candidate, speaks = answer("models", "Fractions")["models"]
    assert (candidate["version"], candidate["state"]) == (fitted["model"], "candidate")
    assert candidate["comparison"]["difference"] == fitted["difference"]
    assert (speaks["version"], speaks["state"]) == (first.version, "in force")
    assert speaks["comparison"] is None
    foretold = answer("switch-model", "Fractions", "--dry-run")
    assert foretold["changes"] == fitted["changes"]
    assert (foretold["model"], foretold["replaces"]) == (fitted["model"], first.version)
    assert (in_force(), beliefs()) == (first, before)
    done = answer("switch-model", "Fractions")
    assert done == foretold | {"dry_run": False}
    assert in_force().version == fitted["model"]
    assert beliefs() != before


def test_one_switches_back_by_version(learners: list[Person]) -> None:
    first, before = in_force(), beliefs()
    answer("fit-model", "Fractions")
    answer("switch-model", "Fractions")
    assert answer("switch-model", "Fractions", first.version)["model"] == first.version
    assert in_force() == first
    assert beliefs() == {pair: pytest.approx(numbers) for pair, numbers in before.items()}


def test_a_candidate_is_dropped(learners: list[Person]) -> None:
    fitted = answer("fit-model", "Fractions")
    assert answer("discard-model", "Fractions") == {
        "framework": "Fractions",
        "discarded": fitted["model"],
    }
    (left,) = answer("models", "Fractions")["models"]
    assert left["state"] == "in force"
    fitted = answer("fit-model", "Fractions")
    told = said("discard-model", "Fractions")
    assert told == f"{fitted['model']} is dropped; what is in force stays.\n"


def test_as_many_moves_are_named_as_asked(learners: list[Person]) -> None:
    answer("fit-model", "Fractions")
    words = ("switch-model", "Fractions", "--dry-run", "--largest")
    every = answer(*words, 1_000)
    assert len(every["largest"]) == every["changes"]["n_pairs_changed"] > 2
    assert answer(*words, 2)["largest"] == every["largest"][:2]
    assert answer(*words, 0)["largest"] == []


# In words


def test_the_page_of_a_candidate_says_who_was_held_out_and_what_follows(
    learners: list[Person],
) -> None:
    page = flat(said("fit-model", "Fractions"))
    assert f"Nothing has changed yet: {in_force().version} goes on speaking." in page
    assert "Both were tried on 8 learners who were held out" in page
    assert "What is scored is their work since the model in force was fitted." in page
    assert "With fewer than 30 learners held out these figures are weak" in page
    assert "Which of them predicts better can't be told" in page
    assert re.search(r"AUC \.\d{3}±\.\d{3} \.\d{3}±\.\d{3}", page)
    assert re.search(r"the status would differ for \d+, which concerns \d+ of 40 learners", page)
    assert "manypaths switch-model Fractions --dry-run" in page
    assert not any(learner.name in page for learner in learners)


def test_that_a_model_in_force_is_flattered_is_said(cast: Cast) -> None:
    world = make_world()
    work_of(cast, world, newcomers(cast, 60))
    page = flat(said("fit-model", "Fractions"))
    assert "Its numbers are those of the model in force" in page
    assert "The model in force had learned from 12 of these 12, which flatters it." in page


def test_that_nobody_could_be_held_out_is_said(cast: Cast) -> None:
    work_of(cast, make_world(), newcomers(cast, 3))
    assert "There are too few learners to hold any out" in flat(said("fit-model", "Fractions"))


def test_a_clear_difference_is_said_with_its_margin(cast: Cast) -> None:
    # What came first says that everything is easy, what came since that most of it is hard.
    world, learners = make_world(), newcomers(cast, 60)
    work_of(cast, world, learners[55:], at=day(20), strengths=(0.9, 0.99))
    work_of(cast, world, learners[:55], at=day(60), seed=1, strengths=(0.1, 0.5))
    page = flat(said("fit-model", "Fractions"))
    assert "The model in force had never seen them either." in page
    assert re.search(
        r"The candidate predicts better: its log-loss is 0\.\d{4} less, give or take", page
    )


def test_the_page_of_a_switch_names_those_whom_it_concerns(learners: list[Person]) -> None:
    answer("fit-model", "Fractions")
    page = flat(said("switch-model", "Fractions", "--dry-run"))
    largest = answer("switch-model", "Fractions", "--dry-run")["largest"]
    assert "Dry run: nothing was changed" in page
    assert largest[0]["name"] in page
    assert f"{largest[0]['before']} {largest[0]['after']}" in page
    assert "What was signed off stays signed off." in page
    assert "Done" in said("switch-model", "Fractions")


def test_the_list_of_models_is_told_in_words(cast: Cast, learners: list[Person]) -> None:
    fitted = answer("fit-model", "Fractions")
    page = flat(said("models", "Fractions"))
    assert f"{fitted['model']} candidate" in page
    assert f"{in_force().version} in force 14 Mar 2026" not in page
    assert f"{in_force().version} in force 22 Feb 2026" in page


def test_without_evidence_there_are_no_models(cast: Cast) -> None:
    make_world()
    assert answer("models", "Fractions") == {"framework": "Fractions", "models": []}
    assert "nothing is on record yet" in said("models", "Fractions")


# Rules


def test_rules_stand_side_by_side_on_a_framework(learners: list[Person]) -> None:
    before = beliefs()
    found = answer("rules", "Fractions", "--seed", 1)
    assert (found["on"], found["seed"], found["reference"]) == ("Fractions", 1, in_force().version)
    assert [row["kind"] for row in found["rules"]] == KINDS
    assert beliefs() == before
    page = flat(said("rules", "Fractions"))
    for kind in KINDS:
        assert f"{kind} ." in page
    assert "With fewer than 30 learners held out these figures are weak" in page


@pytest.fixture
def log(tmp_path: Path) -> Path:
    rows = [
        f"u{who},i{item},{100 * item},{int((who * 7 + item * 5) % 40 < who)},K{item % 2}"
        for who in range(30)
        for item in range(10)
    ]
    return written(tmp_path, log_of(*rows))


def test_rules_stand_side_by_side_on_a_log_and_need_no_home(log: Path) -> None:
    found = answer("rules", "--log", log)
    assert (found["on"], found["n_learners"], found["n_pairs"]) == (log.name, 30, 60)
    scores: Json = {row["kind"]: row for row in found["rules"]}
    for kind in ("dynamic-irt", "decaying-average"):
        alone = answer("evaluate", log, "--kind", kind)
        assert scores[kind]["auc"] == pytest.approx(alone["auc"])
        assert scores[kind]["log_loss"] == pytest.approx(alone["log_loss"])


# What is refused


def refusal(*words: object) -> str:
    message: str = answer(*words, exit_code=1)["error"]["message"]
    return message


def test_what_is_not_there_is_named(learners: list[Person]) -> None:
    assert refusal("models", "Algebra").startswith("No framework is called 'Algebra' here")
    assert refusal("switch-model", "Fractions").startswith(
        "No model of Fractions is called 'candidate' here"
    )
    assert refusal("switch-model", "Fractions", "dynamic-irt-1-x").startswith(
        "No model of Fractions is called 'dynamic-irt-1-x' here"
    )
    assert "is in force already" in refusal("switch-model", "Fractions", in_force().version)
    assert refusal("discard-model", "Fractions").startswith("No model of Fractions")


def test_what_came_since_makes_a_comparison_stale(cast: Cast, learners: list[Person]) -> None:
    answer("fit-model", "Fractions")
    services.fit_model(in_force().family, by=OPERATOR, at=day(50))
    assert "is in force now. Fit a candidate anew." in refusal("switch-model", "Fractions")


def test_a_log_that_is_too_small_for_rules_is_refused(tmp_path: Path) -> None:
    log = written(tmp_path, log_of("u,i,1,1,K", "v,i,1,0,K"))
    assert "there are 2 in all" in refusal("rules", "--log", log)


@pytest.mark.parametrize(
    "words",
    [
        ("rules",),
        ("rules", "Fractions", "--log", __file__),
        ("rules", "--log", "nowhere.csv"),
        ("fit-model",),
        ("fit-model", "Fractions", "--seed", "-1"),
        ("switch-model", "Fractions", "--largest", "-1"),
    ],
)
def test_wrong_use_ends_with_2(words: tuple[str, ...]) -> None:
    result = run(*words, "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Traceback" not in result.output
