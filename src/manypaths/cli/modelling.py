"""Commands on models and rules: fit a candidate, compare, and let a person switch."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from manypaths.cli.changing import DryRunOption
from manypaths.cli.clusters import ClusterOption, SharedOption, require_cluster_for_shared, site_for
from manypaths.cli.session import (
    DistrictOption,
    JsonOption,
    QuietOption,
    answering,
    naming,
    print_json,
    say,
    set_up,
    workplace,
)

if TYPE_CHECKING:
    from manypaths.base.progress import Tell
    from manypaths.estimates.rule_table import RuleComparison
    from manypaths.frameworks.models import Framework
    from manypaths.people.access import Operator

FrameworkArgument = Annotated[
    str, typer.Argument(metavar="FRAMEWORK", help="The framework's title or id.")
]
VersionArgument = Annotated[
    str | None, typer.Argument(metavar="VERSION", help="The model's version; else the candidate.")
]
SeedOption = Annotated[
    int, typer.Option(min=0, max=2**32 - 1, help="Chooses the learners who are held out.")
]


def models(
    framework: FrameworkArgument,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the models of a framework: the candidate, the one in force, and earlier ones."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.cli.model_answers import models_answer
        from manypaths.estimates.queries import models_of

        found = _framework(framework, work.operator)
        rows = models_of(_family(found), by=work.operator)
        if as_json:
            print_json(models_answer(found, rows))
        else:
            from manypaths.cli.model_pages import models_page
            from manypaths.cli.rendering import Page

            models_page(Page(), found, rows)


def fit_model(
    framework: FrameworkArgument,
    seed: SeedOption = 0,
    cluster: ClusterOption = None,
    shared: SharedOption = None,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Fit a candidate to all evidence and compare it with the model in force, which stays."""
    require_cluster_for_shared(cluster, shared)
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.cli.model_answers import candidate_answer
        from manypaths.cli.progress import progress
        from manypaths.estimates import services

        found = _framework(framework, work.operator)
        with (
            progress(shown=not (quiet or as_json)) as tell,
            site_for(cluster, shared, tell) as site,
        ):
            row = services.fit_candidate(
                _family(found), by=work.operator, at=now(), seed=seed, progress=tell, site=site
            )
        if as_json:
            print_json(candidate_answer(found, row))
        else:
            from manypaths.cli.model_pages import candidate_page
            from manypaths.cli.rendering import Page

            candidate_page(Page(), found, row)


def switch_model(
    framework: FrameworkArgument,
    version: VersionArgument = None,
    dry_run: DryRunOption = False,
    largest: Annotated[
        int, typer.Option(min=0, max=100_000, help="How many of the largest moves to name.")
    ] = 20,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Put a candidate or an earlier model in force; say what changes for whom."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.cli.model_answers import switch_answer
        from manypaths.cli.progress import progress
        from manypaths.estimates import services
        from manypaths.estimates.engine import engine_for
        from manypaths.estimates.queries import effects_of_switch, model_named

        found = _framework(framework, work.operator)
        family, at = _family(found), now()
        with naming(f"model of {found.title}", version or "candidate"):
            row = model_named(family, version, by=work.operator)
        replaced = engine_for(family).version
        with progress(shown=not (quiet or as_json)) as tell:
            effects = effects_of_switch(
                row, by=work.operator, at=at, n_largest=largest, progress=tell
            )
            if not dry_run:
                tell("Switching", 0, 0)
                services.switch_model(row, by=work.operator, at=at)
        content = switch_answer(found, row, replaced, effects, dry_run=dry_run)
        if as_json:
            print_json(content)
        else:
            from manypaths.cli.model_pages import switch_page
            from manypaths.cli.rendering import Page

            page = Page()
            page.title("Dry run: nothing was changed" if dry_run else "Done")
            switch_page(page, row, replaced, content["changes"], effects.largest)


def discard_model(
    framework: FrameworkArgument,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Drop the candidate of a framework; what is in force stays."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.estimates import services
        from manypaths.estimates.queries import model_named

        found = _framework(framework, work.operator)
        with naming(f"model of {found.title}", "candidate"):
            row = model_named(_family(found), None, by=work.operator)
        services.discard_candidate(row, by=work.operator, at=now())
        if as_json:
            print_json({"framework": found.title, "discarded": row.version})
        elif not quiet:
            say(f"{row.version} is dropped; what is in force stays.")


def rules(
    framework: Annotated[
        str | None, typer.Argument(metavar="FRAMEWORK", help="The framework's title or id.")
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            "--log", exists=True, dir_okay=False, readable=True, help="A log of responses instead."
        ),
    ] = None,
    seed: SeedOption = 0,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show school rules and models side by side: how well each predicts, and who differs."""
    if (framework is None) == (log is None):
        raise typer.BadParameter("name a framework, or a file with --log: one of the two.")
    set_up()
    with answering(as_json=as_json):
        from manypaths.cli.progress import progress

        with progress(shown=not (quiet or as_json)) as tell:
            if log is not None:
                named, found = log.name, _rules_on_log(log, seed, tell)
            else:
                named, found = _rules_on_framework(framework or "", district, seed, tell)
        if as_json:
            from manypaths.cli.model_answers import rules_answer

            print_json(rules_answer(named, found, seed=seed))
        else:
            from manypaths.cli.model_pages import rules_page
            from manypaths.cli.rendering import Page

            rules_page(Page(), named, found)


def _rules_on_framework(
    named: str, district: str | None, seed: int, tell: "Tell"
) -> tuple[str, "RuleComparison"]:
    from manypaths.base.clock import now
    from manypaths.estimates.queries import rules_on

    with workplace(district) as work:
        found = _framework(named, work.operator)
        tell("Reading the evidence", 0, 0)
        table = rules_on(_family(found), by=work.operator, at=now(), seed=seed, progress=tell)
        return found.title, table


def _rules_on_log(file: Path, seed: int, tell: "Tell") -> "RuleComparison":
    from manypaths.base.errors import Refused
    from manypaths.estimates.rule_table import Terms, compare_rules
    from manypaths.frameworks.rules import StatusRules
    from manypaths.interop.response_log import engine_log, read_response_log
    from manypaths.mastery import Settings

    read = read_response_log(file, count=_counting(tell))
    for notice in read.notices:
        say(notice, err=True)
    try:
        terms = Terms(StatusRules(), Settings())
        return compare_rules(engine_log(read), terms, seed=seed, progress=tell)
    except ValueError as error:
        raise Refused(f"Rules can't be compared on {file.name}: {error}.") from error


def _counting(tell: "Tell") -> Callable[[int], None]:
    return lambda n_rows: tell("Reading rows", n_rows, 0)


def _framework(named: str, operator: "Operator") -> "Framework":
    from manypaths.frameworks.queries import framework_named

    with naming("framework", named):
        return framework_named(named.strip(), by=operator)


def _family(framework: "Framework") -> "Framework":
    from manypaths.estimates.engine import family_of

    return family_of(framework)
