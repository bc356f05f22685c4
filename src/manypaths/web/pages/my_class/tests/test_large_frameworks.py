"""A framework of more competencies than a page has room for is read and set area by area."""

import re
from uuid import UUID

import pytest
from django.urls import reverse

from manypaths.frameworks.models import Competency, Framework
from manypaths.people.models import Role
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_person
from manypaths.plans.models import WindowEntry
from manypaths.plans.services import choose_framework
from manypaths.plans.tests.large_framework import AREAS, EACH, save_large_framework
from manypaths.web.tests.clients import Page, client_of, page


@pytest.fixture
def framework(cast: Cast) -> Framework:
    """Let Ada's class work by four areas of twenty, with something to read for each."""
    made = save_large_framework()
    choose_framework(cast.ada_class, made, by=OPERATOR, at=AT)
    return made


def id_of(framework: Framework, code: str) -> UUID:
    return Competency.objects.get(framework=framework, code=code).public_id


def steps_on(shown: Page) -> set[str]:
    """Return the codes of the competencies that a page shows."""
    return set(re.findall(r"Step ([A-D][0-9]{2})", shown.text))


def test_a_class_sees_forty_competencies_at_most_and_every_area(
    cast: Cast, framework: Framework
) -> None:
    address = reverse("classes:by_competency", args=[cast.ada_class.public_id])
    ben = client_of(cast.ben)
    assert len(steps_on(page(ben, address))) == 40
    seen = [steps_on(page(ben, f"{address}?area={id_of(framework, area)}")) for area in AREAS]
    assert [len(found) for found in seen] == [EACH] * len(AREAS)
    assert len(set.union(*seen)) == EACH * len(AREAS)


def test_what_is_open_in_one_area_stays_when_another_is_set(
    cast: Cast, framework: Framework
) -> None:
    address = reverse("classes:window", args=[cast.ada_class.public_id])
    ben = client_of(cast.ben)
    assert len(page(ben, address).all("input", name="competency")) == EACH
    a00, a01, c05 = (str(id_of(framework, code)) for code in ("A00", "A01", "C05"))
    ben.post(address, {"competency": [a00, a01], "pinned": a01})
    third = f"{address}?area={id_of(framework, 'C')}"
    ben.post(third, {"competency": [c05]})
    entries = WindowEntry.objects.values_list("competency__code", "is_pinned")
    assert set(entries) == {("A00", False), ("A01", True), ("C05", False)}
    ben.post(address, {"competency": [a00]})
    assert set(WindowEntry.objects.values_list("competency__code", "is_pinned")) == {
        ("A00", False),
        ("C05", False),
    }


def test_what_the_district_opened_in_one_area_stays_as_well(
    cast: Cast, framework: Framework
) -> None:
    femi = client_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))
    address = reverse("settings:window", args=[framework.public_id])
    assert len(page(femi, address).all("input", name="competency")) == EACH
    a00, c05 = (str(id_of(framework, code)) for code in ("A00", "C05"))
    femi.post(address, {"competency": [a00]})
    femi.post(f"{address}?area=3", {"competency": [c05]})
    assert "work on 2 competencies" in page(femi, address).text


def test_something_else_and_help_are_not_chosen_from_a_list_of_all(
    cast: Cast, framework: Framework
) -> None:
    ada = client_of(cast.ada)
    address = reverse("path:else", args=[cast.ada.public_id])
    seen = [steps_on(page(ada, f"{address}?area={number}")) for number in range(1, 5)]
    assert [len(found) for found in seen] == [EACH] * len(AREAS)
    assert len(set.union(*seen)) == EACH * len(AREAS)
    b03 = str(id_of(framework, "B03"))
    asked = page(ada, f"{reverse('path:help', args=[cast.ada.public_id])}?competency={b03}")
    assert steps_on(asked) == {"B03"}
