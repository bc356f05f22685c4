"""Pages on models and rules: what a leader reads before deciding which of them speaks."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from math import isnan, nan
from shlex import quote

from manypaths.base.scope import current_scope
from manypaths.cli.model_answers import Json, comparison_of, state_of
from manypaths.cli.rendering import Page
from manypaths.estimates.models import FittedModel
from manypaths.estimates.rule_table import RuleComparison, RuleRow
from manypaths.estimates.switching import Move
from manypaths.estimates.verdicts import FEW_LEARNERS, Verdict, Which, verdict_on
from manypaths.frameworks.models import Framework

_MOST_ROWS = 12
_FIGURES = {
    "AUC": ("auc", 3),
    "log-loss": ("log_loss", 4),
    "ECE": ("ece", 3),
    "calibration slope": ("calibration_slope", 2),
    "log-loss of ratings": ("rating_log_loss", 4),
}


def candidate_page(page: Page, framework: Framework, row: FittedModel) -> None:
    """Write how a candidate did, and how many statuses would differ."""
    comparison = comparison_of(row)
    page.title(f"A candidate for {framework.title}")
    page.say(
        f"{row.version} has learned from {comparison['n_pieces']:,} pieces of evidence of "
        f"{row.n_learners:,} learners. {_standing(row, comparison)}"
    )
    for sentence in _on_held_out(comparison):
        page.say(sentence)
    if comparison["candidate"]:
        page.table(("", "candidate", "in force", "difference"), _figure_rows(comparison))
    _competencies(page, comparison["by_competency"])
    changes_page(page, comparison["changes"], "would differ")
    page.say("Who they are, and then the switch itself:")
    page.command(f"manypaths switch-model {quote(framework.title)} --dry-run")
    page.command(f"manypaths switch-model {quote(framework.title)}")


def _standing(row: FittedModel, comparison: Json) -> str:
    if row.version == comparison["compared_with"]:
        return "Its numbers are those of the model in force: nothing was to be learned anew."
    return f"Nothing has changed yet: {comparison['compared_with']} goes on speaking."


def models_page(page: Page, framework: Framework, rows: Sequence[FittedModel]) -> None:
    """Write the models of a framework, the one that speaks marked."""
    page.title(f"Models of {framework.title}")
    if not rows:
        page.say("There is none: nothing is on record yet.")
        return
    page.table(
        ("model", "", "fitted on", "AUC", "log-loss"),
        (_model_row(row) for row in rows),
    )
    page.say(
        "AUC and log-loss are those that a model had as a candidate, on learners who were held out."
    )


def switch_page(
    page: Page, row: FittedModel, replaced: str, changes: Json, largest: Sequence[Move]
) -> None:
    """Write what a switch changes, with those learners whom it concerns most."""
    page.say(f"{row.version} in the place of {replaced}.")
    changes_page(page, changes, "differs")
    if largest:
        page.table(
            ("largest moves", "on", "before", "after", "chance of mastered"),
            (
                (
                    move.learner.name,
                    str(move.competency),
                    move.before.value,
                    move.after.value,
                    f"{move.p_before:.0%} → {move.p_after:.0%}",
                )
                for move in largest
            ),
        )
    page.say("What was signed off stays signed off.")


def changes_page(page: Page, changes: Json, verb: str) -> None:
    """Write how many statuses differ, from which to which."""
    page.say(
        f"Of {changes['n_pairs']:,} pairs of a learner and a competency the status {verb} for "
        f"{changes['n_pairs_changed']:,}, which concerns {changes['n_learners_changed']:,} of "
        f"{changes['n_learners']:,} learners."
    )
    moved = [row for row in changes["by_status"] if row["before"] != row["after"]]
    if moved:
        page.table(
            ("before", "after", "pairs"),
            ((row["before"], row["after"], f"{row['n_pairs']:,}") for row in moved),
        )
    touched = [row for row in changes["by_competency"] if row["n_pairs_changed"]]
    most = sorted(touched, key=lambda row: -int(row["n_pairs_changed"]))[:_MOST_ROWS]
    if most:
        page.table(
            ("on", "learners"),
            ((row["competency"], f"{row['n_pairs_changed']:,}") for row in most),
        )
        _more(page, len(touched) - len(most))


def rules_page(page: Page, named: str, found: RuleComparison) -> None:
    """Write the table of rules and models."""
    page.title(f"Rules and models on {named}")
    first = found.rows[0]
    n_held_out = first.figures.n_learners
    page.say(
        f"{first.figures.n_responses:,} responses of {n_held_out:,} learners who were held out, "
        f"each predicted from those before it. {first.kind} and the chances behind the rules' "
        f"scores were fitted to the other learners."
    )
    if n_held_out < FEW_LEARNERS:
        page.say(_WEAK)
    columns = ("", "AUC", "log-loss", "more", "ECE", "slope", "differ")
    page.table(columns, (_rule_row(row, first) for row in found.rows))
    page.say(
        f"“more” is the log-loss above that of {first.kind}, ± one standard error by learners; "
        f"an AUC is known to about ± {_largest_error(found):.3f}. “differ” counts learners, of "
        f"{found.n_learners:,}, whose status on some competency would not be that by "
        f"{found.reference}. A rule is asked for as much evidence as the model."
    )


_WEAK = (
    f"With fewer than {FEW_LEARNERS} learners held out these figures are weak: another seed "
    "gives others, and so would next year."
)


def _on_held_out(comparison: Json) -> Iterator[str]:
    """Yield what the reader must know of the learners on whom both were tried."""
    held_out, verdict = comparison["held_out"], verdict_on(comparison)
    if verdict.which is Which.NOBODY_HELD_OUT:
        yield "There are too few learners to hold any out, so nobody can say which predicts better."
        return
    n, n_seen = held_out["n_learners"], held_out["n_seen_by_in_force"]
    yield (
        f"Both were tried on {n:,} learners who were held out: for this, the candidate was fitted "
        f"to the others. {_fairness(held_out['is_fair'], n, n_seen)}"
    )
    if n < FEW_LEARNERS:
        yield _WEAK
    yield _told(verdict)


def _fairness(is_fair: bool, n: int, n_seen: int) -> str:
    if not is_fair:
        return f"The model in force had learned from {n_seen:,} of these {n:,}, which flatters it."
    if n_seen:
        return "What is scored is their work since the model in force was fitted."
    return "The model in force had never seen them either."


def _told(verdict: Verdict) -> str:
    """Return in words what a difference of losses says, beside its standard error."""
    if verdict.which is Which.CHANCE:
        return "Which of them predicts better can't be told: the difference may be chance."
    size = f"its log-loss is {abs(verdict.more):.4f} {'less' if verdict.more < 0 else 'more'}"
    if verdict.which is Which.UNFAIR:
        return (
            f"Which predicts better can't be told: {size} for the candidate, but not in fairness."
        )
    which = "better" if verdict.which is Which.CANDIDATE else "worse"
    return f"The candidate predicts {which}: {size}, give or take {2 * verdict.error:.4f}."


def _figure_rows(comparison: Json) -> Iterator[tuple[str, str, str, str]]:
    parts = [comparison[part] for part in ("candidate", "in_force", "difference")]
    for words, (name, digits) in _FIGURES.items():
        if parts[0][name] is not None:
            ours, theirs, between = (_with_error(part, name, digits) for part in parts)
            yield words, ours, theirs, between


def _competencies(page: Page, found: Sequence[Json]) -> None:
    """Write the figures of the competencies with most events held out."""
    if not found:
        return
    most = sorted(found, key=lambda row: -_n_events(row))[:_MOST_ROWS]
    page.table(
        ("on", "learners", "pieces", "log-loss: candidate", "in force"),
        (
            (
                row["competency"],
                f"{row['candidate']['n_learners']:,}",
                f"{_n_events(row):,}",
                *(_loss(row[part]) for part in ("candidate", "in_force")),
            )
            for row in most
        ),
    )
    _more(page, len(found) - len(most))


def _n_events(row: Json) -> int:
    figures = row["candidate"]
    return int(figures["n_responses"] + figures["n_ratings"])


def _loss(figures: Json) -> str:
    name = "rating_log_loss" if figures.get("log_loss") is None else "log_loss"
    return _with_error(figures, name, 3)


def _more(page: Page, n: int) -> None:
    if n > 0:
        page.say(f"And {n} more; --json lists all.")


def _model_row(row: FittedModel) -> tuple[str, ...]:
    local = row.fitted_at.astimezone(current_scope().zone)
    found = comparison_of(row).get("candidate") or {}
    return (
        row.version,
        state_of(row),
        f"{local.day} {local:%b %Y}",
        _number(found.get("auc"), 3),
        _loss(found),
    )


def _largest_error(found: RuleComparison) -> float:
    errors = [row.figures.auc_error for row in found.rows if not isnan(row.figures.auc_error)]
    return max(errors, default=nan)


def _rule_row(row: RuleRow, first: RuleRow) -> tuple[str, ...]:
    return (
        row.kind,
        _number(row.figures.auc, 3),
        _number(row.figures.log_loss, 4),
        _with_error(asdict(row.beyond), "log_loss", 3) if row is not first else "",
        _number(row.figures.ece, 3),
        _number(row.figures.calibration_slope, 2),
        f"{row.n_learners_differ:,}",
    )


def _with_error(figures: Json, name: str, digits: int) -> str:
    """Return a figure with its standard error, where it has one."""
    number = _number(figures.get(name), digits)
    error = _number(figures.get(f"{name}_error"), digits)
    return f"{number}±{error}" if number and error else number


def _number(value: float | None, digits: int) -> str:
    """Return a figure without the zero before its point, as tables of figures have it."""
    if value is None or isnan(value):
        return ""
    text = f"{value:.{digits}f}"
    return (
        text.replace("0.", ".", 1) if abs(value) < 1 and text.strip("-").startswith("0") else text
    )
