"""Which model could speak next, and what would change for whom: statuses by both models."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Sum
from django.utils.translation import gettext

from manypaths.base.errors import Refused
from manypaths.base.progress import Tell, silence
from manypaths.estimates.engine import current_version, engine_for, engine_of, settings_of
from manypaths.estimates.evidence_log import FamilyLog
from manypaths.estimates.models import FittedModel, GeneralBelief
from manypaths.estimates.status import STATUSES, Status
from manypaths.estimates.table import Estimates, Numbers, believe, day_of
from manypaths.frameworks.models import Competency, Framework
from manypaths.mastery import Model
from manypaths.people.access import Actor, people_seen_by
from manypaths.people.models import Person

# A comparison on evidence that has grown or shrunk by more than this share speaks of another time.
STALE_SHARE = 0.2
_AT_ONCE = 1_000


@dataclass(frozen=True)
class Move:
    """A learner whose status on a competency would differ, with the chances of mastered."""

    learner: Person
    competency: Competency
    before: Status
    after: Status
    p_before: float
    p_after: float


@dataclass(frozen=True)
class Effects:
    """How many statuses would differ, and the largest moves that the one who asks may see.

    Pairs are of a learner and a competency with evidence or an achievement. `n_by_status`, shape
    (n_statuses, n_statuses), counts them by status before (rows) and after, in the order of
    Status; `n_by_competency` counts by code those whose status would differ.
    """

    n_learners: int
    n_learners_changed: int
    n_by_status: Numbers
    n_by_competency: dict[str, int]
    largest: Sequence[Move]

    @property
    def n_pairs(self) -> int:
        """Return how many pairs there are."""
        return int(self.n_by_status.sum())

    @property
    def n_pairs_changed(self) -> int:
        """Return for how many pairs the status would differ."""
        return self.n_pairs - int(np.trace(self.n_by_status))

    def as_json(self) -> dict[str, Any]:
        """Return the counts, which name nobody."""
        return {
            "n_learners": self.n_learners,
            "n_learners_changed": self.n_learners_changed,
            "n_pairs": self.n_pairs,
            "n_pairs_changed": self.n_pairs_changed,
            "by_status": [
                {"before": before.value, "after": after.value, "n_pairs": n_pairs}
                for before, row in zip(STATUSES, self.n_by_status.tolist(), strict=True)
                for after, n_pairs in zip(STATUSES, row, strict=True)
                if n_pairs
            ],
            "by_competency": [
                {"competency": code, "n_pairs_changed": n}
                for code, n in self.n_by_competency.items()
            ],
        }


@dataclass(frozen=True)
class Switch:
    """From which model to which one on a family, shown on which competencies and on which day."""

    family: Framework
    competencies: Sequence[Competency]
    before: Model
    after: Model
    at: datetime


def require_switchable(row: FittedModel) -> None:
    """Raise Refused unless a model can be put in force for its family as things stand.

    A candidate can't where its comparison is stale: another model is in force since, or the
    evidence is more or less by over a fifth.
    """
    family, version = row.family, row.version
    if row.in_force:
        raise Refused(gettext("{version} is in force already.").format(version=version))
    if not row.n_learners:
        raise Refused(
            gettext("{version} has learned from no evidence. Fit a candidate instead.").format(
                version=version
            )
        )
    try:
        engine = engine_of(row)
    except ValueError as error:
        raise Refused(
            gettext("{version} can't be read by this version of Manypaths: {error}.").format(
                version=version, error=error
            )
        ) from error
    # What counts as mastered is read from the rules of the day, so it may differ.
    wanted = settings_of(family)
    if replace(engine.settings, tau=wanted.tau) != wanted:
        raise Refused(
            gettext(
                "{version} was fitted for another target or other cut points than {family} has "
                "now. Fit a candidate instead."
            ).format(version=version, family=family)
        )
    if row.is_candidate:
        _require_fresh(row)


def _require_fresh(candidate: FittedModel) -> None:
    """Raise Refused where a candidate was compared with what is no more."""
    comparison = candidate.comparison or {}
    compared, now = comparison["compared_with"], engine_for(candidate.family).version
    if compared != now:
        raise Refused(
            gettext(
                "{candidate} was compared with {compared}, but {now} is in force now. "
                "Fit a candidate anew."
            ).format(candidate=candidate, compared=compared, now=now)
        )
    generals = GeneralBelief.objects.filter(family=candidate.family)
    n_then, n_now = comparison["n_pieces"], generals.aggregate(n=Sum("n_events"))["n"] or 0
    if abs(n_now - n_then) > STALE_SHARE * n_then:
        raise Refused(
            gettext(
                "{candidate} was compared on {n_then:,} pieces of evidence, and there "
                "are {n_now:,} now. Fit a candidate anew."
            ).format(candidate=candidate, n_then=n_then, n_now=n_now)
        )


def effects_of(
    switch: Switch,
    family_log: FamilyLog,
    *,
    named_to: Actor | None = None,
    n_largest: int = 0,
    progress: Tell = silence,
) -> Effects:
    """Return what a switch would do to everybody whom the log is about. Nothing is written.

    The largest moves are of learners whom `named_to` may see; without anybody, none is named. A
    few queries for each thousand learners.
    """
    by_status = np.zeros((len(STATUSES), len(STATUSES)), np.int64)
    by_competency = np.zeros(len(switch.competencies), np.int64)
    n_changed, n_learners = 0, family_log.learners.size
    largest: list[Move] = []
    for first in range(0, n_learners, _AT_ONCE):
        progress("Comparing statuses", first, n_learners)
        before, after = _estimates(switch, family_log, range(n_learners)[first:][:_AT_ONCE])
        np.add.at(by_status, (before.status_code, after.status_code), 1)
        rows = np.nonzero(before.status_code != after.status_code)[0]
        by_competency += np.bincount(before.pairs.what[rows], minlength=by_competency.size)
        n_changed += np.unique(before.pairs.who[rows]).size
        if named_to is not None:
            largest += _moves(before, after, rows, named_to, n_largest)
            largest = sorted(largest, key=_size, reverse=True)[:n_largest]
    codes = [str(competency) for competency in switch.competencies]
    return Effects(
        n_learners=n_learners,
        n_learners_changed=n_changed,
        n_by_status=by_status,
        n_by_competency=dict(zip(codes, by_competency.tolist(), strict=True)),
        largest=largest,
    )


def _estimates(switch: Switch, family_log: FamilyLog, chosen: range) -> tuple[Estimates, Estimates]:
    """Return the estimates of some learners of a log by both models, pair by pair."""
    log = family_log.log.of_learners(np.array(chosen))
    ids = family_log.learners[chosen.start : chosen.stop].tolist()
    people = Person.objects.in_bulk(ids)
    learners = [people[key] for key in ids]
    framework, now = current_version(switch.family), day_of(switch.at)
    found = []
    for model in (switch.before, switch.after):
        table = believe(log, learners, switch.competencies, model)
        found.append(table.estimates(table.touched(), model, framework, now))
    return found[0], found[1]


def _moves(
    before: Estimates, after: Estimates, rows: Numbers, named_to: Actor, n_largest: int
) -> Iterator[Move]:
    """Yield the largest moves among these rows, of learners whom somebody may see."""
    pairs = before.pairs
    p_before, p_after = before.numbers.p_mastered, after.numbers.p_mastered
    ids = [pairs.learners[who].pk for who in np.unique(pairs.who[rows]).tolist()]
    seen = set(people_seen_by(named_to).filter(pk__in=ids).values_list("pk", flat=True))
    n_found = 0
    for row in rows[np.argsort(-np.abs(p_after - p_before)[rows], kind="stable")].tolist():
        learner = pairs.learners[pairs.who[row]]
        if learner.pk in seen and n_found < n_largest:
            n_found += 1
            yield Move(
                learner=learner,
                competency=pairs.competencies[pairs.what[row]],
                before=before.status(row),
                after=after.status(row),
                p_before=float(p_before[row]),
                p_after=float(p_after[row]),
            )


def _size(move: Move) -> float:
    return abs(move.p_after - move.p_before)
