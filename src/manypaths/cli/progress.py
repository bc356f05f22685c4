"""Progress with rates, on stderr, for whatever takes more than a moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

Tell = Callable[[str, int, int], None]


class _Rate(ProgressColumn):
    """Shows how many a second."""

    def render(self, task: Task) -> Text:
        """Return the rate in words, nothing while there is none."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed and task.total else "")


@contextmanager
def progress(*, shown: bool) -> Iterator[Tell]:
    """Give a function that is told (what, how many done, of how many; 0 where not known).

    Bars are for a terminal alone: in a log of a scheduled job they would only be noise.
    """
    console = Console(stderr=True)
    if not (shown and console.is_terminal):
        yield lambda what, done, total: None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, int] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)  # type: ignore[arg-type]

        yield tell
