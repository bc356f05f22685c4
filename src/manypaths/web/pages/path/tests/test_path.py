"""My path in a browser: what it says to whom, and what a button does."""

from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path, reverse
from pytest_django import DjangoAssertNumQueries

from manypaths.base.clock import now
from manypaths.base.models import ViewEntry
from manypaths.estimates.tests.world import World, make_world
from manypaths.frameworks.draft import AssociationDraft, CompetencyDraft
from manypaths.frameworks.models import Framework
from manypaths.frameworks.tests.drafts import child_of, competency, framework_of, precedes, saved
from manypaths.people.models import Person
from manypaths.people.tests.cast import Cast, user_of
from manypaths.plans.models import Choice, HelpRequest
from manypaths.plans.queries import next_steps, open_choices, open_help_requests
from manypaths.plans.services import choose_framework, set_window
from manypaths.web.pages.path.drawing import MOST_ON_MAP
from manypaths.web.pages.path.tests.near import answers, rating, sign_off
from manypaths.web.tests.clients import Element, Page, client_of, page, without_tokens


def opened(request: HttpRequest, choice_id: str) -> HttpResponse:
    return HttpResponse("a task")


urlpatterns = [
    path("", include(([path("opened/<uuid:choice_id>/", opened, name="start")], "doing"))),
    path("", include("manypaths.web.urls")),
]
with_tasks = override_settings(ROOT_URLCONF=__name__)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def path_of(reader: Person, learner: Person, query: str = "") -> Page:
    return page(client_of(reader), reverse("path:of", args=[learner.public_id]) + query)


def test_the_page_opens_with_what_is_shown_ready_and_moved(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "++++++++++++++", n_days_ago=3)
    sign_off(world, cast.ada, "F2", by=cast.ben)
    own = page(client_of(cast.ada), reverse("path:own"))
    assert own.all("p", class_="voice")[0].text == (
        "You have shown 1 of 3. One is ready to show. One moved this week."
    )
    assert "Ada has shown 1 of 3." in path_of(cast.eli, cast.ada).text


def test_the_first_day_says_that_nothing_is_known_and_how_to_begin(
    cast: Cast, world: World
) -> None:
    address = reverse("path:own") + f"?framework={world.framework.public_id}"
    first = page(client_of(cast.ada), address)
    assert first.all("p", class_="voice")[0].text == (
        "Nothing is known here yet. You may know plenty already: 3 ways to begin."
    )
    assert "Evidence will gather here" in first.text


def without_tasks(cast: Cast) -> Framework:
    """Return a framework of three steps for which nobody has made a task, chosen for the class."""
    draft = framework_of(
        competency("A"), competency("B"), competency("C"), precedes("A", "B"), title="Gardening"
    )
    made = saved(draft)
    choose_framework(cast.ada_class, made, by=user_of(cast.ben), at=now())
    return made


def test_without_tasks_the_first_day_still_has_ways_to_begin(cast: Cast) -> None:
    made = without_tasks(cast)
    own = page(client_of(cast.ada), reverse("path:own"))
    assert "you can begin all the same" in own.text
    links = [link.attributes["href"] for link in own.all("a")]
    first, second, third = (made.competencies.get(identifier=code) for code in "ABC")
    for open_one in (first, third):
        address = reverse("showing:new", args=[open_one.public_id])
        assert address in links
        assert client_of(cast.ada).get(address).status_code == 200
    # What builds on the first is no beginning.
    assert reverse("showing:new", args=[second.public_id]) not in links
    assert len(own.all("a", class_="main")) == 1
    for reader in (cast.ben, cast.eli):
        theirs = path_of(reader, cast.ada)
        assert "No tasks are here yet." in theirs.text
        assert "you can begin" not in theirs.text
    assert "you can record what you see" in path_of(cast.ben, cast.ada).text


def test_who_has_shown_everything_is_told_so(cast: Cast, world: World) -> None:
    for code in ("F1", "F2", "F3"):
        sign_off(world, cast.ada, code, by=cast.ben)
    assert "You have shown all that is here." in path_of(cast.ada, cast.ada).text
    assert "Ada has shown all that is here." in path_of(cast.eli, cast.ada).text


