"""Parameters go to pyBKT and come back, and mean the same there and here.

The figures are those of pyBKT 1.4.1 (with scikit-learn below 1.6, pandas below 2.3 and numpy below
2), fitted with `Model(seed=3, num_fits=3, parallel=False)` to 640 invented responses: `params()`,
and what `predict` says of one learner's responses in their order.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from manypaths.mastery import (
    Alignment,
    BktModel,
    Event,
    ResponseLog,
    estimate,
    from_pybkt,
    predict,
    start,
    to_pybkt,
    to_pybkt_coef,
    trace,
    update,
)
from manypaths.mastery.bkt_batch import p_known_before
from manypaths.mastery.bkt_model import Answering, Skill
from manypaths.mastery.log import Key
from manypaths.mastery.pybkt import Row

# skill, item, correct, correct_predictions, state_predictions
Said = tuple[str, str, int, float, float]

CLASSIC: list[Row] = [
    ("A", "prior", "default", 0.3159403146283443),
    ("A", "learns", "default", 0.23926721108868584),
    ("A", "guesses", "default", 0.33160146560955045),
    ("A", "slips", "default", 0.1684728813407065),
    ("A", "forgets", "default", 0.0),
    ("B", "prior", "default", 0.5406525470477163),
    ("B", "learns", "default", 0.2522758441479852),
    ("B", "guesses", "default", 0.20990801187378408),
    ("B", "slips", "default", 0.24784120289619252),
    ("B", "forgets", "default", 0.0),
]
SAID_BY_CLASSIC: list[Said] = [
    ("A", "A0", 0, 0.4895481337248668, 0.3159403146283443),
    ("A", "A2", 1, 0.49087409559825534, 0.3185926327586498),
    ("A", "A1", 1, 0.6564655925572044, 0.6498248788912012),
    ("A", "A1", 0, 0.7642562061600457, 0.8654381664776177),
    ("A", "A2", 1, 0.6864313743083745, 0.7097653551767591),
    ("A", "A0", 1, 0.7782051560093624, 0.8933402150406842),
    ("A", "A0", 1, 0.8142424682825612, 0.9654255582379316),
    ("A", "A1", 1, 0.8261721685846756, 0.989288507117107),
    ("B", "B1", 1, 0.5030772800470205, 0.5406525470477163),
    ("B", "B2", 1, 0.6744487406649234, 0.8566898222085204),
    ("B", "B1", 0, 0.7340746220356169, 0.966649794595467),
    ("B", "B2", 0, 0.7119836027420487, 0.9259103067140485),
    ("B", "B0", 1, 0.6697526058408708, 0.8480293740322018),
    ("B", "B1", 1, 0.7328473038696595, 0.9643864172073884),
    ("B", "B0", 1, 0.748022870832499, 0.9923726689126802),
    ("B", "B0", 1, 0.7512909797350279, 0.9983996014530224),
]
FORGETTING: list[Row] = [
    ("A", "prior", "default", 0.3108845497468723),
    ("A", "learns", "default", 0.5036063717073176),
    ("A", "guesses", "default", 0.18701101968949377),
    ("A", "slips", "default", 0.043251720748656124),
    ("A", "forgets", "default", 0.21475442865888636),
    ("B", "prior", "default", 0.4226707430921973),
    ("B", "learns", "default", 0.44278527018324076),
    ("B", "guesses", "default", 0.08530555394299645),
    ("B", "slips", "default", 0.04527913150205251),
    ("B", "forgets", "default", 0.19569583510911184),
]
SAID_BY_FORGETTING: list[Said] = [
    ("A", "A0", 0, 0.4263104410517709, 0.3108845497468723),
    ("A", "A2", 1, 0.5797367485345958, 0.5102075077782378),
    ("A", "A1", 1, 0.7571919384203013, 0.7407474584968979),
    ("A", "A1", 0, 0.7775628227550497, 0.7672121827670262),
    ("A", "A2", 1, 0.6069961369205139, 0.5456213948511263),
    ("A", "A0", 1, 0.7610954667839958, 0.7458187062703479),
    ("A", "A0", 1, 0.7779041494159141, 0.7676556154534713),
    ("A", "A1", 1, 0.7793347765026692, 0.7695142069000765),
    ("B", "B1", 1, 0.45278197100167406, 0.4226707430921973),
    ("B", "B2", 1, 0.7503922006189608, 0.7649815175114768),
    ("B", "B1", 0, 0.7761824262331988, 0.794645390671383),
    ("B", "B2", 0, 0.5207982504347846, 0.5009029507545706),
    ("B", "B0", 1, 0.4851460338653519, 0.45989583255389466),
    ("B", "B1", 1, 0.7547301666676203, 0.7699710386023033),
    ("B", "B0", 1, 0.7764079492392049, 0.7949047868451455),
    ("B", "B0", 1, 0.7774971749826105, 0.7961576124224855),
]
BY_CLASS: list[Row] = [
    ("A", "prior", "default", 0.28462419584801335),
    ("A", "learns", "default", 0.3634900088680035),
    ("A", "guesses", "A0", 0.33556487789976186),
    ("A", "guesses", "A1", 0.21010586956754912),
    ("A", "guesses", "A2", 0.3266155904495783),
    ("A", "slips", "A0", 0.07738288881594207),
    ("A", "slips", "A1", 0.12305496305699706),
    ("A", "slips", "A2", 0.08909748438275582),
    ("A", "forgets", "default", 0.12682572716391063),
    ("B", "prior", "default", 0.3897841019466247),
    ("B", "learns", "default", 0.3769481920115456),
    ("B", "guesses", "B0", 0.17402281164437464),
    ("B", "guesses", "B1", 0.14169002631725014),
    ("B", "guesses", "B2", 0.1797690514666776),
    ("B", "slips", "B0", 0.03843456828338964),
    ("B", "slips", "B1", 0.0732679242565546),
    ("B", "slips", "B2", 0.05171612830530164),
    ("B", "forgets", "default", 0.17994076801084974),
]
SAID_BY_CLASS: list[Said] = [
    ("A", "A0", 0, 0.502654147719085, 0.28462419584801335),
    ("A", "A2", 1, 0.5521862538103478, 0.3860614599514446),
    ("A", "A1", 1, 0.6678264778208911, 0.6864033047951265),
    ("A", "A1", 0, 0.7439433567536791, 0.8005490878515849),
    ("A", "A2", 1, 0.6338629316339239, 0.5258501054018598),
    ("A", "A0", 1, 0.7742705508799392, 0.7473026216522749),
    ("A", "A0", 1, 0.8153948394942031, 0.8173548014799399),
    ("A", "A1", 1, 0.7668257206429843, 0.8348637547290055),
    ("B", "B1", 1, 0.4476869365431774, 0.3897841019466247),
    ("B", "B2", 1, 0.7348146177482232, 0.7222314413102168),
    ("B", "B1", 0, 0.762834129193467, 0.7912239902693429),
    ("B", "B2", 0, 0.5205099958987893, 0.44337589264838484),
    ("B", "B0", 1, 0.4833578246606374, 0.3927851079194795),
    ("B", "B1", 1, 0.7094234380710185, 0.723188537695194),
    ("B", "B0", 1, 0.7972466143250556, 0.7913524764202821),
    ("B", "B0", 1, 0.8039611338930028, 0.7998783890462315),
]


class Frame:
    """What is used of a data frame."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = rows

    def reset_index(self) -> "Frame":
        return self

    def to_dict(self, shape: str) -> list[dict[str, Any]]:
        assert shape == "records"
        return [dict(zip(("skill", "param", "class", "value"), r, strict=True)) for r in self.rows]


