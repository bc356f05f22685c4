"""Tasks are saved, found again, and left alone once evidence refers to them."""

from dataclasses import replace

import pytest

from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.base.scope import district_scope
from manypaths.evidence.drafts import (
    AnswerDraft,
    CriterionDraft,
    RatingDraft,
    ResponseDraft,
    SlipDraft,
    TaskDraft,
)
from manypaths.evidence.models import (
    Alignment,
    Answer,
    ArtifactKind,
    Criterion,
    RaterRole,
    Slip,
    Task,
    TaskKind,
)
from manypaths.evidence.services import (
    SavedTasks,
    record_artifact,
    record_rating,
    record_response,
    save_tasks,
)
from manypaths.evidence.tests.shelf import (
    ITEM,
    LATER,
    PROJECT,
    SLIPS,
    Shelf,
    day,
    make_framework,
    make_shelf,
)
from manypaths.frameworks.models import Framework
from manypaths.people.access import Actor
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_district, user_of


def save(
    framework: Framework,
    *tasks: TaskDraft,
    slips: tuple[SlipDraft, ...] = (),
    by: Actor = OPERATOR,
) -> SavedTasks:
    return save_tasks(framework, tasks, slips=slips, by=by, at=AT)


@pytest.fixture
def shelf(cast: Cast) -> Shelf:
    return make_shelf()


def test_a_task_is_saved_with_all_that_hangs_on_it(shelf: Shelf) -> None:
    item, project = shelf.item, shelf.project
    assert (item.kind, item.prompt, item.depth_of_knowledge) == ("item", ITEM.prompt, 1)
    assert item.published_at == AT
    answers = item.answers.values_list("position", "text", "is_right", "slip__code")
    assert list(answers) == [
        (0, "1/4", True, None),
        (1, "1", False, "A.adds"),
        (2, "2", False, "A.swaps"),
        (3, "3", False, None),
    ]
    shares = project.alignments.order_by("pk").values_list("competency__code", "weight")
    assert list(shares) == [("B", 0.75), ("A", 0.25)]
    assert [str(row) for row in project.criteria.all()] == ["Says why", "Gets it right"]
    assert Slip.objects.get(code="A.swaps").explanation == "Takes the one for the other."


def test_the_same_tasks_again_change_nothing(shelf: Shelf) -> None:
    models = (Task, Alignment, Answer, Criterion, Slip)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    n_deeds = AuditEntry.objects.count()
    again = save(shelf.framework, ITEM, PROJECT, slips=SLIPS)
    assert (again.changes.created, again.changes.updated, again.changes.unchanged) == (0, 0, 2)
    assert again.by_source_id == {"A-1": shelf.item, "B-show": shelf.project}
    assert [list(model.objects.order_by("pk").values()) for model in models] == before
    assert AuditEntry.objects.count() == n_deeds


def test_a_retired_task_is_offered_again_once_it_is_saved(shelf: Shelf) -> None:
    Task.objects.update(retired_at=AT)
    again = save(shelf.framework, ITEM)
    assert (again.changes.created, again.changes.updated, again.changes.unchanged) == (0, 1, 0)
    assert Task.objects.get(retired_at=None) == shelf.item
    assert AuditEntry.objects.latest("pk").deed == "save tasks"
    assert save(shelf.framework, ITEM).changes.unchanged == 1


CHANGED = {
    "words": replace(ITEM, prompt="What is one half of one half?"),
    "depth": replace(ITEM, depth_of_knowledge=2),
    "alignment": replace(ITEM, alignments=(("B", 1.0),)),
    "share": replace(ITEM, alignments=(("A", 0.5), ("B", 0.5))),
    "answers": replace(ITEM, answers=ITEM.answers[:2]),
    "order of answers": replace(ITEM, answers=ITEM.answers[::-1]),
    "slip": replace(ITEM, answers=(*ITEM.answers[:3], AnswerDraft("3", False, "A.adds"))),
    "criteria": replace(ITEM, criteria=(CriterionDraft("Says why", "A"),)),
}


@pytest.mark.parametrize("draft", CHANGED.values(), ids=CHANGED.keys())
def test_a_changed_task_is_brought_up_to_date_in_place(shelf: Shelf, draft: TaskDraft) -> None:
    saved = save(shelf.framework, draft, PROJECT)
    assert (saved.changes.created, saved.changes.updated, saved.changes.unchanged) == (0, 1, 1)
    assert saved.by_source_id["A-1"].pk == shelf.item.pk
    assert save(shelf.framework, draft).changes.unchanged == 1


@pytest.mark.parametrize("draft", CHANGED.values(), ids=CHANGED.keys())
def test_a_task_that_was_answered_stays_as_it_is(
    cast: Cast, shelf: Shelf, draft: TaskDraft
) -> None:
    answered = ResponseDraft(cast.ada, shelf.item, 1.0, day(0))
    record_response(answered, by=OPERATOR, at=LATER)
    with pytest.raises(Refused, match="Evidence refers to the task A-1"):
        save(shelf.framework, draft)
    assert save(shelf.framework, ITEM).changes.unchanged == 1
    assert shelf.item.answers.count() == 4


def test_a_task_that_was_rated_stays_as_it_is(cast: Cast, shelf: Shelf) -> None:
    criterion = shelf.project.criteria.get(title="Says why")
    rating = RatingDraft(
        cast.ada, shelf.b, 2, cast.ben, RaterRole.TEACHER, day(0), criterion=criterion
    )
    record_rating(rating, by=OPERATOR, at=LATER)
    with pytest.raises(Refused, match="Evidence refers to the task Show B"):
        save(shelf.framework, replace(PROJECT, minutes=50))


