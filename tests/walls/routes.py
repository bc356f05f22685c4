"""What the walker knows of addresses: what fills their arguments, and why some are open.

`FILLS` has one entry a name of an argument; an entry may be for one route alone, as in
"why:of person_id".
"""

from collections.abc import Callable
from uuid import UUID

from manypaths.base.clock import to_microseconds
from manypaths.demographics.models import DemographicsRight
from manypaths.interop.models import ImportFile, ImportKind, ImportRun, RunState
from manypaths.people.models import Person
from manypaths.records.models import DistrictExport, Erasure, ErasureState, ExportState, Hold
from tests.stage import LATER, Records

Fill = Callable[[Records], object]


def _run(records: Records) -> UUID:
    """Return an import of a log into the learner's class, for the leaders of the district."""
    run, _ = ImportRun.objects.get_or_create(
        kind=ImportKind.RESPONSES,
        state=RunState.CHECKED,
        file_name="log.csv",
        n_bytes=1,
        asked_by=0,
        asked_at=LATER,
        group_name=records.group.name,
    )
    return run.public_id


def _erasure(records: Records) -> UUID:
    """Return an erasure of the learner that waits for a second person."""
    erasure, _ = Erasure.objects.get_or_create(
        person_number=records.learner.pk,
        person_hash="0" * 64,
        reason="asked",
        state=ErasureState.ASKED,
        asked_at=to_microseconds(LATER),
    )
    return erasure.public_id


def _hold(records: Records) -> UUID:
    """Return a hold on the learner."""
    hold, _ = Hold.objects.get_or_create(
        scope="person",
        scope_id=records.learner.pk,
        reason="a case",
        placed_at=to_microseconds(LATER),
    )
    return hold.public_id


def _export(records: Records) -> UUID:
    """Return an export of the district that is being written."""
    export, _ = DistrictExport.objects.get_or_create(
        state=ExportState.WRITING, asked_at=to_microseconds(LATER), asked_by=0
    )
    return export.public_id


def _asking(records: Records) -> UUID:
    """Return an import that waits to hear which column is what."""
    run = ImportRun.objects.filter(state=RunState.ASKING).first()
    if run is None:
        run = ImportRun.objects.create(
            kind=ImportKind.TABLE,
            state=RunState.ASKING,
            file_name="quiz.csv",
            n_bytes=1,
            asked_by=0,
            asked_at=LATER,
            group_name=records.group.name,
        )
        ImportFile.objects.create(run=run, content=b"Name,Notes\nIris Berg,late\n")
    return run.public_id


def _right() -> DemographicsRight:
    """Return that the leader of the learner's school reads demographics."""
    leader = Person.objects.get(given_name="Dana")
    right, _made = DemographicsRight.objects.get_or_create(
        person=leader, ended_at=None, defaults={"given_at": LATER}
    )
    return right


def _with_right(records: Records) -> Person:
    """Return the learner, with somebody there who may read what is sealed of them."""
    _right()
    return records.learner