def test_before_any_framework_a_learner_is_welcomed_and_can_ask_to_begin(cast: Cast) -> None:
    own = page(client_of(cast.ada), reverse("path:own"))
    assert "Welcome, Ada." in own.text
    (ask,) = own.all("a", class_="main")
    client = client_of(cast.ada)
    client.post(ask.attributes["href"], {"words": "I would like to begin."})
    assert [a.words for a in open_help_requests([cast.ada], by=user_of(cast.ben))] == [
        "I would like to begin."
    ]
    assert "Welcome" not in path_of(cast.eli, cast.ada).text


def test_offers_are_those_of_the_command_with_a_number_on_the_map(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "+-++--", n_days_ago=1)
    offers = next_steps(cast.ada, world.framework, by=user_of(cast.ada), at=now())
    shown = path_of(cast.ada, cast.ada)
    articles = shown.all("article", class_="offer")
    assert len(articles) == len(offers) >= 3
    for number, (article, offer) in enumerate(zip(articles, offers, strict=True), start=1):
        assert offer.reason in article.text
        node = next(n for n in _nodes(shown) if offer.competency.name in n.text)
        assert node.text.startswith(f"offer {number}")


def test_a_pin_says_who_pinned(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "+", n_days_ago=1)
    f1 = world.competencies["F1"]
    set_window(cast.ada_class, [f1], pinned=f1, by=user_of(cast.ben), at=now())
    assert "Pinned by Ben Silva" in path_of(cast.ada, cast.ada).text


@with_tasks
def test_choosing_an_offer_stores_it_and_opens_it(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "+-", n_days_ago=1)
    client = client_of(cast.ada)
    shown = page(client, reverse("path:own"))
    form = shown.all("form", action=reverse("path:choose", args=[cast.ada.public_id]))
    assert form
    button = next(b for b in shown.all("button") if b.attributes.get("name") == "step")
    answer = client.post(
        form[0].attributes["action"],
        {"step": button.attributes["value"], "framework": world.framework.public_id},
    )
    choice = Choice.objects.get()
    assert answer["Location"] == reverse("doing:start", args=[choice.public_id])
    assert (choice.is_learners_own, bool(choice.reason), bool(choice.task)) == (True, True, True)
    assert "chosen" in path_of(cast.ada, cast.ada).text
    client.post(
        form[0].attributes["action"],
        {"step": button.attributes["value"], "framework": world.framework.public_id},
    )
    assert Choice.objects.get() == choice


def test_a_teacher_plans_with_the_learner_and_can_undo_it(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "+-", n_days_ago=1)
    client = client_of(cast.ben)
    step = f"learn:{world.competencies['F1'].public_id}"
    answer = client.post(reverse("path:choose", args=[cast.ada.public_id]), {"step": step})
    assert answer["Location"] == reverse("path:of", args=[cast.ada.public_id])
    choice = Choice.objects.get()
    assert not choice.is_learners_own
    assert "planned for you" in path_of(cast.ada, cast.ada).text
    undo = page(client, answer["Location"]).all(
        "form", action=reverse("path:let_go", args=[choice.public_id])
    )
    assert undo
    client.post(undo[0].attributes["action"])
    assert open_choices([cast.ada], by=user_of(cast.ada)) == []
    client.post(reverse("path:take_up", args=[choice.public_id]))
    assert open_choices([cast.ada], by=user_of(cast.ada)) == [choice]


def test_family_reads_offers_and_has_no_button(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "+-", n_days_ago=1)
    shown = path_of(cast.eli, cast.ada)
    assert shown.all("article", class_="offer")
    assert not [b for b in shown.all("button") if b.attributes.get("name") == "step"]
    step = f"learn:{world.competencies['F1'].public_id}"
    refused = client_of(cast.eli).post(
        reverse("path:choose", args=[cast.ada.public_id]), {"step": step}
    )
    assert refused.status_code == 404
    assert not Choice.objects.exists()


def test_a_step_that_is_no_longer_open_is_refused_in_words(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "+", n_days_ago=1)
    sign_off(world, cast.ada, "F1", by=cast.ben)
    for step in (f"learn:{world.competencies['F1'].public_id}", "nonsense", ""):
        answer = client_of(cast.ada).post(
            reverse("path:choose", args=[cast.ada.public_id]), {"step": step}
        )
        assert answer.status_code == 400
        assert "no longer open" in answer.content.decode()


def test_something_else_lists_every_open_step(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "+", n_days_ago=1)
    address = reverse("path:else", args=[cast.ada.public_id])
    shown = page(client_of(cast.ada), address)
    steps = {b.attributes["value"] for b in shown.all("button") if "value" in b.attributes}
    for code in ("F1", "F2", "F3"):
        assert f"practise:{world.competencies[code].public_id}" in steps
    assert not page(client_of(cast.eli), address).all("button", name="step")


