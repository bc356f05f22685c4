"""What scoring by key promises: a way of writing never counts, what is meant does."""

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.base.errors import Refused
from manypaths.evidence.models import AnswerForm
from manypaths.evidence.numbers import read_number
from manypaths.evidence.scoring import WAITS, Score, score
from manypaths.evidence.starters import read_starter_tasks


@dataclass(frozen=True)
class Known:
    """An answer as a task knows it."""

    position: int
    text: str
    is_right: bool


def known(right: str, *wrong: str) -> list[Known]:
    """Return answers of which the right one stands last, where nothing takes it for granted."""
    texts = [*wrong, right]
    return [Known(place, text, place == len(wrong)) for place, text in enumerate(texts)]


MINUSES = st.sampled_from("-−–—")
BLANKS = st.sampled_from([" ", "\u00a0", "\u202f", "\u2009"])
MARKS = st.sampled_from(".,")
SLASHES = st.sampled_from(["/", " / ", "⁄", "∕", "／"])
AROUND = st.sampled_from(["", " ", "  ", "\t", "\u00a0"])
VULGAR = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4), "⅔": Fraction(2, 3)}


@st.composite
def integers_written(draw: st.DrawFn) -> tuple[Fraction, str]:
    """Draw an integer with a way to write it."""
    value = draw(st.integers(-9_999_999, 9_999_999))
    digits = str(abs(value))
    if draw(st.booleans()):
        digits = f"{abs(value):,}".replace(",", draw(BLANKS))
    if draw(st.booleans()):
        digits += draw(st.sampled_from([".0", ",00", "."]))
    return Fraction(value), _with_sign(draw, value < 0, digits)


@st.composite
def decimals_written(draw: st.DrawFn) -> tuple[Fraction, str]:
    """Draw a decimal with a way to write it; never a comma before three digits, which is two."""
    places = draw(st.sampled_from([1, 2, 4]))
    whole, part = draw(st.integers(0, 9_999_999)), draw(st.integers(0, 10**places - 1))
    is_negative = draw(st.booleans())
    value = Fraction(whole * 10**places + part, 10**places)
    mark = draw(MARKS)
    front = str(whole)
    if draw(st.booleans()):
        group = draw(st.sampled_from([" ", "\u202f", "." if mark == "," else ","]))
        front = f"{whole:,}".replace(",", group)
    if whole == 0 and draw(st.booleans()):
        front = ""
    behind = f"{part:0{places}}"
    zeros = draw(st.sampled_from(["", "0" if places != 2 else "00"]))
    text = _with_sign(draw, is_negative, f"{front}{mark}{behind}{zeros}")
    return (-value if is_negative else value), text


@st.composite
def fractions_written(draw: st.DrawFn) -> tuple[Fraction, str]:
    """Draw a fraction or mixed number, in lowest terms or not."""
    over, under = draw(st.integers(0, 999)), draw(st.integers(1, 999))
    whole = draw(st.integers(0, 99))
    is_negative = draw(st.booleans())
    as_mixed = draw(st.booleans())
    value = Fraction(over, under) + (whole if as_mixed else 0)
    front = f"{whole}{draw(BLANKS)}" if as_mixed else ""
    text = _with_sign(draw, is_negative, f"{front}{over}{draw(SLASHES)}{under}")
    return (-value if is_negative else value), text


def _with_sign(draw: st.DrawFn, is_negative: bool, digits: str) -> str:
    sign = draw(MINUSES) if is_negative else draw(st.sampled_from(["", "+"]))
    gap = draw(st.sampled_from(["", " "])) if sign else ""
    return f"{draw(AROUND)}{sign}{gap}{digits}{draw(AROUND)}"


written = st.one_of(integers_written(), decimals_written(), fractions_written())


@given(written)
def test_any_way_to_write_a_number_scores_the_same(pair: tuple[Fraction, str]) -> None:
    value, text = pair
    key = f"{value.numerator}/{value.denominator}"
    other = f"{value.numerator + value.denominator}/{value.denominator}"
    assert score(AnswerForm.NUMBER, text, known(key)) == Score(1.0, 0)
    assert score(AnswerForm.NUMBER, text, known(other)) == Score(0.0)
    assert score(AnswerForm.NUMBER, text, known(other, key)) == Score(0.0, 0)


@given(written, st.sampled_from(["%", " %", "\u00a0%"]))
def test_a_percent_is_its_hundredth_and_the_bare_number(
    pair: tuple[Fraction, str], sign: str
) -> None:
    value, text = pair
    hundredth = value / 100
    for key in (f"{text}%", f"{hundredth.numerator}/{hundredth.denominator}", text):
        assert score(AnswerForm.NUMBER, f"{text.strip()}{sign}", known(key)).outcome == 1.0


@given(st.text(max_size=80))
def test_no_text_at_all_breaks_the_reading(text: str) -> None:
    number = read_number(text)
    assert number is None or number.values


