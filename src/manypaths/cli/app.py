"""All commands by name."""

from typing import Annotated

import typer

from manypaths.cli import (
    backing_up,
    calibrating,
    changing,
    connecting,
    ending,
    evaluating,
    grouping,
    mapping,
    merging,
    modelling,
    reading,
    rolling,
    sealing,
    serving,
    starting,
    taking_along,
)

app = typer.Typer(
    name="manypaths",
    help="What every learner has mastered, with the evidence behind it, and what comes next.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
imports = typer.Typer(help="Take in a framework or a log of responses.", no_args_is_help=True)
exports = typer.Typer(help="Give out a framework.", no_args_is_help=True)
app.add_typer(imports, name="import")
app.add_typer(exports, name="export")
sealed = typer.Typer(
    help="Who may read demographics, and the keys that open them.", no_args_is_help=True
)
app.add_typer(sealed, name="demographics")
tokens = typer.Typer(help="Let programs of others work with a school.", no_args_is_help=True)
app.add_typer(tokens, name="token")

app.command("init")(starting.init)
app.command("invite-first-leader")(starting.invite_first_leader)
app.command("recover-leader")(starting.recover_leader)
app.command("demo")(starting.demo)
app.command("check")(starting.check)
app.command("serve")(serving.serve_pages)
app.command("backup")(backing_up.backup)
app.command("check-backup")(backing_up.check_backup)
app.command("restore")(backing_up.restore)
app.command("verify-audit")(ending.verify_audit)
app.command("make-rounds")(ending.make_rounds)
app.command("retention")(ending.retention)
app.command("erase")(ending.erase)
app.command("erasures")(ending.erasures)
app.command("confirm-erasure")(ending.confirm_erasure)
app.command("withdraw-erasure")(ending.withdraw_erasure)
app.command("hold")(ending.hold)
app.command("holds")(ending.holds)
app.command("release-hold")(ending.release_hold)
app.command("signing-key")(taking_along.signing_key)
app.command("check-export")(taking_along.check_export)
imports.command("case")(changing.import_case_package)
imports.command("responses")(changing.import_response_log)
imports.command("table")(mapping.import_table)
imports.command("oneroster")(changing.import_roster)
imports.command("person")(taking_along.import_person)
exports.command("person")(taking_along.export_person)
exports.command("district")(taking_along.export_district)
exports.command("case")(changing.export_case_package)
tokens.command("make")(connecting.make)
tokens.command("list")(connecting.list_all)
tokens.command("renew")(connecting.renew)
tokens.command("revoke")(connecting.revoke)
app.command("estimate")(changing.estimate)
app.command("models")(modelling.models)
app.command("fit-model")(modelling.fit_model)
app.command("switch-model")(modelling.switch_model)
app.command("discard-model")(modelling.discard_model)
app.command("next")(reading.next_steps)
app.command("class")(reading.class_overview)
app.command("groups")(grouping.small_groups)
app.command("why")(reading.why)
app.command("evaluate")(evaluating.evaluate)
app.command("rules")(modelling.rules)
app.command("calibration")(calibrating.calibration)
sealed.command("give")(sealing.give)
sealed.command("end")(sealing.end)
sealed.command("rotate-keys")(sealing.rotate_keys)
app.command("roll-over")(rolling.roll_over)
app.command("undo-roll-over")(rolling.undo_roll_over)
app.command("duplicates")(merging.duplicates)
app.command("merge-people")(merging.merge)
app.command("unmerge-people")(merging.unmerge)


def _version(wanted: bool) -> None:
    if wanted:
        from manypaths import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read what stands before the command."""
