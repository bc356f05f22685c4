"""A model of knowledge tracing is plain numbers with a version, and refuses what is none."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.mastery import BktModel, read_model
from manypaths.mastery.bkt_model import Answering, Skill
from manypaths.mastery.log import Key

probability = st.floats(0, 1)
telling = st.tuples(st.floats(0, 0.5), st.floats(0, 0.49))
skills = st.builds(lambda *found: Skill(*found[:3], *found[3]), *[probability] * 3, telling)
keys = st.one_of(st.integers(-3, 12), st.sampled_from(["1", "", "ü"]), st.text())
models = st.builds(
    BktModel,
    typical=skills,
    competencies=st.dictionaries(keys, skills, max_size=4),
    instruments=st.dictionaries(keys, telling.map(lambda own: Answering(*own)), max_size=4),
    half_life=st.one_of(st.just(math.inf), st.floats(1e-3, 1e4)),
    answer_weight=st.floats(0.1, 100),
    skill_weight=st.floats(0.1, 100),
    n_responses=st.integers(0, 10**12),
    n_learners=st.integers(0, 10**12),
)
MODEL = BktModel(
    Skill(0.4, 0.1, 0.0, 0.25, 0.1),
    {"a": Skill(0.5, 0.2, 0.0, 0.2, 0.1)},
    {1: Answering(0.3, 0.2)},
)
CONTENT = json.loads(MODEL.as_text())


@given(model=models)
def test_a_model_comes_back_from_its_file_to_the_last_digit(model: BktModel) -> None:
    read = read_model(model.as_text())
    assert read == model
    assert read.as_text() == model.as_text()
    assert read.version == model.version
    assert model.version.startswith("bkt-1-")


def test_the_version_changes_with_a_number_and_not_with_the_order_of_the_keys() -> None:
    rows: dict[Key, Answering] = {"a": Answering(0.1, 0.2), 2: Answering(0.2, 0.2)}
    one = replace(MODEL, instruments=rows)
    assert replace(MODEL, instruments=dict(reversed(rows.items()))).version == one.version
    other = {**rows, 2: Answering(0.2, math.nextafter(0.2, 1))}
    assert replace(MODEL, instruments=other).version != one.version


def changed(**changes: Any) -> str:
    return json.dumps({**CONTENT, **changes})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (changed(form=2), "not a model of kind bkt, form 1; found .*2"),
        (changed(format="a letter"), "not a model of kind bkt.*'a letter'"),
        (changed(kind="dkt"), "not a model of kind dynamic-irt"),
        (changed(wisdom=1), "missing or misshapen: .*wisdom"),
        (changed(typical=[0.1, 0.2]), "missing or misshapen"),
        (changed(competencies=[["a", [0.1]]]), "missing or misshapen"),
        (changed(instruments=3), "missing or misshapen"),
        (changed(typical=[0.1, 0.2, 0.3, 0.6, 0.5]), "guess and slip of the typical competency"),
        (changed(instruments=[["x", [0.5, 0.5]]]), "guess and slip of item 'x' must sum to less"),
        (changed(competencies=[["a", [1.2, 0, 0, 0, 0]]]), "prior of competency 'a' must be a"),
        (changed(competencies=[["a", ["1", 0, 0, 0, 0]]]), "must be a probability; got '1'"),
        (changed(competencies=[["a", [math.nan, 0, 0, 0, 0]]]), "must be a probability; got nan"),
        (changed(half_life=0), "a half-life is a number of days above 0; got 0"),
        (changed(half_life="long"), "missing or misshapen"),
        ("3", "a model is one JSON object"),
        ("{", "a model is one JSON object"),
    ],
)
def test_a_file_that_is_no_such_model_is_refused_in_words(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_model(text)


@pytest.mark.parametrize("part", ["typical", "competencies", "instruments", "half_life"])
def test_a_file_without_one_of_its_parts_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match=f"missing or misshapen: '{part}'"):
        read_model(json.dumps({name: value for name, value in CONTENT.items() if name != part}))
