"""All that is settled before an invented year begins."""

from dataclasses import dataclass

from manypaths.demo.content import Content
from manypaths.demo.roster import Roster, SchoolClass
from manypaths.demo.schedules import Schedule
from manypaths.demo.school_days import SchoolDays
from manypaths.demo.slips import Held


@dataclass(frozen=True)
class Scene:
    """What there is to learn, who learns, on which days, in what order, and who holds which slip.

    `schedules` stand in the order of the roster's classes.
    """

    content: Content
    roster: Roster
    days: SchoolDays
    schedules: tuple[Schedule, ...]
    held: Held

    @property
    def shown_class(self) -> SchoolClass:
        """Return the class that is shown: that of the first planted slip, else the first of all."""
        slips = self.held.slips
        found = self.roster.class_named(slips[0].class_name) if slips else None
        return found or self.roster.classes[0]
