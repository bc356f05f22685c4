"""Texts of tasks, and moments, on pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django import template

from manypaths.base.clock import from_microseconds

register = template.Library()


@dataclass(frozen=True)
class Run:
    """Some words that are set alike."""

    text: str
    is_strong: bool = False
    is_stressed: bool = False


@dataclass(frozen=True)
class Block:
    """A paragraph, or the lines of a list."""

    is_list: bool
    lines: Sequence[Sequence[Run]]


@register.filter
def blocks(text: str) -> list[Block]:
    """Return a text as educators write it, to be set: paragraphs, `- ` lines, `**`, `*`."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        if lines and all(line.startswith(("- ", "* ")) for line in lines):
            found.append(Block(True, [_runs(line[2:]) for line in lines]))
        elif lines:
            found.append(Block(False, [_runs(" ".join(lines))]))
    return found


@register.filter
def moment(microseconds: int | None) -> datetime | None:
    """Return the moment that a row stores as a number."""
    return None if microseconds is None else from_microseconds(microseconds)


def _runs(line: str) -> list[Run]:
    found = []
    for part in re.split(r"(\*\*.+?\*\*|\*\S.*?\*)", line):
        if len(part) > 4 and part.startswith("**") and part.endswith("**"):
            found.append(Run(part[2:-2], is_strong=True))
        elif len(part) > 2 and part.startswith("*") and part.endswith("*"):
            found.append(Run(part[1:-1], is_stressed=True))
        elif part:
            found.append(Run(part))
    return found
