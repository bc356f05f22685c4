"""What My class shows, made of the overview that the command prints as well."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from django.utils.safestring import SafeString
from numpy.typing import NDArray

from manypaths.estimates.status import STATUSES, Status
from manypaths.estimates.table import Estimates
from manypaths.evidence.models import Answer, Slip
from manypaths.evidence.slips import ClassSlip
from manypaths.frameworks.models import Competency
from manypaths.people.models import Person
from manypaths.people.queries import SHORT_ID
from manypaths.plans.class_lists import Need
from manypaths.plans.models import Choice
from manypaths.plans.queries import ClassOverview
from manypaths.web.addresses import address
from manypaths.web.safe import STATUS_CLASSES, matrix_row
from manypaths.web.templatetags.marks import STATUS_WORDS

# More cells in one page are slow to draw and hopeless to read.
MOST_ROWS, MOST_COLUMNS = 30, 20
# Beside all else on My class there is room for fewer.
COLUMNS_BESIDE = 14
# By competency, a bar each; a framework of more is read area by area.
MOST_SPREADS = 40
# A list opens with so many rows: a morning holds no more.
MOST_SHOWN = 4
# A class beyond this opens by competency; its matrix stands on pages of its own.
LARGE_CLASS = 40
# In the order of ink, as counts and keys show them.
IN_ORDER = (
    Status.NOT_STARTED,
    Status.NEEDS_EVIDENCE,
    Status.GROWING,
    Status.READY,
    Status.DEMONSTRATED,
    Status.REFRESH,
)
_TENTHS = 40


@dataclass(frozen=True)
class Row:
    """A row of a list: those who need the same, of whom the first says what and why."""

    needs: Sequence[Need]
    called: Mapping[int, str]
    specimen: Answer | None = None

    @property
    def competency(self) -> Competency:
        """Return what it is about."""
        return self.needs[0].competency

    @property
    def slip(self) -> Slip | None:
        """Return the slip that they share, if it is about one."""
        return self.needs[0].slip

    @property
    def step(self) -> Choice | None:
        """Return the step that waits, if one does."""
        return self.needs[0].step

    @property
    def learners(self) -> Sequence[Person]:
        """Return who is concerned."""
        return [need.learner for need in self.needs]

    @property
    def reason(self) -> str:
        """Return why they stand here; what is known of a slip says it better than its name."""
        return self.slip.spoken.explanation if self.slip else self.needs[0].reason

    @property
    def who(self) -> str:
        """Return the learners as a form sends them: the beginnings of their ids."""
        return " ".join(str(learner.public_id)[:SHORT_ID] for learner in self.learners)

    @property
    def names(self) -> str:
        """Return who is concerned, as the class tells them apart."""
        return ", ".join(self.called[learner.pk] for learner in self.learners)


@dataclass(frozen=True)
class RowList:
    """A list of a class under its name: the first rows, or all where they were asked for."""

    name: str
    rows: Sequence[Row]
    asked: str = ""

    @property
    def shown(self) -> Sequence[Row]:
        """Return the rows to show."""
        return self.rows if self.asked == self.name else self.rows[:MOST_SHOWN]

    @property
    def n_more(self) -> int:
        """Return how many rows are not shown."""
        return len(self.rows) - len(self.shown)


@dataclass(frozen=True)
class Column:
    """A competency at the head of the matrix, and how many have shown it."""

    competency: Competency
    area: Competency | None
    begins_area: bool
    n_shown: int


@dataclass(frozen=True)
class Matrix:
    """Everyone's status, at most 30 rows of 20 columns."""

    columns: Sequence[Column]
    rows: Sequence[SafeString]
    areas: Sequence[tuple[Competency | None, int]]
    choices: Sequence[Competency]
    n_learners: int
    first: int
    chosen_area: str = ""
    order: str = "name"

    @property
    def next_first(self) -> int | None:
        """Return the place of the first learner on the next page, None on the last."""
        following = self.first + MOST_ROWS
        return following if following < self.n_learners else None


@dataclass(frozen=True)
class Count:
    """How many learners have a status on a competency, and what part of the bar that is."""

    status: Status
    n_learners: int
    share: int

    @property
    def css(self) -> str:
        """Return the class that gives the status its mark."""
        return STATUS_CLASSES[self.status.value]

    @property
    def word(self) -> str:
        """Return the word of the status in the reader's language."""
        return str(STATUS_WORDS[self.status.value])


@dataclass(frozen=True)
class Spread:
    """A competency with the counts of each status, in the order of ink."""

    competency: Competency
    counts: Sequence[Count]
    to_check: int


@dataclass(frozen=True)
class Codes:
    """Everyone's status on every competency as places in Status, shape (n_learners, n_codes)."""

    table: NDArray[np.int64]
    overview: ClassOverview = field(repr=False)

    @classmethod
    def of(cls, overview: ClassOverview) -> "Codes":
        """Return the statuses of an overview; pairs without evidence have not started."""
        estimates: Estimates = overview.estimates
        shape = (len(overview.learners), len(estimates.pairs.competencies))
        table = np.full(shape, STATUSES.index(Status.NOT_STARTED))
        table[estimates.pairs.who, estimates.pairs.what] = estimates.status_code
        return cls(table, overview)

    @property
    def competencies(self) -> Sequence[Competency]:
        """Return the competencies of the columns."""
        return self.overview.estimates.pairs.competencies

    def has(self, *wanted: Status) -> NDArray[np.bool_]:
        """Return which cells have one of these statuses."""
        is_wanted = np.array([status in wanted for status in STATUSES])
        found: NDArray[np.bool_] = is_wanted[self.table]
        return found