def test_a_task_that_work_was_handed_in_for_stays_as_it_is(cast: Cast, shelf: Shelf) -> None:
    record_artifact(
        cast.ada,
        kind=ArtifactKind.TEXT,
        title="Mine",
        text="Words",
        task=shelf.project,
        done_at=day(0),
        by=OPERATOR,
        at=LATER,
    )
    with pytest.raises(Refused, match="Evidence refers to the task Show B"):
        save(shelf.framework, replace(PROJECT, minutes=50))


def test_one_refused_task_keeps_all_others_from_being_saved(cast: Cast, shelf: Shelf) -> None:
    record_response(ResponseDraft(cast.ada, shelf.item, 1.0, day(0)), by=OPERATOR, at=LATER)
    with pytest.raises(Refused):
        save(shelf.framework, CHANGED["words"], replace(ITEM, source_id="A-2"))
    assert not Task.objects.filter(source_id="A-2").exists()


@pytest.mark.parametrize(
    ("draft", "slips", "says"),
    [
        (replace(ITEM, alignments=(("C", 1.0),)), (), "Fractions has no competency C"),
        (replace(PROJECT, criteria=(CriterionDraft("x", "D"),)), (), "has no competency D"),
        (PROJECT, (SlipDraft("x", "E", "x"),), "has no competency E"),
        (
            replace(ITEM, answers=(AnswerDraft("1", False, "A.guesses"),)),
            (),
            "has no slip A.guesses",
        ),
    ],
)
def test_what_the_framework_lacks_is_refused(
    shelf: Shelf, draft: TaskDraft, slips: tuple[SlipDraft, ...], says: str
) -> None:
    with pytest.raises(Refused, match=says):
        save(shelf.framework, replace(draft, source_id="new"), slips=slips)
    assert Task.objects.count() == 2
    assert Slip.objects.count() == 2


def test_an_id_that_comes_twice_is_refused(shelf: Shelf) -> None:
    with pytest.raises(Refused, match="The task A-1 comes twice"):
        save(shelf.framework, ITEM, replace(ITEM, prompt="Another"))


def test_a_slip_is_reworded_in_place(shelf: Shelf) -> None:
    before = Slip.objects.get(code="A.adds")
    save(shelf.framework, slips=(SlipDraft("A.adds", "A", "Adds tops and bottoms"),))
    after = Slip.objects.get(code="A.adds")
    assert (after.pk, after.name) == (before.pk, "Adds tops and bottoms")
    newest = AuditEntry.objects.latest("pk")
    assert (newest.deed, newest.facts["slips"]) == ("save tasks", 1)


def test_two_frameworks_use_the_same_ids(shelf: Shelf) -> None:
    other = make_framework(identifier="other", title="Other")
    saved = save(other, ITEM, slips=SLIPS)
    assert saved.changes.created == 1
    assert saved.by_source_id["A-1"].pk != shelf.item.pk


@pytest.mark.parametrize("name", ["ben", "cleo", "dana"])
def test_educators_add_tasks(cast: Cast, shelf: Shelf, name: str) -> None:
    draft = replace(PROJECT, source_id="B-2")
    by = user_of(getattr(cast, name))
    assert save(shelf.framework, draft, by=by).changes.created == 1


@pytest.mark.parametrize("name", ["ada", "eli"])
def test_learners_and_families_add_none(cast: Cast, shelf: Shelf, name: str) -> None:
    with pytest.raises(NotFound):
        save(shelf.framework, replace(PROJECT, source_id="B-2"), by=user_of(getattr(cast, name)))


def test_tasks_of_another_district_are_not_there(shelf: Shelf) -> None:
    with district_scope(make_district("Far Away").pk):
        assert not Task.objects.exists()
        with pytest.raises(NotFound):
            save(shelf.framework, ITEM)


def test_tasks_published_above_are_used_and_not_changed_from_below(
    district: Organization,
) -> None:
    with district_scope(None):
        shelf = make_shelf()
    assert save(shelf.framework, ITEM, PROJECT, slips=SLIPS).changes.unchanged == 2
    assert [task.source_id for task in Task.objects.order_by("source_id")] == ["A-1", "B-show"]
    with pytest.raises(Refused, match="published above the districts"):
        save(shelf.framework, CHANGED["words"])
    with pytest.raises(Refused, match="published above the districts"):
        save(shelf.framework, slips=(SlipDraft("A.adds", "A", "Another name"),))
    own = save(shelf.framework, replace(ITEM, source_id="ours")).by_source_id["ours"]
    assert own.district_id == district.pk
    assert own.answers.get(position=1).slip == Slip.objects.get(code="A.adds")
    with district_scope(make_district("Far Away").pk):
        assert Task.objects.count() == 2


def test_a_task_above_is_left_alone_once_any_district_has_evidence_on_it(cast: Cast) -> None:
    with district_scope(None):
        shelf = make_shelf()
        assert save(shelf.framework, CHANGED["words"]).changes.updated == 1
    record_response(ResponseDraft(cast.ada, shelf.item, 1.0, day(0)), by=OPERATOR, at=LATER)
    with district_scope(None), pytest.raises(Refused, match="Evidence refers to the task A-1"):
        save(shelf.framework, ITEM)


def test_a_task_without_anything_but_its_kind_is_saved(shelf: Shelf) -> None:
    bare = TaskDraft("look", TaskKind.OBSERVATION, (("A", 1.0),))
    task = save(shelf.framework, bare).by_source_id["look"]
    assert (str(task), task.answer_form, task.answers.count()) == ("look", "none", 0)
