"""Commands that begin: make a home, look around in the demo district, check an installation."""

from pathlib import Path
from typing import Annotated

import typer

from manypaths.cli.session import (
    REFUSED,
    JsonOption,
    QuietOption,
    answering,
    print_json,
    say,
    set_up,
    showing_work,
)


def init(
    name: Annotated[str | None, typer.Option(help="What the district is called.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Its time zone: Europe/Lisbon.")] = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a home with an empty district, or bring one up to date, with a name and a zone."""
    set_up()
    with answering(as_json=as_json):
        from django.conf import settings

        from manypaths.base.secret_key import keep_secret
        from manypaths.cli.home import make_home
        from manypaths.people.access import Operator

        keep_secret(settings.HOME)
        district = make_home(Operator(), name, time_zone)
        if as_json:
            print_json({"home": str(settings.HOME), "district": district.name})
        elif not quiet:
            say(f"{district.name} is ready in {settings.HOME}.")


def demo(
    home: Annotated[
        Path | None, typer.Option(help="Where it lives; else MANYPATHS_HOME or its default.")
    ] = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="End after the report.")] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Invents another year; 1 unless given.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Make it anew.")] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a district of invented people with a school year of work, and serve its pages."""
    set_up(home)
    with answering(as_json=as_json):
        from manypaths.cli.demonstration import open_demo, show_demo
        from manypaths.cli.progress import progress

        with progress(shown=not (quiet or as_json)) as tell:
            opened = open_demo(seed=seed, fresh=fresh, progress=tell)
        if as_json:
            print_json(opened.as_json())
            return
        if not quiet:
            show_demo(opened)
        if not no_serve:
            from manypaths.cli.serving import serve_demo

            serve_demo()


def check(quiet: QuietOption = False, as_json: JsonOption = False) -> None:
    """Say whether the database, its journal, its tables and the estimates are sound."""
    set_up()
    from manypaths.cli.soundness import findings

    with answering(as_json=as_json):
        with showing_work("Checking", shown=not (quiet or as_json)):
            found = findings()
        if as_json:
            print_json({"ok": all(f.ok for f in found), "checks": [f.as_json() for f in found]})
        for finding in () if as_json else found:
            if quiet and finding.ok:
                continue
            say(f"{'ok   ' if finding.ok else 'WRONG'}  {finding.name}: {finding.detail}")
    if not all(finding.ok for finding in found):
        raise typer.Exit(REFUSED)