@pytest.mark.parametrize(
    ("rows", "said"), [(CLASSIC, SAID_BY_CLASSIC), (FORGETTING, SAID_BY_FORGETTING)]
)
def test_the_same_parameters_expect_the_same_of_each_response(
    rows: list[Row], said: list[Said]
) -> None:
    model = from_pybkt(rows)
    beliefs = start(model)
    for skill, item, correct, chance, known in said:
        shown: tuple[tuple[Key, float], ...] = ((skill, 1.0),)
        assert estimate(model, beliefs, skill).p_known == pytest.approx(known, abs=1e-9)
        assert predict(model, beliefs, item, shown) == pytest.approx(chance, abs=1e-9)
        beliefs = update(model, beliefs, Event(item, shown, float(correct)))

    items = sorted({(item, skill) for skill, item, *_ in said})
    log = ResponseLog.of(
        Alignment.of((item, [(skill, 1.0)]) for item, skill in items),
        learner=[0] * len(said),
        instrument=[items.index((item, skill)) for skill, item, *_ in said],
        outcome=[correct for *_, correct, _, _ in said],
    )
    chances, states = np.array([row[3:] for row in said]).T
    np.testing.assert_allclose(trace(model, log).chance, chances, atol=1e-9, rtol=0)
    np.testing.assert_allclose(p_known_before(model, log), states, atol=1e-9, rtol=0)


