"""What a leader does with files: try, take in, take back."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from manypaths.base.clock import now
from manypaths.base.worded import reworded
from manypaths.evidence.models import Response
from manypaths.frameworks.models import Framework
from manypaths.frameworks.starters import _folder
from manypaths.interop.models import ImportFile, ImportRun, RunState
from manypaths.interop.runs import SMALL, work_on
from manypaths.interop.tasks import do_step, go_on_with_imports, step_of
from manypaths.interop.tests.case_documents import small_package
from manypaths.people.models import Role, User
from manypaths.people.tests.cast import Cast, make_person
from manypaths.web.tests.clients import client_of, page

NEW = reverse("imports:new")
LOG = (
    "learner,item,time,correct,competencies\n"
    "17,q1,2026-03-02T09:00:00Z,1,F1\n"
    "17,q2,2026-03-02T09:05:00Z,0,F1\n"
    "18,q1,2026-03-02T09:00:00Z,1,F1\n"
)


@pytest.fixture
def femi(cast: Cast) -> Client:
    return client_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))


def hand_in(client: Client, content: str | bytes, name: str, **more: str) -> ImportRun:
    """Upload a file and return the run that the answer leads to."""
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, data)
    answer = client.post(NEW, {"file": file, "group": "", "framework": "", **more})
    assert answer.status_code == 302, answer.content.decode()
    return ImportRun.objects.get(public_id=answer["Location"].strip("/").split("/")[-1])


def do(client: Client, run: ImportRun, what: str, **form: str) -> str:
    address = reverse(f"imports:{what}", args=[run.public_id])
    answer = client.post(address, form, follow=True)
    run.refresh_from_db() if what != "drop" else None
    return answer.content.decode()


def case() -> str:
    return json.dumps(small_package())


def test_a_file_is_tried_before_anything_changes(cast: Cast, femi: Client) -> None:
    run = hand_in(femi, case(), "framework.json")
    assert (run.kind, run.state) == ("case", RunState.CHECKED)
    assert not Framework.objects.exists()
    shown = page(femi, reverse("imports:one", args=[run.public_id]))
    assert "Nothing is changed yet." in shown.text
    assert "What it would change" in shown.text


def test_a_tried_file_is_taken_in_and_forgotten(cast: Cast, femi: Client) -> None:
    run = hand_in(femi, case(), "framework.json")
    assert "This file was taken in." in do(femi, run, "take_in")
    assert (run.state, run.framework) == (RunState.DONE, Framework.objects.get())
    assert not ImportFile.objects.exists()
    assert "can&#x27;t be taken in now" in do(femi, run, "take_in")


def test_a_framework_in_yaml_is_taken_in(cast: Cast, femi: Client) -> None:
    content = _folder().joinpath("mathematics-6-8.yaml").read_bytes()
    run = hand_in(femi, content, "whatever.txt")
    assert run.kind == "yaml"
    do(femi, run, "take_in")
    assert "Mathematics" in Framework.objects.get().title


def test_faults_are_named_by_row_and_nothing_changes(cast: Cast, femi: Client) -> None:
    faulty = LOG.replace("09:05:00Z,0", "09:05:00Z,maybe")
    run = hand_in(femi, faulty, "log.csv", group=str(cast.ada_class.public_id))
    assert (run.state, run.n_faults) == (RunState.FAULTY, 1)
    shown = page(femi, reverse("imports:one", args=[run.public_id]))
    assert "1 fault was found. Nothing was changed." in shown.text
    assert "maybe" in shown.text
    do(femi, run, "drop")
    assert not ImportRun.objects.exists()


def test_a_log_is_taken_in_and_its_batch_withdrawn(cast: Cast, femi: Client) -> None:
    run = hand_in(femi, LOG, "log.csv", group=str(cast.ada_class.public_id))
    assert run.changes["responses"]["created"] == 3
    assert not Response.objects.exists()
    do(femi, run, "take_in")
    assert Response.objects.standing().count() == 3
    do(femi, run, "undo", reason="The wrong class")
    assert run.state == RunState.UNDONE
    assert not Response.objects.standing().exists()
    assert Response.objects.count() == 3


def test_taking_back_needs_a_reason(cast: Cast, femi: Client) -> None:
    run = hand_in(femi, LOG, "log.csv", group=str(cast.ada_class.public_id))
    do(femi, run, "take_in")
    assert "Say in a few words why" in do(femi, run, "undo", reason=" ")
    assert run.state == RunState.DONE


def test_an_imported_framework_retires_while_nothing_rests_on_it(cast: Cast, femi: Client) -> None:
    run = hand_in(femi, case(), "framework.json")
    do(femi, run, "take_in")
    do(femi, run, "undo", reason="A slip")
    assert run.state == RunState.UNDONE
    assert Framework.objects.get().retired_at is not None
    assert Framework.objects.get().title not in page(femi, reverse("frameworks:all")).text
    again = hand_in(femi, case(), "framework.json")
    do(femi, again, "take_in")
    assert Framework.objects.get().retired_at is None


def test_a_framework_that_was_here_before_is_not_taken_back(cast: Cast, femi: Client) -> None:
    for _time in range(2):
        run = hand_in(femi, case(), "framework.json")
        do(femi, run, "take_in")
    assert "was here before" in do(femi, run, "undo", reason="A slip")
    assert run.state == RunState.DONE


def test_a_framework_with_evidence_stays(cast: Cast, femi: Client) -> None:
    code = "F1"
    draft = "framework:\n  code: x\n  title: Ours\n" + (
        "domains:\n  - code: D\n    name: Domain\n"
        f"competencies:\n  - code: {code}\n    domain: D\n    statement: Can do it.\n"
    )
    run = hand_in(femi, draft, "ours.yaml")
    do(femi, run, "take_in")
    target = {
        "group": str(cast.ada_class.public_id),
        "framework": str(Framework.objects.get().public_id),
    }
    log = hand_in(femi, LOG, "log.csv", **target)
    do(femi, log, "take_in")
    assert "3 pieces of evidence rest on this framework" in do(femi, run, "undo", reason="A slip")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The submitted file is empty"),
        (b"\x1f\x8b\x08packed", "packed"),
        (b"\x89PNG\0\0\0", "no file that we take"),
        (b"a,b,c\n1,2,3\n", "no file that we take"),
        (
            LOG.encode(),
            "whose learners",
        ),
    ],
)
def test_other_files_are_refused_with_what_we_take(
    cast: Cast, femi: Client, content: bytes, told: str
) -> None:
    file = SimpleUploadedFile("file.csv", content)
    answer = femi.post(NEW, {"file": file, "group": "", "framework": ""})
    said = answer.content.decode()
    assert answer.status_code == 200
    assert told in said or "say which group" in said
    assert not ImportRun.objects.exists()


def test_imports_are_for_leaders(cast: Cast, femi: Client) -> None:
    run = hand_in(femi, case(), "framework.json")
    address = reverse("imports:one", args=[run.public_id])
    for person in (cast.ada, cast.ben, cast.eli, cast.dana):
        client = client_of(person)
        assert client.get(address).status_code == 404
        assert client.post(reverse("imports:take_in", args=[run.public_id])).status_code == 404
    assert client_of(cast.ben).get(NEW).status_code == 404


def test_a_school_leader_brings_in_logs_but_no_frameworks(cast: Cast) -> None:
    dana = client_of(cast.dana)
    file = SimpleUploadedFile("f.json", case().encode())
    assert dana.post(NEW, {"file": file, "group": "", "framework": ""}).status_code == 404
    assert "Bring something in" in page(dana, NEW).text


def test_a_page_that_waits_is_told_when_it_is_over(cast: Cast, femi: Client) -> None:
    run = hand_in(femi, case(), "framework.json")
    address = reverse("imports:progress", args=[run.public_id])
    done = femi.get(address, headers={"HX-Request": "true"})
    assert done["HX-Redirect"] == reverse("imports:one", args=[run.public_id])
    ImportRun.objects.update(state=RunState.TAKING_IN, step="Reading rows", n_done=1200)
    part = femi.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Reading rows" in part
    assert "<html" not in part


def test_a_large_file_is_worked_on_beside_the_pages(cast: Cast, femi: Client) -> None:
    run = hand_in(femi, case() + " " * SMALL, "framework.json")
    assert run.state == RunState.CHECKING
    waits = page(femi, reverse("imports:one", args=[run.public_id]))
    assert "You can leave the page; the work goes on." in waits.text
    assert 'hx-trigger="every 2s"' in waits.html
    do_step.call(run.pk, run.asked_by)
    run.refresh_from_db()
    assert run.state == RunState.CHECKED
    do_step.call(run.pk, run.asked_by)  # nothing is left to do
    do(femi, run, "take_in")
    assert run.state == RunState.TAKING_IN
    do_step.call(run.pk, run.asked_by)
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_what_breaks_is_told_and_nothing_is_changed(cast: Cast, femi: Client) -> None:
    run = hand_in(femi, case() + " " * SMALL, "framework.json")
    ImportFile.objects.all().delete()  # as by an accident of the disk
    do_step.call(run.pk, run.asked_by)
    shown = page(femi, reverse("imports:one", args=[run.public_id]))
    assert "Something broke on our side." in shown.text
    assert not Framework.objects.exists()


def test_faults_are_read_in_the_readers_language_whoever_brought_the_file(
    cast: Cast, femi: Client
) -> None:
    broken = LOG.replace(",1,F1", ",seven,F1", 1) + "x" * 300 + ",q1,2026-03-02T09:00:00Z,1,F1\n"
    run = hand_in(femi, broken, "log.csv", group=str(cast.ada_class.public_id))
    assert run.state == RunState.FAULTY
    # On record in English, with what it takes to say it again.
    allowed = {fault["allowed"] for fault in run.faults}
    assert allowed == {
        "a number from 0 (wrong) to 1 (right)",
        "an id of 1 to 200 characters on one line",
    }
    address = reverse("imports:one", args=[run.public_id])
    english = femi.get(address, headers={"accept-language": "en"}).content.decode()
    for words in allowed:
        assert words in english
    with override("es"):
        spoken = {reworded(*fault["words"]) for fault in run.faults}
    spanish = femi.get(address, headers={"accept-language": "es"}).content.decode()
    for words in spoken:
        assert words in spanish


def left_undone(run: ImportRun, state: RunState) -> None:
    """Leave a run as a process does that is killed while it works on a step."""
    ImportRun.objects.filter(pk=run.pk).update(state=state)
    assert go_on_with_imports() == 1


def test_a_step_that_was_broken_off_is_done_again(cast: Cast, femi: Client) -> None:
    run = hand_in(femi, LOG, "log.csv", group=str(cast.ada_class.public_id))
    for state, after in (
        (RunState.CHECKING, RunState.CHECKED),
        (RunState.TAKING_IN, RunState.DONE),
        (RunState.UNDOING, RunState.UNDONE),
    ):
        left_undone(run, state)
        ImportRun.objects.filter(pk=run.pk).update(refusal="A mistake")
        do_step.call(run.pk, run.asked_by)
        run.refresh_from_db()
        assert run.state == after
    assert Response.objects.count() == 3
    assert not Response.objects.standing().exists()


def test_of_two_processes_with_the_same_step_one_does_it(cast: Cast, femi: Client) -> None:
    run = hand_in(femi, LOG, "log.csv", group=str(cast.ada_class.public_id))
    left_undone(run, RunState.TAKING_IN)
    run.refresh_from_db()
    beside = ImportRun.objects.get(pk=run.pk)
    user = User.objects.get(pk=run.asked_by)
    work_on(run, by=user, at=now())
    for _ in range(2):
        step_of(beside, user)
    assert ImportRun.objects.get(pk=run.pk).state == RunState.DONE
    assert Response.objects.count() == 3
