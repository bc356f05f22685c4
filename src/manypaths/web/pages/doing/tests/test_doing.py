"""What the pages promise on which a chosen step is done."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import AnswerDraft, SlipDraft, TaskDraft
from manypaths.evidence.models import AnswerForm, Response, TaskKind
from manypaths.people.models import Person
from manypaths.people.tests.cast import Cast, user_of
from manypaths.plans.models import Choice, StepKind
from manypaths.plans.queries import open_choices
from manypaths.plans.services import choose_step
from manypaths.sittings.models import Sitting
from manypaths.sittings.tests.questions import add_tasks
from manypaths.web.tests.clients import client_of, page, without_tokens


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def choose(
    cast: Cast, world: World, kind: StepKind = StepKind.PRACTISE, task: str | None = "F1-1"
) -> Choice:
    return choose_step(
        cast.ada,
        world.competencies["F1"],
        kind=kind,
        task=world.tasks[task] if task else None,
        reason="It is a good stretch.",
        by=user_of(cast.ada),
        at=day(0),
    )


def begin(client: Client, choice: Choice) -> str:
    """Begin the questions of a choice; return the address of the first."""
    answer = client.post(reverse("doing:begin", args=[choice.public_id]))
    assert answer.status_code == 302
    return str(answer["Location"])


def give(client: Client, address: str, given: str) -> Any:
    return client.post(f"{address}answer/", {"answer": given})


def test_an_offer_opens_five_questions_one_a_page(cast: Cast, world: World) -> None:
    client, choice = client_of(cast.ada), choose(cast, world)
    start = page(client, reverse("doing:start", args=[choice.public_id]))
    assert "5 questions, one at a time" in start.text
    assert "It is a good stretch." in start.text
    assert len(start.all("button", class_="main")) == 1
    shown = page(client, begin(client, choice))
    assert "Question 1 of 5" in shown.text
    assert len(shown.all("input", name="answer")) == 1


def test_a_right_answer_is_confirmed_and_the_next_question_is_one_step_away(
    cast: Cast, world: World
) -> None:
    client = client_of(cast.ada)
    first = begin(client, choose(cast, world))
    assert give(client, first, " ½ ")["Location"] == first
    shown = page(client, first)
    assert "Yes, that is right." in shown.text
    (feedback,) = shown.all("section", class_="feedback")
    assert feedback.attributes["tabindex"] == "-1"
    assert "autofocus" in feedback.attributes
    (onward,) = shown.all("a", class_="main")
    assert onward.attributes["href"] == first.replace("/1/", "/2/")


def after_a_slip(cast: Cast, world: World, *, feedback: str = "") -> str:
    """Answer as one who adds both; return what the page says then."""
    slip = SlipDraft("F1.adds-both", "F1", "Adds both", "Adds tops and bottoms.", feedback)
    item = TaskDraft(
        source_id="F1-sum",
        kind=TaskKind.ITEM,
        alignments=(("F1", 1.0),),
        prompt="What is 1/2 + 1/3?",
        answer_form=AnswerForm.NUMBER,
        depth_of_knowledge=1,
        answers=(AnswerDraft("5/6", True), AnswerDraft("2/5", False, "F1.adds-both")),
    )
    task = add_tasks(world.framework, item, slips=(slip,))["F1-sum"]
    client = client_of(cast.ada)
    begun = client.post(reverse("doing:begin_task", args=[task.public_id]))
    sitting = Sitting.objects.get()
    number = sitting.places.get(task=task).number
    address = reverse("doing:question", args=[sitting.public_id, number])
    assert begun.status_code == 302
    give(client, address, "2/5")
    return page(client, address).text


def test_a_wrong_answer_is_met_with_the_idea_behind_it(cast: Cast, world: World) -> None:
    said = after_a_slip(cast, world)
    for words in ("Not yet.", "You answered 2/5", "The answer is 5/6", "Adds both", "tops and"):
        assert words in said
    assert "rong" not in said


def test_feedback_on_a_slip_speaks_to_the_learner(cast: Cast, world: World) -> None:
    said = after_a_slip(cast, world, feedback="You added both. Halves and thirds are not alike.")
    assert "You added both. Halves and thirds are not alike." in said
    # What educators call it, and what they read of it, is not for who made it.
    assert "Adds both" not in said
    assert "tops and" not in said


def test_a_double_click_counts_once(cast: Cast, world: World) -> None:
    client = client_of(cast.ada)
    first = begin(client, choose(cast, world))
    for given in ("1/4", "1/2"):
        assert give(client, first, given).status_code == 302
    assert [row.outcome for row in Response.objects.all()] == [0.0]
    assert "You answered 1/4" in page(client, first).text


def test_what_is_no_answer_is_asked_for_again_with_what_was_typed(cast: Cast, world: World) -> None:
    client = client_of(cast.ada)
    first = begin(client, choose(cast, world))
    answer = give(client, first, "a half")
    assert answer.status_code == 422
    body = answer.content.decode()
    assert 'value="a half"' in body
    assert "Type a number" in body
    assert 'aria-invalid="true"' in body
    assert not Response.objects.exists()


def test_the_end_says_what_moved_and_leads_back(cast: Cast, world: World) -> None:
    client = client_of(cast.ada)
    address = begin(client, choose(cast, world))
    for _ in range(5):
        give(client, address, "1/2")
        address = page(client, address).all("a", class_="main")[0].attributes["href"]
    end = page(client, address)
    assert "Fractions, step F1: needs evidence. It moved up, and we are a little surer." in end.text
    assert "5 of 5 questions right" in end.text
    assert len(end.all("button", class_="main") + end.all("a", class_="main")) == 1
    assert Response.objects.count() == 5


def test_the_back_button_shows_the_answer_and_a_reload_goes_on(cast: Cast, world: World) -> None:
    client, choice = client_of(cast.ada), choose(cast, world)
    first = begin(client, choice)
    give(client, first, "1/2")
    assert not page(client, first).all("input", name="answer")
    assert begin(client, choice) == first.replace("/1/", "/2/")
    start = page(client, reverse("doing:start", args=[choice.public_id]))
    assert start.all("button", class_="main")[0].text == "Go on"


def test_whoever_stops_sees_what_moved_so_far(cast: Cast, world: World) -> None:
    client = client_of(cast.ada)
    first = begin(client, choose(cast, world))
    give(client, first, "1/2")
    stopped = client.post(re.sub(r"\d+/$", "stop/", first), follow=True)
    assert "1 of 1 question right" in " ".join(stopped.content.decode().split())
    assert "Done" in page(client, first.replace("/1/", "/2/")).text


def test_options_are_radio_buttons_in_their_kept_order(cast: Cast, world: World) -> None:
    choice_item = TaskDraft(
        source_id="F1-choice",
        kind=TaskKind.ITEM,
        alignments=(("F1", 1.0),),
        prompt="Which one?",
        answer_form=AnswerForm.CHOICE,
        depth_of_knowledge=1,
        answers=tuple(AnswerDraft(f"Option {n}", n == 2) for n in range(4)),
    )
    tasks = add_tasks(world.framework, choice_item)
    client = client_of(cast.ada)
    client.post(reverse("doing:begin_task", args=[tasks["F1-choice"].public_id]))
    place = Sitting.objects.get().places.get(task=tasks["F1-choice"])
    address = reverse("doing:question", args=[place.sitting.public_id, place.number])
    shown = page(client, address)
    values = [radio.attributes["value"] for radio in shown.all("input", type="radio")]
    assert ",".join(values) == place.order
    assert sorted(values) == ["0", "1", "2", "3"]
    assert give(client, address, "").status_code == 422
    give(client, address, "2")
    assert "Option 2" in page(client, address).text


@pytest.mark.parametrize(
    ("answers", "keys"),
    [
        (("12", "-3"), "text"),
        (("12", "3/4"), "text"),
        (("1.5", "2"), "decimal"),
        (("1", "2"), "numeric"),
    ],
)
def test_a_screen_offers_the_keys_that_an_answer_needs(
    cast: Cast, world: World, answers: tuple[str, str], keys: str
) -> None:
    item = TaskDraft(
        source_id="F1-keys",
        kind=TaskKind.ITEM,
        alignments=(("F1", 1.0),),
        prompt="How many?",
        answer_form=AnswerForm.NUMBER,
        answers=(AnswerDraft(answers[0], True), AnswerDraft(answers[1], False)),
    )
    task = add_tasks(world.framework, item)["F1-keys"]
    client = client_of(cast.ada)
    client.post(reverse("doing:begin_task", args=[task.public_id]))
    place = Sitting.objects.get().places.get(task=task)
    shown = page(client, reverse("doing:question", args=[place.sitting.public_id, place.number]))
    assert shown.all("input", name="answer")[0].attributes["inputmode"] == keys


def test_something_to_read_leads_to_its_questions(cast: Cast, world: World) -> None:
    task = world.tasks["F1-learn"]
    task.prompt = "A **half** of <b>it</b>.\n\n- *one*\n- two"
    task.save()
    client, choice = client_of(cast.ada), choose(cast, world, StepKind.LEARN, "F1-learn")
    shown = page(client, reverse("doing:start", args=[choice.public_id]))
    assert "<strong>half</strong> of &lt;b&gt;it&lt;/b&gt;" in shown.html
    assert "<li><em>one</em></li><li>two</li>" in shown.html
    done = client.post(reverse("doing:done", args=[choice.public_id]), {"questions": "1"})
    assert "/set/" in done["Location"]
    assert open_choices([cast.ada], by=user_of(cast.ada)) == []


def test_reading_can_be_enough_for_now(cast: Cast, world: World) -> None:
    client, choice = client_of(cast.ada), choose(cast, world, StepKind.LEARN, "F1-learn")
    done = client.post(reverse("doing:done", args=[choice.public_id]))
    assert done["Location"] == reverse("home:start")
    assert not Sitting.objects.exists()
    assert open_choices([cast.ada], by=user_of(cast.ada)) == []


def test_showing_opens_the_page_for_handing_in(cast: Cast, world: World) -> None:
    choice = choose(cast, world, StepKind.SHOW, "F1-show")
    answer = client_of(cast.ada).get(reverse("doing:start", args=[choice.public_id]))
    competency, task = world.competencies["F1"], world.tasks["F1-show"]
    assert answer["Location"].startswith(reverse("showing:new", args=[competency.public_id]))
    assert str(task.public_id) in answer["Location"]


def test_anyone_of_the_district_can_look_at_a_task(cast: Cast, world: World) -> None:
    for name in ("F1-1", "F1-show", "F1-learn"):
        task = world.tasks[name]
        shown = page(client_of(cast.ben), reverse("doing:task", args=[task.public_id]))
        assert shown.status == 200
        assert "Fractions, step F1" in shown.text
    missing = page(client_of(cast.ben), reverse("doing:task", args=[uuid4()]))
    assert missing.status == 404


def every_address(cast: Cast, world: World) -> list[str]:
    """Return the addresses of Ada's step and sitting."""
    choice = choose(cast, world)
    first = begin(client_of(cast.ada), choice)
    start = reverse("doing:start", args=[choice.public_id])
    return [start, first, re.sub(r"\d+/$", "end/", first)]


@pytest.mark.parametrize("name", ["ben", "eli", "dana", "cleo"])
def test_a_learners_step_is_theirs_alone(cast: Cast, world: World, name: str) -> None:
    other: Person = getattr(cast, name)
    client = client_of(other)
    for address in every_address(cast, world):
        missing = re.sub(r"[0-9a-f-]{36}", str(uuid4()), address)
        answers = [client.get(one) for one in (address, missing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        bodies = {without_tokens(answer.content) for answer in answers}
        assert len(bodies) == 1


def test_the_number_of_queries_does_not_grow_with_what_was_answered(
    cast: Cast, world: World, django_assert_max_num_queries: Any
) -> None:
    client = client_of(cast.ada)
    address = begin(client, choose(cast, world))
    with django_assert_max_num_queries(16):
        client.get(address)
    for _ in range(5):
        give(client, address, "1/2")
        address = page(client, address).all("a", class_="main")[0].attributes["href"]
    with django_assert_max_num_queries(16):
        client.get(address)