@pytest.mark.parametrize("vulgar", VULGAR)
def test_a_fraction_in_one_sign_is_read_alone_and_behind_a_whole(vulgar: str) -> None:
    value = VULGAR[vulgar]
    key = f"{value.numerator}/{value.denominator}"
    mixed = value + 2
    assert score(AnswerForm.NUMBER, vulgar, known(key)).outcome == 1.0
    assert score(
        AnswerForm.NUMBER, f"2{vulgar}", known(f"{mixed.numerator}/{mixed.denominator}")
    ) == Score(1.0, 0)


@pytest.mark.parametrize(
    ("key", "given", "outcome"),
    [
        ("5/4", "1 1/4", 1.0),
        ("5/4", "1,25", 1.0),
        ("5/4", "−1 1/4", 0.0),
        ("-1.5", "–1½", 1.0),
        ("1234", "1,234", 1.0),
        ("1.234", "1,234", 1.0),
        ("1234", "1.234", 0.0),
        ("1234567.5", "1.234.567,5", 1.0),
        ("1234567.5", "1'234'567.5", 1.0),
        ("25000", "٢٥٠٠٠", 1.0),
        ("12 cm", "12", 1.0),
        ("12 cm", "12cm", 1.0),
        ("12 cm", "12 CM", 1.0),
        ("12 cm", "12 m", 0.0),
        ("$4.50", "4,5", 1.0),
        ("$4.50", "$ 4.50", 1.0),
        ("$4.50", "4.50 $", 1.0),
        ("25%", "0.25", 1.0),
        ("25%", "0.25%", 0.0),
        ("0.25", "25 %", 1.0),
        ("0.25", "25", 0.0),
    ],
)
def test_what_children_type_is_read_by_value(key: str, given: str, outcome: float) -> None:
    assert score(AnswerForm.NUMBER, given, known(key)).outcome == outcome


@pytest.mark.parametrize(
    "given", ["", "  ", "twelve", "1/0", "1.2.3", "1 2", "3/4/5", "--3", "12 cm", "9" * 61, "1e5"]
)
def test_what_is_no_plain_number_has_to_be_given_again(given: str) -> None:
    with pytest.raises(Refused, match="Type"):
        score(AnswerForm.NUMBER, given, known("12"))


def test_a_known_wrong_number_is_told_by_its_place() -> None:
    answers = known("5/4", "4/5", "7/6")
    assert score(AnswerForm.NUMBER, "0.8", answers) == Score(0.0, 0)
    assert score(AnswerForm.NUMBER, "1 1/6", answers) == Score(0.0, 1)
    assert score(AnswerForm.NUMBER, "9", answers) == Score(0.0)


def test_a_choice_is_scored_by_its_position() -> None:
    answers = known("a half", "a third", "a fifth")
    assert score(AnswerForm.CHOICE, "2", answers) == Score(1.0, 2)
    assert score(AnswerForm.CHOICE, "0", answers) == Score(0.0, 0)


@pytest.mark.parametrize("given", ["", "3", "-1", "a half", "02"])
def test_a_choice_that_is_not_offered_has_to_be_made_again(given: str) -> None:
    with pytest.raises(Refused, match="Choose"):
        score(AnswerForm.CHOICE, given, known("a half", "a third", "a fifth"))


@pytest.mark.parametrize(
    "given",
    ["The sun’s light", "  the SUN's   light. ", "the sun's\u00a0light", "“the sun’s light”"],
)
def test_case_blanks_and_quotes_do_not_count_in_a_text(given: str) -> None:
    key = known("The sun's light") if "“" not in given else known('"the sun\'s light"')
    assert score(AnswerForm.TEXT, given, key).outcome == 1.0


def test_letters_with_signs_on_them_count() -> None:
    assert score(AnswerForm.TEXT, "papa", known("papá")) == Score(0.0)


def test_a_text_without_a_right_answer_waits_for_a_teacher() -> None:
    assert score(AnswerForm.TEXT, "Because it is longer.", []) == WAITS
    wrong = [Known(0, "because", False)]
    assert score(AnswerForm.TEXT, "Because", wrong) == Score(0.0, 0)
    assert score(AnswerForm.TEXT, "It is longer", wrong) == WAITS


def test_an_empty_text_has_to_be_given_again() -> None:
    with pytest.raises(Refused, match="Write"):
        score(AnswerForm.TEXT, " \u00a0 ", [])


def test_each_answer_of_the_tasks_that_we_ship_scores_as_itself() -> None:
    for task in read_starter_tasks("mathematics-6-8").tasks:
        answers = [
            Known(place, answer.text, answer.is_right) for place, answer in enumerate(task.answers)
        ]
        for answer in answers:
            typed = str(answer.position) if task.answer_form is AnswerForm.CHOICE else answer.text
            if task.answers:
                told = Score(float(answer.is_right), answer.position)
                assert score(task.answer_form, typed, answers) == told, (task.source_id, answer)
