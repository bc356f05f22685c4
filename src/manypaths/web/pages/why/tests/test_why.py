"""Why this level in a browser: the reason, what each piece moved, the numbers, and answering."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from manypaths.base.clock import now
from manypaths.base.models import ViewEntry
from manypaths.estimates.models import Achievement
from manypaths.estimates.queries import why
from manypaths.estimates.tests.world import World, make_world
from manypaths.evidence.models import Rating
from manypaths.frameworks.models import Framework
from manypaths.frameworks.services import set_rules
from manypaths.frameworks.tests.drafts import competency, framework_of, named, saved
from manypaths.people.models import Person
from manypaths.people.tests.cast import OPERATOR, Cast
from manypaths.web.pages.path.tests.near import answers, days_ago, rating, sign_off
from manypaths.web.tests.clients import Page, client_of, page, without_tokens


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def address(world: World, learner: Person, code: str = "F1", name: str = "of") -> str:
    return reverse(f"why:{name}", args=[learner.public_id, world.competencies[code].public_id])


def why_of(reader: Person, learner: Person, world: World, code: str = "F1") -> Page:
    return page(client_of(reader), address(world, learner, code))


def test_the_reason_is_a_few_sentences(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "++-+", n_days_ago=1)
    shown = why_of(cast.ada, cast.ada, world)
    reason = shown.all("p", class_="reason")[0].text
    assert re.match(
        r"4 pieces of evidence since \w+ \d+\. 3 of the last 4 answers are right", reason
    )
    assert "so the page says" in reason.lower()
    assert "4 pieces" in shown.text


def test_without_evidence_there_is_a_reason_and_no_chart(cast: Cast, world: World) -> None:
    shown = why_of(cast.ada, cast.ada, world)
    assert "There is no evidence yet" in shown.text
    assert not shown.all("figure")
    assert not shown.all("path", class_="line")


def test_each_day_of_work_stands_in_order_with_what_it_moved(cast: Cast, world: World) -> None:
    for sign in "++":
        answers(world, cast.ada, "F1", sign, n_days_ago=5)
    answers(world, cast.ada, "F1", "-", n_days_ago=3)
    rating(world, cast.ada, "F1", 2, rater=cast.ada)
    rows = [row.text for row in why_of(cast.ada, cast.ada, world).all("tr")[1:4]]
    assert "2 of 2 right" in rows[0]
    assert "A first look." in rows[0]
    assert "0 of 1 right" in rows[1]
    assert "less sure" in rows[1].lower()
    assert "Own rating: “Secure”" in rows[2]
    assert "Stands beside the estimate; does not move it." in rows[2]


def test_the_chart_has_a_dot_for_each_day_and_an_open_one_for_own_ratings(
    cast: Cast, world: World
) -> None:
    answers(world, cast.ada, "F1", "+-+", n_days_ago=4)
    rating(world, cast.ada, "F1", 2, rater=cast.ada)
    shown = why_of(cast.ada, cast.ada, world)
    assert len(shown.all("path", class_="hole")) == 1
    assert len(shown.all("path", class_="dot")) == 3 + 1
    assert [span.text for span in shown.all("span")[-40:] if span.text == "Secure"]
    figure = shown.all("svg", role="img")[0]
    assert "The table below has every piece" in figure.attributes["aria-label"]
    numbers = re.findall(r"-?\d+\.\d", shown.all("path", class_="line")[0].attributes["d"])
    assert all(0 <= float(number) <= 100 for number in numbers)


def test_the_numbers_are_those_of_the_command(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "++-+", n_days_ago=1)
    answers(world, cast.ada, "F2", "+", n_days_ago=1)
    shown = why_of(cast.ada, cast.ada, world)
    reasons = why(cast.ada, world.competencies["F1"], by=OPERATOR, at=now())
    explained = reasons.explanation
    cells = [cell.text for cell in shown.all("td", class_="num")]
    moved = [f"{piece.shift_mean:+.2f}" for piece in explained.pieces]
    assert cells[0] == f"{explained.prior.mean:+.2f}"
    assert cells[2:-2:2] == moved
    assert cells[-2] == f"{explained.estimate.mean:+.2f}"
    assert reasons.estimate.model.version in shown.text


def test_the_rule_is_told_in_the_same_words_to_all(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "++-+", n_days_ago=1)
    for reader in (cast.ada, cast.ben, cast.eli, cast.dana):
        text = why_of(reader, cast.ada, world).text
        assert "in 100 or more, and we are at least fairly sure." in text
        assert "at least 4 answers on 2 days, or 2 ratings by others" in text
        assert "Own ratings stand beside the estimate and do not move it." in text


def test_a_changed_rule_changes_the_words(cast: Cast) -> None:
    framework = saved(framework_of(competency("K1"), self_ratings_move=True))
    set_rules(framework, {"ready": 0.9, "least_pieces": 6}, by=OPERATOR, at=now())
    text = _of(cast, framework).text
    assert "is 90 in 100 or more" in text
    assert "at least 6 answers" in text
    assert "Own ratings move the estimate with a low weight" in text


def test_learners_rate_themselves_beside_the_estimate(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "+", n_days_ago=2)
    client = client_of(cast.ada)
    assert len(page(client, address(world, cast.ada)).all("input", name="level")) == 4
    client.post(address(world, cast.ada, name="rate"), {"level": "2"})
    own = Rating.objects.get()
    assert (own.role, own.level, own.rater) == ("self", 2, cast.ada)
    shown = page(client, address(world, cast.ada))
    checked = [i for i in shown.all("input", name="level") if "checked" in i.attributes]
    assert [i.attributes["value"] for i in checked] == ["2"]


def test_a_level_that_is_not_there_is_refused(cast: Cast, world: World) -> None:
    for level in ("9", "", "x"):
        answer = client_of(cast.ada).post(address(world, cast.ada, name="rate"), {"level": level})
        assert answer.status_code == 400
    assert not Rating.objects.exists()


def test_nobody_rates_in_the_learners_name(cast: Cast, world: World) -> None:
    for reader in (cast.ben, cast.eli, cast.cleo):
        answer = client_of(reader).post(address(world, cast.ada, name="rate"), {"level": "1"})
        assert answer.status_code in (400, 404)
    assert not Rating.objects.exists()
    assert not why_of(cast.ben, cast.ada, world).all("input", name="level", type="radio")


def test_a_framework_without_a_scale_takes_no_own_rating(cast: Cast) -> None:
    framework = saved(framework_of(competency("K1")))
    assert not _of(cast, framework).all("input", name="level")


def test_a_teacher_signs_off_with_a_note_that_the_learner_reads(cast: Cast, world: World) -> None:
    answers(world, cast.ada, "F1", "++++++", n_days_ago=1)
    form = {"level": "2", "demonstrated_on": days_ago(1).date().isoformat(), "note": "Clear."}
    answer = client_of(cast.ben).post(address(world, cast.ada, name="sign"), form)
    assert answer.status_code == 302
    signed = Achievement.objects.get()
    assert (signed.level, signed.note) == (2, "Clear.")
    text = why_of(cast.ada, cast.ada, world).text
    assert "signed off by Ben Silva" in text
    assert "“Clear.”" in text
    assert "Ben Silva signed, so it is demonstrated" in text


def test_a_day_to_come_is_refused_in_the_form(cast: Cast, world: World) -> None:
    form = {"level": "2", "demonstrated_on": (now() + timedelta(days=3)).date().isoformat()}
    answer = client_of(cast.ben).post(address(world, cast.ada, name="sign"), form)
    assert answer.status_code == 400
    assert "still to come" in answer.content.decode()
    assert not Achievement.objects.exists()


def test_nobody_signs_off_who_may_not(cast: Cast, world: World) -> None:
    form = {"level": "2", "demonstrated_on": days_ago(1).date().isoformat()}
    for reader in (cast.ada, cast.eli, cast.cleo):
        answer = client_of(reader).post(address(world, cast.ada, name="sign"), form)
        assert answer.status_code == 404
    assert not Achievement.objects.exists()
    for reader in (cast.ada, cast.eli):
        assert not why_of(reader, cast.ada, world).all("input", name="demonstrated_on")


def test_what_was_shown_stays_shown(cast: Cast, world: World) -> None:
    sign_off(world, cast.ada, "F1", by=cast.ben)
    text = why_of(cast.eli, cast.ada, world).text
    assert "demonstrated" in text
    assert "She explained it." in text


def test_an_outsider_gets_the_answer_for_nobody_and_leaves_no_look(
    cast: Cast, world: World
) -> None:
    client = client_of(cast.cleo)
    forbidden = client.get(address(world, cast.ada))
    f1 = world.competencies["F1"].public_id
    missing = client.get(reverse("why:of", args=[uuid4(), f1]))
    assert forbidden.status_code == missing.status_code == 404
    assert without_tokens(forbidden.content) == without_tokens(missing.content)
    nothing = client_of(cast.ada).get(reverse("why:of", args=[cast.ada.public_id, uuid4()]))
    assert nothing.status_code == 404
    assert not ViewEntry.objects.exists()


def test_the_page_takes_as_many_queries_for_much_evidence_as_for_little(
    cast: Cast, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    answers(world, cast.ada, "F1", "+-", n_days_ago=1)
    rating(world, cast.ada, "F1", 1, rater=cast.ben)
    client = client_of(cast.ada)
    client.get(address(world, cast.ada))
    with django_assert_max_num_queries(50) as before:
        client.get(address(world, cast.ada))
    answers(world, cast.ada, "F1", "+-+-++", n_days_ago=1)
    rating(world, cast.ada, "F1", 2, rater=cast.ben)
    with django_assert_max_num_queries(50) as after:
        client.get(address(world, cast.ada))
    assert len(after) == len(before)


def _of(cast: Cast, framework: Framework) -> Page:
    key = named(framework, "K1").public_id
    return page(client_of(cast.ada), reverse("why:of", args=[cast.ada.public_id, key]))
