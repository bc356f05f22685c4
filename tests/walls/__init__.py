"""Every query and deed of the rooms, called on somebody's records: what the walker walks.

`WALLS` says how each is called with records; `OPEN` says of the others why nobody's record is
behind them, and what another district may see through them: nothing.
"""

from tests.walls.accounts import ACCOUNTS, OPEN_ACCOUNTS
from tests.walls.demographics import DEMOGRAPHICS
from tests.walls.estimates import ESTIMATES
from tests.walls.evidence import EVIDENCE
from tests.walls.frameworks import FRAMEWORKS
from tests.walls.integrations import (
    INTEGRATIONS,
    OPEN_INTEGRATIONS,
    REACHED_BY_PROGRAMS,
)
from tests.walls.kinds import Call, Open, Wall
from tests.walls.open import OPEN as OPEN_OTHERS
from tests.walls.open import PART
from tests.walls.people import PEOPLE
from tests.walls.plans import PLANS
from tests.walls.records import OPEN_RECORDS, RECORDS
from tests.walls.sittings import SITTINGS

WALLS: dict[str, Wall] = (
    PEOPLE
    | DEMOGRAPHICS
    | ACCOUNTS
    | FRAMEWORKS
    | EVIDENCE
    | ESTIMATES
    | PLANS
    | SITTINGS
    | INTEGRATIONS
    | RECORDS
)
OPEN: dict[str, Open] = OPEN_OTHERS | OPEN_ACCOUNTS | OPEN_INTEGRATIONS | OPEN_RECORDS
PARTS = frozenset(name for name, known in OPEN.items() if known.reason == PART)

__all__ = ["OPEN", "PARTS", "REACHED_BY_PROGRAMS", "WALLS", "Call", "Open", "Wall"]
