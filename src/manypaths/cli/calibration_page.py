"""The page of `manypaths calibration`."""

from math import isnan

from rich import box
from rich.table import Table

from manypaths.cli.rendering import Page
from manypaths.cli.session import plain
from manypaths.estimates.calibration import CalibrationReport, Subgroup
from manypaths.mastery.calibration import Figure

_MOST_ITEMS = 12


def write_calibration(page: Page, report: CalibrationReport) -> None:
    """Write for whom the estimates are worse: a sentence first, then the figures."""
    page.title(f"For whom are the estimates worse? {report.family.title}")
    everyone = report.everyone
    page.say(
        f"About {everyone.n_responses:,} responses of about {everyone.n_learners:,} learners, each "
        "expected by a model that was fitted without them."
    )
    for subgroup in report.subgroups:
        for words in _differences(subgroup):
            page.say(words)
    if not any(subgroup.differs for subgroup in report.subgroups):
        page.say("No subgroup that can be told of differs clearly from everyone else.")
    if report.is_partial:
        page.say("Some subgroups are not told of, so that nothing is told of few people.")
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("", "learners", "AUC", "log-loss", "gap", "expected", "spread", "later work"):
        table.add_column(heading)
    table.add_row(*_row("everyone", everyone))
    for subgroup in report.subgroups:
        table.add_row(*_row(plain(", ".join(subgroup.name)), subgroup))
    page.console.print(table)
    page.say(
        "Expected: 0 is right; above it more was right than expected. Spread: 1 is right; below it "
        "expectations differ too much. Later work: of ten ranges, nine should hold what came."
    )
    for odd in report.items[:_MOST_ITEMS]:
        harder = "harder" if odd.difference.delta < 0 else "easier"
        page.say(
            f"{plain(str(odd.task))} is {harder} for {plain(', '.join(odd.name))} than expected of "
            f"them ({odd.difference.letter}, {odd.difference.delta:+.1f})."
        )


def _differences(subgroup: Subgroup) -> list[str]:
    name, figures = plain(", ".join(subgroup.name)), subgroup.calibration.figures
    words = []
    if "intercept" in subgroup.differs:
        more = figures["intercept"].value > 0
        words.append(f"{name}: we expect too {'little' if more else 'much'} of them.")
    if "slope" in subgroup.differs:
        sure = figures["slope"].value < 1
        words.append(f"{name}: our expectations differ too {'much' if sure else 'little'}.")
    if "auc" in subgroup.differs and subgroup.calibration.gaps["auc"].value < 0:
        words.append(f"{name}: right and wrong answers are told apart less well.")
    return words


def _row(name: str, subgroup: Subgroup) -> list[str]:
    figures = subgroup.calibration.figures
    covered = "-" if subgroup.covered is None else f"{10 * subgroup.covered:.1f} of 10"
    return [
        name,
        f"{subgroup.n_learners:,}",
        _number(figures["auc"]),
        _number(figures["log_loss"]),
        _number(figures["ece"]),
        _number(figures["intercept"], signed=True),
        _number(figures["slope"]),
        covered,
    ]


def _number(figure: Figure, *, signed: bool = False) -> str:
    if isnan(figure.value):
        return "-"
    return f"{figure.value:+.2f}" if signed else f"{figure.value:.3f}"
