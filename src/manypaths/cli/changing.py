"""Commands that change: imports, estimates; and the export of a framework."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from manypaths.cli.clusters import ClusterOption, SharedOption, require_cluster_for_shared, site_for
from manypaths.cli.session import (
    DistrictOption,
    JsonOption,
    NothingImported,
    QuietOption,
    answering,
    naming,
    print_json,
    say,
    set_up,
    showing_work,
    workplace,
)

if TYPE_CHECKING:
    from manypaths.estimates.models import FittedModel
    from manypaths.frameworks.models import Framework
    from manypaths.interop.report import ImportReport

FileArgument = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
]


def import_case_package(
    file: FileArgument,
    dry_run: DryRunOption = False,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take in a framework from a CASE 1.0 or 1.1 package."""
    set_up()
    nothing = NothingImported(file, dry_run, ("items", "associations"))
    with (
        answering(as_json=as_json, refused=nothing),
        workplace(district, make=True, for_trial=dry_run) as work,
    ):
        from manypaths.base.clock import now
        from manypaths.interop.case import import_case

        with showing_work(f"Reading {file.name}", shown=not (quiet or as_json)):
            report = import_case(
                file.read_bytes(), file=file.name, by=work.operator, at=now(), dry_run=dry_run
            )
        print_report(report, file, as_json=as_json)


def import_response_log(
    file: FileArgument,
    group: Annotated[str, typer.Option(help="The group whose learners they are.")],
    framework: Annotated[
        str | None, typer.Option(help="The framework of the codes; else a new flat one.")
    ] = None,
    dry_run: DryRunOption = False,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take in a log of responses: learner,item,time,correct,competencies (CSV, also .gz)."""
    set_up()
    kinds = ("people", "groups", "memberships", "items", "responses")
    nothing = NothingImported(file, dry_run, kinds)
    with (
        answering(as_json=as_json, refused=nothing),
        workplace(district, make=True, for_trial=dry_run) as work,
    ):
        from manypaths.base.clock import now
        from manypaths.cli.progress import progress
        from manypaths.interop.response_import import ImportTarget, import_responses

        with progress(shown=not (quiet or as_json)) as tell:
            report = import_responses(
                file,
                ImportTarget(group.strip(), framework),
                by=work.operator,
                at=now(),
                dry_run=dry_run,
                progress=tell,
            )
        print_report(report, file, as_json=as_json)


def import_roster(
    path: Annotated[Path, typer.Argument(exists=True, help="A folder or zip of OneRoster CSV.")],
    dry_run: DryRunOption = False,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take in schools, classes and people from OneRoster 1.1 or 1.2 CSV."""
    set_up()
    kinds = ("schools", "terms", "groups", "people", "roles", "memberships", "relationships")
    nothing = NothingImported(path, dry_run, kinds)
    with (
        answering(as_json=as_json, refused=nothing),
        workplace(district, make=True, for_trial=dry_run) as work,
    ):
        from manypaths.base.clock import now
        from manypaths.cli.progress import progress
        from manypaths.interop.oneroster.roster_import import import_roster as take_in

        with progress(shown=not (quiet or as_json)) as tell:
            report = take_in(
                path,
                district=work.district,
                by=work.operator,
                at=now(),
                dry_run=dry_run,
                progress=tell,
            )
        print_report(report, path, as_json=as_json)


def export_case_package(
    framework: Annotated[str, typer.Argument(metavar="ID", help="The framework's id or title.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; else stdout.")
    ] = None,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Give out a framework as a CASE 1.1 package."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.frameworks.queries import framework_named
        from manypaths.interop.case import to_case

        with naming("framework", framework):
            found = framework_named(framework.strip(), by=work.operator)
        with showing_work("Writing", shown=not (quiet or as_json)):
            writing = to_case(found)
        for notice in writing.notices:
            say(notice, err=True)
        if output is None:
            print_json(writing.package)
        else:
            import json

            output.write_text(
                json.dumps(writing.package, ensure_ascii=False, indent=1), encoding="utf-8"
            )
            n_items = len(writing.package["CFItems"])
            if as_json:
                print_json({"file": str(output), "items": n_items})
            elif not quiet:
                say(f"Wrote {n_items:,} items to {output}.", err=True)


def estimate(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Compute all beliefs anew from the evidence.")
    ] = False,
    refit: Annotated[
        bool, typer.Option("--refit", help="Fit a new model and put it in force.")
    ] = False,
    cluster: ClusterOption = None,
    shared: SharedOption = None,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bring all estimates up to date; by a first model where nothing was fitted yet."""
    if rebuild and refit:
        raise typer.BadParameter("--refit computes everything anew as well: choose one.")
    require_cluster_for_shared(cluster, shared)
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.cli.progress import progress
        from manypaths.estimates import services
        from manypaths.estimates.engine import row_in_force
        from manypaths.estimates.queries import evidence_counts, families_with_evidence

        done = []
        with (
            progress(shown=not (quiet or as_json)) as tell,
            site_for(cluster, shared, tell) as site,
        ):
            families = families_with_evidence(by=work.operator)
            for number, family in enumerate(families):
                tell("Frameworks", number, len(families))
                began = time.perf_counter()
                if refit:
                    services.fit_model(family, by=work.operator, at=now(), site=site)
                else:
                    services.bring_up_to_date(family, by=work.operator, at=now(), site=site)
                if rebuild:
                    services.rebuild(family, by=work.operator, at=now(), site=site)
                row = row_in_force(family)
                if row is not None:
                    counts = evidence_counts(family, by=work.operator)
                    done.append(_estimated(family, row, counts, time.perf_counter() - began))
        if as_json:
            print_json({"estimated": done})
        for each in () if as_json else done:
            say(
                f"{each['framework']}: {each['pieces']:,} pieces of evidence of "
                f"{each['learners']:,} learners in {each['seconds']:.1f} s, by {each['model']}."
            )


def _estimated(
    family: "Framework", row: "FittedModel", counts: tuple[int, int], seconds: float
) -> dict[str, Any]:
    n_pieces, n_learners = counts
    return {
        "framework": family.title,
        "model": row.version,
        "pieces": n_pieces,
        "learners": n_learners,
        "seconds": round(seconds, 3),
    }


def print_report(report: "ImportReport", file: Path, *, as_json: bool) -> None:
    """Print what an import did: the object, or a page with what was tolerated."""
    for notice in report.notices:
        say(notice, err=True)
    if report.faults:
        from manypaths.interop.report import refused

        raise refused(file.name, report.faults)
    if as_json:
        print_json(report.as_json())
        return
    from manypaths.cli.rendering import Page

    Page().import_report(report)
