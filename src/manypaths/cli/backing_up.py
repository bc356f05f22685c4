"""Commands for backups: write one, check one, bring one back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from manypaths.base.errors import Refused
from manypaths.cli.session import (
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
        int | None,
        typer.Option(min=1, help="Delete all but so many of the newest backups beside it."),
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
        from manypaths.upkeep import backups

        if not is_made():
            raise Refused("There is nothing here yet to back up.")
        with progress(shown=not (quiet or as_json)) as tell:
            backups.write_backup(file, at=now(), progress=tell)
            written = backups.check_backup(file, progress=tell)
            dropped = backups.drop_older(file, keep=keep) if keep else []
        _report(written, file, "Backed up", as_json=as_json, quiet=quiet, dropped=len(dropped))


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


def restore(file: BackupArgument, quiet: QuietOption = False, as_json: JsonOption = False) -> None:
    """Bring a backup into an empty installation, of this or an earlier version."""
    set_up()
    with answering(as_json=as_json):
        from manypaths.base.locks import Work, alone
        from manypaths.cli.home import prepare_home
        from manypaths.cli.progress import progress
        from manypaths.upkeep import backups

        with alone(Work.MAKING_A_HOME), progress(shown=not (quiet or as_json)) as tell:
            prepare_home()
            restored = backups.restore_backup(file, progress=tell)
        _report(restored, file, "Restored", as_json=as_json, quiet=quiet)


def _report(
    found: "Backup", file: Path, what: str, *, as_json: bool, quiet: bool, dropped: int = 0
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
            }
        )
    elif not quiet:
        say(
            f"{what}: {found.n_rows:,} rows of {len(found.tables)} tables and {len(found.files):,} "
            f"files, of {found.made_at[:16].replace('T', ' ')} UTC, in {file}."
        )