FILLS: dict[str, Fill] = {
    "erasure_id": _erasure,
    "export_id": _export,
    "hold_id": _hold,
    "apart_id": lambda records: records.apart.public_id,
    "artifact_id": lambda records: records.work.public_id,
    "choice_id": lambda records: records.choice.public_id,
    "competency_id": lambda records: records.competency.public_id,
    "contest_id": lambda records: records.contest.public_id,
    "done_id": lambda records: records.rolled_over.public_id,
    "framework_id": lambda records: records.framework.public_id,
    "group_id": lambda records: records.group.public_id,
    "kind": lambda records: "response",
    "model_id": lambda records: records.candidate.public_id,
    "merge_id": lambda records: records.merge.public_id,
    "note_id": lambda records: records.family_note.public_id,
    "number": lambda records: records.waiting.number,
    "classes:drop_group number": lambda records: records.seat.number,
    "person_id": lambda records: records.learner.public_id,
    "piece_id": lambda records: records.uncontested.pk,
    "place_id": lambda records: records.organization.public_id,
    "request_id": lambda records: records.help_request.public_id,
    "demographics:of person_id": lambda records: _with_right(records).public_id,
    "right_id": lambda records: _right().public_id,
    "run_id": _run,
    "imports:columns run_id": _asking,
    "imports:say_columns run_id": _asking,
    "seat_id": lambda records: records.seat.public_id,
    "sitting_id": lambda records: records.sitting.public_id,
    "support_id": lambda records: records.support.public_id,
    "webhook_id": lambda records: records.endpoint.public_id,
    "token_id": lambda records: records.token.public_id,
    "task_id": lambda records: records.task.public_id,
    "term_id": lambda records: records.term.public_id,
    "word_id": lambda records: records.word.public_id,
    # Secrets and names of one's own, which lead to no record: nobody has these.
    "name": lambda records: "nothing",
    "other_id": lambda records: records.unnamed.public_id,
    "part": lambda records: "nothing",
    "pk": lambda records: 0,
    "secret": lambda records: "nothing",
    "token": lambda records: "nothing",
}

# What is the learner's alone, and what is no record: the same for everybody when it is missing.
PUBLIC_ARGUMENTS = frozenset(
    (
        *("competency_id", "framework_id", "kind", "number", "task_id"),
        *("name", "part", "pk", "secret", "token"),
    )
)
# A version in use is not edited: these are at home in a draft.
for _deed in ("edit_competency", "word", "move", "leave_out", "come_after", "untie"):
    FILLS[f"frameworks:{_deed} framework_id"] = lambda r: r.draft_competency.framework.public_id
    FILLS[f"frameworks:{_deed} competency_id"] = lambda r: r.draft_competency.public_id


def form_of(records: Records) -> dict[str, str]:
    """Return what forms of any page would send about the learner's records, in one."""
    return {
        "competency": str(records.competency.public_id),
        "who": str(records.learner.public_id),
        "learner": str(records.learner.public_id),
        "group": str(records.group.public_id),
        "kind": "show",
        "list": "help",
        "to": "2",
        "level": "1",
        "words": "Words",
        "reason": "Words",
        "text": "Words",
        "title": "Words",
        "n_sessions": "1",
        **dict.fromkeys(
            ("day", "demonstrated_on", "done_on", "held_on", "planned_for"),
            LATER.date().isoformat(),
        ),
    }


# What these name is another's in each browser, or lies in no stage: the tests of their pages see
# that those inside get through.
NAME_MORE = frozenset(
    (
        *("evidence:file", "mfa_remove_webauthn", "records:exported_file"),
        "security:end_session",
        *("sign_in:look_around", "sign_in:pictures"),
    )
)
# They tell places of one set of questions apart by number: the set is what nobody else may know of.
NUMBERED = frozenset(("showing:mark",))
# One page, and a look at each child; those without a child are shown nobody.
A_LOOK_A_CHILD = frozenset(("family:all",))
CHILDREN = {"eli": 1}
# Nobody's record is behind them: anybody may ask, signed in or not.
OPEN_TO_ALL = frozenset(
    (
        "invitation:accept",  # who holds the secret of an invitation may
        "mfa_remove_webauthn",  # one's own
        "security:end_session",  # one's own
        "sign_in:card",  # who holds a card may
        "sign_in:look_around",  # the demo alone
        "sign_in:pictures",  # a learner whose class was named by its code, in that browser alone
    )
)
# What is to be learned there is for everybody in the district.
OPEN_TO_THE_DISTRICT = frozenset(
    (
        "doing:begin_task",
        "doing:task",
        "frameworks:competency",
        "frameworks:one",
        "frameworks:package",
        "showing:new",
        "showing:draft",
        "showing:hand_in",
    )
)
# They are asked for by GET and write, each for a reason.
WRITES: frozenset[str] = frozenset()
