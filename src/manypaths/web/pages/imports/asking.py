"""Which column is what: the question with its guesses, and the answer."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from manypaths.interop.foreign_tables import (
    FIELDS,
    ForeignTable,
    guessed_columns,
    guessed_kind,
    guessed_order,
    names_in,
)

KINDS: dict[str, str | Promise] = {"class list": _("a class list"), "responses": _("responses")}
ORDERS: dict[str, str | Promise] = {
    "day first": _("the day first: 31.12.2026, 31/12/2026"),
    "month first": _("the month first: 12/31/2026"),
}
_LABELS: dict[str, str | Promise] = {
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "name": _("Whole name, where it is one column"),
    "id": _("Their id in that program"),
    "learner": _("Who answered (an id or a name)"),
    "item": _("Which item"),
    "correct": _("How right it was"),
    "full_score": _("The full score, where points are given"),
    "time": _("When"),
    "competencies": _("Codes of the competencies that it shows"),
}


@dataclass(frozen=True)
class Asked:
    """One thing that a column may be: what it is called, whether it is needed, and the guess."""

    field: str
    label: str | Promise
    is_needed: bool
    guess: str


@dataclass(frozen=True)
class Question:
    """All that is asked of a table, as one kind of table."""

    kind: str
    kinds: dict[str, str | Promise]
    fields: list[Asked]
    orders: dict[str, str | Promise]
    order: str


def asked_of(table: ForeignTable, kind: str | None) -> Question:
    """Return what is asked of a table, of the kind that somebody chose or that it rather is."""
    chosen = kind if kind is not None and kind in FIELDS else guessed_kind(table)
    guesses = guessed_columns(table, chosen)
    fields = [
        Asked(name, _LABELS[name], not wanted.endswith("?"), guesses.get(name, ""))
        for wanted, name in zip(FIELDS[chosen], names_in(FIELDS[chosen]), strict=True)
    ]
    orders = ORDERS if chosen == "responses" else {}
    return Question(chosen, KINDS, fields, orders, guessed_order(table, guesses.get("time")))


def said_of(posted: QueryDict) -> tuple[str, dict[str, str], str]:
    """Return the kind, the columns and the order of dates that somebody said."""
    kind = posted.get("kind", "")
    columns = {
        name: posted.get(f"column-{name}", "")
        for name in names_in(FIELDS.get(kind, ()))
        if posted.get(f"column-{name}")
    }
    order = posted.get("order", "")
    return kind, columns, order if order in ORDERS else "day first"