def test_asking_for_help_is_seen_by_the_teacher_and_can_be_taken_back(
    cast: Cast, world: World
) -> None:
    answers(world, cast.ada, "F1", "+", n_days_ago=1)
    client = client_of(cast.ada)
    address = reverse("path:help", args=[cast.ada.public_id])
    f2 = world.competencies["F2"]
    assert f2.name in page(client, address).text
    client.post(address, {"competency": str(f2.public_id), "words": "I mix them up."})
    (asked,) = open_help_requests([cast.ada], by=user_of(cast.ben))
    assert (asked.competency, asked.words) == (f2, "I mix them up.")
    assert "You asked for help. “I mix them up.”" in path_of(cast.ada, cast.ada).text
    client.post(reverse("path:answered", args=[asked.public_id]))
    assert not HelpRequest.objects.filter(answered_at=None).exists()


def test_nobody_asks_for_help_for_another(cast: Cast, world: World) -> None:
    address = reverse("path:help", args=[cast.ada.public_id])
    for reader in (cast.ben, cast.eli, cast.cleo):
        assert client_of(reader).get(address).status_code == 404
        assert client_of(reader).post(address, {"words": "x"}).status_code == 404
    too_long = client_of(cast.ada).post(address, {"words": "x" * 501})
    assert too_long.status_code == 200
    assert not HelpRequest.objects.exists()


def test_the_map_names_status_certainty_and_what_comes_before(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "++++++", n_days_ago=2)
    sign_off(world, cast.ada, "F1", by=cast.ben)
    shown = path_of(cast.ada, cast.ada)
    nodes = [li for li in shown.all("li") if "r-" in li.attributes.get("class", "")]
    assert [li.attributes["class"].split()[:2] for li in nodes] == [
        ["c-1", "r-1"],
        ["c-2", "r-1"],
        ["c-3", "r-1"],
    ]
    assert "demonstrated" in nodes[0].text
    assert "6 pieces" in nodes[0].text
    assert "moved" in nodes[0].text
    assert "after Fractions, step F1" in nodes[1].text
    assert "ahead" in nodes[2].attributes["class"]
    lines = [i.attributes["class"] for i in shown.all("i", class_="ln")]
    assert lines == ["ln todo c-1 to-2 r-1 h-1", "ln todo c-2 to-3 r-1 h-1"]


def test_what_moved_says_which_way_by_what_and_why(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "++++++++++++++", n_days_ago=9)
    for _ in range(3):
        answers(world, cast.ada, "F1", "-", n_days_ago=2)
    text = path_of(cast.ada, cast.ada).text
    assert "Fractions, step F1 is a little less sure" in text
    assert "0 of 3 right. Nothing that was shown is taken away. Why" in text


def test_latest_evidence_gathers_a_days_answers(cast: Cast, world: World) -> None:
    for outcome in "++-":
        answers(world, cast.ada, "F1", outcome, n_days_ago=1)
    rating(world, cast.ada, "F2", 2, rater=cast.ben)
    text = path_of(cast.ada, cast.ada).text
    assert "2 of 3 right" in text
    assert "Rated “Secure” by Ben Silva" in text


def test_an_educators_path_is_the_same_page_on_another_framework(cast: Cast) -> None:
    world = make_world(self_ratings_move=True)
    rating(world, cast.ben, "F1", 2, rater=cast.ben)
    own = page(client_of(cast.ben), reverse("path:own"))
    assert "Ben’s path" in own.text
    assert "You have shown 0 of 3." in own.text


def test_one_with_several_frameworks_can_change(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "+", n_days_ago=1)
    other = saved(framework_of(competency("X1"), identifier="other", title="Reading"))
    address = reverse("path:own") + f"?framework={other.public_id}"
    assert "Reading" in page(client_of(cast.ada), address).text
    for wrong in (uuid4(), "nonsense"):
        answer = client_of(cast.ada).get(reverse("path:own") + f"?framework={wrong}")
        assert answer.status_code == 404


def test_without_any_framework_the_page_says_so(cast: Cast) -> None:
    own = page(client_of(cast.ada), reverse("path:own"))
    assert (own.status, "A path begins with a framework" in own.text) == (200, True)


