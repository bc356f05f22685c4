"""How well a candidate predicts learners whom it never saw, beside the model in force."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from manypaths.base.clock import to_microseconds
from manypaths.estimates.evidence_log import FamilyLog, Numbers, days_since_1970
from manypaths.estimates.models import FittedModel
from manypaths.estimates.sites import HERE, Site
from manypaths.estimates.switching import Switch
from manypaths.evidence.models import Alignment, Rating, Response
from manypaths.frameworks.models import Framework
from manypaths.mastery import ResponseLog
from manypaths.mastery.log import Key

if TYPE_CHECKING:
    from manypaths.mastery.comparison import Predictions

Json = dict[str, Any]

# The engine divides learners into five parts; with fewer learners there is nobody to hold out.
FEWEST_LEARNERS = 5
# So many learners whose outcomes the model in force can't know are enough to score on them alone.
_ENOUGH = 30


def held_out_scores(
    switch: Switch,
    family_log: FamilyLog,
    *,
    in_force: FittedModel | None,
    seed: int,
    site: Site = HERE,
) -> Json:
    """Return how well both models predict a fifth of the learners, overall and by competency.

    What stands for the candidate is a model of its kind, fitted to the other learners. The model
    in force (its row; None: nothing was fitted) may have learned from those held out. Where there
    are enough learners whom it has never seen, only such are held out; else, where there is
    enough, only their work since it was fitted is scored. `is_fair` says that it could know
    nothing of what is scored. With fewer than 5 learners nobody is held out, and scores are null.
    """
    from manypaths.mastery.batch import trace  # brings the compiler, so only here
    from manypaths.mastery.comparison import Predictions, difference, figures
    from manypaths.mastery.evaluation import split_learners
    from manypaths.mastery.fitting import fit

    log = family_log.log
    found: Json = {"held_out": None, **dict.fromkeys(_SCORES), "by_competency": []}
    if log.n_learners < FEWEST_LEARNERS:
        return found
    seen = _seen_by(in_force, switch.family, family_log)
    is_enough = (~seen).sum() >= _ENOUGH
    split = split_learners(log, seed, among=~seen if is_enough else None)
    train, test = log.of_learners(split.train), log.of_learners(split.test)
    if not train.n_events:  # all learners are near copies of each other
        return found
    stand_in = fit(train, seed=seed, settings=switch.after.settings, over=site.passes)
    traces = [trace(model, test) for model in (stand_in, switch.before)]
    both = [Predictions.of(test, each.chance, each.log_likelihood) for each in traces]
    scored, found["held_out"] = _scored(test, seen[split.test], in_force)
    ours, theirs = (each.at(scored) for each in both)
    found["candidate"], found["in_force"] = _plain(figures(ours)), _plain(figures(theirs))
    found["difference"] = _plain(difference(ours, theirs))
    codes: dict[Key | None, str] = {row.lineage_id: str(row) for row in switch.competencies}
    found["by_competency"] = _by_competency(test, scored, both, codes)
    return found


_SCORES = ("candidate", "in_force", "difference")


def _scored(
    test: ResponseLog, seen: NDArray[np.bool_], in_force: FittedModel | None
) -> tuple[Numbers, Json]:
    """Return which events of held-out learners are scored, and what there is to say of them.

    `seen`, shape (n_learners,), says of whom the model in force may have seen evidence.
    """
    learner = np.repeat(np.arange(test.n_learners), np.diff(test.offsets))
    is_fresh = ~seen[learner]
    if in_force is not None:
        # Work that was done later can't have been learned from.
        is_fresh |= test.time > days_since_1970(to_microseconds(in_force.fitted_at))
    n_fresh = np.unique(learner[is_fresh]).size
    is_enough = n_fresh >= min(_ENOUGH, test.n_learners / 2)
    scored = np.nonzero(is_fresh | (not is_enough))[0]
    learners = np.unique(learner[scored])
    return scored, {
        "n_learners": learners.size,
        "n_seen_by_in_force": int(seen[learners].sum()),
        "is_fair": bool(is_fresh[scored].all()),
    }


def _seen_by(
    row: FittedModel | None, family: Framework, family_log: FamilyLog
) -> NDArray[np.bool_]:
    """Return of whom a model may have seen evidence, even if withdrawn since: (n_learners,)."""
    if row is None or not row.n_learners:
        return np.zeros(family_log.learners.size, bool)
    then = to_microseconds(row.fitted_at)
    tasks = Alignment.objects.filter(competency__framework__family=family).values("task")
    kinds: tuple[QuerySet[Any], ...] = (
        Response.objects.filter(task__in=tasks),
        Rating.objects.filter(competency__framework__family=family),
    )
    ids: set[int] = set()
    for found in kinds:
        earlier = found.filter(recorded_at__lte=then).order_by()
        ids.update(earlier.values_list("learner", flat=True).distinct())
    return np.isin(family_log.learners, np.array(sorted(ids), np.int64))


def _by_competency(
    test: ResponseLog,
    scored: Numbers,
    both: Sequence["Predictions"],
    codes: Mapping[Key | None, str],
) -> list[Json]:
    """Return both figures for the scored events that show each competency which has a code."""
    from manypaths.mastery.comparison import figures
    from manypaths.mastery.rule_predictions import shown_competencies

    place, competency = shown_competencies(test, scored)
    order = np.argsort(competency, kind="stable")
    event = scored[place[order]]
    begins = np.searchsorted(competency[order], np.arange(test.alignment.n_competencies + 1))
    found = []
    for number, key in enumerate(test.alignment.competencies):
        rows = event[begins[number] : begins[number + 1]]
        if rows.size and key in codes:
            ours, theirs = (_plain(figures(each.at(rows))) for each in both)
            found.append({"competency": codes[key], "candidate": ours, "in_force": theirs})
    return found


def _plain(figures: Any) -> Json:  # noqa: ANN401  # one of the engine's dataclasses of numbers
    """Return figures for JSON, which knows no number that is none."""
    return {
        name: None if isinstance(value, float) and isnan(value) else value
        for name, value in asdict(figures).items()
    }
