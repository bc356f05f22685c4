"""Every page, command and query says the same status and next step of a learner."""

import re
from collections.abc import Sequence

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.clock import now
from manypaths.cli.answers import class_answer, offers_answer, why_answer
from manypaths.estimates.queries import estimates_of, why
from manypaths.estimates.tests.world import CODES, World, make_world
from manypaths.people.models import Person
from manypaths.people.tests.cast import OPERATOR, Cast, user_of
from manypaths.plans.queries import class_overview, next_steps
from manypaths.plans.tests.work import undone
from manypaths.web.pages.path.tests.near import answers, rating, sign_off
from manypaths.web.tests.clients import Page, client_of, page

# A competency, a string of outcomes (+ right, - wrong), and how many days ago the last one was.
WORK = st.lists(
    st.tuples(st.sampled_from(CODES), st.text("+-", min_size=1, max_size=6), st.integers(0, 20)),
    max_size=5,
)
RATINGS = st.lists(st.tuples(st.sampled_from(CODES), st.integers(0, 3)), max_size=3)
SIGNED = st.sets(st.sampled_from(CODES), max_size=2)


@pytest.fixture
def world(cast: Cast) -> World:
    # Sign-ins outlast what each example takes back.
    for person in (cast.ada, cast.ben, cast.eli):
        user_of(person)
    return make_world()


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(work=WORK, ratings=RATINGS, own=RATINGS, signed=SIGNED)
def test_status_and_next_steps_are_the_same_wherever_they_are_told(
    cast: Cast,
    world: World,
    work: Sequence[tuple[str, str, int]],
    ratings: Sequence[tuple[str, int]],
    own: Sequence[tuple[str, int]],
    signed: set[str],
) -> None:
    with undone():
        for code, outcomes, days in work:
            answers(world, cast.ada, code, outcomes, n_days_ago=days)
        for code, level in ratings:
            rating(world, cast.ada, code, level, rater=cast.ben)
        for code, level in own:
            rating(world, cast.ada, code, level, rater=cast.ada)
        for code in sorted(signed):
            sign_off(world, cast.ada, code, by=cast.ben)
        statuses = _by_query(cast.ada, world)
        assert _on_path(cast.ada, cast.ada, world) == statuses
        assert _on_path(cast.ben, cast.ada, world) == statuses
        assert _on_why(cast.ada, cast.ada, world) == statuses
        assert _by_why_command(cast.ada, world) == statuses
        assert _by_class_command(cast, world) == statuses
        offers = _by_next_command(cast.ada, world)
        assert _offers_on_path(cast.ada, cast.ada, world) == offers
        assert _offers_on_path(cast.eli, cast.ada, world) == offers


def _by_query(learner: Person, world: World) -> dict[str, str]:
    found = estimates_of([learner], world.framework, by=user_of(learner), at=now())
    return found.status_by_code()[0]


def _by_why_command(learner: Person, world: World) -> dict[str, str]:
    return {
        code: why_answer(why(learner, world.competencies[code], by=OPERATOR, at=now()))["estimate"][
            "status"
        ]
        for code in CODES
    }


def _by_class_command(cast: Cast, world: World) -> dict[str, str]:
    answer = class_answer(
        class_overview(cast.ada_class, world.framework, by=user_of(cast.ben), at=now())
    )
    known: dict[str, str] = answer["learners"][0]["status"]
    # A class names what somebody in it has begun; the rest has not started.
    return {code: known.get(code, "not started") for code in CODES}


def _by_next_command(learner: Person, world: World) -> list[tuple[str, str, str]]:
    offers = next_steps(learner, world.framework, by=OPERATOR, at=now())
    answer = offers_answer(learner, offers)
    return [(offer["kind"], offer["competency"], offer["reason"]) for offer in answer["offers"]]


def _path_page(reader: Person, learner: Person, world: World) -> Page:
    address = reverse("path:of", args=[learner.public_id])
    return page(client_of(reader), f"{address}?framework={world.framework.public_id}")


def _on_path(reader: Person, learner: Person, world: World) -> dict[str, str]:
    shown = _path_page(reader, learner, world)
    nodes = [li.text for li in shown.all("li") if "r-" in li.attributes.get("class", "")]
    found = {}
    for text in nodes:
        match = re.search(
            r"step (F\d)\s*(.*?)(?= ?\d+ piece|sure|fairly|not sure|shown in|moved|less|after|$)",
            text,
        )
        assert match, text
        found[match[1]] = match[2].strip()
    return found


def _on_why(reader: Person, learner: Person, world: World) -> dict[str, str]:
    client: Client = client_of(reader)
    found = {}
    for code in CODES:
        key = world.competencies[code].public_id
        shown = page(client, reverse("why:of", args=[learner.public_id, key]))
        found[code] = shown.all("span", class_="st")[0].text
    return found


def _offers_on_path(reader: Person, learner: Person, world: World) -> list[tuple[str, str, str]]:
    shown = _path_page(reader, learner, world)
    found = []
    for article in shown.all("article", class_="offer"):
        match = re.match(r"\d(Learn|Practise|Show|Refresh).*?, step (F\d)(.*)", article.text)
        assert match, article.text
        reason = re.sub(r"(Choose this|Plan this|Show what I know): Fractions.*", "", match[3])
        found.append((match[1].lower(), match[2], reason.strip()))
    return found
