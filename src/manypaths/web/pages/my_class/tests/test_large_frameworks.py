"""A framework of more competencies than a page has room for is read and set area by area."""

import re
from uuid import UUID

import pytest
from django.urls import reverse

from manypaths.evidence.drafts import TaskDraft
from manypaths.evidence.models import TaskKind
from manypaths.evidence.services import save_tasks
from manypaths.frameworks.draft import AssociationDraft, CompetencyDraft, FrameworkDraft
from manypaths.frameworks.models import AssociationKind, Competency, Framework
from manypaths.frameworks.services import save_framework
from manypaths.people.tests.cast import AT, OPERATOR, Cast
from manypaths.plans.models import WindowEntry
from manypaths.plans.services import choose_framework
from manypaths.web.tests.clients import Page, client_of, page

AREAS, EACH = ("A", "B", "C", "D"), 20


@pytest.fixture
def framework(cast: Cast) -> Framework:
    """Let Ada's class work by four areas of twenty, with something to read for each."""
    codes = {area: [f"{area}{n:02}" for n in range(EACH)] for area in AREAS}
    parts = [CompetencyDraft(area, f"Area {area}", code=area) for area in AREAS]
    parts += [CompetencyDraft(c, f"Step {c}", code=c) for area in AREAS for c in codes[area]]
    ties = [
        AssociationDraft(f"{code}<{area}", AssociationKind.CHILD_OF, code, area)
        for area in AREAS
        for code in codes[area]
    ]
    draft = FrameworkDraft("large", "Everything", tuple(parts), tuple(ties))
    made = save_framework(draft, by=OPERATOR, at=AT).framework
    tasks = [
        TaskDraft(f"{code}-read", TaskKind.RESOURCE, ((code, 1.0),), title=f"About {code}")
        for area in AREAS
        for code in codes[area]
    ]
    save_tasks(made, tasks, slips=(), by=OPERATOR, at=AT)
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