def help_rows(
    overview: ClassOverview, specimens: Mapping[int, Answer], called: Mapping[int, str]
) -> list[Row]:
    """Return who needs help: slips that several share first, the most shared on top."""
    rows = [
        Row(found, called, specimens.get(found[0].slip.pk) if found[0].slip else None)
        for found in _together(overview.needs_help)
    ]
    return sorted(rows, key=lambda row: (row.slip is None, -len(row.needs)))


def rows_of(needs: Iterable[Need], called: Mapping[int, str]) -> list[Row]:
    """Return needs with one row a competency or planned step, those of most learners first."""
    rows = [Row(found, called) for found in _together(needs)]
    return sorted(rows, key=lambda row: -len(row.needs))


def matrix_of(
    codes: Codes,
    *,
    area: str = "",
    order: str = "name",
    first: int = 0,
    n_columns: int = MOST_COLUMNS,
) -> Matrix:
    """Return a page of the matrix: an area's competencies, or those that most was done on."""
    areas = codes.overview.areas
    places = _columns(codes, areas, area, n_columns)
    shown = codes.has(Status.DEMONSTRATED, Status.REFRESH)
    columns = _heads(codes, places, areas, shown)
    begins = [column.begins_area for column in columns]
    words = {
        status.value: str(word)
        for status, word in zip(map(Status, STATUS_WORDS), STATUS_WORDS.values(), strict=True)
    }
    order_of = _order(codes, places, order)[first : first + MOST_ROWS]
    learners = [codes.overview.learners[who] for who in order_of]
    rows = [
        matrix_row(
            learner.name,
            address("path:of", learner.public_id),
            [STATUSES[code].value for code in codes.table[who, places].tolist()],
            begins,
            words,
        )
        for who, learner in zip(order_of, learners, strict=True)
    ]
    return Matrix(
        columns=columns,
        rows=rows,
        areas=[(key, len(list(found))) for key, found in groupby(columns, lambda c: c.area)],
        choices=areas_in(codes),
        n_learners=len(codes.overview.learners),
        first=first,
        chosen_area=area,
        order=order,
    )


def areas_to_choose(codes: Codes) -> list[Competency]:
    """Return the areas of a framework of which not all has room on a page, in its order."""
    return areas_in(codes) if len(codes.competencies) > MOST_SPREADS else []


def areas_in(codes: Codes) -> list[Competency]:
    """Return the areas of the framework, in its order."""
    areas = codes.overview.areas
    return list(dict.fromkeys(areas[c.pk] for c in codes.competencies if c.pk in areas))


def spreads_of(codes: Codes, *, area: str = "", most: int = MOST_SPREADS) -> list[Spread]:
    """Return an area's competencies, or those that most was done on, with how many stand where."""
    n_learners = max(1, len(codes.overview.learners))
    places: Sequence[int] = range(len(codes.competencies))
    if area or len(places) > most:
        places = _columns(codes, codes.overview.areas, area, most)
    spreads = []
    for place in places:
        competency = codes.competencies[place]
        counted = Counter(codes.table[:, place].tolist())
        counts = [
            Count(status, n, max(1, round(_TENTHS * n / n_learners)))
            for status in IN_ORDER
            if (n := counted[STATUSES.index(status)])
        ]
        to_check = counted[STATUSES.index(Status.NEEDS_EVIDENCE)]
        spreads.append(Spread(competency, counts, to_check))
    return spreads


def learners_with(codes: Codes, competency: Competency, status: Status) -> list[Person]:
    """Return the learners who have a status on a competency."""
    places = [n for n, c in enumerate(codes.competencies) if c.pk == competency.pk]
    if not places:
        return []
    rows = np.nonzero(codes.has(status)[:, places[0]])[0].tolist()
    return [codes.overview.learners[row] for row in rows]


def slip_named(slips: Sequence[ClassSlip], pk: int) -> ClassSlip | None:
    """Return the class's slip of this row id."""
    return next((slip for slip in slips if slip.slip.pk == pk), None)


def _together(needs: Iterable[Need]) -> list[list[Need]]:
    found: dict[tuple[int, int | None, str], list[Need]] = {}
    for need in needs:
        # What was planned on one competency may be of two kinds, each with its words.
        step = need.reason if need.step else ""
        key = need.competency.pk, need.slip.pk if need.slip else None, step
        found.setdefault(key, []).append(need)
    return list(found.values())


def _columns(codes: Codes, areas: Mapping[int, Competency], area: str, n_columns: int) -> list[int]:
    """Return the places of at most so many competencies, in the order of the framework."""
    everything = range(len(codes.competencies))
    if area:
        found = [
            place
            for place in everything
            if (under := areas.get(codes.competencies[place].pk)) and str(under.public_id) == area
        ]
        return found[:n_columns]
    n_begun = (~codes.has(Status.NOT_STARTED)).sum(axis=0)
    begun = [place for place in everything if n_begun[place]] or list(everything)
    most = sorted(begun, key=lambda place: -int(n_begun[place]))[:n_columns]
    return sorted(most)


def _heads(
    codes: Codes,
    places: Sequence[int],
    areas: Mapping[int, Competency],
    shown: NDArray[np.bool_],
) -> list[Column]:
    columns: list[Column] = []
    for place in places:
        competency = codes.competencies[place]
        area = areas.get(competency.pk)
        begins = not columns or columns[-1].area != area
        columns.append(Column(competency, area, begins, int(shown[:, place].sum())))
    return columns


def _order(codes: Codes, places: Sequence[int], order: str) -> list[int]:
    rows = list(range(len(codes.overview.learners)))
    if order != "todo":
        return rows
    is_open = ~codes.has(Status.DEMONSTRATED, Status.NOT_STARTED)[:, places]
    n_open = is_open.sum(axis=1)
    return sorted(rows, key=lambda row: -int(n_open[row]))