def test_an_outsider_gets_the_answer_for_nobody(cast: Cast, world: World) -> None:
    client = client_of(cast.cleo)
    for name in ("of", "else", "help"):
        forbidden = client.get(reverse(f"path:{name}", args=[cast.ada.public_id]))
        missing = client.get(reverse(f"path:{name}", args=[uuid4()]))
        assert forbidden.status_code == missing.status_code == 404
        assert without_tokens(forbidden.content) == without_tokens(missing.content)
    for name in ("let_go", "take_up", "answered"):
        assert client.post(reverse(f"path:{name}", args=[uuid4()])).status_code == 404
    assert not ViewEntry.objects.exists()


def test_many_competencies_are_shown_area_by_area(cast: Cast) -> None:
    framework = _large()
    address = reverse("path:own") + f"?framework={framework.public_id}"
    shown = page(client_of(cast.ada), address)
    assert len(_nodes(shown)) == 25
    assert "of 25 shown" in shown.text
    third = page(client_of(cast.ada), address + "&area=3")
    assert len(_nodes(third)) == 25
    assert "Area 3" in third.all("h3")[-1].text
    assert len(shown.html.encode()) < 36_000


def test_a_large_framework_without_areas_is_shown_part_by_part(cast: Cast) -> None:
    keys = [f"K{n}" for n in range(100)]
    framework = saved(framework_of(*(competency(key) for key in keys), title="Everything"))
    address = reverse("path:own") + f"?framework={framework.public_id}"
    found = [_nodes(page(client_of(cast.ada), f"{address}&area={n}")) for n in (1, 2, 3)]
    assert sum(map(len, found)) == 100
    assert "Everything, continued" in page(client_of(cast.ada), address).text


def test_the_largest_map_on_one_page_fits_the_budget_of_bytes(cast: Cast) -> None:
    keys = [f"K{n}" for n in range(MOST_ON_MAP)]
    parts = [competency(key, title=f"A name of usual length, {key}") for key in keys]
    framework = saved(framework_of(*parts, *(precedes(*pair) for pair in pairwise(keys))))
    shown = page(client_of(cast.ada), reverse("path:own") + f"?framework={framework.public_id}")
    assert len(_nodes(shown)) == MOST_ON_MAP
    sheets = [link.attributes["href"] for link in shown.all("link", rel="stylesheet")]
    weights = [
        Path(str(found)).stat().st_size
        for sheet in sheets
        if (found := finders.find(sheet.removeprefix("/static/")))
    ]
    assert len(weights) == 3
    assert len(shown.html.encode()) + sum(weights) <= 61_440


def test_thirty_four_competencies_fit_the_budget_of_bytes(cast: Cast) -> None:
    keys = [f"K{n}" for n in range(34)]
    chains = [precedes(*pair) for pair in pairwise(keys) if int(pair[1][1:]) % 5]
    framework = saved(framework_of(*(competency(key) for key in keys), *chains))
    shown = page(client_of(cast.ada), reverse("path:own") + f"?framework={framework.public_id}")
    assert len(_nodes(shown)) == 34
    assert len(shown.html.encode()) < 30_000


def test_the_page_takes_as_many_queries_for_much_evidence_as_for_little(
    cast: Cast, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    answers(world, cast.ada, "F1", "+-", n_days_ago=1)
    client = client_of(cast.ada)
    client.get(reverse("path:own"))
    with django_assert_max_num_queries(75) as before:
        client.get(reverse("path:own"))
    answers(world, cast.ada, "F2", "+-+-++", n_days_ago=1)
    rating(world, cast.ada, "F1", 1, rater=cast.ben)
    with django_assert_max_num_queries(len(before)) as after:
        client.get(reverse("path:own"))
    assert len(after) == len(before)


def _large() -> Framework:
    """Return a framework of four areas with 25 competencies each."""
    areas = [f"A{n}" for n in range(1, 5)]
    parts: list[CompetencyDraft | AssociationDraft] = [
        competency(area, title=f"Area {area[1:]}") for area in areas
    ]
    for area in areas:
        keys = [f"{area}.{n}" for n in range(25)]
        parts += [competency(key, title=f"Something to learn, {key}") for key in keys]
        parts += [child_of(key, area) for key in keys]
        parts += [precedes(*pair) for pair in pairwise(keys) if int(pair[1].split(".")[1]) % 4]
    return saved(framework_of(*parts, identifier="large"))


def _nodes(shown: Page) -> list[Element]:
    return [li for li in shown.all("li") if "r-" in li.attributes.get("class", "")]
