"""A page of measurements: a head with date, machine and versions, and parts that are measured."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from benchmarks.measure import machine, python_version


@dataclass(frozen=True)
class Page:
    """What stands above the parts, whose versions matter, and how each part is measured."""

    title: str
    about: str
    packages: Sequence[str]
    parts: dict[str, Callable[[], str]]

    def head(self) -> str:
        versions = ", ".join(f"{name} {version(name)}" for name in self.packages)
        return (
            f"# {self.title}\n\n{self.about}\n\n"
            f"Measured on {datetime.now(UTC):%Y-%m-%d} with {machine()}; "
            f"Python {python_version()}, {versions}.\n"
        )


def section(title: str, about: str, *tables: str) -> str:
    return "\n".join((f"## {title}\n", f"{about}\n", *tables))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
