"""A model is plain numbers with a version, and comes back from its file as it was."""

import json
import math
import pickle
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manypaths.mastery import Event, Model, Settings, estimate, predict, start, update
from manypaths.mastery.contexts import TABLES, Contexts, ContextTable
from manypaths.mastery.log import ROLES, Key
from manypaths.mastery.model import (
    Cold,
    ItemTerms,
    Spread,
    Terms,
    logit,
    read_model,
    unfitted,
    with_spread,
)
from manypaths.mastery.tests.logs import random_log, random_model

term = st.floats(-50, 50)
positive = st.floats(1e-6, 10)
keys = st.one_of(st.integers(-3, 12), st.sampled_from(["1", "2", "", "ü", "a b", "-3"]), st.text())
by_role = st.tuples(*[term] * len(ROLES))


def rising(n: int) -> st.SearchStrategy[tuple[float, ...]]:
    """Return n rising numbers with gaps between them."""
    numbers = st.lists(st.integers(-500, 500), min_size=n, max_size=n, unique=True)
    return numbers.map(lambda found: tuple(number / 70 for number in sorted(found)))


@st.composite
def settings_of_models(draw: st.DrawFn) -> Settings:
    cuts = draw(st.lists(st.integers(1, 99), min_size=1, max_size=6, unique=True))
    target = draw(st.integers(0, len(cuts) - 1))
    return Settings(tuple(cut / 100 for cut in sorted(cuts)), target, draw(st.floats(0.05, 0.95)))


@st.composite
def contexts(draw: st.DrawFn) -> Contexts:
    items = tuple(draw(st.lists(keys, min_size=1, max_size=4, unique=True)))
    together = tuple((key,) for key in items)
    place = st.integers(-1, len(items) - 2)  # so that each has a next one
    cell = st.tuples(place, place, st.integers(0, 1022), term, positive)
    tables = []
    for _ in TABLES:
        cells = draw(st.lists(cell, max_size=3))
        first, second, situation = (tuple(int(row[i]) for row in cells) for i in range(3))
        terms, variances = (tuple(row[i] for row in cells) for i in (3, 4))
        tables.append(ContextTable(first, second, situation, terms, variances, draw(positive)))
    return Contexts(items, together, draw(st.tuples(term, term, term)), tuple(tables))


@st.composite
def models(draw: st.DrawFn) -> Model:
    chosen = draw(settings_of_models())
    n_cuts = len(chosen.cut_points)
    thresholds = draw(rising(n_cuts))
    half_life = draw(st.one_of(st.just(math.inf), positive))
    pairs = st.dictionaries(keys, st.tuples(term, positive), max_size=5)
    return Model(
        settings=chosen,
        spread=replace(Spread(*draw(st.tuples(*[positive] * 4))), half_life=half_life),
        cold=Cold(*draw(st.tuples(*[positive] * 4))),
        typical=draw(st.tuples(term, term, term)),
        competencies=draw(
            st.dictionaries(keys, st.builds(Terms, term, term, term, positive), max_size=5)
        ),
        instruments=draw(
            st.dictionaries(keys, st.builds(ItemTerms, term, positive, positive), max_size=5)
        ),
        contexts=draw(contexts()),
        raters=draw(pairs),
        leniency_of_role=draw(by_role),
        reliability_of_role=draw(st.tuples(*[positive] * len(ROLES))),
        thresholds=thresholds,
        has_ratings=draw(st.booleans()),
        n_responses=draw(st.integers(0, 10**12)),
        n_ratings=draw(st.integers(0, 10**12)),
        n_learners=draw(st.integers(0, 10**12)),
    )


# The file


@given(model=models())
def test_a_model_comes_back_from_its_file_to_the_last_digit(model: Model) -> None:
    read = read_model(model.as_text())
    assert read == model
    assert read.as_text() == model.as_text()  # so that -0.0 and the kinds of keys count too
    assert read.version == model.version


@given(model=models())
def test_the_file_is_json_that_every_reader_knows(model: Model) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    content = json.loads(model.as_text(), parse_constant=refuse)
    assert (content["kind"], content["form"]) == (model.kind, model.form)


@given(model=models())
def test_a_file_of_the_first_form_is_read_as_a_model_without_contexts(model: Model) -> None:
    items = {key: terms._replace(loading=1.0) for key, terms in model.instruments.items()}
    plain = replace(model, instruments=items, contexts=Contexts())
    content = json.loads(plain.as_text())
    assert content["form"] == 1
    assert "contexts" not in content
    assert all(len(terms) == 2 for _, terms in content["instruments"])
    read = read_model(plain.as_text())
    assert read == plain
    assert read.version == plain.version


def test_a_number_and_its_text_are_two_keys() -> None:
    tables: dict[Key, tuple[float, float]] = {1: (0.5, 0.1), "1": (-0.5, 0.2)}
    items = {key: ItemTerms(*terms) for key, terms in tables.items()}
    model = replace(unfitted(), instruments=items, raters=tables)
    read = read_model(model.as_text())
    assert (read.instruments, read.raters) == (items, tables)
    assert [type(key) for key in read.instruments] == [int, str]
    turned = replace(
        model,
        instruments=dict(reversed(items.items())),
        raters=dict(reversed(tables.items())),
    )
    assert turned.version == model.version


