"""The chart of Why this level: a line with its band over the levels, as numbers for an SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log

from manypaths.estimates.table import Estimates
from manypaths.mastery import Model
from manypaths.mastery.beliefs import REACH, Estimate

# Beyond the outermost borders a level reaches as far on the logit scale.
_OUTER = 2.0
# Without a scale, bands are fifths of expected success.
_FIFTHS = (0.2, 0.4, 0.6, 0.8)
# The outermost points stand off the frame by so many of a hundred.
_INSET = 3.0
# Labels nearer than this would run into each other.
_LEAST_APART = 19.0


@dataclass(frozen=True)
class Point:
    """One point in time: the estimate after that day's evidence, or a rating of oneself."""

    day: date | None
    time: float
    after: Estimate
    own_level: int | None = None


@dataclass(frozen=True)
class Label:
    """A day under the chart."""

    x: float
    day: date
    anchor: str


@dataclass(frozen=True)
class Chart:
    """Paths of an SVG with a view box of 100 by 100, and the words beside it."""

    levels: Sequence[str]
    grid: Sequence[str]
    band: str
    line: str
    goal: str
    dots: Sequence[str]
    holes: Sequence[str]
    labels: Sequence[Label]
    first: str
    last: str


def draw(points: Sequence[Point], estimates: Estimates, levels: Sequence[str]) -> Chart | None:
    """Return the chart of these points, from the first to the last; None without any.

    `levels` are the names on the scale from the bottom up; none for a framework without a scale.
    """
    if not points:
        return None
    frame = _Frame(_borders(estimates.model, has_scale=bool(levels)))
    xs = _across(points)
    moving = [(x, point.after) for x, point in zip(xs, points, strict=True) if not _is_own(point)]
    middle = [(x, frame.y(after.mean)) for x, after in moving]
    reach = REACH[0.8]
    upper = [(x, frame.y(after.mean + reach * after.sd)) for x, after in moving]
    lower = [(x, frame.y(after.mean - reach * after.sd)) for x, after in moving]
    names = list(levels) or [f"{2 * n + 1} / 10" for n in range(frame.n)]
    return Chart(
        levels=list(reversed(names)),
        grid=[_number(100 * n / frame.n) for n in range(frame.n + 1)],
        band=_path([*_widened(upper), *reversed(_widened(lower))]) + "Z" if moving else "",
        line=_path(middle),
        goal=_number(frame.y(estimates.model.mastered_from)),
        dots=[_dot(x, y) for x, y in middle],
        holes=[
            _dot(x, frame.middle_of(point.own_level))
            for x, point in zip(xs, points, strict=True)
            if point.own_level is not None
        ],
        labels=_labels(xs, points),
        first=names[frame.place(moving[0][1].mean)] if moving else "",
        last=names[frame.place(moving[-1][1].mean)] if moving else "",
    )


@dataclass(frozen=True)
class _Frame:
    """The borders between levels on the logit scale; on the chart all levels are equally high."""

    borders: Sequence[float]

    @property
    def n(self) -> int:
        return len(self.borders) + 1

    def place(self, point: float) -> int:
        return sum(point >= border for border in self.borders)

    def y(self, point: float) -> float:
        """Return how far from the top a point lies, in hundredths."""
        place = self.place(point)
        low = self.borders[place - 1] if place else self.borders[0] - _OUTER
        high = self.borders[place] if place < self.n - 1 else self.borders[-1] + _OUTER
        inside = min(1.0, max(0.0, (point - low) / (high - low)))
        return 100 * (1 - (place + inside) / self.n)

    def middle_of(self, level: int) -> float:
        return 100 * (1 - (min(level, self.n - 1) + 0.5) / self.n)


def _borders(model: Model, *, has_scale: bool) -> Sequence[float]:
    if has_scale and model.has_ratings:
        return model.thresholds
    cuts = model.settings.cut_points if has_scale else _FIFTHS
    return [log(cut / (1 - cut)) for cut in cuts]


def _is_own(point: Point) -> bool:
    return point.own_level is not None


def _across(points: Sequence[Point]) -> list[float]:
    """Return how far from the left each point stands: by time, or evenly without a calendar."""
    times = [point.time for point in points]
    if any(time != time for time in times) or times[0] == times[-1]:
        times = [float(number) for number in range(len(points))]
    whole = times[-1] - times[0]
    if not whole:
        return [50.0] * len(points)
    return [_INSET + (100 - 2 * _INSET) * (time - times[0]) / whole for time in times]


def _labels(xs: Sequence[float], points: Sequence[Point]) -> list[Label]:
    """Return the days of the first and last point, and of one between where there is room."""
    dated = [(x, point.day) for x, point in zip(xs, points, strict=True) if point.day]
    if not dated:
        return []
    first, last = dated[0], dated[-1]
    if first[1] == last[1]:
        return [Label(last[0], last[1], "middle")]
    between = [pair for pair in dated if 2 * _LEAST_APART < pair[0] < 100 - 2 * _LEAST_APART]
    chosen = min(between, key=lambda pair: abs(pair[0] - 50), default=None)
    labels = [Label(first[0], first[1], "start"), Label(last[0], last[1], "end")]
    return [labels[0], Label(*chosen, "middle"), labels[1]] if chosen else labels


def _widened(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points; a single one as a short stretch, so that its band can be seen."""
    if len(points) != 1:
        return list(points)
    x, y = points[0]
    return [(x - _INSET, y), (x + _INSET, y)]


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "".join(
        f"{'L' if number else 'M'}{_number(x)} {_number(y)}" for number, (x, y) in enumerate(points)
    )


def _dot(x: float, y: float) -> str:
    return f"M{_number(x)} {_number(y)}h0"


def _number(value: float) -> str:
    """Return a number as SVG writes it, whatever the reader's language."""
    return f"{value:.1f}"
