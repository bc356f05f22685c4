"""The window of a class as its page sets it: all at once, or area by area of a large framework."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from manypaths.frameworks.models import Competency
from manypaths.frameworks.queries import areas_of
from manypaths.plans.models import WindowEntry

# More rows in one page are hopeless to read.
_MOST_AT_ONCE = 60


@dataclass(frozen=True)
class WindowPage:
    """The competencies to tick on one page, the areas there are besides, and the window today."""

    competencies: Sequence[Competency]
    areas: Sequence[Competency]
    chosen_area: Competency | None
    entries: Sequence[WindowEntry]

    @property
    def open(self) -> set[int | None]:
        """Return what the window holds."""
        return {entry.competency.lineage_id for entry in self.entries}

    @property
    def pinned(self) -> set[int | None]:
        """Return what comes first."""
        return {entry.competency.lineage_id for entry in self.entries if entry.is_pinned}

    def chosen(
        self, everything: Sequence[Competency], ticked: Collection[UUID]
    ) -> list[Competency]:
        """Return the new window: what is ticked here, and elsewhere what it held before."""
        here = {competency.pk for competency in self.competencies}
        return [
            one
            for one in everything
            if (one.public_id in ticked if one.pk in here else one.lineage_id in self.open)
        ]

    def first(self, chosen: Sequence[Competency], marked: Collection[UUID]) -> Competency | None:
        """Return what comes first of a new window: what is marked here, else what did elsewhere."""
        here = {competency.pk for competency in self.competencies}
        marked_here = next((one for one in chosen if one.public_id in marked), None)
        before = (one for one in chosen if one.pk not in here and one.lineage_id in self.pinned)
        return marked_here or next(before, None)


def window_page(
    everything: Sequence[Competency], entries: Sequence[WindowEntry], *, area: str
) -> WindowPage:
    """Return the page for an area; all competencies where they have room on one."""
    if len(everything) <= _MOST_AT_ONCE:
        return WindowPage(everything, (), None, entries)
    under = areas_of(everything)
    areas = list(dict.fromkeys(under[one.pk] for one in everything if one.pk in under))
    asked = (one for one in areas if str(one.public_id) == area)
    chosen = next(asked, areas[0] if areas else None)
    return WindowPage(
        [one for one in everything if under.get(one.pk) == chosen], areas, chosen, entries
    )
