"""For whom the estimates are worse: a district's own evidence, by subgroup."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from manypaths.cli.session import (
    DistrictOption,
    FrameworkOption,
    JsonOption,
    QuietOption,
    answering,
    naming,
    print_json,
    set_up,
    showing_work,
    workplace,
)

if TYPE_CHECKING:
    from manypaths.frameworks.models import Framework
    from manypaths.people.access import Operator


def calibration(
    framework: FrameworkOption = None,
    groups: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            readable=True,
            help="CSV of learner,subgroup: these subgroups instead of schools and classes.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="Chooses how learners are divided.")
    ] = 0,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say for whom the estimates are worse: by school and class, or by subgroups of a file."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.cli.answers import calibration_answer
        from manypaths.estimates.calibration import calibration_report

        family = _family(framework, work.operator)
        named = None if groups is None else _subgroups(groups, work.operator)
        with showing_work("Fitting and predicting", shown=not (quiet or as_json)):
            report = calibration_report(family, by=work.operator, groups=named, seed=seed)
        if as_json:
            print_json(calibration_answer(report))
        else:
            from manypaths.cli.calibration_page import write_calibration
            from manypaths.cli.rendering import Page

            write_calibration(Page(), report)


def _family(named: str | None, operator: "Operator") -> "Framework":
    from manypaths.base.errors import Refused
    from manypaths.estimates.engine import family_of
    from manypaths.estimates.queries import evidence_counts, families_with_evidence
    from manypaths.frameworks.queries import framework_named

    if named is not None:
        with naming("framework", named):
            return family_of(framework_named(named.strip(), by=operator))
    families = families_with_evidence(by=operator)
    if not families:
        raise Refused("There is no evidence yet.")
    return max(families, key=lambda family: evidence_counts(family, by=operator))


def _subgroups(file: Path, operator: "Operator") -> dict[int, str]:
    from manypaths.interop.subgroups import read_subgroups
    from manypaths.people.queries import learners_with_ids

    subgroups = read_subgroups(file)
    with naming("learner", f"each of those in {file.name}"):
        people = learners_with_ids(list(subgroups), by=operator)
    return {people[text].pk: subgroup for text, subgroup in subgroups.items()}
