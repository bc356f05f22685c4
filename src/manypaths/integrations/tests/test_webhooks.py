"""Who is told what happened: signed, again until somebody took it, and nobody who may not know."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from manypaths.base.clock import now
from manypaths.base.errors import NotFound, Refused
from manypaths.estimates.models import MoveToTell
from manypaths.estimates.services import AchievementDraft, sign_off, take_in, withdraw
from manypaths.estimates.tests.world import World, day
from manypaths.evidence.drafts import ResponseDraft
from manypaths.evidence.models import Response
from manypaths.integrations import posting
from manypaths.integrations.entry import integration_of
from manypaths.integrations.models import Delivery, DeliveryState, Endpoint, LastStatus
from manypaths.integrations.services import (
    Event,
    add_endpoint,
    make_token,
    remove_endpoint,
    resume_endpoint,
    revoke_token,
)
from manypaths.integrations.signing import secret_of, signature, signed_headers
from manypaths.integrations.tests.receiver import Receiver, listen, program_of
from manypaths.people.models import Person
from manypaths.people.tests.cast import AT, OPERATOR, Cast, user_of

LATER = day(60)


def answer(world: World, learner: Person, number: int = 0, outcome: float = 1.0) -> Response:
    task = world.tasks[f"F1-{1 + number % 5}"]
    return take_in(ResponseDraft(learner, task, outcome, day(number)), by=OPERATOR, at=LATER)


def test_a_program_is_told_with_ids_alone(cast: Cast, world: World, receiver: Receiver) -> None:
    listen(receiver, cast.school)
    answer(world, cast.ada)
    posting.work(LATER)
    assert [event["type"] for event in receiver.events] == ["evidence.recorded", "status.changed"]
    for event in receiver.events:
        assert event["data"] == {
            "learner": str(cast.ada.public_id),
            "framework": str(world.framework.public_id),
        }
    assert "Ada" not in str(receiver.told)


def test_a_receiver_can_tell_that_it_was_us(cast: Cast, world: World, receiver: Receiver) -> None:
    endpoint, _ = listen(receiver, cast.school)
    answer(world, cast.ada)
    posting.work(LATER)
    for headers, body in receiver.told:
        name, moment = headers["webhook-id"], headers["webhook-timestamp"]
        expected = signature(name, moment, body, secret=secret_of(endpoint))
        assert headers["webhook-signature"] == f"v1,{expected}"
        assert moment == str(int(LATER.timestamp()))
        for forged in (
            signature(name, moment, body + " ", secret=secret_of(endpoint)),
            signature(name, str(int(moment) + 1), body, secret=secret_of(endpoint)),
            signature("another", moment, body, secret=secret_of(endpoint)),
        ):
            assert forged != expected


def test_signatures_are_those_of_the_published_vectors() -> None:
    """The example of Standard Webhooks, https://www.standardwebhooks.com."""
    headers = signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        '{"test": 2432232314}',
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        at=datetime.fromtimestamp(1614265330, now().tzinfo),
    )
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_endpoint_has_a_secret_of_its_own(cast: Cast, receiver: Receiver) -> None:
    one, _ = listen(receiver, cast.school)
    other, _ = listen(receiver, cast.school)
    assert secret_of(one) != secret_of(other)
    assert secret_of(one) == secret_of(Endpoint.objects.get(pk=one.pk))


def test_what_was_not_taken_comes_again_under_the_same_id(
    cast: Cast, world: World, receiver: Receiver
) -> None:
    listen(receiver, cast.school, Event.EVIDENCE_RECORDED)
    answer(world, cast.ada)
    receiver.status = 500
    posting.work(LATER)
    posting.work(LATER)  # not due yet
    assert len(receiver.told) == 1
    receiver.status = 200
    posting.work(LATER + posting.WAITS[0])
    posting.work(LATER + timedelta(hours=9))
    assert len(receiver.told) == 2
    assert len(set(receiver.ids)) == 1
    assert receiver.told[0][1] == receiver.told[1][1]


def test_a_redirect_is_not_taken(cast: Cast, world: World, receiver: Receiver) -> None:
    listen(receiver, cast.school, Event.EVIDENCE_RECORDED)
    answer(world, cast.ada)
    receiver.status = 302
    posting.work(LATER)
    assert Delivery.objects.get().trouble == "status 302"


def test_after_a_day_of_silence_an_endpoint_rests_until_a_leader_says(
    cast: Cast, world: World, receiver: Receiver
) -> None:
    endpoint, _ = listen(receiver, cast.school, Event.EVIDENCE_RECORDED)
    answer(world, cast.ada)
    receiver.status = 503
    at = LATER
    posting.work(at)
    for wait in posting.WAITS:
        at += wait
        posting.work(at)
    assert timedelta(hours=22) < at - LATER < timedelta(hours=27)
    endpoint.refresh_from_db()
    assert endpoint.paused_at == at
    assert len(receiver.told) == 1 + len(posting.WAITS)
    receiver.status = 200
    posting.work(at + timedelta(days=1))
    assert len(receiver.told) == 1 + len(posting.WAITS)
    resume_endpoint(endpoint, by=user_of(cast.dana), at=at)
    posting.work(at)
    assert Delivery.objects.get().state == DeliveryState.TAKEN
    assert len(set(receiver.ids)) == 1


