"""Commands that begin: make a home, look around in the demo district, check an installation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from manypaths.cli.session import (
    REFUSED,
    DistrictOption,
    JsonOption,
    QuietOption,
    answering,
    print_json,
    say,
    set_up,
    showing_work,
    workplace,
)

if TYPE_CHECKING:
    from manypaths.accounts.services import Issued

AddressOption = Annotated[
    str | None, typer.Option(help="Where the pages are; else MANYPATHS_ADDRESS.")
]


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

        from manypaths.accounts.queries import can_anybody_sign_in
        from manypaths.base.secret_key import keep_secret
        from manypaths.cli.home import make_home
        from manypaths.people.access import Operator

        keep_secret(settings.HOME)
        district = make_home(Operator(), name, time_zone)
        if as_json:
            print_json({"home": str(settings.HOME), "district": district.name})
        elif not quiet:
            say(f"{district.name} is ready in {settings.HOME}.")
            if not can_anybody_sign_in(by=Operator()):
                say("Nobody can sign in yet. Invite the first leader:")
                say('  manypaths invite-first-leader --name "Your Name" --email you@example.org')


def invite_first_leader(
    name: Annotated[str, typer.Option(help="Given and family name of the leader.")],
    email: Annotated[str, typer.Option(help="The address by which they will sign in.")],
    address: AddressOption = None,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print a link by which the first leader of a fresh district gets in; it works once."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.cli.inviting import invited

        issued, link = invited(name, email, address, work.operator)
        _print_link(issued, link, quiet=quiet, as_json=as_json)


def recover_leader(
    email: Annotated[str, typer.Option(help="The address by which the leader signs in.")],
    address: AddressOption = None,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take from a leader the passkey, app and codes that they lost, and print a new link."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.cli.inviting import recovered

        issued, link = recovered(email, address, work.operator)
        _print_link(issued, link, quiet=quiet, as_json=as_json)


def _print_link(issued: "Issued", link: str, *, quiet: bool, as_json: bool) -> None:
    if as_json:
        until = issued.invitation.expires_at.isoformat()
        print_json({"name": issued.person.name, "link": link, "good_until": until})
        return
    say(link)
    if not quiet:
        say(f"It lets {issued.person.name} in once, within two weeks. Give it to nobody else.")


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
            if quiet and finding.ok and not finding.risk:
                continue
            mark = "RISK " if finding.risk else "ok   " if finding.ok else "WRONG"
            say(f"{mark}  {finding.name}: {finding.detail}")
    if not all(finding.ok for finding in found):
        raise typer.Exit(REFUSED)
