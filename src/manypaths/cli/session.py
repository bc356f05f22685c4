"""What every command does around its one call: open the home, enter the district, answer."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from manypaths.base.changes import Changes
from manypaths.base.environment import BadSetting
from manypaths.base.errors import Fault, ManypathsError, NotFound, Refused

if TYPE_CHECKING:
    from django.db.utils import DatabaseError

    from manypaths.frameworks.models import Framework
    from manypaths.people.access import Operator
    from manypaths.people.models import Organization

REFUSED, WRONG_USE = 1, 2

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")]
DistrictOption = Annotated[
    str | None, typer.Option(help="The district, where this home holds several.")
]
FrameworkOption = Annotated[
    str | None, typer.Option(help="The framework's title or id; else the one with most evidence.")
]


@dataclass(frozen=True)
class Workplace:
    """As whom a command works, and in which district."""

    operator: "Operator"
    district: "Organization"


def set_up(home: Path | None = None) -> None:
    """Read the settings and load the rooms. `home` stands in for MANYPATHS_HOME."""
    import django

    if home is not None:
        os.environ["MANYPATHS_HOME"] = str(home.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manypaths.settings")
    try:
        django.setup()
    except BadSetting as error:
        say(str(error), err=True)
        raise typer.Exit(WRONG_USE) from None


@dataclass(frozen=True)
class NothingImported:
    """What an import reports when it was refused: no row of any kind, and the faults."""

    file: Path
    dry_run: bool
    kinds: tuple[str, ...]

    def report(self, error: ManypathsError) -> dict[str, Any]:
        """Return the report; a refusal that names no place becomes a fault of the whole file."""
        faults = error.faults or [Fault(self.file.name, None, None, None, error.message)]
        return {
            "dry_run": self.dry_run,
            **{kind: Changes().as_json() for kind in self.kinds},
            "faults": [fault.as_json() for fault in faults],
        }


@contextmanager
def answering(*, as_json: bool, refused: NothingImported | None = None) -> Iterator[None]:
    """Turn a person's mistake into an answer with exit 1, in words or as the JSON error.

    `refused` is for imports, which then answer with their report.
    """
    from django.db.utils import DatabaseError, DataError, IntegrityError

    try:
        yield
    except ManypathsError as error:
        _say_refused(error, as_json=as_json, refused=refused)
    except (DataError, IntegrityError, BrokenPipeError):
        raise  # a mistake of ours, or whoever reads has seen enough: nothing that a person mends
    except DatabaseError as error:
        _say_refused(Refused(_unusable(_first(error))), as_json=as_json, refused=refused)
    except OSError as error:
        message = f"{error.filename or 'A file'} can't be used: {error.strerror or error}."
        _say_refused(Refused(message), as_json=as_json, refused=refused)


_FAULTS_IN_WORDS = 20


def _first(error: "DatabaseError") -> "DatabaseError":
    """Return what went wrong first, where Django tells of the transaction that it left broken."""
    from django.db.transaction import TransactionManagementError
    from django.db.utils import DatabaseError

    while isinstance(error, TransactionManagementError):
        if not isinstance(error.__context__, DatabaseError):
            return error
        error = error.__context__
    return error


def _unusable(error: "DatabaseError") -> str:
    from django.db import connection
    from django.db.utils import ProgrammingError

    # The address of a server may hold a password; a file may be named.
    file = f" {connection.settings_dict['NAME']}" if connection.vendor == "sqlite" else ""
    message = f"The database{file} can't be used: {str(error).strip()}."
    if isinstance(error, ProgrammingError) or "no such" in message:
        return f"{message} `manypaths init` brings its tables up to date."
    return message


def _say_refused(
    error: ManypathsError, *, as_json: bool, refused: NothingImported | None
) -> NoReturn:
    if as_json:
        print_json(error.as_json() if refused is None else refused.report(error))
    say(error.message, err=True)
    for fault in error.faults[:_FAULTS_IN_WORDS]:
        say(f"  {fault}", err=True)
    if len(error.faults) > _FAULTS_IN_WORDS:
        say(f"  and {len(error.faults) - _FAULTS_IN_WORDS} more", err=True)
    raise typer.Exit(REFUSED) from None


@contextmanager
def workplace(
    district: str | None = None, *, make: bool = False, for_trial: bool = False
) -> Iterator[Workplace]:
    """Open the home and enter its district, in whose scope the block runs.

    With `make`, a home that is not there yet is made, with a district of its own; `for_trial`, for
    the block alone. Raises Refused where there is none, or several and none was named.
    """
    from manypaths.base.scope import district_scope
    from manypaths.cli.home import is_made, make_home, passing_home
    from manypaths.people.access import Operator
    from manypaths.people.queries import zone_of

    operator = Operator()
    with ExitStack() as stack:
        if not is_made():
            if not make:
                raise Refused("There is nothing here yet. Begin with `manypaths init` or `demo`.")
            if for_trial:
                stack.enter_context(passing_home())
            make_home(operator)
        entered = _district(operator, district)
        stack.enter_context(district_scope(entered.pk, zone_of(entered)))
        yield Workplace(operator, entered)


def _district(operator: "Operator", name: str | None) -> "Organization":
    from manypaths.people.queries import districts

    found = districts(by=operator)
    named = [d for d in found if name in (None, d.name, str(d.public_id))]
    if len(named) == 1:
        return named[0]
    if not found:
        raise Refused("There is no district here yet. Begin with `manypaths init`.")
    names = ", ".join(d.name for d in found)
    raise Refused(f"Say which district with --district: {names}.")


@contextmanager
def showing_work(what: str, *, shown: bool) -> Iterator[None]:
    """Show on a terminal that something is being worked out, while the block runs."""
    if not shown:
        yield
        return
    from manypaths.cli.progress import progress

    with progress(shown=True) as tell:
        tell(what, 0, 0)
        yield


# A name that came with a file may hold what a terminal takes for orders.
_ORDERS = [*range(9), *range(11, 32), *range(127, 160)]
_NO_ORDERS = dict.fromkeys(_ORDERS, "\N{REPLACEMENT CHARACTER}")


def plain(text: str) -> str:
    """Return a text with nothing in it that a terminal would obey."""
    return text.translate(_NO_ORDERS)


def say(text: str, *, err: bool = False) -> None:
    """Print a line, to stderr where it is no answer."""
    typer.echo(plain(text), err=err)


@contextmanager
def naming(what: str, text: str) -> Iterator[None]:
    """Say of what is not found how it was named; a forbidden record answers alike."""
    try:
        yield
    except NotFound:
        raise NotFound(
            f"No {what} is called {text[:80]!r} here, or it is not yours to see."
        ) from None


def place_for(named: str | None, district: "Organization", operator: "Operator") -> "Organization":
    """Return the open school that was named, else the district."""
    from manypaths.people.directory import places_led

    if named is None:
        return district
    with naming("school", named):
        for place in places_led(by=operator):
            if named.strip() in (place.name, str(place.public_id)):
                return place
        raise NotFound


def framework_for(named: str | None, most: "Framework | None", operator: "Operator") -> "Framework":
    """Return the framework that was named, else the one with most evidence."""
    from manypaths.frameworks.queries import framework_named

    if named is not None:
        with naming("framework", named):
            return framework_named(named.strip(), by=operator)
    if most is None:
        raise Refused("There is no evidence yet. Say which framework with --framework.")
    return most


def print_json(content: dict[str, Any]) -> None:
    """Print the one object of a command, in letters that stdout has."""
    is_plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    sys.stdout.write(json.dumps(content, ensure_ascii=is_plain, default=str) + "\n")
