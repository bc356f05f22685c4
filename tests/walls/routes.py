"""What the walker knows of addresses: what fills their arguments, and why some are open.

`FILLS` has one entry a name of an argument; an entry may be for one route alone, as in
"why:of person_id".
"""

from collections.abc import Callable
from uuid import UUID

from manypaths.interop.models import ImportKind, ImportRun, RunState
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


FILLS: dict[str, Fill] = {
    "choice_id": lambda records: records.choice.public_id,
    "competency_id": lambda records: records.competency.public_id,
    "framework_id": lambda records: records.framework.public_id,
    "group_id": lambda records: records.group.public_id,
    "note_id": lambda records: records.family_note.public_id,
    "person_id": lambda records: records.learner.public_id,
    "place_id": lambda records: records.organization.public_id,
    "request_id": lambda records: records.help_request.public_id,
    "run_id": _run,
    "term_id": lambda records: records.term.public_id,
}

# Nobody's record is behind them: anybody may ask, signed in or not.
OPEN_TO_ALL: set[str] = set()
# What is to be learned there is for everybody in the district.
OPEN_TO_THE_DISTRICT: set[str] = {
    "frameworks:competency",
    "frameworks:one",
    "frameworks:package",
}
# They are asked for by GET and write, each for a reason.
WRITES: set[str] = set()