def test_one_that_does_not_answer_holds_up_nobody_else(
    cast: Cast, world: World, receiver: Receiver
) -> None:
    listen(receiver, cast.school, Event.EVIDENCE_RECORDED)
    broken, _ = listen(receiver, cast.school, Event.EVIDENCE_RECORDED)
    Endpoint.objects.filter(pk=broken.pk).update(address="https://10.0.0.1/")
    for number in range(3):
        answer(world, cast.ada, number)
        posting.work(LATER)
    assert len(receiver.told) == 3
    assert Delivery.objects.filter(endpoint=broken, n_tries__gt=0).count() == 1


def test_what_is_undone_is_told_to_nobody(cast: Cast, world: World, receiver: Receiver) -> None:
    listen(receiver, cast.school)
    with transaction.atomic():
        answer(world, cast.ada)
        transaction.set_rollback(True)
    posting.work(LATER)
    assert receiver.told == []
    assert not MoveToTell.objects.exists()


def test_a_worker_that_dies_between_loses_nothing(
    cast: Cast, world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen(receiver, cast.school, Event.EVIDENCE_RECORDED)
    answer(world, cast.ada)

    def dies(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(posting, "_note", dies)
        with pytest.raises(KeyboardInterrupt):
            posting.work(LATER)
    posting.work(LATER)
    assert len(receiver.told) == 2
    assert len(set(receiver.ids)) == 1


def test_only_a_change_of_status_is_told_as_one(
    cast: Cast, world: World, receiver: Receiver
) -> None:
    listen(receiver, cast.school, Event.STATUS_CHANGED)
    for _ in range(3):
        answer(world, cast.ada, 0)
        posting.work(LATER)
    assert len(receiver.told) == 1  # not started, then needs evidence for long
    draft = AchievementDraft(cast.ada, world.competencies["F1"], LATER.date())
    sign_off(draft, by=user_of(cast.ben), at=LATER)
    posting.work(LATER)
    assert len(receiver.told) == 2
    kept = dict(LastStatus.objects.values_list("competency__code", "status"))
    assert kept["F1"] == "demonstrated"


def test_a_withdrawal_is_no_new_evidence(cast: Cast, world: World, receiver: Receiver) -> None:
    row = answer(world, cast.ada)
    listen(receiver, cast.school, Event.EVIDENCE_RECORDED)
    withdraw(row, reason="Not hers.", by=OPERATOR, at=LATER)
    posting.work(LATER)
    assert receiver.told == []


def test_a_program_elsewhere_is_told_nothing(cast: Cast, world: World, receiver: Receiver) -> None:
    listen(receiver, cast.school_elsewhere)
    answer(world, cast.ada)
    posting.work(LATER)
    assert receiver.told == []


def test_where_nobody_listens_nothing_is_noted(
    cast: Cast, world: World, receiver: Receiver
) -> None:
    answer(world, cast.ada)
    assert not MoveToTell.objects.exists()
    endpoint, program = listen(receiver, cast.school)
    answer(world, cast.ada, 1)
    assert MoveToTell.objects.count() == 1
    remove_endpoint(endpoint, by=program, at=LATER)
    answer(world, cast.ada, 2)
    assert not MoveToTell.objects.exists()
    posting.work(LATER)
    assert receiver.told == []


def test_a_token_that_is_over_is_told_nothing(cast: Cast, world: World, receiver: Receiver) -> None:
    endpoint, _ = listen(receiver, cast.school)
    answer(world, cast.ada)
    revoke_token(endpoint.token, by=OPERATOR, at=LATER)
    posting.work(LATER)
    assert receiver.told == []


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/", "https://10.0.0.1/", "https://localhost/", "nothing", ""]
)
def test_an_address_inside_is_refused(cast: Cast, address: str) -> None:
    _, program = program_of(cast.school)
    with pytest.raises(Refused) as refused:
        add_endpoint(address, events=[Event.STATUS_CHANGED], by=program, at=AT)
    assert refused.value.faults[0].column == "url"


def test_webhooks_need_their_scope_and_are_one_s_own(cast: Cast, receiver: Receiver) -> None:
    endpoint, _ = listen(receiver, cast.school)
    _, other = program_of(cast.school)
    with pytest.raises(NotFound):
        remove_endpoint(endpoint, by=other, at=AT)
    made = make_token(
        cast.school, "Reader", scopes=["read:roster"], days=9, by=OPERATOR, at=AT
    ).token
    with pytest.raises(NotFound):
        add_endpoint(
            receiver.address, events=[Event.STATUS_CHANGED], by=integration_of(made), at=AT
        )


def test_ten_webhooks_are_enough(cast: Cast, receiver: Receiver) -> None:
    _, program = program_of(cast.school)
    for _ in range(10):
        add_endpoint(receiver.address, events=[Event.STATUS_CHANGED], by=program, at=AT)
    with pytest.raises(Refused):
        add_endpoint(receiver.address, events=[Event.STATUS_CHANGED], by=program, at=AT)
