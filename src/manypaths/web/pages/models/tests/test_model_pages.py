"""What a leader does with models: see which one speaks, have one fitted, decide."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from manypaths.base.models import AuditEntry, ViewEntry
from manypaths.estimates.models import FittedModel, ModelRun, ModelRunState
from manypaths.estimates.queries import effects_of_switch, estimates_of
from manypaths.estimates.services import (
    AchievementDraft,
    fit_model,
    sign_off,
    take_in,
)
from manypaths.estimates.services.model_runs import LOST_AFTER
from manypaths.estimates.tasks import do_model_work
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import ResponseDraft
from manypaths.frameworks.services import set_rules, set_target
from manypaths.people.models import Person, Role
from manypaths.people.tests.cast import OPERATOR, Cast, make_person, user_of
from manypaths.plans.tests.work import bring_learners
from manypaths.web.tests.clients import Page, client_of, page

LATER = day(60)


@pytest.fixture
def femi(cast: Cast) -> Person:
    return make_person("Femi Adeyemi", cast.district, Role.LEADER)


@pytest.fixture
def world(cast: Cast) -> World:
    """Make a world in which a first model spoke of little, and much came in since."""
    made = make_world()
    _work(made, [cast.ada], days=range(3))
    fit_model(made.framework, by=OPERATOR, at=LATER)
    _work(made, bring_learners(cast, 6), days=range(12))
    return made


def _work(world: World, people: list[Person], *, days: range) -> None:
    for place, learner in enumerate(people):
        for number in days:
            task = world.tasks[f"F1-{1 + number % 5}"]
            outcome = float(place % 2 == 0 or number % 3 == 0)
            take_in(ResponseDraft(learner, task, outcome, day(number)), by=OPERATOR, at=LATER)


def _ask_for_what_tells_them_apart(world: World, candidate: FittedModel) -> None:
    """Set a threshold between what the two models say of somebody."""
    for percent in range(5, 100, 5):
        rules = {"ready": percent / 100, "fairly_sure": 0.4, "least_pieces": 1}
        set_rules(world.framework, rules, by=OPERATOR, at=LATER)
        if effects_of_switch(candidate, by=OPERATOR, at=LATER).n_learners_changed:
            return
    raise AssertionError("both models say the same of everybody")


def of(world: World, name: str = "of") -> str:
    return reverse(f"models:{name}", args=[world.framework.public_id])


def at(name: str, model: FittedModel) -> str:
    return reverse(f"models:{name}", args=[model.public_id])


def do_the_work(person: Person) -> ModelRun:
    """Do what a worker would do with the newest run."""
    run = ModelRun.objects.latest("pk")
    do_model_work.call(run.pk, user_of(person).pk)
    run.refresh_from_db()
    return run


def fitted(world: World, femi: Person) -> FittedModel:
    client_of(femi).post(of(world, "fit"))
    assert do_the_work(femi).state == ModelRunState.DONE
    return FittedModel.objects.get(is_candidate=True)


def shown(femi: Person, address: str) -> Page:
    return page(client_of(femi), address)


def test_the_page_says_which_model_speaks_since_when_and_from_how_much(
    femi: Person, world: World
) -> None:
    found = shown(femi, of(world))
    assert "The model in force was fitted on" in found.text
    assert "from the work of 1 learner" in found.text
    assert "75 pieces of evidence of 7 learners" in found.text
    assert len(found.all("button", class_="main")) == 1
    assert world.framework.title in shown(femi, reverse("models:all")).text


def test_a_candidate_is_fitted_beside_the_pages_and_changes_nothing(
    cast: Cast, femi: Person, world: World
) -> None:
    before = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    client = client_of(femi)
    client.post(of(world, "fit"))
    waiting = page(client, of(world))
    assert "A candidate is being fitted" in waiting.text
    assert not waiting.all("form", action=of(world, "fit"))
    assert do_the_work(femi).state == ModelRunState.DONE
    found = page(client, of(world))
    assert "A candidate waits for your decision" in found.text
    assert "learners would see another status" in found.text
    assert "AUC" in found.text
    after = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    assert after.numbers.mean.tolist() == before.numbers.mean.tolist()
    # Who is there already is led on, and htmx has the page loaded.
    assert client.get(of(world, "progress"))["Location"] == of(world)


def test_while_one_is_fitted_nobody_begins_another(femi: Person, world: World) -> None:
    client = client_of(femi)
    client.post(of(world, "fit"))
    again = client.post(of(world, "fit"), follow=True)
    assert "is under way" in again.content.decode()
    assert ModelRun.objects.count() == 1
    # What was lost with its worker stands in nobody's way.
    ModelRun.objects.update(asked_at=LATER - LOST_AFTER)
    client.post(of(world, "fit"))
    states = list(ModelRun.objects.order_by("pk").values_list("state", flat=True))
    assert states == [ModelRunState.BROKEN, ModelRunState.AT_WORK]


def test_before_a_switch_the_page_says_for_whom_what_would_change(
    femi: Person, world: World
) -> None:
    candidate = fitted(world, femi)
    _ask_for_what_tells_them_apart(world, candidate)
    last = ViewEntry.objects.count()
    found = shown(femi, at("one", candidate))
    assert ViewEntry.objects.count() == last + 1
    assert "Nothing is changed yet" in found.text
    assert "The largest changes" in found.text
    assert re.search(r"Ada Okafor|Learner No0", found.text)
    (button,) = found.all("button", class_="main")
    assert button.text == "Put it in force"


def test_a_switch_is_a_persons_act_and_has_a_way_back(femi: Person, world: World) -> None:
    before = FittedModel.objects.get(in_force=True)
    candidate = fitted(world, femi)
    client = client_of(femi)
    client.post(at("switch", candidate))
    assert FittedModel.objects.get(in_force=True) == before
    assert do_the_work(femi).state == ModelRunState.DONE
    assert FittedModel.objects.get(in_force=True) == candidate
    back = page(client, of(world))
    assert "Earlier models" in back.text
    assert [link for link in back.all("a") if link.attributes["href"] == at("one", before)]
    client.post(at("switch", before))
    do_the_work(femi)
    assert FittedModel.objects.get(in_force=True) == before
    by = set(AuditEntry.objects.filter(deed="switch model").values_list("actor_id", flat=True))
    assert by == {user_of(femi).pk}


def test_what_was_signed_off_stays_whichever_model_speaks(
    cast: Cast, femi: Person, world: World
) -> None:
    draft = AchievementDraft(cast.ada, world.competencies["F1"], day(59).date())
    sign_off(draft, by=OPERATOR, at=LATER)
    client_of(femi).post(at("switch", fitted(world, femi)))
    do_the_work(femi)
    found = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    assert found.status_by_code()[0]["F1"] in ("demonstrated", "worth a refresh")


def test_a_candidate_can_be_dropped(femi: Person, world: World) -> None:
    candidate = fitted(world, femi)
    answer = client_of(femi).post(at("discard", candidate), follow=True)
    assert "The candidate is dropped" in answer.content.decode()
    assert not FittedModel.objects.filter(is_candidate=True).exists()


def test_a_model_that_no_longer_fits_says_why_and_is_not_offered(
    femi: Person, world: World
) -> None:
    candidate = fitted(world, femi)
    set_target(world.framework, level=1, by=OPERATOR, at=LATER)
    found = shown(femi, at("one", candidate))
    assert "fitted for another target" in found.text
    assert not found.all("form", action=at("switch", candidate))
    refused = client_of(femi).post(at("switch", candidate), follow=True)
    assert "fitted for another target" in refused.content.decode()
    assert not ModelRun.objects.filter(work="switch").exists()


def test_without_evidence_there_is_nothing_to_fit(femi: Person, cast: Cast) -> None:
    made = make_world()
    assert "Nothing is on record yet" in shown(femi, reverse("models:all")).text
    answer = client_of(femi).post(of(made, "fit"), follow=True)
    assert "There is no evidence on" in answer.content.decode()
    assert not ModelRun.objects.exists()


def test_models_are_for_those_who_lead_the_district(cast: Cast, femi: Person, world: World) -> None:
    candidate = fitted(world, femi)
    for person in (cast.ada, cast.ben, cast.dana, cast.eli):
        client: Client = client_of(person)
        assert client.get(of(world)).status_code == 404
        assert client.get(at("one", candidate)).status_code == 404
        for address in (of(world, "fit"), at("switch", candidate), at("discard", candidate)):
            assert client.post(address).status_code == 404
    assert FittedModel.objects.filter(is_candidate=True).exists()
