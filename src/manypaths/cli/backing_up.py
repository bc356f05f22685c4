"""Commands for backups: write one, check one, bring one back."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from manypaths.base.errors import Refused
from manypaths.cli.session import (
    REFUSED,
    JsonOption,
    QuietOption,
    answering,
    print_json,
    say,
    set_up,
)

if TYPE_CHECKING:
    from manypaths.upkeep.backups import Backup

BackupArgument = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The backup.")
]


def backup(
    file: Annotated[Path, typer.Argument(help="The zip to write; it may not be there yet.")],
    keep: Annotated[
        str | None,
        typer.Option(help="Of the backups beside it keep so many, or those of so many days: 35d."),
    ] = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write everything to one file while others go on working, and read it through."""
    set_up()
    with answering(as_json=as_json):
        from manypaths.base.clock import now
        from manypaths.cli.home import is_made
        from manypaths.cli.progress import progress
        from manypaths.records.safekeeping import back_up

        drop = _keeping(keep)
        if not is_made():
            raise Refused("There is nothing here yet to back up.")
        with progress(shown=not (quiet or as_json)) as tell:
            written = back_up(file, at=now(), progress=tell)
            dropped = drop(file)
        _report(written, file, "Backed up", as_json=as_json, quiet=quiet, dropped=len(dropped))


def _keeping(keep: str | None) -> Callable[[Path], list[Path]]:
    """Return what deletes older backups: by number, or by days. Raises BadParameter for neither."""
    from manypaths.base.clock import now
    from manypaths.upkeep import backups

    if keep is None:
        return lambda file: []
    number, is_days = keep.removesuffix("d"), keep.endswith("d")
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= 100_000):
        raise typer.BadParameter(
            f"{keep!r} is neither a number of backups, such as 14, nor of days, such as 35d.",
            param_hint="--keep",
        )
    if is_days:
        before = now() - timedelta(days=int(number))
        return lambda file: backups.drop_before(file, before=before)
    return lambda file: backups.drop_older(file, keep=int(number))


def check_backup(
    file: BackupArgument, quiet: QuietOption = False, as_json: JsonOption = False
) -> None:
    """Read a backup through: whether every table and file in it is whole."""
    set_up()
    with answering(as_json=as_json):
        from manypaths.cli.progress import progress
        from manypaths.upkeep import backups

        with progress(shown=not (quiet or as_json)) as tell:
            found = backups.check_backup(file, progress=tell)
        _report(found, file, "Whole", as_json=as_json, quiet=quiet)


def restore(
    file: BackupArgument,
    ledger: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="A newer ledger of deletions."),
    ] = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bring a backup into an empty installation, of this or an earlier version.

    What was deleted after the backup is deleted again, by the ledger beside it or in the home.
    """
    set_up()
    with answering(as_json=as_json):
        from manypaths.base.clock import now
        from manypaths.base.locks import Work, alone
        from manypaths.cli.home import prepare_home
        from manypaths.cli.progress import progress
        from manypaths.records.safekeeping import bring_back

        with alone(Work.MAKING_A_HOME), progress(shown=not (quiet or as_json)) as tell:
            prepare_home()
            restored = bring_back(file, at=now(), ledgers=ledger or (), progress=tell)
        again = {
            "erased_again": restored.n_erased,
            "deleted_again": restored.n_deleted,
            "held_again": restored.n_held,
            "log_breaks": len(restored.logs.breaks),
        }
        _report(restored.backup, file, "Restored", as_json=as_json, quiet=quiet, more=again)
        if not (as_json or quiet) and (restored.n_erased or restored.n_deleted):
            say(
                f"Deleted again, as the ledger says: {restored.n_erased:,} people, and "
                f"{restored.n_deleted:,} rows of others."
            )
        for notice in restored.notices:
            say(notice, err=True)
        for broken in restored.logs.breaks[:20]:
            say(f"The backup's logs are not as they were sealed: {broken}", err=True)
    if restored.logs.breaks:
        raise typer.Exit(REFUSED)


def _report(
    found: "Backup",
    file: Path,
    what: str,
    *,
    as_json: bool,
    quiet: bool,
    dropped: int = 0,
    more: dict[str, int] | None = None,
) -> None:
    if as_json:
        print_json(
            {
                "file": str(file),
                "made_at": found.made_at,
                "version": found.version,
                "tables": len(found.tables),
                "rows": found.n_rows,
                "files": len(found.files),
                "dropped": dropped,
                **(more or {}),
            }
        )
    elif not quiet:
        say(
            f"{what}: {found.n_rows:,} rows of {len(found.tables)} tables and {len(found.files):,} "
            f"files, of {found.made_at[:16].replace('T', ' ')} UTC, in {file}."
        )
