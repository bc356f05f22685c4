"""The command for tables of other programs, whose columns are asked about once."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from manypaths.base.errors import Refused
from manypaths.cli.changing import print_report
from manypaths.cli.session import (
    DistrictOption,
    JsonOption,
    NothingImported,
    answering,
    set_up,
    workplace,
)

if TYPE_CHECKING:
    from manypaths.interop.foreign_tables import ForeignTable


def import_table(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file.")
    ],
    group: Annotated[str, typer.Option(help="The group whose learners they are.")],
    framework: Annotated[
        str | None, typer.Option(help="For responses: the framework of the codes.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="class list, or responses.")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="Which column is what: learner=Student.")
    ] = None,
    month_first: Annotated[
        bool, typer.Option("--month-first", help="Dates are written 12/31/2026.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in a class list or responses from a table of any program."""
    set_up()
    nothing = NothingImported(file, dry_run, ("people", "memberships"))
    with answering(as_json=as_json, refused=nothing), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.interop.foreign_tables import guessed_kind, guessed_order, read_foreign
        from manypaths.interop.mapped_import import import_mapped, known_mapping, remember_mapping
        from manypaths.interop.response_import import ImportTarget

        table = read_foreign(file.read_bytes(), file=file.name)
        mapping = known_mapping(table, by=work.operator)
        if column:
            said = dict(_pair(one) for one in column)
            order = "month first" if month_first else guessed_order(table, said.get("time"))
            chosen = kind or guessed_kind(table)
            mapping = remember_mapping(table, chosen, said, order=order, by=work.operator, at=now())
        if mapping is None:
            raise Refused(_question(table, kind or guessed_kind(table)))
        target = ImportTarget(group.strip(), framework)
        report = import_mapped(table, mapping, target, by=work.operator, at=now(), dry_run=dry_run)
        print_report(report, file, as_json=as_json)


def _pair(text: str) -> tuple[str, str]:
    field, is_pair, name = text.partition("=")
    if not is_pair:
        raise Refused(f"--column {text}: write FIELD=NAME, as in learner=Student.")
    return field.strip(), name.strip()


def _question(table: "ForeignTable", kind: str) -> str:
    """Return what is asked of a table with unknown columns, with a guess for each."""
    from manypaths.interop.foreign_tables import FIELDS, guessed_columns, names_in

    if kind not in FIELDS:
        return "--kind is class list or responses."
    guesses = guessed_columns(table, kind)
    said = " ".join(
        f'--column {field}="{guesses.get(field, "?")}"' for field in names_in(FIELDS[kind])
    )
    return (
        f"This table is new here. It has the columns {', '.join(table.header)}. "
        f"Say which is what (leave out what it has not): {said}"
    )
