"""The map of My path: a framework's competencies with status, certainty, offers and moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext

from manypaths.estimates.moves import Direction, Move
from manypaths.estimates.outline import Outline
from manypaths.estimates.status import Status
from manypaths.estimates.table import Estimates
from manypaths.frameworks.models import Competency
from manypaths.plans.offers import Offer
from manypaths.web.pages.path import words
from manypaths.web.pages.path.areas import Area, areas_of
from manypaths.web.pages.path.layout import Band, Layout, Line, Place, lay_out, split
from manypaths.web.safe import STONES
from manypaths.web.templatetags.marks import CERTAINTY_WORDS

# More competencies than these are shown part by part: a page with all of them would be too heavy.
MOST_ON_MAP = 44

_SHOWN = (Status.DEMONSTRATED, Status.REFRESH)


@dataclass(frozen=True)
class NodeShown:
    """A competency on the map."""

    competency: Competency
    status: Status
    certainty: str
    n_pieces: int
    place: Place
    after: str
    offer: int | None
    move: Move | None
    moved: str
    shown_in: str

    @property
    def classes(self) -> str:
        """Return the classes that place it."""
        ahead = " ahead" if self.status is Status.NOT_STARTED else ""
        end = " end" if self.place.is_end else ""
        return f"c-{self.place.column} r-{self.place.row}{ahead}{end}"

    @property
    def stones(self) -> int:
        """Return how many stones stand for the certainty."""
        return STONES[self.certainty]

    @property
    def how_sure(self) -> str:
        """Return how sure we are, in a word."""
        return str(CERTAINTY_WORDS[self.certainty])

    @property
    def sureness(self) -> str:
        """Return how sure we are, and of how many pieces."""
        return words.sureness(self.certainty, self.n_pieces)

    @property
    def names_what_is_before(self) -> bool:
        """Say whether what comes before it is told in plain sight where there are no lines."""
        return self.status in (Status.NOT_STARTED, Status.NEEDS_EVIDENCE)

    @property
    def is_soft(self) -> bool:
        """Say whether it is less sure than before."""
        return self.move is not None and self.move.direction is Direction.SOFT


@dataclass(frozen=True)
class AreaShown:
    """An area with its competencies, or closed: with their number alone."""

    number: int
    title: str
    n_shown: int
    n_all: int
    nodes: Sequence[NodeShown] = ()
    classes: str = ""

    @property
    def is_open(self) -> bool:
        """Say whether its competencies are on the map."""
        return bool(self.nodes)


@dataclass(frozen=True)
class MapShown:
    """The map: areas, the classes of lines, and how many columns there are."""

    areas: Sequence[AreaShown]
    lines: Sequence[str]
    n_columns: int

    @property
    def is_by_area(self) -> bool:
        """Say whether some areas are closed."""
        return any(not area.is_open for area in self.areas)


@dataclass(frozen=True)
class _Part:
    """An area or, of a large one, a part that fits on a page; numbered from 1."""

    number: int
    title: str
    competencies: Sequence[Competency]


@dataclass(frozen=True)
class Drawing:
    """What is needed to draw the map."""

    outline: Outline
    estimates: Estimates
    offers: Sequence[Offer]
    moved: Mapping[int, Move]
    today: date
    shown_on: Mapping[int, date]

    @cached_property
    def _rows(self) -> dict[int, int]:
        return {c.pk: row for row, c in enumerate(self.estimates.pairs.competencies)}

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {offer.competency.pk: n for n, offer in enumerate(self.offers, start=1)}

    def shown(self, wanted: int) -> MapShown:
        """Return the map; of a large framework with one of its parts open, counted from 1."""
        parts, is_by_part = self._parts(), len(self.estimates) > MOST_ON_MAP
        opened = parts
        if is_by_part:
            opened = [parts[wanted - 1] if 0 < wanted <= len(parts) else self._first_to_open(parts)]
        pairs = self._prerequisites()
        rows = [[c.pk for c in part.competencies] for part in opened]
        layout = lay_out(rows, list(pairs))
        before = self._names_before(pairs)
        bands = dict(zip((part.number for part in opened), layout.bands, strict=True))
        return MapShown(
            areas=[self._area(part, bands.get(part.number), layout, before) for part in parts],
            lines=[self._line(line) for line in layout.lines],
            n_columns=layout.n_columns,
        )

    def _parts(self) -> list[_Part]:
        """Return the areas; those of a large framework in parts that fit on a page."""
        most = MOST_ON_MAP if len(self.estimates) > MOST_ON_MAP else len(self.estimates)
        found: list[_Part] = []
        for area in areas_of(self.outline.nodes, self.estimates.pairs.competencies):
            for place, competencies in enumerate(split(area.competencies, max(1, most))):
                title = self._title(area)
                if place:
                    title = gettext("{area}, continued").format(area=title)
                found.append(_Part(len(found) + 1, title, competencies))
        return found

    def _title(self, area: Area) -> str:
        if area.node:
            return area.node.name
        is_all = len(area.competencies) == len(self.estimates)
        return str(self.estimates.framework) if is_all else gettext("More")

    def _first_to_open(self, parts: Sequence[_Part]) -> _Part:
        """Return the part of the first offer, for there the next step is."""
        wanted = {offer.competency.pk for offer in self.offers[:1]}
        found = (part for part in parts if wanted & {c.pk for c in part.competencies})
        return next(found, parts[0])

    def _prerequisites(self) -> list[tuple[int, int]]:
        competencies = self.estimates.pairs.competencies
        row_of = {c.lineage_id: c.pk for c in competencies}
        pairs = [(row_of.get(one), row_of.get(other)) for one, other in self.outline.prerequisites]
        return [(one, other) for one, other in pairs if one is not None and other is not None]

    def _names_before(self, pairs: Sequence[tuple[int, int]]) -> dict[int, list[str]]:
        names: dict[int, list[str]] = {}
        for one, other in dict.fromkeys(pairs):
            before = self.estimates.pairs.competencies[self._rows[one]]
            names.setdefault(other, []).append(before.name)
        return names

    def _area(
        self, part: _Part, band: Band | None, layout: Layout, before: Mapping[int, list[str]]
    ) -> AreaShown:
        """Return an area with its competencies where it has a band, else closed."""
        drawn = part.competencies if band else ()
        return AreaShown(
            number=part.number,
            title=part.title,
            n_shown=sum(self._status(c) in _SHOWN for c in part.competencies),
            n_all=len(part.competencies),
            nodes=[self._node(c, layout.places[c.pk], before) for c in drawn],
            classes=f"r-{band.row} h-{band.height}" if band else "",
        )

    def _status(self, competency: Competency) -> Status:
        return self.estimates.status(self._rows[competency.pk])

    def _node(
        self, competency: Competency, place: Place, before: Mapping[int, list[str]]
    ) -> NodeShown:
        row = self._rows[competency.pk]
        status, move = self.estimates.status(row), self.moved.get(competency.pk)
        return NodeShown(
            competency=competency,
            status=status,
            certainty=self.estimates.certainty(row).value,
            n_pieces=int(self.estimates.n_pieces[row]),
            place=place,
            after=", ".join(before.get(competency.pk, ())),
            offer=self._numbers.get(competency.pk),
            move=move,
            moved=words.moved_mark(move, self.today) if move else "",
            shown_in=self._shown_in(competency) if status is Status.REFRESH else "",
        )

    def _shown_in(self, competency: Competency) -> str:
        day = self.shown_on.get(competency.lineage_id or 0)
        return words.shown_in(day, self.today) if day else ""

    def _line(self, line: Line) -> str:
        """Return the classes of a line: where it lies, how it turns, and whether it was walked."""
        one, other = (
            self.estimates.status(self._rows[int(str(key))]) for key in (line.before, line.after)
        )
        walked = one in _SHOWN and other in _SHOWN
        ahead = other is Status.NOT_STARTED
        kind = "far" if line.is_far else "walked" if walked else "todo" if ahead else ""
        turn = {"": "", "down": "fork", "up": "fork up"}[line.turn]
        place = f"c-{line.column} to-{line.to} r-{line.row} h-{line.height}"
        return " ".join(part for part in ("ln", kind, turn, place) if part)
