"""The JSON objects of commands on models and rules."""

from dataclasses import asdict
from math import isnan
from typing import Any

from manypaths.base.scope import current_scope
from manypaths.estimates.models import FittedModel
from manypaths.estimates.rule_table import RuleComparison
from manypaths.estimates.switching import Effects, Move
from manypaths.frameworks.models import Framework

Json = dict[str, Any]

# What `models` shows of a comparison; the rest is for the command that made it.
_SHORT = ("compared_with", "held_out", "candidate", "in_force", "difference")


def candidate_answer(framework: Framework, row: FittedModel) -> Json:
    """Return a new candidate with its comparison, which names nobody."""
    return {
        "framework": framework.title,
        "model": row.version,
        "learners": row.n_learners,
        **comparison_of(row),
    }


def models_answer(framework: Framework, rows: list[FittedModel]) -> Json:
    """Return the models of a framework."""
    return {"framework": framework.title, "models": [_model(row) for row in rows]}


def switch_answer(
    framework: Framework, row: FittedModel, replaced: str, effects: Effects, *, dry_run: bool
) -> Json:
    """Return what a switch changes, or would change."""
    return {
        "dry_run": dry_run,
        "framework": framework.title,
        "model": row.version,
        "replaces": replaced,
        "changes": effects.as_json(),
        "largest": [_move(move) for move in effects.largest],
    }


def rules_answer(named: str, found: RuleComparison, *, seed: int) -> Json:
    """Return the table of rules and models on a framework or a file."""
    return {
        "on": named,
        "seed": seed,
        "n_learners": found.n_learners,
        "n_pairs": found.n_pairs,
        "n_near_copies": found.n_near_copies,
        "reference": found.reference,
        "n_ready": found.n_ready,
        "rules": [
            {
                "kind": row.kind,
                **_numbers(row.figures),
                "beyond_first": _numbers(row.beyond),
                "n_ready": row.n_ready,
                "n_pairs_differ": row.n_pairs_differ,
                "n_learners_differ": row.n_learners_differ,
            }
            for row in found.rows
        ],
    }


def comparison_of(row: FittedModel) -> Json:
    """Return what a model was compared with when it was a candidate; nothing for another."""
    comparison: Json = row.comparison or {}
    return comparison


def state_of(row: FittedModel) -> str:
    """Return in a word whether a model speaks."""
    return "candidate" if row.is_candidate else "in force" if row.in_force else "earlier"


def _model(row: FittedModel) -> Json:
    comparison = comparison_of(row)
    return {
        "version": row.version,
        "kind": row.kind,
        "state": state_of(row),
        "fitted_at": row.fitted_at.astimezone(current_scope().zone).isoformat(),
        "responses": row.n_responses,
        "ratings": row.n_ratings,
        "learners": row.n_learners,
        "comparison": {name: comparison[name] for name in _SHORT} if comparison else None,
    }


def _move(move: Move) -> Json:
    return {
        "learner": str(move.learner.public_id),
        "name": move.learner.name,
        "competency": str(move.competency),
        "before": move.before.value,
        "after": move.after.value,
        "p_before": move.p_before,
        "p_after": move.p_after,
    }


def _numbers(figures: Any) -> Json:  # noqa: ANN401  # one of the engine's dataclasses of numbers
    return {
        name: None if isinstance(value, float) and isnan(value) else value
        for name, value in asdict(figures).items()
    }
