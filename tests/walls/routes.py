"""What the walker knows of addresses: what fills their arguments, and why some are open.

`FILLS` has one entry a name of an argument; an entry may be for one route alone, as in
"why:of person_id".
"""

from collections.abc import Callable

from tests.stage import Records

Fill = Callable[[Records], object]

FILLS: dict[str, Fill] = {
    "choice_id": lambda records: records.choice.public_id,
    "competency_id": lambda records: records.competency.public_id,
    "framework_id": lambda records: records.framework.public_id,
    "group_id": lambda records: records.group.public_id,
    "person_id": lambda records: records.learner.public_id,
    "request_id": lambda records: records.help_request.public_id,
}

# Nobody's record is behind them: anybody may ask, signed in or not.
OPEN_TO_ALL: set[str] = set()
# What is to be learned there is for everybody in the district.
OPEN_TO_THE_DISTRICT: set[str] = set()
# They are asked for by GET and write, each for a reason.
WRITES: set[str] = set()
