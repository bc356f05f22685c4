"""Small random logs for the engine's tests, with every kind of event."""

import numpy as np

from manypaths.mastery import Alignment, Event, Model, ResponseLog
from manypaths.mastery.batch import columns_of
from manypaths.mastery.cell_numbers import N_TABLES
from manypaths.mastery.context_cells import all_cells, contexts_of
from manypaths.mastery.contexts import Contexts
from manypaths.mastery.log import ROLES

N_LEVELS = 5


def random_log(
    rng: np.random.Generator,
    *,
    n_learners: int = 6,
    n_events: int = 30,
    n_competencies: int = 4,
    n_items: int = 8,
    has_clock: bool = True,
    share_of_ratings: float = 0.3,
) -> ResponseLog:
    """Return a log of responses and ratings, several competencies an item, some events silent."""
    shown = [
        (f"item {i}", [(f"c{k}", 1.0 + rng.random()) for k in _some(rng, n_competencies)])
        for i in range(n_items)
    ]
    rated = [(f"rated c{k}", [(f"c{k}", 1.0)]) for k in range(n_competencies)]
    alignment = Alignment.of(shown + rated, without_difficulty=[key for key, _ in rated])
    total = n_learners * n_events
    is_rating = rng.random(total) < share_of_ratings
    raters = tuple(f"rater {r}" for r in range(3))
    days = np.sort(rng.integers(20_000, 20_200, (n_learners, n_events)), axis=1).ravel()
    return ResponseLog.of(
        alignment,
        learner=np.repeat(np.arange(n_learners), n_events),
        instrument=np.where(
            is_rating,
            n_items + rng.integers(0, n_competencies, total),
            rng.integers(0, n_items, total),
        ),
        outcome=np.where(
            is_rating,
            rng.integers(0, N_LEVELS, total),
            rng.choice([0.0, 1.0, 0.25], total, p=[0.4, 0.5, 0.1]),
        ),
        time=days + 0.5 if has_clock else None,
        day=days if has_clock else None,
        role=np.where(is_rating, rng.integers(0, len(ROLES), total), -1),
        rater=np.where(is_rating, rng.integers(0, len(raters), total), -1),
        moves=rng.random(total) < 0.9,
        raters=raters,
        n_levels=N_LEVELS,
    )


def random_model(
    rng: np.random.Generator,
    log: ResponseLog,
    *,
    half_life: float = 60.0,
    has_contexts: bool = True,
) -> Model:
    """Return a model with terms for most of the log's keys; some stay cold."""
    from manypaths.mastery.model import Cold, ItemTerms, Settings, Spread, Terms

    def known(keys: tuple[int | str, ...]) -> list[int | str]:
        return [key for key in keys if rng.random() < 0.8]

    return Model(
        settings=Settings(),
        spread=Spread(0.9, 0.7, 0.003, 0.02, half_life),
        cold=Cold(),
        typical=(0.2, 0.2, 0.1),
        competencies={
            key: Terms(rng.normal(), 0.3, 0.1, 0.02) for key in known(log.alignment.competencies)
        },
        instruments={
            key: ItemTerms(rng.normal(), 0.05, 1 + 0.3 * rng.random())
            for key, plain in zip(
                log.alignment.instruments, log.alignment.has_difficulty, strict=True
            )
            if plain and rng.random() < 0.8
        },
        raters={key: (rng.normal(0, 0.3), 0.1) for key in known(log.raters)},
        leniency_of_role=(0.6, 0.3, 0.5, 0.1, 0.0, -0.1),
        reliability_of_role=(0.6, 0.8, 0.7, 1.1, 1.0, 1.3),
        thresholds=(-0.2, 0.5, 1.3, 2.2),
        has_ratings=True,
        contexts=random_contexts(rng, log) if has_contexts else Contexts(),
    )


def random_contexts(rng: np.random.Generator, log: ResponseLog) -> Contexts:
    """Return terms for most of the cells that the log's responses meet."""
    cells = all_cells(log, columns_of(log))
    terms = np.stack((rng.normal(size=cells.n_cells), rng.uniform(0, 0.4, cells.n_cells)), axis=1)
    terms[:N_TABLES] = np.stack((np.zeros(N_TABLES), rng.uniform(0.35, 0.5, N_TABLES)), axis=1)
    return contexts_of(cells, terms, rng.uniform(0.5, 1.2, 3), log)


def events_of(log: ResponseLog, learner: int) -> list[Event]:
    """Return one learner's events as the stream takes them."""
    alignment = log.alignment
    events = []
    for n in range(log.offsets[learner], log.offsets[learner + 1]):
        i = int(log.instrument[n])
        span = slice(alignment.starts[i], alignment.starts[i + 1])
        events.append(
            Event(
                instrument=alignment.instruments[i],
                shown=tuple(
                    (alignment.competencies[k], float(share))
                    for k, share in zip(
                        alignment.competency[span], alignment.weight[span], strict=True
                    )
                ),
                outcome=float(log.outcome[n]),
                time=float(log.time[n]),
                day=int(log.day[n]),
                role=int(log.role[n]),
                rater=log.raters[log.rater[n]] if log.rater[n] >= 0 else None,
                moves=bool(log.moves[n]),
                has_difficulty=bool(alignment.has_difficulty[i]),
            )
        )
    return events


def _some(rng: np.random.Generator, n: int) -> list[int]:
    return sorted(rng.choice(n, size=rng.integers(1, min(3, n) + 1), replace=False).tolist())
