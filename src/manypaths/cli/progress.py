"""Progress with rates, on stderr, for whatever takes more than a moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from manypaths.base.progress import Tell, silence


class _Count(ProgressColumn):
    """Shows how many are done, and of how many where that is known."""

    def render(self, task: Task) -> Text:
        """Return the counts, nothing for what is not counted."""
        if not task.fields["counted"]:
            return Text()
        total = f" of {task.total:,.0f}" if task.total else ""
        return Text(f"{task.completed:,.0f}{total}")


class _Rate(ProgressColumn):
    """Shows how many a second."""

    def render(self, task: Task) -> Text:
        """Return the rate in words, nothing while there is none."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed and task.fields["counted"] else "")


@contextmanager
def progress(*, shown: bool) -> Iterator[Tell]:
    """Give a function that is told (what, how many done, of how many; 0 where not known).

    Bars are for a terminal alone: in a log of a scheduled job they would only be noise.
    """
    console = Console(stderr=True)
    if not (shown and console.is_terminal):
        yield silence
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        _Count(),
        _Rate(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        made: dict[str | int, TaskID] = {}
        counts: dict[str | int, int] = {}

        def tell(what: str, done: int, total: int) -> None:
            key = total or what  # parts of one whole share a bar
            if key not in made:
                for before, bar in made.items():
                    n_done = counts[before] or 1
                    bars.update(bar, completed=n_done, total=n_done)
                    bars.stop_task(bar)
                made[key] = bars.add_task(what, total=total or None, counted=False)
            counts[key] = done
            counted = bool(done or total)
            bars.update(made[key], description=what, completed=done, counted=counted)

        yield tell
