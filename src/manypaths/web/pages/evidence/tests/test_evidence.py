"""What the pages of evidence promise: all of it, files that can't run, and answers to contests."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from manypaths.base.models import ViewEntry
from manypaths.estimates.services import take_in_artifact, withdraw
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.files import check_file
from manypaths.evidence.models import Artifact, ArtifactKind, Contest, Response
from manypaths.evidence.tests.uploads import PDF, docx, odt, picture
from manypaths.people.tests.cast import Cast, user_of
from manypaths.plans.tests.work import answer, practise, rate
from manypaths.web.tests.clients import client_of, page, without_tokens


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


def evidence_of(cast: Cast) -> str:
    return reverse("evidence:of", args=[cast.ada.public_id])


def hand_in(cast: Cast, name: str, content: bytes) -> Artifact:
    return take_in_artifact(
        cast.ada,
        kind=ArtifactKind.FILE,
        title="Mine",
        file=check_file(name, content),
        done_at=day(0),
        by=user_of(cast.ada),
        at=day(1),
    )


def test_all_evidence_stands_here_the_latest_first(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "+-")
    rate(world, cast.ada, "F2", 5, 2, rater=cast.ben)
    withdraw(
        answer(world, cast.ada, "F1-3", 9, 1.0), reason="Twice", by=user_of(cast.ben), at=day(60)
    )
    shown = page(client_of(cast.eli), evidence_of(cast))
    rows = [item.text for item in shown.all("li") if item.text.startswith(("0", "1", "2"))]
    assert "4 pieces" in shown.text
    assert "Counts no more: Twice" in rows[0]
    assert "Ben Silva, as teacher, sees Secure" in rows[1]
    assert "Not right yet: 2/4, which shows the slip “adds both”" in rows[2]
    assert "Right" in rows[3]


def test_evidence_on_one_competency_can_be_looked_at_alone(cast: Cast, world: World) -> None:
    practise(world, cast.ada, "F1", "+")
    rate(world, cast.ada, "F2", 5, 2, rater=cast.ben)
    competency = world.competencies["F2"].public_id
    shown = page(client_of(cast.ada), f"{evidence_of(cast)}?competency={competency}")
    assert "One piece" in shown.text
    assert "Item" not in shown.text
    for wrong in ("x", str(uuid4())):
        assert page(client_of(cast.ada), f"{evidence_of(cast)}?competency={wrong}").status == 404


def test_much_evidence_comes_in_pages_with_a_fixed_number_of_queries(
    cast: Cast, world: World, django_assert_max_num_queries: Any
) -> None:
    practise(world, cast.ada, "F1", "+" * 53)
    client = client_of(cast.ada)
    with django_assert_max_num_queries(30):
        shown = page(client, evidence_of(cast))
    assert "Page 1 of 2" in shown.text
    assert "Page 2 of 2" in page(client, f"{evidence_of(cast)}?page=2").text
    assert "Page 2 of 2" in page(client, f"{evidence_of(cast)}?page=99").text
    assert "Page 1 of 2" in page(client, f"{evidence_of(cast)}?page=-1").text
    assert len(shown.html) < 61_440 - 27_000


def test_without_evidence_the_page_says_what_will_stand_here(cast: Cast, world: World) -> None:
    shown = page(client_of(cast.ada), evidence_of(cast))
    assert "There is nothing here yet." in shown.text
    assert shown.all("div", class_="empty")


def test_a_look_at_evidence_is_written_down(cast: Cast, world: World) -> None:
    page(client_of(cast.ben), evidence_of(cast))
    entry = ViewEntry.objects.get()
    assert (entry.page, entry.scope_id, entry.role) == ("evidence:of", cast.ada.pk, "teacher")


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.txt", b"<script>alert(1)</script>", "text/plain"),
        ("a.jpg", picture(), "image/jpeg"),
        ("a.odt", odt(), "application/vnd.oasis.opendocument.text"),
        (
            "Maß – ½.docx",
            docx(),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_a_file_is_handed_out_to_be_saved_and_nothing_in_it_runs(
    cast: Cast,
    name: str,
    content: bytes,
    media_type: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        work = hand_in(cast, name, content)
    found: Any = client_of(cast.eli).get(reverse("evidence:file", args=[work.public_id]))
    assert found.status_code == 200
    assert found["Content-Type"] == media_type
    assert found["Content-Disposition"].startswith("attachment; filename")
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert b"".join(found.streaming_content)
    assert ViewEntry.objects.get().page == "evidence:file"


def test_a_file_is_for_those_who_see_the_learner(cast: Cast) -> None:
    work = hand_in(cast, "a.pdf", PDF)
    cleo = client_of(cast.cleo)
    forbidden, missing = (
        cleo.get(reverse("evidence:file", args=[key])) for key in (work.public_id, uuid4())
    )
    assert forbidden.status_code == missing.status_code == 404
    assert without_tokens(forbidden.content) == without_tokens(missing.content)


def contest_of(piece: Response, name: str = "evidence:contest") -> str:
    return reverse(name, args=["response", piece.pk])


def test_a_learner_contests_a_piece_and_a_teacher_answers(cast: Cast, world: World) -> None:
    piece = answer(world, cast.ada, "F1-1", 0, 0.0, chosen=1)
    ada, ben = client_of(cast.ada), client_of(cast.ben)
    assert contest_of(piece) in page(ada, evidence_of(cast)).html
    assert "Until then the piece counts." in page(ada, contest_of(piece)).text
    sent = ada.post(contest_of(piece, "evidence:open"), {"words": "The key is wrong."}, follow=True)
    assert "The piece counts until a teacher answers." in sent.content.decode()
    shown = page(ada, evidence_of(cast))
    assert "Somebody says that this is not right. It counts until a teacher answers." in shown.text
    contest = Contest.objects.get()
    address = reverse("evidence:contested", args=[contest.public_id])
    assert "The key is wrong." in page(ben, address).text
    ben.post(
        reverse("evidence:answer", args=[contest.public_id]),
        {"answer": "You are right.", "withdraw": "1"},
    )
    piece.refresh_from_db()
    assert piece.withdrawal is not None
    read = page(client_of(cast.eli), address)
    assert "the piece counts no more" in read.text
    assert "You are right." in read.text


def test_a_contest_without_words_is_asked_for_again(cast: Cast, world: World) -> None:
    piece = answer(world, cast.ada, "F1-1", 0, 0.0)
    sent = client_of(cast.eli).post(contest_of(piece, "evidence:open"), {"words": " "})
    assert sent.status_code == 422
    assert "Say in a few words" in sent.content.decode()
    assert not Contest.objects.exists()


def test_an_answer_without_words_is_asked_for_again(cast: Cast, world: World) -> None:
    piece = answer(world, cast.ada, "F1-1", 0, 0.0)
    client_of(cast.ada).post(contest_of(piece, "evidence:open"), {"words": "No."})
    address = reverse("evidence:answer", args=[Contest.objects.get().public_id])
    assert client_of(cast.ben).post(address, {"answer": ""}).status_code == 422
    client_of(cast.ben).post(address, {"answer": "It stays."})
    assert Contest.objects.get().outcome == "stays"


@pytest.mark.parametrize("name", ["ben", "dana"])
def test_who_may_not_contest_sees_no_form(cast: Cast, world: World, name: str) -> None:
    piece = answer(world, cast.ada, "F1-1", 0, 0.0)
    client = client_of(getattr(cast, name))
    assert not page(client, contest_of(piece)).all("textarea")
    refused = client.post(contest_of(piece, "evidence:open"), {"words": "No."})
    assert refused.status_code == 404


def test_forbidden_and_missing_answer_alike(cast: Cast, world: World) -> None:
    piece = answer(world, cast.ada, "F1-1", 0, 0.0)
    client_of(cast.ada).post(contest_of(piece, "evidence:open"), {"words": "No."})
    cleo = client_of(cast.cleo)
    pairs = [
        (contest_of(piece), reverse("evidence:contest", args=["response", 10**9])),
        (
            reverse("evidence:contested", args=[Contest.objects.get().public_id]),
            reverse("evidence:contested", args=[uuid4()]),
        ),
        (evidence_of(cast), reverse("evidence:of", args=[uuid4()])),
    ]
    for forbidden, missing in pairs:
        one, other = cleo.get(forbidden), cleo.get(missing)
        assert one.status_code == other.status_code == 404
        assert without_tokens(one.content) == without_tokens(other.content)
