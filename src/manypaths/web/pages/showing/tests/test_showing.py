"""What the pages promise on which work is handed in, looked at and answered."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from manypaths.estimates.models import Achievement
from manypaths.estimates.services import open_contest, take_in_artifact, take_in_rating
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import RatingDraft
from manypaths.evidence.models import Artifact, ArtifactKind, Draft, RaterRole, Rating
from manypaths.evidence.queries import MOST_WAITING, waiting_to_be_looked_at
from manypaths.evidence.tests.uploads import EXE, PDF, SVG, photo_with_place
from manypaths.people.models import Part, Role
from manypaths.people.services import enroll
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person, user_of
from manypaths.plans.models import StepKind
from manypaths.plans.queries import open_choices
from manypaths.plans.services import choose_step
from manypaths.plans.tests.work import answer as take_answer
from manypaths.sittings.services import answer_work, hand_in
from manypaths.sittings.work import WorkAnswer, WorkDraft
from manypaths.web.tests.clients import client_of, page, without_tokens


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


@pytest.fixture
def ada(cast: Cast, world: World) -> Client:
    return client_of(cast.ada)


def address(world: World, name: str = "showing:new") -> str:
    return reverse(name, args=[world.competencies["F1"].public_id])


def send(client: Client, world: World, **given: Any) -> Any:
    work = {"title": "My poster", "text": "A half is two quarters.", "key": str(uuid4())}
    return client.post(address(world, "showing:hand_in"), work | given)


def work_of(cast: Cast, world: World) -> Artifact:
    work = WorkDraft(world.competencies["F1"], "My poster", "A half.", task=world.tasks["F1-show"])
    return hand_in(cast.ada, work, by=user_of(cast.ada), at=day(0))


def test_the_page_says_what_is_asked_and_what_is_looked_for(ada: Client, world: World) -> None:
    task = world.tasks["F1-show"]
    task.prompt = "Draw a half."
    task.save()
    shown = page(ada, address(world))
    assert "Draw a half." in shown.text
    assert "Explains each step" in shown.text
    assert shown.all("input", name="title")[0].attributes["value"] == "Show F1"
    assert len(shown.all("button", class_="main")) == 1
    for name in ("title", "text", "file", "link"):
        assert shown.all("label", for_=name) or f'for="{name}"' in shown.html


def test_what_is_written_is_kept_as_a_draft_and_is_there_again(ada: Client, world: World) -> None:
    written = {"title": "Mine", "text": "A ha", "link": ""}
    saved = ada.post(address(world, "showing:draft"), written, headers={"HX-Request": "true"})
    assert saved.status_code == 200
    assert saved.content.decode().strip().startswith("Draft saved")
    shown = page(ada, address(world))
    assert "A ha</textarea>" in shown.html
    assert "Draft saved" in shown.text


def test_a_draft_is_kept_without_script_too(ada: Client, world: World) -> None:
    saved = ada.post(address(world, "showing:draft"), {"text": "A ha"}, follow=True)
    assert saved.redirect_chain[-1][0].startswith(address(world))
    assert "A ha</textarea>" in saved.content.decode()


def test_handing_in_ends_the_draft_and_waits_for_somebody(
    cast: Cast, ada: Client, world: World
) -> None:
    choice = choose_step(
        cast.ada, world.competencies["F1"], kind=StepKind.SHOW, by=user_of(cast.ada), at=day(0)
    )
    ada.post(address(world, "showing:draft"), {"text": "A ha"})
    query = f"?choice={choice.public_id}"
    handed = ada.post(
        address(world, "showing:hand_in") + query, {"title": "Mine", "text": "A half"}, follow=True
    )
    assert "It waits for somebody to look at it." in handed.content.decode()
    assert not Draft.objects.exists()
    assert open_choices([cast.ada], by=user_of(cast.ada)) == []


def test_a_double_click_hands_in_once(ada: Client, world: World) -> None:
    key = str(uuid4())
    first, again = (send(ada, world, key=key) for _ in range(2))
    assert first["Location"] == again["Location"]
    assert Artifact.objects.count() == 1


def upload(name: str, content: bytes) -> BytesIO:
    file = BytesIO(content)
    file.name = name
    return file


def test_a_photo_comes_back_without_the_place_where_it_was_taken(
    ada: Client,
    world: World,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        handed = send(ada, world, file=upload("me.jpg", photo_with_place()))
    shown = page(ada, handed["Location"])
    source = shown.all("img", class_="photo")[0].attributes["src"]
    answer: Any = ada.get(source)
    body = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "image/jpeg"
    assert not dict(Image.open(BytesIO(body)).getexif())


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.svg", SVG, "Hand in a photo"),
        ("a.jpg", EXE, "can&#x27;t be opened"),
        ("a.pdf", b"", "can&#x27;t be opened"),
        ("a.txt", b"a" * 1_000_001, "up to 1 megabytes"),
    ],
)
def test_a_file_that_cant_be_kept_is_said_and_the_words_stay(
    ada: Client, world: World, settings: Settings, name: str, content: bytes, said: str
) -> None:
    settings.FILE_MEGABYTES = 1
    answer = send(ada, world, file=upload(name, content))
    assert answer.status_code == 422
    body = answer.content.decode()
    assert said in body
    assert "A half is two quarters.</textarea>" in body
    assert not Artifact.objects.exists()


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//evil.example.org", "http://a.org"])
def test_a_link_that_is_no_https_address_is_refused(ada: Client, world: World, link: str) -> None:
    assert send(ada, world, link=link).status_code == 422


def test_a_link_leads_out_and_says_so(ada: Client, world: World) -> None:
    handed = send(ada, world, link="https://example.org/page")
    (link,) = page(ada, handed["Location"]).all("a", href="https://example.org/page")
    assert link.attributes["rel"] == "noopener noreferrer nofollow ugc"


def test_markup_in_work_is_words(ada: Client, world: World) -> None:
    handed = send(ada, world, title="<b>T</b>", text="<script>alert(1)</script>")
    html = page(ada, handed["Location"]).html
    assert "<script>alert" not in html
    assert "<b>T</b>" not in html


def test_a_teacher_answers_and_the_learner_reads_it(cast: Cast, world: World) -> None:
    work, ben = work_of(cast, world), client_of(cast.ben)
    address = reverse("showing:one", args=[work.public_id])
    shown = page(ben, address)
    assert "It waits for you." in shown.text
    assert [radio.attributes["value"] for radio in shown.all("input", name="level")] == list("0123")
    given = {"level": "2", "words": "Well drawn.", "sign_off": "on"}
    saved = ben.post(reverse("showing:answer", args=[work.public_id]), given, follow=True)
    assert saved.status_code == 200
    assert (Rating.objects.get().level, Achievement.objects.get().level) == (2, 2)
    for person in (cast.ada, cast.eli):
        read = page(client_of(person), address)
        assert "Ben Silva sees it at Secure." in read.text
        assert "Well drawn." in read.text
        assert "signed off by Ben Silva" in read.text
        assert not read.all("input", name="level")
    # What is signed is not asked for again.
    assert not page(ben, address).all("input", name="sign_off")


def test_ratings_of_work_for_no_competency_in_particular_say_of_what(
    cast: Cast, world: World
) -> None:
    work = take_in_artifact(
        cast.ada,
        kind=ArtifactKind.TEXT,
        title="A year",
        text="All of it.",
        done_at=AT,
        by=user_of(cast.ada),
        at=AT,
    )
    for code, level in (("F1", 1), ("F2", 3), ("F1", 2)):
        draft = RatingDraft(
            cast.ada,
            world.competencies[code],
            level,
            cast.ben,
            RaterRole.TEACHER,
            AT,
            artifact=work,
        )
        take_in_rating(draft, by=user_of(cast.ben), at=AT)
    read = page(client_of(cast.ada), reverse("showing:one", args=[work.public_id]))
    came = [one.text for one in read.all("p", class_="came")]
    names = [world.competencies[code].name for code in ("F1", "F2")]
    assert came == [
        f"Ben Silva sees it at Secure. {names[0]}",
        f"Ben Silva sees it at Extending. {names[1]}",
    ]


def test_an_answer_says_something(cast: Cast, world: World) -> None:
    work = work_of(cast, world)
    saved = client_of(cast.ben).post(reverse("showing:answer", args=[work.public_id]), {})
    assert saved.status_code == 422
    assert "Choose a level" in saved.content.decode()


@pytest.mark.parametrize("name", ["ada", "eli", "cleo"])
def test_only_those_who_work_with_a_learner_answer(cast: Cast, world: World, name: str) -> None:
    work = work_of(cast, world)
    answer = reverse("showing:answer", args=[work.public_id])
    assert client_of(getattr(cast, name)).post(answer, {"level": "3"}).status_code == 404
    assert not Rating.objects.exists()


def test_what_waits_stands_in_one_list(cast: Cast, world: World) -> None:
    work_of(cast, world)
    response = take_answer(world, cast.ada, "F1-1", 0, 0.0, chosen=1)
    open_contest(response, "The key is wrong.", by=user_of(cast.eli), at=day(1))
    waiting = reverse("showing:waiting", args=[cast.ada_class.public_id])
    shown = page(client_of(cast.ben), waiting)
    assert "2 things wait for you in 7B Mathematics" in shown.text
    assert "My poster" in shown.text
    assert "The key is wrong." in shown.text
    assert page(client_of(cast.cleo), waiting).status == 404
    assert page(client_of(cast.ada), waiting).status == 404


def test_what_waits_takes_a_fixed_number_of_queries(
    cast: Cast, world: World, django_assert_max_num_queries: Any
) -> None:
    people = [make_person(f"L{n} Lind", cast.school, Role.STUDENT) for n in range(12)]
    enroll(cast.ada_class, people, part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    for person in (cast.ada, *people):
        work = WorkDraft(world.competencies["F1"], "Mine", "Words")
        hand_in(person, work, by=user_of(person), at=day(0))
    ben = client_of(cast.ben)
    with django_assert_max_num_queries(20):
        shown = page(ben, reverse("showing:waiting", args=[cast.ada_class.public_id]))
    assert "13 things" in shown.text


def test_of_very_much_that_waits_the_oldest_is_shown_and_said_so(cast: Cast, world: World) -> None:
    take_answer(world, cast.ada, "F1-1", 0, 1.0)
    for number in range(MOST_WAITING + 2):
        work = WorkDraft(world.competencies["F1"], f"Poster {number}.", "Words")
        hand_in(cast.ada, work, by=user_of(cast.ada), at=day(0) + timedelta(minutes=number))
    ben = client_of(cast.ben)
    shown = page(ben, reverse("showing:waiting", args=[cast.ada_class.public_id]))
    assert "100 things or more of a kind wait for you" in shown.text
    assert "Poster 99." in shown.text
    assert "Poster 100." not in shown.text
    assert "100+" in page(ben, reverse("classes:one", args=[cast.ada_class.public_id])).text
    oldest = waiting_to_be_looked_at([cast.ada], by=OPERATOR)[0]
    answer_work(oldest, WorkAnswer("I see."), by=user_of(cast.ben), at=day(1))
    shown = page(ben, reverse("showing:waiting", args=[cast.ada_class.public_id]))
    assert "Poster 0." not in shown.text
    assert "Poster 100." in shown.text


def test_forbidden_and_missing_work_answer_alike(cast: Cast, world: World) -> None:
    cleo = client_of(cast.cleo)

    def bodies_of(name: str, key: UUID) -> tuple[int, str]:
        answer = cleo.get(reverse(name, args=[key]))
        return answer.status_code, without_tokens(answer.content)

    for name, key in (
        ("showing:one", work_of(cast, world).public_id),
        ("showing:waiting", cast.ada_class.public_id),
    ):
        assert bodies_of(name, key) == bodies_of(name, uuid4())


def test_a_pdf_is_only_ever_saved(
    ada: Client,
    world: World,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        handed = send(ada, world, file=upload("my page.pdf", PDF))
    shown = page(ada, handed["Location"])
    assert not shown.all("img")
    assert "Save the file my page.pdf" in shown.text
