"""Every page, command and query says the same status and next step of a learner."""

import csv
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.clock import now
from manypaths.cli.answers import class_answer, offers_answer, why_answer
from manypaths.estimates.moves import moves_of
from manypaths.estimates.queries import estimates_of, why
from manypaths.estimates.summaries import summaries_of
from manypaths.estimates.tests.world import CODES, World, make_world
from manypaths.people.models import Person
from manypaths.people.tests.cast import OPERATOR, Cast, user_of
from manypaths.plans.queries import class_overview, next_steps
from manypaths.plans.services import choose_framework
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
    made = make_world()
    choose_framework(cast.ada_class, made.framework, by=OPERATOR, at=now())
    return made


Example = tuple[
    Sequence[tuple[str, str, int]],
    Sequence[tuple[str, int]],
    Sequence[tuple[str, int]],
    set[str],
]
EXAMPLES: st.SearchStrategy[Example] = st.tuples(WORK, RATINGS, RATINGS, SIGNED)
UNHURRIED = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@settings(UNHURRIED, max_examples=3)
@given(example=EXAMPLES)
def test_status_and_next_steps_are_the_same_wherever_they_are_told(
    cast: Cast, world: World, example: Example
) -> None:
    assert_told_alike(cast, world, example)


@pytest.mark.sweep
@settings(UNHURRIED, max_examples=60)
@given(example=EXAMPLES)
def test_status_and_next_steps_are_the_same_for_many_more_learners(
    cast: Cast, world: World, example: Example
) -> None:
    assert_told_alike(cast, world, example)


def test_what_the_law_compares_is_read_from_each_page(cast: Cast, world: World) -> None:
    """The readers of pages find a different word for each competency, and offers to compare."""
    example: Example = ([("F1", "+" * 6, 8), ("F2", "+-", 0)], [], [], {"F1"})
    statuses = assert_told_alike(cast, world, example)
    assert statuses == {"F1": "demonstrated", "F2": "needs evidence", "F3": "not started"}


def assert_told_alike(cast: Cast, world: World, example: Example) -> dict[str, str]:
    """Bring evidence in, ask every page, command and query, and take it back; return what is."""
    with undone():
        _bring_in(cast, world, example)
        statuses = _by_query(cast.ada, world)
        for reader in (cast.ada, cast.ben, cast.eli):
            assert _on_path(reader, cast.ada, world) == statuses
        assert _on_why(cast.ada, cast.ada, world) == statuses
        assert _by_why_command(cast.ada, world) == statuses
        _assert_class_agrees(cast, world, statuses)
        _assert_lately_agrees(cast, world, statuses)
        _assert_offers_agree(cast, world)
        return statuses


def _bring_in(cast: Cast, world: World, example: Example) -> None:
    work, ratings, own, signed = example
    for code, outcomes, days in work:
        answers(world, cast.ada, code, outcomes, n_days_ago=days)
    for code, level in ratings:
        rating(world, cast.ada, code, level, rater=cast.ben)
    for code, level in own:
        rating(world, cast.ada, code, level, rater=cast.ada)
    for code in sorted(signed):
        sign_off(world, cast.ada, code, by=cast.ben)


def _assert_class_agrees(cast: Cast, world: World, statuses: dict[str, str]) -> None:
    """Compare every form in which a class is shown."""
    overview = class_overview(cast.ada_class, world.framework, by=user_of(cast.ben), at=now())
    assert overview.status == [statuses]
    answer = class_answer(overview)
    known: dict[str, str] = answer["learners"][0]["status"]
    # A class names what somebody in it has begun; the rest has not started.
    assert {code: known.get(code, "not started") for code in CODES} == statuses
    ready = {code for code, word in statuses.items() if word == "ready to show"}
    assert {_code_of(need["competency"]) for need in answer["ready_to_show"]} == ready
    in_need = {_code_of(need["competency"]) for need in answer["needs_help"]}
    assert in_need <= {code for code, word in statuses.items() if word == "growing"}
    shown = page(client_of(cast.ben), _class_address(cast, "one"))
    assert _listed(shown, "ready") == ready
    assert _listed(shown, "help") == in_need
    assert _in_matrix(shown) == statuses
    assert _in_matrix(page(client_of(cast.ben), _class_address(cast, "matrix"))) == statuses
    assert _in_spreads(page(client_of(cast.ben), _class_address(cast, "by_competency"))) == statuses
    assert _in_file(cast) == statuses


