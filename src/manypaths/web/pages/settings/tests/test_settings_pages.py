"""What a leader sets, and what it would change before it is saved."""

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from manypaths.estimates.rule_effects import effects_of_rules
from manypaths.estimates.services import take_in
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import ResponseDraft
from manypaths.frameworks.models import Framework
from manypaths.frameworks.tests.drafts import FOUR_LEVELS, competency, framework_of, saved
from manypaths.people.models import Role
from manypaths.people.tests.cast import OPERATOR, Cast, make_person
from manypaths.web.tests.clients import client_of, page, read

ALL = reverse("settings:all")


@pytest.fixture
def femi(cast: Cast) -> Client:
    return client_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))


@pytest.fixture
def fractions(cast: Cast) -> Framework:
    return saved(framework_of(competency("A"), scale=FOUR_LEVELS))


@pytest.fixture
def world(cast: Cast) -> World:
    """Make a world in which Ada has answered four items of one competency on four days."""
    made = make_world()
    for number in range(4):
        draft = ResponseDraft(cast.ada, made.tasks["F1-1"], 1.0, day(number))
        take_in(draft, by=OPERATOR, at=day(60))
    return made


def at(name: str, framework: Framework) -> str:
    return reverse(f"settings:{name}", args=[framework.public_id])


def thresholds(**changed: int) -> dict[str, int]:
    ours = {
        "tau": 80,
        "least_pieces": 4,
        "least_days": 2,
        "least_ratings": 2,
        "ready": 80,
        "recall": 85,
    }
    return {**ours, "sure": 10, "fairly_sure": 20, **changed}


def test_settings_are_for_those_who_lead_the_district(cast: Cast, fractions: Framework) -> None:
    for person in (cast.ada, cast.ben, cast.dana, cast.eli):
        client = client_of(person)
        assert client.get(ALL).status_code == 404
        assert client.get(at("framework", fractions)).status_code == 404
        assert client.post(at("thresholds", fractions), thresholds()).status_code == 404
        form = {"name": "Mine", "time_zone": "UTC"}
        assert client.post(reverse("settings:district"), form).status_code == 404


def test_the_district_gets_another_name_and_zone(cast: Cast, femi: Client) -> None:
    form = {"name": "Three Rivers", "time_zone": "Europe/Lisbon"}
    femi.post(reverse("settings:district"), form)
    cast.district.refresh_from_db()
    assert (cast.district.name, cast.district.time_zone) == ("Three Rivers", "Europe/Lisbon")
    wrong = femi.post(reverse("settings:district"), {**form, "time_zone": "Mars"})
    assert b"is no time zone" in wrong.content


def test_thresholds_are_looked_at_before_they_are_saved(
    cast: Cast, femi: Client, world: World
) -> None:
    framework = world.framework
    looked = femi.post(at("thresholds", framework), thresholds(least_pieces=9))
    assert b"1</b> of 1 learners would see another status" in looked.content
    framework.refresh_from_db()
    assert framework.rules == {}
    femi.post(at("thresholds", framework), {**thresholds(least_pieces=9), "save": "1"})
    framework.refresh_from_db()
    assert framework.rules == {"least_pieces": 9}


def test_what_counts_as_mastered_is_told_in_words_before_it_holds(
    femi: Client, world: World
) -> None:
    framework = world.framework
    looked = read(femi.post(at("thresholds", framework), thresholds(tau=60)))
    assert "getting 60 in 100 average tasks right" in looked.text
    assert "getting 80 in 100" not in looked.text
    assert "getting 80 in 100" in page(femi, at("framework", framework)).text
    femi.post(at("thresholds", framework), {**thresholds(tau=60), "save": "1"})
    framework.refresh_from_db()
    assert framework.rules == {"tau": 0.6}


def test_the_districts_window_is_ticked_competency_by_competency(
    femi: Client, world: World
) -> None:
    first, second = (world.competencies[code] for code in ("F1", "F2"))
    address = at("window", world.framework)
    assert "Everything is open" in page(femi, address).text
    ticked = {"competency": [str(first.public_id), str(second.public_id)]}
    assert femi.post(address, ticked).status_code == 302
    shown = page(femi, address)
    assert "work on 2 competencies" in shown.text
    boxes = [box for box in shown.all("input") if box.attributes.get("name") == "competency"]
    ticks = [box.attributes["value"] for box in boxes if "checked" in box.attributes]
    assert ticks == ticked["competency"]
    femi.post(address, {})
    assert "Everything is open" in page(femi, address).text


def test_the_same_thresholds_change_nothing(cast: Cast, world: World) -> None:
    effects = effects_of_rules(world.framework, {}, by=OPERATOR, at=day(60))
    assert (effects.n_learners, effects.n_changed, effects.changes) == (1, 0, [])


def test_thresholds_that_contradict_each_other_are_refused(
    femi: Client, fractions: Framework
) -> None:
    answer = femi.post(at("thresholds", fractions), thresholds(sure=30))
    assert b"the narrower interval is the surer one" in answer.content
    assert femi.post(at("thresholds", fractions), thresholds(ready=100)).status_code == 200


def test_levels_get_the_schools_names(femi: Client, fractions: Framework) -> None:
    form = {f"name-{n}": name for n, name in enumerate(("Seed", "Sprout", "Bloom", "Fruit"))}
    femi.post(at("levels", fractions), form | {f"meaning-{n}": "" for n in range(4)})
    assert fractions.scale is not None
    names = fractions.scale.levels.values_list("name", flat=True)
    assert list(names) == ["Seed", "Sprout", "Bloom", "Fruit"]
    assert femi.post(at("levels", fractions), form | {"name-0": ""}).status_code == 200


def test_the_word_for_demonstrated_is_the_schools(femi: Client, fractions: Framework) -> None:
    femi.post(at("words", fractions), {"en-4": "mastered", "es-4": "dominado"})
    fractions.refresh_from_db()
    assert fractions.words == {
        "en": {"demonstrated": "mastered"},
        "es": {"demonstrated": "dominado"},
    }
    tag = Template('{% load marks %}{% mark "demonstrated" %}{% mark "growing" %}{% key %}')
    shown = tag.render(Context({"framework": fractions}))
    assert shown.count("mastered") == 2
    assert "demonstrated</span>" not in shown
    assert "growing" in shown
    with override("es"):
        assert "dominado" in tag.render(Context({"framework": fractions}))
    assert "mastered" not in tag.render(Context({}))


def test_two_statuses_never_share_a_word(femi: Client, fractions: Framework) -> None:
    answer = femi.post(at("words", fractions), {"en-4": "Done", "en-3": "done"})
    assert "Two statuses can" in answer.content.decode()
    fractions.refresh_from_db()
    assert fractions.words == {}


def test_ratings_of_oneself_move_estimates_or_not(femi: Client, fractions: Framework) -> None:
    looked = read(femi.post(at("self_ratings", fractions), {"move": "on"}))
    assert "0 of 0 learners who rated themselves would see another status" in looked.text
    assert not Framework.objects.get().self_ratings_move
    femi.post(at("self_ratings", fractions), {"move": "on", "save": "1"})
    assert Framework.objects.get().self_ratings_move
    assert "Words for statuses" in page(femi, at("framework", fractions)).text
