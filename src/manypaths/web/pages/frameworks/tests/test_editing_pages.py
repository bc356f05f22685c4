"""What a leader does with the next version of a framework."""

import pytest
from django.test import Client
from django.urls import reverse

from manypaths.frameworks.browsing import texts_of
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.queries import prerequisites, tree
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
from manypaths.people.tests.cast import Cast, make_person
from manypaths.web.tests.clients import client_of, page


@pytest.fixture
def femi(cast: Cast) -> Client:
    return client_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))


@pytest.fixture
def draft(cast: Cast, femi: Client) -> Framework:
    first = saved(
        framework_of(
            competency("area", title="Parts of a whole", code="P"),
            competency("A", title="Halves", code="F1", progression={"SECURE": "Halves anything."}),
            competency("B", title="Quarters", code="F2"),
            child_of("area", "fractions"),
            child_of("A", "area", 1),
            child_of("B", "area", 2),
            precedes("A", "B"),
            scale=FOUR_LEVELS,
            version="1",
        )
    )
    femi.post(reverse("frameworks:start_version", args=[first.public_id]), {"version": "2"})
    return Framework.objects.get(version="2")


def at(name: str, draft: Framework, identifier: str = "") -> str:
    args = [draft.public_id]
    return reverse(
        f"frameworks:{name}",
        args=[*args, named(draft, identifier).public_id] if identifier else args,
    )


def order(draft: Framework) -> list[tuple[int, str]]:
    return [(node.depth, node.competency.title) for node in tree(draft)]


def words(**changed: str) -> dict[str, str]:
    levels = {"level-0": "", "level-1": "", "level-2": "Halves anything.", "level-3": ""}
    said = {"code": "F1", "title": "Halves", "statement": "Can do A.", **levels}
    return said | {name.replace("_", "-"): text for name, text in changed.items()}


def test_a_version_in_use_leads_to_its_next_one(femi: Client, draft: Framework) -> None:
    assert draft.previous is not None
    shown = page(femi, at("edit", draft.previous))
    assert "Go on with version 2" in shown.text
    assert "Nothing yet." in page(femi, at("edit", draft)).text


def test_drafts_are_for_those_who_may_change_them(cast: Cast, draft: Framework) -> None:
    for person in (cast.ada, cast.ben, cast.dana):
        client = client_of(person)
        assert client.get(at("edit", draft)).status_code == 404
        assert client.get(at("edit_competency", draft, "A")).status_code == 404
        assert client.post(at("word", draft, "A"), words()).status_code == 404
        assert client.post(at("publish", draft)).status_code == 404


def test_each_field_is_kept_as_it_is_left(femi: Client, draft: Framework) -> None:
    answer = femi.post(
        at("word", draft, "A"),
        words(title="One half", level_0="Folds a sheet."),
        headers={"HX-Request": "true"},
    )
    assert b"Saved" in answer.content
    assert b"<html" not in answer.content
    here = named(draft, "A")
    assert here.title == "One half"
    assert [(level.name, text) for level, text in texts_of(here)] == [
        ("Starting", "Folds a sheet."),
        ("Secure", "Halves anything."),
    ]


def test_the_button_does_the_same_without_a_script(femi: Client, draft: Framework) -> None:
    answer = femi.post(at("word", draft, "A"), words(level_2=""), follow=True)
    assert answer.status_code == 200
    assert texts_of(named(draft, "A")) == []
    wrong = femi.post(at("word", draft, "A"), words(statement=" "))
    assert b"This field is required" in wrong.content
    part = femi.post(at("word", draft, "A"), words(statement=""), headers={"HX-Request": "true"})
    assert b"This field is required" in part.content


def test_competencies_are_added_moved_and_left_out(femi: Client, draft: Framework) -> None:
    area = named(draft, "area")
    form = {"code": "F3", "title": "Eighths", "statement": "Can do eighths."}
    femi.post(at("add", draft), {**form, "parent": str(area.public_id)})
    assert order(draft)[-1] == (1, "Eighths")
    eighths = Competency.objects.get(framework=draft, code="F3")
    assert eighths.lineage == eighths
    move = reverse("frameworks:move", args=[draft.public_id, eighths.public_id])
    femi.post(move, {"up": "1"})
    assert [title for _depth, title in order(draft)] == [
        "Parts of a whole",
        "Halves",
        "Eighths",
        "Quarters",
    ]
    femi.post(move, {"under": "F1"})
    assert (2, "Eighths") in order(draft)
    femi.post(move, {"under": ""})
    assert (0, "Eighths") in order(draft)
    femi.post(at("leave_out", draft, "B"))
    assert "Quarters" not in [title for _depth, title in order(draft)]
    femi.post(at("leave_out", draft, "B"))
    assert (1, "Quarters") in order(draft)


def test_nothing_stands_below_itself(femi: Client, draft: Framework) -> None:
    answer = femi.post(at("move", draft, "area"), {"under": "F1"}, follow=True)
    assert "can&#x27;t stand below itself" in answer.content.decode()
    assert order(draft)[0] == (0, "Parts of a whole")


def test_what_comes_before_is_tied_and_untied(femi: Client, draft: Framework) -> None:
    before = str(named(draft, "A").public_id)
    femi.post(at("untie", draft, "B"), {"before": before})
    assert prerequisites(draft) == []
    femi.post(at("come_after", draft, "B"), {"before": "F1"})
    assert prerequisites(draft) == [(named(draft, "A"), named(draft, "B"))]
    again = femi.post(at("come_after", draft, "B"), {"before": "F1"}, follow=True)
    assert "Halves comes before Quarters already." in again.content.decode()
    nobody = femi.post(at("come_after", draft, "B"), {"before": "zebra"}, follow=True)
    assert "zebra" in nobody.content.decode()


def test_a_circle_is_refused_with_the_way_round(femi: Client, draft: Framework) -> None:
    answer = femi.post(at("come_after", draft, "A"), {"before": "F2"}, follow=True)
    assert "round in a circle: Halves → Quarters → Halves." in answer.content.decode()
    assert len(prerequisites(draft)) == 1


def test_a_draft_says_what_it_changes_and_is_put_in_use(femi: Client, draft: Framework) -> None:
    femi.post(at("word", draft, "A"), words(title="One half"))
    femi.post(at("leave_out", draft, "B"))
    shown = page(femi, at("edit", draft)).text
    assert "RewordedOne half" in shown
    assert "Left outQuarters" in shown
    assert "0 learners have evidence on this framework; it counts on." in shown
    femi.post(at("publish", draft))
    draft.refresh_from_db()
    assert draft.published_at is not None
    assert "1 competency in 1 area." in page(femi, at("one", draft)).text
    assert femi.get(at("edit_competency", draft, "A")).status_code == 404


def test_a_draft_is_named_and_thrown_away(femi: Client, draft: Framework) -> None:
    femi.post(at("edit_draft", draft), {"title": "Parts", "version": "2b"})
    draft.refresh_from_db()
    assert (draft.title, draft.version) == ("Parts", "2b")
    answer = femi.post(at("drop", draft), follow=True)
    assert b"The draft is gone." in answer.content
    assert not Framework.objects.filter(pk=draft.pk).exists()
    assert Framework.objects.count() == 1
    assert Competency.objects.count() == 3
