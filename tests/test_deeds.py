"""Each deed leaves one entry in the audit log, and no entry holds a name or a text of anybody."""

import json

import pytest
from django.db import transaction

from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.people.tests.cast import Cast
from tests.stage import Stage, make_stage
from tests.walls import WALLS, Wall

DEEDS = {name: wall for name, wall in WALLS.items() if ".services." in name}
# This room keeps its deeds in files of their own nouns.
DEEDS |= {
    name: WALLS[name]
    for name in (
        "records.whole.writing.export_record",
        *(f"records.erasures.{deed}_erasure" for deed in ("ask", "confirm", "withdraw")),
        *("records.holds.place_hold", "records.holds.release_hold"),
        "records.retention.set_policy",
    )
}

# Deeds that set off others, each with an entry of its own, and one that changes nothing here.
OTHERS = {
    # Ada is known by her id already.
    "people.services.add_unnamed_learners": [],
    # Nobody's but the writer's, and kept every few seconds.
    "evidence.services.drafting.save_draft": [],
    "evidence.services.drafting.drop_draft": [],
    # What a teacher does with work in one go.
    "sittings.services.handing_in.answer_work": ["look at artifact", "record rating", "sign off"],
    # The answer, and that the piece counts no more.
    "estimates.services.contests.answer_contest": ["answer contest", "withdraw response"],
    "accounts.services.first_leader.invite_first_leader": ["add people", "invite"],
    # The new invitation of that leader.
    "accounts.services.first_leader.recover_leader": ["invite"],
    # The first responses of a framework are what its first model is fitted to.
    "estimates.services.evidence.take_in_responses": ["record responses", "fit model"],
}
# What the calls in `tests/walls/` say of people, and the names of the cast.
MARKS = ("Ada", "Okafor", "Ben", "Silva", "Iris", "Berg", "Lind", "A-17", "page", "Words")


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def entries_of(stage: Stage, wall: Wall) -> list[AuditEntry] | None:
    """Return the entries that a deed leaves, None where it is refused; it is undone afterwards."""
    last = AuditEntry.objects.latest("pk").pk
    with transaction.atomic():
        try:
            wall.call(stage.actors[wall.insider], stage.adas.copied())
            return list(AuditEntry.every_district.filter(pk__gt=last).order_by("pk"))
        except (NotFound, Refused):
            return None
        finally:
            transaction.set_rollback(True)


def test_a_deed_leaves_one_entry(stage: Stage) -> None:
    refused = set()
    for name, wall in DEEDS.items():
        entries = entries_of(stage, wall)
        if entries is None:
            refused.add(name)
            continue
        deeds = [entry.deed for entry in entries]
        assert deeds == OTHERS[name] if name in OTHERS else len(deeds) == 1, name
    assert refused == {
        "accounts.services.learners.give_learner_code",  # she signs in already
        "evidence.services.recording.correct_response (to an answer that is none)",
        "people.services.places.close_school",  # people are there
        "frameworks.services.versions.publish_framework",  # published already
        "frameworks.services.versions.start_version",  # followed by a draft already
    }


def test_an_entry_names_who_did_it_when_and_in_which_district(stage: Stage) -> None:
    for name, wall in DEEDS.items():
        actor = stage.actors[wall.insider]
        for entry in entries_of(stage, wall) or ():
            assert entry.actor_id == actor.actor_id, name
            assert entry.subject_id is not None, name
            if name != "people.services.create_district":
                assert entry.district_id == stage.cast.district.pk, name


def test_no_entry_holds_a_name_or_a_text(stage: Stage) -> None:
    for name, wall in DEEDS.items():
        for entry in entries_of(stage, wall) or ():
            told = json.dumps([entry.deed, entry.subject_kind, entry.facts])
            assert not [mark for mark in MARKS if mark in told], name


def test_the_stage_itself_left_no_name_in_the_log(stage: Stage) -> None:
    told = json.dumps(list(AuditEntry.every_district.values("deed", "subject_kind", "facts")))
    assert AuditEntry.objects.count() > 20
    assert not [mark for mark in MARKS if mark in told]
