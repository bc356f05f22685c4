"""For whom are the estimates worse? A district's own evidence, by subgroup, for those who keep it.

Everyone is expected by a model that was fitted without them. Figures of subgroups leave through
`small_groups` alone: nothing that is told, and nothing that can be computed from it, is of fewer
people than its minimum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext
from numpy.typing import NDArray

from manypaths.base.bulk import in_chunks
from manypaths.base.errors import Refused
from manypaths.base.small_groups import MINIMUM, Path, about, shown_groups
from manypaths.estimates.access import require_upkeep
from manypaths.estimates.engine import settings_of
from manypaths.estimates.evidence_log import FamilyLog, log_of
from manypaths.evidence.models import Task
from manypaths.frameworks.models import Framework
from manypaths.people.access import Actor, current, require_operator
from manypaths.people.models import Group, Membership, Organization, Part

if TYPE_CHECKING:
    from manypaths.mastery.calibration import GroupCalibration, ItemDifference
    from manypaths.mastery.held_out import HeldOut

_CLEARLY = 0.05


@dataclass(frozen=True)
class Subgroup:
    """How well one subgroup is expected, and where it differs clearly from everyone else.

    `name` is told from the outermost group to the innermost, () for all together. `n_learners`
    and `n_responses` are in whole tens. `covered` is the share of nine-in-ten intervals of later
    work that hold what came of it (None with too few learners to tell). `differs` names the
    figures that differ clearly from those of all others, by the rule of Benjamini and Hochberg
    over all figures of the report.
    """

    name: tuple[str, ...]
    n_learners: int
    n_responses: int
    calibration: "GroupCalibration"
    covered: float | None
    differs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OddItem:
    """A task that is harder, or easier, for a subgroup than expected of them."""

    name: tuple[str, ...]
    task: Task
    difference: "ItemDifference"


@dataclass(frozen=True)
class CalibrationReport:
    """How well all learners are expected, and subgroups, and the items that differ (B and C).

    `is_partial` says that some subgroups are hidden for privacy.
    """

    family: Framework
    everyone: Subgroup
    subgroups: Sequence[Subgroup]
    items: Sequence[OddItem]
    is_partial: bool


def calibration_report(
    family: Framework, *, by: Actor, groups: Mapping[int, str] | None = None, seed: int = 0
) -> CalibrationReport:
    """Return for whom a family's estimates are worse: by school and class, or by other subgroups.

    `groups` names the subgroup of learners by their row ids, for what is not on record here. Only
    the operator may bring such: whoever could choose subgroups freely would single anyone out by
    two questions. Raises Refused where fewer learners than the minimum have responses.
    """
    require_upkeep(by, family)
    if groups is not None:
        require_operator(by)
    found = log_of(family)
    scored = _Scored.of(found, family, seed)
    learners = found.learners.tolist()
    paths = _paths_on_record(learners) if groups is None else _paths_given(learners, groups)
    answering = np.unique(scored.learner)
    of_answering = [paths[place] for place in answering.tolist()]
    shown = shown_groups(of_answering)
    if () not in shown:
        raise Refused(
            gettext(
                "Fewer than {minimum} learners have answered tasks of {family}: nothing can be "
                "told of so few."
            ).format(minimum=MINIMUM, family=family)
        )
    names = _names(shown) if groups is None else {path: tuple(map(str, path)) for path in shown}
    everyone = scored.subgroup((), (), paths)
    subgroups = [
        scored.subgroup(path, names[path], paths, everyone.calibration)
        for path in _in_order(shown, names)
        if not all(own[: len(path)] == path for own in of_answering)  # everyone, once more
    ]
    return CalibrationReport(
        family=family,
        everyone=everyone,
        subgroups=_marked(subgroups),
        items=_odd_items(scored, paths, names),
        is_partial=shown != {path[:depth] for path in of_answering for depth in range(3)},
    )


@dataclass(frozen=True)
class _Scored:
    """The responses of a family with what was expected of each, and intervals of later work."""

    item: NDArray[np.int64]
    outcome: NDArray[np.float64]
    chance: NDArray[np.float64]
    learner: NDArray[np.int64]
    held_out: "HeldOut"
    tasks: tuple[int | str, ...]

    @classmethod
    def of(cls, found: FamilyLog, family: Framework, seed: int) -> "_Scored":
        from manypaths.mastery.held_out import held_out  # brings the compiler, so only here

        log = found.log
        is_response = ~log.is_rating
        learner = np.repeat(np.arange(log.n_learners), np.diff(log.offsets))[is_response]
        if np.unique(learner).size < MINIMUM:
            raise Refused(
                gettext(
                    "Fewer than {minimum} learners have answered tasks of {family}: nothing can be "
                    "told of so few."
                ).format(minimum=MINIMUM, family=family)
            )
        expected = held_out(log, settings=settings_of(family), seed=seed)
        return cls(
            item=log.instrument[is_response],
            outcome=log.outcome[is_response],
            chance=expected.chance[is_response],
            learner=learner,
            held_out=expected,
            tasks=log.alignment.instruments,
        )

    def subgroup(
        self,
        path: Path,
        name: tuple[str, ...],
        paths: Sequence[Path],
        everyone: "GroupCalibration | None" = None,
    ) -> Subgroup:
        """Return how well the people of one group are expected, and the gap to all others."""
        from manypaths.mastery.calibration import calibration_within

        is_member = _is_inside(path, paths)
        inside = is_member[self.learner]
        found = calibration_within(
            self.outcome, self.chance, self.learner, inside, everyone=everyone
        )
        later, expected = is_member[self.held_out.learner], self.held_out
        holds = (expected.low <= expected.outcome) & (expected.outcome <= expected.high)
        # They are fewer than those who answered at all, so the rule is asked anew.
        may_tell = path in shown_groups([paths[u] for u in expected.learner.tolist()])
        return Subgroup(
            name=name,
            n_learners=about(found.n_learners),
            n_responses=about(found.n_events),
            calibration=found,
            covered=float(holds[later].mean()) if may_tell else None,
        )


def _paths_on_record(learners: Sequence[int]) -> list[Path]:
    """Return the organization and the group in which each learner learns today, where it is one."""
    groups: dict[int, set[tuple[int, int]]] = {}
    for chunk in in_chunks(learners):
        rows = Membership.objects.filter(current(), part=Part.LEARNER, person__in=chunk)
        for person, group, organization in rows.values_list(
            "person", "group", "group__organization"
        ):
            groups.setdefault(person, set()).add((organization, group))
    return [_path(groups.get(learner, set())) for learner in learners]


def _path(groups: set[tuple[int, int]]) -> Path:
    if len(groups) == 1:
        return next(iter(groups))
    organizations = {organization for organization, _ in groups}
    return tuple(organizations) if len(organizations) == 1 else ()


def _paths_given(learners: Sequence[int], groups: Mapping[int, str]) -> list[Path]:
    return [(groups[learner],) if learner in groups else () for learner in learners]


def _names(shown: frozenset[Path]) -> dict[Path, tuple[str, ...]]:
    organizations = Organization.objects.in_bulk([path[0] for path in shown if path])
    groups = Group.objects.in_bulk([path[1] for path in shown if len(path) > 1])
    return {
        path: (*(organizations[pk].name for pk in path[:1]), *(groups[pk].name for pk in path[1:]))
        for path in shown
    }


def _in_order(shown: frozenset[Path], names: Mapping[Path, tuple[str, ...]]) -> list[Path]:
    return sorted((path for path in shown if path), key=lambda path: (names[path], str(path)))


def _is_inside(path: Path, paths: Sequence[Path]) -> NDArray[np.bool_]:
    return np.array([own[: len(path)] == path for own in paths], np.bool_)


def _marked(subgroups: Sequence[Subgroup]) -> list[Subgroup]:
    """Return the subgroups with the figures named that differ clearly from those of others."""
    from manypaths.mastery.calibration import false_discovery

    cells = [
        (place, name, gap.p)
        for place, subgroup in enumerate(subgroups)
        for name, gap in subgroup.calibration.gaps.items()
        if not isnan(gap.p)
    ]
    clear: dict[int, set[str]] = {}
    q = false_discovery(np.array([p for _, _, p in cells]))
    for (place, name, _), own in zip(cells, q.tolist(), strict=True):
        if own < _CLEARLY:
            clear.setdefault(place, set()).add(name)
    return [
        replace(subgroup, differs=frozenset(clear.get(place, ())))
        for place, subgroup in enumerate(subgroups)
    ]


def _odd_items(
    scored: _Scored, paths: Sequence[Path], names: Mapping[Path, tuple[str, ...]]
) -> list[OddItem]:
    """Return the items of letter B or C for the outermost subgroups, largest difference first.

    Of an item the same rule is asked anew, of those who answered it.
    """
    from manypaths.mastery.calibration import first_answers, item_differences

    shown_of: dict[int, frozenset[Path]] = {}
    found: list[tuple[Path, ItemDifference]] = []
    for path in sorted((path for path in names if len(path) == 1), key=lambda path: names[path]):
        inside = _is_inside(path, paths).astype(np.int64)
        answers = first_answers(
            scored.item, scored.outcome, scored.chance, scored.learner, inside, focal=1
        )
        for difference in item_differences(answers):
            if difference.letter == "A":
                continue
            item = difference.item
            if item not in shown_of:
                who = np.unique(scored.learner[scored.item == item]).tolist()
                shown_of[item] = shown_groups([paths[learner][:1] for learner in who])
            if path in shown_of[item]:
                found.append((path, difference))
    tasks = Task.objects.in_bulk([scored.tasks[difference.item] for _, difference in found])
    found.sort(key=lambda pair: -abs(pair[1].delta))
    return [
        OddItem(names[path], tasks[int(scored.tasks[difference.item])], difference)
        for path, difference in found
    ]
