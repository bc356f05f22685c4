"""What is read of evidence: in the order of the work, in words, and with the slips in it."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from manypaths.base.errors import NotFound
from manypaths.evidence import queries, services
from manypaths.evidence.drafts import RatingDraft, ResponseColumns, ResponseDraft
from manypaths.evidence.models import UNIX_SECONDS, Clock, RaterRole, Response, Task
from manypaths.evidence.slips import RECENT, slips_of
from manypaths.evidence.tests.shelf import ITEM, LATER, PROJECT, SLIPS, Shelf, day, make_shelf
from manypaths.frameworks.models import Competency
from manypaths.frameworks.services import publish_framework, start_version
from manypaths.people.models import Part, Person, Role
from manypaths.people.services import enroll
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person, user_of


@pytest.fixture
def shelf(cast: Cast) -> Shelf:
    return make_shelf()


def answer(
    learner: Person, task: Task, number: int, outcome: float = 1.0, **fields: int
) -> Response:
    draft = ResponseDraft(learner, task, outcome, day(number), **fields)
    return services.record_response(draft, by=OPERATOR, at=LATER)


def rate(cast: Cast, shelf: Shelf, rater: Person, role: RaterRole, note: str = "") -> RatingDraft:
    draft = RatingDraft(cast.ada, shelf.b, 2, rater, role, day(3), note=note)
    services.record_rating(draft, by=OPERATOR, at=LATER)
    return draft


def test_evidence_stands_in_the_order_of_the_work(cast: Cast, shelf: Shelf) -> None:
    late, early = answer(cast.ada, shelf.item, 5), answer(cast.ada, shelf.item, 1)
    gone = answer(cast.ada, shelf.item, 2)
    services.withdraw_evidence(gone, reason="Twice", by=OPERATOR, at=LATER)
    rate(cast, shelf, cast.ben, RaterRole.TEACHER)
    found = queries.evidence_of(cast.ada, by=user_of(cast.eli))
    assert found.responses == [early, late]
    assert [row.rater for row in found.ratings] == [cast.ben]
    assert found.artifacts == []


@pytest.mark.parametrize("name", ["ada", "ben", "dana", "eli"])
def test_those_around_a_learner_read_the_evidence(cast: Cast, shelf: Shelf, name: str) -> None:
    row = answer(cast.ada, shelf.item, 1)
    assert queries.evidence_of(cast.ada, by=user_of(getattr(cast, name))).responses == [row]


def test_a_teacher_elsewhere_reads_none(cast: Cast, shelf: Shelf) -> None:
    answer(cast.ada, shelf.item, 1)
    with pytest.raises(NotFound):
        queries.evidence_of(cast.ada, by=user_of(cast.cleo))
    with pytest.raises(NotFound):
        slips_of([cast.ada], shelf.framework, by=user_of(cast.cleo), at=LATER)


def test_evidence_is_read_in_a_fixed_number_of_queries(
    cast: Cast, shelf: Shelf, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        answer(cast.ada, shelf.item, number)
    ben = user_of(cast.ben)
    with django_assert_max_num_queries(4):
        found = queries.evidence_of(cast.ada, by=ben)
        assert {str(row.task) for row in found.responses} == {"A-1"}


def test_tasks_stand_by_how_much_they_show(shelf: Shelf) -> None:
    item, project = ((task.pk, task.kind) for task in (shelf.item, shelf.project))
    found = queries.tasks_for([shelf.a, shelf.b])
    assert found == {shelf.a.pk: [item, project], shelf.b.pk: [project]}
    Task.objects.filter(pk=shelf.item.pk).update(retired_at=AT)
    assert queries.tasks_for([shelf.a]) == {shelf.a.pk: [project]}


def test_tasks_of_a_version_before_count_on(shelf: Shelf) -> None:
    started = start_version(shelf.framework, version="2", by=OPERATOR, at=AT)
    publish_framework(started, by=OPERATOR, at=LATER)
    second = Competency.objects.get(framework=started, code="B")
    project = (shelf.project.pk, shelf.project.kind)
    assert queries.tasks_for([second]) == {second.pk: [project]}
    assert set(queries.tasks_by_lineage(started)) == {shelf.a.pk, shelf.b.pk}


def test_answers_are_read_with_their_slips(
    shelf: Shelf, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(1):
        found = queries.answers_of([shelf.item, shelf.project])
        named = [answer.slip.name if answer.slip else "" for answer in found[shelf.item.pk]]
    assert named == ["", "adds both", "swaps", ""]
    assert found[shelf.project.pk] == []


def test_a_piece_of_evidence_is_told_in_words(cast: Cast, shelf: Shelf) -> None:
    rows = [
        answer(cast.ada, shelf.item, 0, 1.0, chosen=0),
        answer(cast.ada, shelf.item, 1, 0.0, chosen=1, attempt=2),
        answer(cast.ada, shelf.item, 2, 0.5),
        answer(cast.ada, shelf.project, 3, 0.0),
    ]
    rate(cast, shelf, cast.ben, RaterRole.TEACHER, note="Clear.")
    rate(cast, shelf, cast.ada, RaterRole.SELF)
    ratings = queries.evidence_of(cast.ada, by=OPERATOR).ratings
    assert queries.descriptions([*rows, *ratings]) == [
        "right: What is a half of a half?",
        "wrong, try 2: What is a half of a half? (slip: adds both)",
        "50% right: What is a half of a half?",
        "wrong: Show B",
        "rated Secure by Ben Silva as teacher: Clear.",
        "rated Secure by self",
    ]


def test_a_right_first_option_names_no_slip_of_another(cast: Cast, shelf: Shelf) -> None:
    """No answer chosen is not the answer at place 0, whatever slip that one shows."""
    turned = replace(ITEM, source_id="A-2", answers=ITEM.answers[::-1][1:])
    task = services.save_tasks(shelf.framework, [turned], by=OPERATOR, at=AT).by_source_id["A-2"]
    rows = [answer(cast.ada, task, 0, 0.0), answer(cast.ada, task, 1, 0.0, chosen=0)]
    assert queries.descriptions(rows) == [
        "wrong: What is a half of a half?",
        "wrong: What is a half of a half? (slip: swaps)",
    ]


def test_a_long_prompt_is_told_in_short(cast: Cast, shelf: Shelf) -> None:
    long = replace(PROJECT, source_id="long", title="Word " * 50)
    task = services.save_tasks(shelf.framework, [long], by=OPERATOR, at=AT).by_source_id["long"]
    told = queries.descriptions([answer(cast.ada, task, 0)])[0]
    assert told.endswith("Word…")
    assert len(told) < 110


def test_evidence_is_told_in_a_fixed_number_of_queries(
    cast: Cast, shelf: Shelf, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [answer(cast.ada, shelf.item, n, float(n % 2), chosen=n % 4) for n in range(8)]
    with django_assert_max_num_queries(4):
        assert len(queries.descriptions(rows)) == 8


def test_of_nothing_nothing_is_told(cast: Cast) -> None:
    assert queries.descriptions([]) == []


def items(shelf: Shelf, n: int) -> list[Task]:
    drafts = [replace(ITEM, source_id=f"A-{10 + number}") for number in range(n)]
    saved = services.save_tasks(shelf.framework, drafts, slips=SLIPS, by=OPERATOR, at=AT)
    return list(saved.by_source_id.values())


def class_of(cast: Cast, n: int) -> list[Person]:
    people = [make_person(f"Learner No{number}", cast.school, Role.STUDENT) for number in range(n)]
    enroll(cast.ada_class, people, part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    return people


def test_a_slip_of_a_class_is_found_with_those_who_show_it(cast: Cast, shelf: Shelf) -> None:
    people, tasks = class_of(cast, 4), items(shelf, 4)
    for person in people[:3]:
        for number, task in enumerate(tasks):
            answer(person, task, number, 0.0, chosen=1)
    answer(people[3], tasks[0], 0, 0.0, chosen=1)
    shown = slips_of(people, shelf.framework, by=user_of(cast.ben), at=LATER)
    assert [(slip.slip.code, list(slip.learners)) for slip in shown.of_class] == [
        ("A.adds", people[:3])
    ]
    assert list(shown.by_learner[people[3].pk].values()) == [1]


def test_right_old_and_withdrawn_answers_show_no_slip(cast: Cast, shelf: Shelf) -> None:
    task = shelf.item
    answer(cast.ada, task, 0, 1.0, chosen=0)
    answer(cast.ada, task, 1, 0.0, chosen=3)  # wrong, and no slip that we know
    answer(cast.ada, task, 2, 0.0)
    gone = answer(cast.ada, task, 3, 0.0, chosen=1)
    services.withdraw_evidence(gone, reason="Twice", by=OPERATOR, at=LATER)
    found = slips_of([cast.ada], shelf.framework, by=OPERATOR, at=LATER)
    assert found.by_learner == {}
    answer(cast.ada, task, 4, 0.0, chosen=1)
    recent = day(4) + RECENT
    for at, counts in ((recent, 1), (recent + timedelta(seconds=1), 0)):
        found = slips_of([cast.ada], shelf.framework, by=OPERATOR, at=at)
        assert len(found.by_learner) == counts


@pytest.mark.parametrize(
    ("clock", "done_at"),
    [(Clock.NONE, 1), (Clock.RELATIVE, -5), (Clock.RELATIVE, (UNIX_SECONDS[0] - 1) * 1_000_000)],
)
def test_answers_without_a_calendar_are_never_old(
    cast: Cast, shelf: Shelf, clock: Clock, done_at: int
) -> None:
    columns = ResponseColumns(
        learner=np.array([cast.ada.pk]),
        task=np.array([shelf.item.pk]),
        outcome=np.zeros(1),
        done_at=np.array([done_at]),
        clock=np.array([clock]),
        chosen=np.ones(1, np.int64),
        attempt=np.ones(1, np.int64),
    )
    services.record_responses(columns, organization=cast.school, by=OPERATOR, at=LATER)
    found = slips_of([cast.ada], shelf.framework, by=OPERATOR, at=LATER)
    assert [list(counts.values()) for counts in found.by_learner.values()] == [[1]]


def test_slips_of_other_learners_are_not_counted(cast: Cast, shelf: Shelf) -> None:
    people = class_of(cast, 2)
    answer(people[0], shelf.item, 0, 0.0, chosen=1)
    found = slips_of([people[1]], shelf.framework, by=OPERATOR, at=LATER)
    assert found.by_learner == {}
    assert slips_of([], shelf.framework, by=OPERATOR, at=LATER).of_class == []