def test_classes_are_items_with_guess_and_slip_of_their_own() -> None:
    # pyBKT 1.4.1 predicts by the class of a response, but moves its state by the first class
    # whatever the response's own: the state is therefore taken from it here.
    model = from_pybkt(BY_CLASS)
    for skill, item, _, chance, known in SAID_BY_CLASS:
        guess, slip = model.answering_of(item, [(skill, 1.0)])
        assert guess + (1 - slip - guess) * known == pytest.approx(chance, abs=1e-9)
    own = model.competencies["A"]
    guesses = [value for skill, param, _, value in BY_CLASS if (skill, param) == ("A", "guesses")]
    assert own.guess == pytest.approx(np.mean(guesses))


@pytest.mark.parametrize("rows", [CLASSIC, FORGETTING])
def test_parameters_come_back_as_they_were(rows: list[Row]) -> None:
    model = from_pybkt(rows)
    assert to_pybkt(model) == rows
    assert from_pybkt(Frame(rows)) == from_pybkt(to_pybkt_coef(model)) == model
    assert from_pybkt(Frame(rows).to_dict("records")) == model
    coef = to_pybkt_coef(model)
    assert isinstance(coef["A"]["prior"], float)
    assert all(coef["A"][param].shape == (1,) for param in ("learns", "guesses"))  # type: ignore[union-attr]  # all but the prior are arrays


def test_items_come_back_as_classes_of_their_skill() -> None:
    alignment = Alignment.of((f"{skill}{n}", [(skill, 1)]) for skill in "AB" for n in range(3))
    assert to_pybkt(from_pybkt(BY_CLASS), alignment) == BY_CLASS


def test_what_is_new_has_the_mean_of_all_skills() -> None:
    model = from_pybkt(CLASSIC)
    one, other = model.competencies.values()
    assert model.skill_of("C") == pytest.approx(np.mean([one, other], axis=0))


def without(param: str) -> list[Row]:
    return [row for row in CLASSIC if row[:2] != ("A", param)]


def test_a_model_that_does_not_forget_may_leave_that_out() -> None:
    assert from_pybkt(without("forgets")) == from_pybkt(CLASSIC)


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        (without("learns"), "skill 'A' has no learns"),
        ([], "no parameters of any skill"),
        ([*CLASSIC, ("A", "learns", "i1", 0.2)], "learns of skill 'A' must be one number"),
        ([*CLASSIC, ("A", "guesses", "i1", 0.2)], "'A' has guesses and slips of different classes"),
        ([*CLASSIC, ("A", "wisdom", "default", 1.0)], "param is 'wisdom'; allowed: prior, learns"),
        ([*without("slips"), ("A", "slips", "default", 0.9)], "guess and slip of competency 'A'"),
        (
            [
                *CLASSIC,
                *(
                    (s, p, "x", v)
                    for s, v in (("A", 0.1), ("B", 0.2))
                    for p in ("guesses", "slips")
                ),
            ],
            "item 'x' has other numbers in each of its skills",
        ),
        ({"A": {"guesses": np.array([0.1, 0.2])}}, "guesses of skill 'A' holds 2 numbers; coef_"),
    ],
)
def test_parameters_that_are_no_model_are_refused(params: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        from_pybkt(params)


def test_what_the_other_can_not_say_is_not_handed_over() -> None:
    skill = Skill(0.4, 0.1, 0.0, 0.2, 0.1)
    with pytest.raises(ValueError, match="forgets half in 30 days; pyBKT does not know the time"):
        to_pybkt(BktModel(skill, {"a": skill}, {}, half_life=30.0))
    shared = Alignment.of([("i", [("a", 1), ("b", 1)])])
    with pytest.raises(ValueError, match="item 'i' shows 2 competencies; pyBKT knows one"):
        to_pybkt(BktModel(skill, {"a": skill}, {"i": Answering(0.2, 0.1)}), shared)