def changed(content: dict[str, Any], **changes: Any) -> str:
    return json.dumps({**content, **changes})


CONTENT = json.loads(
    replace(
        unfitted(),
        competencies={"a": Terms(0.1, 0.2, 0.3, 0.4)},
        raters={1: (0, 1)},
        contexts=Contexts(items=("i",), together=(("a",),)),
    ).as_text()
)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "a model is one JSON object; Expecting value"),
        ("{", "a model is one JSON object; Expecting property name"),
        ("[]", r"a model is one JSON object; got '\[\]'"),
        ("null", "a model is one JSON object; got 'null'"),
        ("3", "a model is one JSON object; got '3'"),
        ("{}", "not a model of kind dynamic-irt, form 2 or before; found .*None, None, None"),
        (
            changed(CONTENT, kind="bkt"),
            "not a model of kind dynamic-irt, form 2 or before; found .*'bkt'",
        ),
        (changed(CONTENT, form=3), "not a model of kind dynamic-irt, form 2 or before; found .*3"),
        (changed(CONTENT, form="1"), "not a model of kind"),
        (changed(CONTENT, format="a letter"), "not a model of kind .* found .*'a letter'"),
        (changed(CONTENT, wisdom=1), "missing or misshapen: .*wisdom"),
        (changed(CONTENT, spread={"general": 1}), "missing or misshapen: 'half_life'"),
        (changed(CONTENT, spread=[]), "missing or misshapen"),
        (changed(CONTENT, settings="strict"), "missing or misshapen"),
        (changed(CONTENT, settings={**CONTENT["settings"], "tau": 2}), "tau must lie between"),
        (changed(CONTENT, competencies=[["a", [1, 2, 3]]]), "missing or misshapen"),
        (changed(CONTENT, instruments=[["a", [1, 2, 3, 4]]]), "missing or misshapen"),
        (changed(CONTENT, instruments=[[["a"], [1, 2]]]), "missing or misshapen"),
        (changed(CONTENT, raters={"a": [1, 2]}), "missing or misshapen"),
        (changed(CONTENT, typical=[1, 2]), r"typical holds 3 numbers; got \(1, 2\)"),
        (changed(CONTENT, thresholds=[0, 1, 2]), "thresholds holds 4 numbers"),
        (changed(CONTENT, thresholds=[0, 2, 1, 3]), r"thresholds must rise; got \(0, 2, 1, 3\)"),
        (changed(CONTENT, leniency_of_role=[0] * 5), "leniency_of_role holds 6 numbers"),
        (changed(CONTENT, reliability_of_role=[1] * 7), "reliability_of_role holds 6 numbers"),
        (changed(CONTENT, typical=[0, 0, "1"]), "a model's terms are numbers; got '1'"),
        (changed(CONTENT, typical=[0, 0, math.nan]), "a model's terms are numbers; got nan"),
        (changed(CONTENT, instruments=[["a", [None, 1]]]), "terms are numbers; got None"),
    ],
)
def test_a_file_that_is_no_such_model_is_refused_in_words(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_model(text)


@pytest.mark.parametrize("part", [name for name in CONTENT if not name.startswith("n_")])
def test_a_file_without_one_of_its_parts_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match=r"missing or misshapen|not a model of kind"):
        read_model(json.dumps({name: value for name, value in CONTENT.items() if name != part}))


# Versions


def with_a_number_nudged(model: Model, choice: st.DataObject) -> Model:
    """Return the model with the least change that one of its numbers can take."""
    content = json.loads(model.as_text())
    del content["settings"]["target"]  # which can not be nudged beyond the last cut point
    places = [path for path, _ in numbers_in(content) if path[0] not in ("form", "has_ratings")]
    *path, last = choice.draw(st.sampled_from(places))
    part = content
    for step in path:
        part = part[step]
    part[last] = nudged(part[last])
    content["settings"]["target"] = model.settings.target
    return read_model(json.dumps(content))


def nudged(number: float) -> float:
    return number + 1 if isinstance(number, int) else math.nextafter(number, math.inf)


def numbers_in(part: Any, *path: Any) -> list[tuple[tuple[Any, ...], float]]:
    if isinstance(part, dict | list):
        inner = part.items() if isinstance(part, dict) else enumerate(part)
        return [found for step, value in inner for found in numbers_in(value, *path, step)]
    return [(path, part)] if isinstance(part, int | float) else []


@given(model=models(), choice=st.data())
def test_the_version_changes_with_any_number(model: Model, choice: st.DataObject) -> None:
    model.version  # noqa: B018  # a version that was asked for once must not stick to a copy
    other = with_a_number_nudged(model, choice)
    assert other.version != model.version


