"""How well a model, or a school's rule, predicts the responses of a log."""

from math import isnan
from pathlib import Path
from typing import Annotated

import typer

from manypaths.cli.session import (
    JsonOption,
    QuietOption,
    answering,
    print_json,
    say,
    set_up,
    showing_work,
)


def evaluate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="Chooses the learners who are held out.")
    ] = 0,
    kind: Annotated[
        str, typer.Option(help="dynamic-irt, bkt, or a school's rule such as decaying-average.")
    ] = "dynamic-irt",
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Fit on four fifths of a log's learners and predict the responses of the others."""
    from manypaths.mastery.kinds import KINDS
    from manypaths.mastery.rules import RULES

    kinds = (*KINDS, *RULES)
    if kind not in kinds:
        raise typer.BadParameter(f"{kind!r} is none of: {', '.join(kinds)}.", param_hint="--kind")
    set_up()
    with answering(as_json=as_json):
        from manypaths.base.errors import Refused
        from manypaths.cli.progress import progress
        from manypaths.interop.response_log import engine_log, read_response_log
        from manypaths.mastery.evaluation import evaluate as score

        with progress(shown=not (quiet or as_json)) as tell:
            log = read_response_log(file, count=lambda n_rows: tell("Reading rows", n_rows, 0))
        for notice in log.notices:
            say(notice, err=True)
        try:
            with showing_work("Fitting and predicting", shown=not (quiet or as_json)):
                found = score(engine_log(log), kind=kind, seed=seed)
        except ValueError as error:
            raise Refused(f"{file.name} can't be evaluated: {error}.") from error
        # One object either way: it is a table of numbers, and JSON has none that is no number.
        print_json({name: None if _is_nan(value) else value for name, value in found.items()})


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and isnan(value)
