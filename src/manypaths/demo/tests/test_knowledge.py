"""How invented knowledge grows and fades."""

import numpy as np
import pytest

from manypaths.demo.content import Content, read_content
from manypaths.demo.knowledge import Knowledge

ONE = np.array([0])


@pytest.fixture
def content() -> Content:
    return read_content(np.random.default_rng(0))


def knowledge_of(content: Content, **levels: float) -> Knowledge:
    """Return what one student knows: the given competencies, and nothing else."""
    level = np.zeros((1, len(content.codes)))
    for code, value in levels.items():
        level[0, content.place(code)] = value
    return Knowledge(content, level, level.copy(), np.ones(level.shape), np.array([100.0]))


def test_half_of_what_can_fade_is_gone_after_a_half_life(content: Content) -> None:
    knowledge = knowledge_of(content, N1=0.8)
    knowledge.fade(100)
    stays = 0.4 * 0.8
    assert knowledge.level[0, content.place("N1")] == pytest.approx((0.8 + stays) / 2)
    knowledge.fade(10_000)
    assert knowledge.level[0, content.place("N1")] == pytest.approx(stays)


def test_fading_in_steps_is_fading_at_once(content: Content) -> None:
    at_once, in_steps = knowledge_of(content, N1=0.8), knowledge_of(content, N1=0.8)
    at_once.fade(30)
    for _ in range(30):
        in_steps.fade(1)
    assert in_steps.level == pytest.approx(at_once.level)


def test_a_lesson_adds_a_share_of_what_is_missing_to_one_competency_alone(
    content: Content,
) -> None:
    knowledge, place = knowledge_of(content, N1=0.5), content.place("N1")
    knowledge.teach(ONE, np.array([place]))
    gained = knowledge.level[0, place] - 0.5
    assert 0 < gained < 0.5
    assert knowledge.best[0, place] == knowledge.level[0, place]
    assert knowledge.level.sum() == pytest.approx(0.5 + gained)
    for _ in range(200):
        knowledge.practise(ONE, np.array([place]))
    assert 0.99 < knowledge.level[0, place] <= 1


def test_who_knows_what_comes_before_learns_faster(content: Content) -> None:
    with_ground, without = knowledge_of(content, N4=1.0), knowledge_of(content)
    place = content.place("N5")
    for knowledge in (with_ground, without):
        knowledge.teach(ONE, np.array([place]))
    assert with_ground.level[0, place] > 2 * without.level[0, place]


def test_a_wrong_idea_holds_learning_back(content: Content) -> None:
    free, held = knowledge_of(content, R1=0.6), knowledge_of(content, R1=0.6)
    place = content.place("R1")
    held.hold_back(np.random.default_rng(0), ONE, place)
    assert held.level[0, place] < 0.6
    for knowledge in (free, held):
        knowledge.teach(ONE, np.array([place]))
    assert held.level[0, place] < free.level[0, place]


def test_an_item_on_two_competencies_asks_for_both_by_their_shares(content: Content) -> None:
    item = next(place for place, task in enumerate(content.items) if task.source_id == "N5-4")
    assert dict(content.items[item].alignments) == {"N5": 0.7, "N4": pytest.approx(0.3)}
    knowledge = knowledge_of(content, N5=0.5, N4=1.0)
    assert knowledge.shown_by(ONE, np.array([item]))[0] == pytest.approx(0.65)


def test_abler_students_and_earlier_grades_know_more_at_first(content: Content) -> None:
    rng = np.random.default_rng(0)
    ability = np.repeat([-1.0, 1.0], 500)
    knowledge = Knowledge.at_first(rng, content, ability, np.full(1000, 7))
    weak, able = knowledge.level[:500].mean(axis=0), knowledge.level[500:].mean(axis=0)
    assert (able > weak).all()
    by_grade = [knowledge.level[:, content.grade == grade].mean() for grade in (6, 7, 8)]
    assert by_grade[0] > by_grade[1] + 0.2 > by_grade[2] + 0.25
    assert (knowledge.half_life >= 60).all()
    assert (knowledge.half_life <= 200).all()