def _assert_lately_agrees(cast: Cast, world: World, statuses: dict[str, str]) -> None:
    """Compare what moved, and what a family is told first."""
    for move in moves_of(cast.ada, world.framework, by=user_of(cast.ada), at=now()):
        assert move.status == statuses[move.competency.code]
    n_shown = sum(word in ("demonstrated", "worth a refresh") for word in statuses.values())
    (summary,) = summaries_of([cast.ada], by=user_of(cast.eli))
    assert len(summary.demonstrated) == n_shown
    voice = page(client_of(cast.eli), reverse("family:all")).all("p", class_="voice")[0].text
    told = re.search(r"has shown (\d+) competenc", voice)
    assert int(told[1] if told else 0) == n_shown


def _assert_offers_agree(cast: Cast, world: World) -> None:
    """Compare next steps: the same for all, each reason in the reader's form."""
    by_command = _by_next_command(cast.ada, world)
    for reader in (cast.ben, cast.eli):
        assert _offers_on_path(reader, cast.ada, world) == by_command
    own = next_steps(cast.ada, world.framework, by=user_of(cast.ada), at=now())
    said = [(o.kind.value, str(o.competency), o.reason) for o in own]
    assert _offers_on_path(cast.ada, cast.ada, world) == said
    by_operator = next_steps(cast.ada, world.framework, by=OPERATOR, at=now())
    assert [replace(o, reason=o.to_learner) for o in by_operator] == own


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


def _class_address(cast: Cast, name: str) -> str:
    return reverse(f"classes:{name}", args=[cast.ada_class.public_id])


def _code_of(name: str) -> str:
    found = re.search(r"F\d", name)
    assert found, name
    return found[0]


def _listed(shown: Page, heading: str) -> set[str]:
    """Return the competencies in a list of My class."""
    section = shown.html.partition(f'aria-labelledby="{heading}"')[2].partition("</section>")[0]
    return {_code_of(name) for name in re.findall(r"<h3>(.*?)</h3>", section)}


def _in_matrix(shown: Page) -> dict[str, str]:
    """Return the words in the only learner's row of the matrix."""
    columns = re.findall(r'<a href="[^"]*rate/[^"]*">([^<]*)</a>', shown.html)
    row = re.search(r"<tbody>(.*?)</tbody>", shown.html, re.DOTALL)
    assert row, shown.html
    cells = re.findall(r"<td[^>]*>([^<]*)", row[1])
    told = dict(zip(map(_code_of, columns), cells, strict=True))
    # What nobody in the class has begun has no column.
    return {code: told.get(code, "not started") for code in CODES}


def _in_spreads(shown: Page) -> dict[str, str]:
    """Return the word that has one learner, by competency."""
    found = {}
    for item in re.findall(r'<li class="has-spread">(.*?)</li>', shown.html, re.DOTALL):
        counts = re.findall(r'<i [^>]*>(\d+)<span class="vh"> ([^<]*)</span>', item)
        (word,) = (word for n, word in counts if n != "0")
        found[_code_of(item)] = word
    return found


def _in_file(cast: Cast) -> dict[str, str]:
    """Return the only learner's row of the file for spreadsheets."""
    answer = client_of(cast.ben).get(_class_address(cast, "csv"))
    names, row = csv.reader(answer.content.decode("utf-8-sig").splitlines())
    return dict(zip(map(_code_of, names[1:]), row[1:], strict=True))


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