@given(model=models(), choice=st.randoms(use_true_random=False))
def test_the_version_does_not_hang_on_the_order_of_the_keys(model: Model, choice: Any) -> None:
    tables: dict[str, Any] = {}
    for name in ("competencies", "instruments", "raters"):
        rows = list(getattr(model, name).items())
        choice.shuffle(rows)
        tables[name] = dict(rows)
    assert replace(model, **tables).version == model.version


def test_a_copy_with_another_number_has_a_version_of_its_own() -> None:
    model = unfitted()
    before = model.version
    assert replace(model, n_learners=1).version != before
    assert replace(model, has_ratings=True).version != before
    assert replace(model, settings=Settings(target=1)).version != before
    assert with_spread(model, general=2.0).version != before
    assert with_spread(model, general=model.spread.general).version == before
    assert model.version == before


# Settings


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"cut_points": (0.5, 0.5, 0.9)}, r"cut points must rise between 0 and 1; got \(0.5, 0.5"),
        ({"cut_points": (0.9, 0.5, 0.8)}, "cut points must rise"),
        ({"cut_points": (0.0, 0.5, 0.8)}, "cut points must rise between 0 and 1"),
        ({"cut_points": (0.1, 0.5, 1.0)}, "cut points must rise between 0 and 1"),
        ({"cut_points": (0.1, math.nan, 0.9)}, "cut points must rise"),
        ({"cut_points": ()}, "target must be a place among 0 cut points; got 2"),
        ({"target": 4}, "target must be a place among 4 cut points; got 4"),
        ({"target": -1}, "target must be a place among 4 cut points; got -1"),
        ({"tau": 0.0}, "tau must lie between 0 and 1; got 0.0"),
        ({"tau": 1.0}, "tau must lie between 0 and 1; got 1.0"),
        ({"tau": math.nan}, "tau must lie between 0 and 1; got nan"),
    ],
)
def test_settings_that_make_no_sense_are_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Settings(**changes)


def test_what_counts_as_mastered_follows_tau_or_where_there_are_ratings_the_target() -> None:
    model = unfitted(Settings(tau=0.7))
    assert model.mastered_from == logit(0.7)
    assert replace(model, has_ratings=True).mastered_from == model.thresholds[2] == logit(0.8)


# Without evidence


@settings(deadline=None)
@given(
    shares=st.dictionaries(keys, positive, max_size=4),
    outcome=st.floats(0, 1),
    level=st.integers(0, 4),
    role=st.integers(-1, len(ROLES) - 1),
    at=st.one_of(st.just(math.nan), st.floats(-1e6, 1e6)),
    item=keys,
)
def test_a_model_that_has_seen_nothing_speaks_of_everything(
    shares: dict[Any, float], outcome: float, level: int, role: int, at: float, item: Key
) -> None:
    model = unfitted()
    total = sum(shares.values())
    shown = tuple((key, share / total) for key, share in shares.items())
    event = Event(item, shown, outcome if role < 0 else level, time=at, role=role, rater="who")
    beliefs = update(model, start(model), event)
    for believed in (start(model), beliefs):
        assert 0 < predict(model, believed, item, shown, at=at) < 1
        for key in (*shares, "never seen"):
            found = estimate(model, believed, key, at=at)
            assert found.sd > 0
            assert 0 <= found.interval(0.9)[0] < found.success < found.interval(0.9)[1] <= 1
            assert 0 < found.p_mastered < 1


def test_what_nobody_knows_has_the_typical_terms() -> None:
    model = replace(unfitted(), typical=(0.7, 0.2, 0.1))
    assert model.terms_of("new") == Terms(0.7, 0.2, 0.1, model.cold.easiness**2)
    assert predict(model, start(model), "new", (("new", 1.0),)) > 0.5


def test_a_rating_by_nobody_known_still_has_the_leniency_of_its_role() -> None:
    lenient = replace(unfitted(), leniency_of_role=(2.0, *[0.0] * 5))
    event = Event("rated a", (("a", 1.0),), 3, role=0, has_difficulty=False)
    means = [
        estimate(lenient, update(lenient, start(lenient), replace(event, rater=rater)), "a").mean
        for rater in (None, "somebody new")
    ]
    assert (
        means[0]
        == means[1]
        < estimate(unfitted(), update(unfitted(), start(unfitted()), event), "a").mean
    )


def test_every_part_of_a_model_is_in_its_file() -> None:
    parts = {field.name for field in fields(Model) if not field.name.startswith("_")}
    assert parts | {"format", "kind", "form"} == set(CONTENT)


def test_terms_in_the_places_of_an_alignment_are_kept_for_the_last_one() -> None:
    rng = np.random.default_rng(3)
    log, other = random_log(rng), random_log(rng)
    model = random_model(rng, log)
    placed = model.placed(log.alignment)
    assert model.placed(log.alignment) is placed
    assert model.placed(other.alignment) is not placed
    sent = pickle.loads(pickle.dumps(model))
    assert sent == model
    np.testing.assert_array_equal(sent.placed(log.alignment).items, placed.items)
