"""What everybody sees of frameworks."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from manypaths.frameworks.models import Framework
from manypaths.frameworks.services import save_framework, start_version
from manypaths.frameworks.starters import read_starter
from manypaths.frameworks.tests.drafts import (
    FOUR_LEVELS,
    child_of,
    competency,
    framework_of,
    named,
    precedes,
    saved,
)
from manypaths.people.models import Role
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_person
from manypaths.web.tests.clients import client_of, page

STYLES = 27_000  # what tokens, parts and the page's own sheet weigh together


@pytest.fixture
def fractions(cast: Cast) -> Framework:
    return saved(
        framework_of(
            competency("area", title="Parts of a whole"),
            competency(
                "A",
                title="Halves",
                code="F1",
                progression={"STARTING": "I can fold a sheet.", "SECURE": "I can halve anything."},
            ),
            competency("B", title="Quarters", code="F2"),
            child_of("area", "fractions"),
            child_of("A", "area", 1),
            child_of("B", "area", 2),
            precedes("A", "B"),
            scale=FOUR_LEVELS,
        )
    )


def at(framework: Framework, identifier: str) -> str:
    found = named(framework, identifier)
    return reverse("frameworks:competency", args=[framework.public_id, found.public_id])


@pytest.mark.parametrize("who", ["ada", "ben", "dana", "eli"])
def test_everybody_signed_in_sees_what_can_be_learned(
    cast: Cast, fractions: Framework, who: str
) -> None:
    client = client_of(getattr(cast, who))
    assert "Fractions" in page(client, reverse("frameworks:all")).text
    shown = page(client, reverse("frameworks:one", args=[fractions.public_id]))
    assert "2 competencies in 1 area." in shown.text
    assert "Halves" in shown.text
    assert "the goal" in shown.text


def test_a_competency_says_its_levels_and_what_leads_where(
    cast: Cast, fractions: Framework
) -> None:
    client = client_of(cast.ada)
    first, second = page(client, at(fractions, "A")), page(client, at(fractions, "B"))
    assert "I can fold a sheet." in first.text
    assert "OpensQuarters" in first.text
    assert "Comes afterHalves" in second.text


def test_words_find_a_competency(cast: Cast, fractions: Framework) -> None:
    one = reverse("frameworks:one", args=[fractions.public_id])
    assert "1 competency found" in page(client_of(cast.ada), f"{one}?q=quart").text
    assert "0 competencies found" in page(client_of(cast.ada), f"{one}?q=zebra").text


def test_a_draft_is_seen_by_those_who_may_change_it(cast: Cast, fractions: Framework) -> None:
    draft = start_version(fractions, version="2", by=OPERATOR, at=AT)
    address = reverse("frameworks:one", args=[draft.public_id])
    assert client_of(cast.ada).get(address).status_code == 404
    assert client_of(cast.dana).get(address).status_code == 404  # leads a school alone
    femi = client_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))
    assert "A draft" in page(femi, address).text
    assert "not in use yet" in page(femi, reverse("frameworks:all")).text
    assert "not in use yet" not in page(client_of(cast.ada), reverse("frameworks:all")).text


def test_a_competency_of_another_framework_is_not_there(cast: Cast, fractions: Framework) -> None:
    other = saved(framework_of(competency("X"), identifier="other"))
    wrong = [fractions.public_id, named(other, "X").public_id]
    assert client_of(cast.ada).get(reverse("frameworks:competency", args=wrong)).status_code == 404


def test_a_framework_goes_out_as_a_case_package(cast: Cast, fractions: Framework) -> None:
    answer = client_of(cast.ben).get(reverse("frameworks:package", args=[fractions.public_id]))
    assert "attachment" in answer["Content-Disposition"]
    assert len(json.loads(answer.content)["CFItems"]) == 3


def test_a_large_framework_opens_area_by_area(cast: Cast) -> None:
    nodes = [competency(f"area{n}", title=f"Area {n}") for n in range(12)]
    ties = [child_of(f"area{n}", "fractions", n) for n in range(12)]
    for area in range(12):
        for number in range(65):
            name = f"{area}-{number}"
            nodes.append(competency(name, title=f"Competency {name} with a name of some length"))
            ties.append(child_of(name, f"area{area}", number))
    large = saved(framework_of(*nodes, *ties))
    client = client_of(cast.ada)
    shown = page(client, reverse("frameworks:one", args=[large.public_id]))
    assert "780 competencies in 12 areas." in shown.text
    assert "Competency 0-64" in shown.text
    assert "Competency 1-0" not in shown.text
    assert len(shown.html.encode()) + STYLES <= 61_440
    second = page(client, at(large, "1-0"))
    assert "Competency 1-64" in second.text
    assert len(second.html.encode()) + STYLES <= 61_440


def test_one_part_too_large_to_list_opens_part_by_part(cast: Cast) -> None:
    nodes, ties = [competency("area", title="All")], [child_of("area", "fractions")]
    for part in range(20):
        nodes.append(competency(f"part{part}", title=f"Part {part}"))
        ties.append(child_of(f"part{part}", "area", part))
        for number in range(20):
            nodes.append(competency(f"{part}-{number}", title=f"Competency {part}-{number} here"))
            ties.append(child_of(f"{part}-{number}", f"part{part}", number))
    nodes.append(competency("other", title="Another area"))
    large = saved(framework_of(*nodes, *ties, child_of("other", "fractions")))
    shown = page(client_of(cast.ada), at(large, "7-3"))
    assert "Competency 7-19 here" in shown.text
    assert "Competency 8-0 here" not in shown.text
    assert len(shown.html.encode()) + STYLES <= 61_440


def test_a_page_takes_the_same_queries_for_few_and_many(cast: Cast, fractions: Framework) -> None:
    starter = save_framework(read_starter("mathematics-6-8"), by=OPERATOR, at=AT).framework
    client = client_of(cast.ada)

    def n_queries(framework: Framework) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("frameworks:one", args=[framework.public_id]))
        return len(captured)

    assert n_queries(starter) == n_queries(fractions)
