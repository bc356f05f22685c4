"""The command that serves the pages, and the demo's way into it."""

import os
import sys
from typing import Annotated, NoReturn

import typer

from manypaths.base.errors import Refused
from manypaths.cli.session import answering, say, set_up
from manypaths.web.serving import Place, is_free, serve, usual_workers

_DEFAULT = Place("127.0.0.1", 8000)
_TRIED_PORTS = 20


def serve_pages(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = _DEFAULT.host,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="The port.")] = _DEFAULT.port,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes; else one for each of 4 cores.")
    ] = None,
) -> None:
    """Serve the pages, and do the work in the background that they ask for, until told to end."""
    place = Place(host, port)
    with answering(as_json=False):
        _let_in_from(place)
        is_demo = _open_home()
        if not is_free(place):
            raise Refused(f"Port {port} is taken. Choose another one with --port.")
        serve(place, n_workers=workers or usual_workers(), tell=lambda: _say_where(place, is_demo))


def serve_demo() -> NoReturn:
    """Go on as the process that serves the home, on the first free port; say how to look around."""
    ports = range(_DEFAULT.port, _DEFAULT.port + _TRIED_PORTS)
    port = next((p for p in ports if is_free(Place(_DEFAULT.host, p))), None)
    if port is None:
        raise Refused(f"The ports {ports[0]} to {ports[-1]} are all taken.")
    os.environ["MANYPATHS_LOG_FORMAT"] = "text"  # whoever looks around reads pages, not logs
    os.environ.pop("MANYPATHS_ADDRESS", None)
    command = [sys.executable, "-c", "from manypaths.cli import main; main()"]
    sys.stdout.flush()
    # A process of its own: this one holds all that the invented year was made with.
    os.execv(sys.executable, [*command, "serve", "--port", str(port)])  # noqa: S606  # no shell


def _let_in_from(place: Place) -> None:
    """Settle in which way people come, before the settings are read."""
    os.environ.setdefault("MANYPATHS_LOG_FORMAT", "json")
    if os.environ.get("MANYPATHS_ADDRESS"):
        return
    if not place.is_loopback:
        raise Refused(
            f"On {place.host} others could read along: pages go over a wire by https alone. Put a "
            "proxy that speaks https in front, and name its address in MANYPATHS_ADDRESS "
            "(https://paths.example.org)."
        )
    os.environ["MANYPATHS_ADDRESS"] = place.address


def _open_home() -> bool:
    """Make the home or bring it up to date; say whether everybody in it is invented."""
    set_up()
    from django.conf import settings
    from django.db import connections

    from manypaths.base.secret_key import keep_secret
    from manypaths.cli.home import make_home
    from manypaths.people.access import Operator

    keep_secret(settings.HOME)
    district = make_home(Operator())
    connections.close_all()
    return district.is_demonstration


def _say_where(place: Place, is_demo: bool) -> None:
    from django.conf import settings

    say(f"Manypaths is at {settings.ADDRESS or place.address}/")
    if is_demo:
        say("Everybody in it is invented: open that address and choose as whom to look around.")
    say("Ctrl-C stops it.")
