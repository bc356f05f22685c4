"""The only place that calls a text safe: marks made of fixed words, with all else escaped."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

# The class that gives a status its shape, by the word that `estimates.status` uses.
STATUS_CLASSES: Mapping[str, str] = {
    "not started": "not-started",
    "needs evidence": "needs-evidence",
    "growing": "growing",
    "ready to show": "ready-to-show",
    "demonstrated": "demonstrated",
    "worth a refresh": "worth-a-refresh",
}
# How many stones stand for a certainty.
STONES: Mapping[str, int] = {"sure": 3, "fairly sure": 2, "not sure yet": 1, "": 0}


# The letter of class by which a cell of the matrix gets its mark.
_CELLS: Mapping[str, str] = {
    "not started": "o",
    "needs evidence": "e",
    "growing": "g",
    "ready to show": "r",
    "demonstrated": "d",
    "worth a refresh": "w",
}


def matrix_row(
    head: str,
    address: str,
    statuses: Sequence[str],
    begins_area: Sequence[bool],
    words: Mapping[str, str],
) -> SafeString:
    """Return a row of the matrix: a learner's name, and a cell with the word of each status.

    Six hundred cells as elements of a template would cost more than all the rest of the page.
    """
    shown = {status: escape(words[status]) for status in set(statuses)}
    cells = "".join(
        f'<td class="{_CELLS[status]} a">{shown[status]}'
        if begins
        else f"<td class={_CELLS[status]}>{shown[status]}"
        for status, begins in zip(statuses, begins_area, strict=True)
    )
    link = f'<a href="{escape(address)}">{escape(head)}</a>'
    return mark_safe(f"<tr><th scope=row>{link}</th>{cells}</tr>")  # noqa: S308


def matrix_heads(columns: Iterable[tuple[str, str, bool]]) -> SafeString:
    """Return the heads of the matrix's columns: name, address, and whether an area begins."""
    heads = (
        f'<th scope="col"{_begins(begins)}><a href="{escape(address)}">{escape(name)}</a></th>'
        for name, address, begins in columns
    )
    return mark_safe("".join(heads))  # noqa: S308


def matrix_feet(columns: Iterable[tuple[int, bool]]) -> SafeString:
    """Return the feet of the matrix's columns: a number, and whether an area begins."""
    return mark_safe("".join(f"<td{_begins(begins)}>{n:d}</td>" for n, begins in columns))  # noqa: S308


def _begins(area: bool) -> str:
    return ' class="a"' if area else ""


def hidden_fields(said: Iterable[tuple[str, str]]) -> SafeString:
    """Return fields that a form sends along unseen, by name and value."""
    fields = (
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in said
    )
    return mark_safe("".join(fields))  # noqa: S308


def more_button(address: str, words: str) -> SafeString:
    """Return the button of three dots that sends a form's row elsewhere, with what it says."""
    return mark_safe(  # noqa: S308
        f'<button class="b sm plain" formaction="{escape(address)}" aria-label="{escape(words)}">'
        "•••</button>"
    )


def mark_of(status: str, words: str) -> SafeString:
    """Return the waymark of a status with its word."""
    return mark_safe(  # noqa: S308
        f'<span class="st"><i class="wm {STATUS_CLASSES[status]}"></i>{escape(words)}</span>'
    )


def pin_of(status: str) -> SafeString:
    """Return the waymark of a status alone, where its word stands beside."""
    return mark_safe(f'<i class="wm {STATUS_CLASSES[status]}"></i>')  # noqa: S308


def cairn_of(certainty: str, words: str) -> SafeString:
    """Return the stones of a certainty with its words."""
    stones = f'<i class="cn cairn-{STONES[certainty]}"></i>'
    return mark_safe(f'<span class="sure">{stones}{escape(words)}</span>')  # noqa: S308
