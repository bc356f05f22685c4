"""Pages in the terminal: the same facts as the JSON objects, laid out to be read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from manypaths.base.clock import from_microseconds
from manypaths.base.scope import current_scope
from manypaths.cli.answers import about
from manypaths.cli.session import plain
from manypaths.estimates.evidence_log import MICROSECONDS_A_DAY
from manypaths.estimates.queries import Why
from manypaths.estimates.status import STATUSES, Certainty, Status
from manypaths.estimates.table import Estimates
from manypaths.evidence.models import Clock, Rating, Response, Task
from manypaths.evidence.slips import ClassSlip
from manypaths.frameworks.models import Competency
from manypaths.interop.report import ImportReport
from manypaths.people.models import Group, Person
from manypaths.plans.class_lists import Need
from manypaths.plans.models import StepKind, Support
from manypaths.plans.offers import Offer
from manypaths.plans.queries import ClassOverview
from manypaths.plans.small_groups import GroupingSuggested
from manypaths.plans.words import VERBS, expected_of_ten, standing

# Word, shape and colour: a status is known by each of them.
MARKS = {
    Status.DEMONSTRATED: ("●", "bold green"),
    Status.REFRESH: ("◍", "green"),
    Status.READY: ("◕", "bold cyan"),
    Status.GROWING: ("◑", "cyan"),
    Status.NEEDS_EVIDENCE: ("◔", "blue"),
    Status.NOT_STARTED: ("◌", "dim"),
}
STONES = {Certainty.SURE: "▲▲▲", Certainty.FAIRLY_SURE: "▲▲ ", Certainty.NOT_YET: "▲  "}
_MOST_ROWS = 12
_MOST_NAMES = 6


class _SafeConsole(Console):
    """Writes no orders of others to the terminal."""

    def render_str(self, text: str, **options: Any) -> Text:  # Any: as rich has it
        """Return the text to print."""
        return super().render_str(plain(text), **options)


class Page:
    """Writes to the terminal: a sentence first, then what hangs from it."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or _SafeConsole(highlight=False, markup=False, emoji=False)

    def title(self, text: str) -> None:
        """Begin a part of the page."""
        self.console.print()
        self.console.rule(_text(text, style="bold"), align="left", style="dim")

    def say(self, text: str) -> None:
        """Write a sentence."""
        self.console.print(Padding(_text(text), (0, 0, 0, 1)))

    def command(self, text: str) -> None:
        """Write a command to copy, in one line however long it is."""
        self.console.print(f"   {text}", soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write a table, whose first column stays whole."""
        table = _table(*columns)
        table.columns[0].no_wrap = True
        for row in rows:
            table.add_row(*(_text(cell) for cell in row))
        self.console.print(table)

    def next_steps(self, learner: Person, offers: Sequence[Offer]) -> None:
        """Write what a learner could do next."""
        self.title(f"What next, {learner.name}? You choose.")
        if not offers:
            self.say("There is nothing to offer now: no task fits where you stand.")
        for number, offer in enumerate(offers, start=1):
            name = _text(f" {number}  ", style="bold yellow")
            name.append(f"{VERBS[StepKind(offer.kind)]}: ", style="bold")
            name.append(plain(_named(offer.competency)))
            self.console.print(name)
            self.console.print(Padding(_text(offer.reason), (0, 0, 0, 4)))
            minutes = f", {offer.task.minutes} min" if offer.task.minutes else ""
            task = _text(f"opens {_task_words(offer.task)}{minutes}")
            self.console.print(Padding(task, (0, 0, 0, 4)), style="dim")

    def class_overview(self, overview: ClassOverview) -> None:
        """Write what a class needs."""
        n = len(overview.learners)
        self.title(f"{overview.group.name}: {overview.framework.title}")
        self.say(
            f"{n} learners. Could use help now: {_people(overview.needs_help)}; "
            f"ready to show something: {_people(overview.ready_to_show)}; "
            f"ready to move on: {_people(overview.ready_to_move_on)}."
        )
        self._slips(overview.slips)
        self._needs("Needs help", overview.needs_help)
        self._needs("Planned, not yet given", [*overview.planned, *overview.chosen_checks])
        self._supports(overview.supports)
        self._by_competency("Ready to show", overview.ready_to_show)
        self._by_competency("Ready to move on", overview.ready_to_move_on)
        self._counts(overview)

    def _supports(self, supports: Sequence[Support]) -> None:
        for support in supports:
            names = ", ".join(one.learner.name for one in support.learners.all())
            given = f"{support.n_given} of {support.n_sessions} sessions given"
            name = _text(f"{support.title}: ", style="bold")
            name.append(plain(f"{names}. {_named(support.competency)}, {given}."))
            self.console.print(name)

    def small_groups(self, group: Group, grouping: GroupingSuggested, *, kept: bool) -> None:
        """Write the small groups of a day, each with its reason."""
        day = f"{grouping.held_on.day} {grouping.held_on:%b %Y}"
        self.title(f"{group.name}: small groups for {day}{', kept' if kept else ''}")
        for number, small in enumerate(grouping.groups, start=1):
            name = _text(f" {number}  ", style="bold yellow")
            name.append(plain(", ".join(learner.name for learner in small.learners)), style="bold")
            self.console.print(name)
            self.console.print(Padding(_text(small.reason), (0, 0, 0, 4)))
        for left in grouping.left_alone:
            self.say(f"{left.learner.name} is in none. {left.reason}")
        if not (grouping.groups or grouping.left_alone):
            self.say("Nobody learns in this group today.")

    def path(self, learner: Person, estimates: Estimates) -> None:
        """Write a learner's map: every competency with status, certainty and evidence."""
        self.title(f"The path of {learner.name}")
        counted = Counter(estimates.status(row) for row in range(len(estimates)))
        words = [f"{count} {status}" for status in Status if (count := counted[status])]
        self.say(f"{len(estimates)} competencies: {', '.join(words)}.")
        rated = [estimates.rests_on_ratings(row) for row in range(len(estimates))]
        expected = f"chance of “{estimates.target}”" if all(rated) else "expected right"
        table = _table("", "competency", "status", "certainty", expected, "pieces")
        for row in range(len(estimates)):
            self._path_row(table, estimates, row)
        self.console.print(table)

    def why(self, learner: Person, reasons: Why) -> None:
        """Write what an estimate rests on, in the order of the work."""
        row = reasons.estimate
        status, certainty = row.status(0), row.certainty(0)
        self.title(f"Why {learner.name} stands at “{status}” on {reasons.competency}")
        end = reasons.explanation.estimate
        margin = ""
        if not row.rests_on_ratings(0):
            low, high = end.interval(0.8)
            margin = f" on an average item, between {low:.0%} and {high:.0%} four times out of five"
        self.say(
            f"{reasons.competency.name}. We expect {standing(row, 0)}{margin}. We are {certainty}."
        )
        table = _table("when", "what", "moved", "chance of mastered")
        prior = reasons.explanation.prior
        table.add_row("", "before any evidence", f"{prior.mean:+.2f}", _chance(prior.p_mastered))
        for piece in reasons.explanation.pieces:
            when = "" if piece.event is None else _when(reasons.pieces[piece.event].row)
            words = _text(_short(about(reasons, piece), 100))
            table.add_row(when, words, f"{piece.shift_mean:+.2f}", f"{100 * piece.shift_p:+.1f}")
        table.add_row("", "together", f"{end.mean:+.2f}", _chance(end.p_mastered), style="bold")
        self.console.print(table)
        self.say(
            "The rule, the same for everyone: all evidence counts, in the order in which the work "
            "was done. What was to be expected moves little, a surprise moves more, and the more "
            "we know the less one piece moves. Tries count by themselves too, and so does work on "
            "other competencies, for it tells of the learner in general. Mastered means at least "
            f"{_mastered_words(reasons)}; numbers are on the logit scale."
        )
        self.say(f"Model {row.model.version}.")

    def import_report(self, report: ImportReport) -> None:
        """Write what an import did."""
        self.title("Dry run: nothing was changed" if report.dry_run else "Done")
        table = _table("", "read", "created", "updated", "unchanged", "retired")
        for kind, changes in report.changes.items():
            table.add_row(kind, *(f"{count:,}" for count in changes.as_json().values()))
        self.console.print(table)

    def _slips(self, slips: Sequence[ClassSlip]) -> None:
        if not slips:
            return
        table = _table("common slips", "on", "learners", "share of wrong answers")
        for shown in slips:
            names = _names([learner.name for learner in shown.learners])
            share = f"{shown.found.share:.0%} on {shown.found.n_items} items"
            table.add_row(f"“{shown.slip.name}”", str(shown.slip.competency), names, share)
        self.console.print(table)

    def _needs(self, title: str, needs: Sequence[Need]) -> None:
        table = _table(title.lower(), "on", "why")
        found: dict[tuple[str, str], list[str]] = {}
        for need in needs:
            found.setdefault((str(need.competency), need.reason), []).append(need.learner.name)
        for (competency, reason), names in list(found.items())[:_MOST_ROWS]:
            table.add_row(_names(names), competency, reason)
        if len(found) > _MOST_ROWS:
            table.add_row(f"and {len(found) - _MOST_ROWS} more", "", "", style="dim")
        if not needs:
            table.add_row("nobody now", "", "", style="dim")
        self.console.print(table)

    def _by_competency(self, title: str, needs: Sequence[Need]) -> None:
        table = _table(title.lower(), "", "learners")
        found: dict[Competency, list[str]] = {}
        for need in needs:
            found.setdefault(need.competency, []).append(need.learner.name)
        for competency, names in sorted(found.items(), key=lambda item: -len(item[1])):
            named = f"{competency} {_short(competency.name, 40)}"
            table.add_row(named, str(len(names)), _names(names))
        if not needs:
            table.add_row("nobody now", "", "", style="dim")
        self.console.print(table)

    def _counts(self, overview: ClassOverview) -> None:
        """Write how many learners have each status, for the competencies that were begun."""
        names = ", ".join(f"{MARKS[status][0]} {status}" for status in Status)
        self.say(f"How many learners stand where: {names}.")
        table = _table("on", *(MARKS[status][0] for status in Status))
        unbegun = STATUSES.index(Status.NOT_STARTED)
        for code, counts in overview.estimates.status_counts().items():
            if counts[unbegun] < sum(counts):
                table.add_row(code, *(str(count or "") for count in counts))
        self.console.print(table)

    def _path_row(self, table: Table, estimates: Estimates, row: int) -> None:
        status = estimates.status(row)
        mark, style = MARKS[status]
        competency = estimates.pairs.competencies[estimates.pairs.what[row]]
        begun = estimates.n_pieces[row] > 0
        table.add_row(
            str(competency),
            _short(competency.name, 44),
            _text(f"{mark} {status}", style=style),
            f"{STONES[estimates.certainty(row)]} {estimates.certainty(row)}" if begun else "",
            f"{expected_of_ten(estimates, row)} in 10" if begun else "",
            f"{estimates.n_pieces[row]}" if begun else "",
        )


def _text(words: str, style: str = "") -> Text:
    return Text(plain(words), style=style)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=True)
    for column in columns:
        table.add_column(column)
    return table


def _named(competency: Competency) -> str:
    code = str(competency)
    return code if competency.name == code else f"{competency.name} ({code})"


def _task_words(task: Task) -> str:
    words = task.title or task.prompt
    return f"{task.source_id}: {_short(words, 70)}" if words else task.source_id


def _chance(p: float) -> str:
    """Return a chance in percent; nothing is wholly sure."""
    return "> 99%" if p > 0.995 else "< 1%" if p < 0.005 else f"{p:.0%}"


def _people(needs: Sequence[Need]) -> int:
    return len({need.learner.pk for need in needs})


def _names(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _short(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _when(row: Response | Rating) -> str:
    if row.clock == Clock.NONE:
        return ""
    if row.clock == Clock.RELATIVE:
        return f"day {row.done_at // MICROSECONDS_A_DAY + 1}"
    local: datetime = from_microseconds(row.done_at).astimezone(current_scope().zone)
    return f"{local.day} {local:%b %Y}"


def _mastered_words(reasons: Why) -> str:
    estimate = reasons.estimate
    if estimate.model.has_ratings:
        return f"“{estimate.target}” on the scale"
    return f"{estimate.model.settings.tau:.0%} right on an average item"
