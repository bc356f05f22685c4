"""Commands on the tokens by which programs of others work with a school."""

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from manypaths.cli.session import (
    DistrictOption,
    JsonOption,
    answering,
    naming,
    place_for,
    print_json,
    say,
    set_up,
    workplace,
)

if TYPE_CHECKING:
    from manypaths.integrations.queries import TokenShown
    from manypaths.integrations.services import Made

DaysOption = Annotated[int, typer.Option(help="For how many days it is good, up to 400.")]
IdArgument = Annotated[UUID, typer.Argument(metavar="ID", help="The token's id.")]


def make(
    name: Annotated[str, typer.Argument(help="The program's name, as families will read it.")],
    scope: Annotated[
        list[str], typer.Option(help="What it may do, such as read:roster. Say it several times.")
    ],
    organization: Annotated[
        str | None, typer.Option(help="The school it works with; else the whole district.")
    ] = None,
    days: DaysOption = 365,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token. Its secret is shown this once."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.integrations.services import make_token

        place = place_for(organization, work.district, work.operator)
        made = make_token(place, name, scopes=scope, days=days, by=work.operator, at=now())
        _tell(made, as_json=as_json)


def list_all(district: DistrictOption = None, as_json: JsonOption = False) -> None:
    """List all tokens, newest first."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.integrations.queries import tokens_of

        rows = [_row(one) for one in tokens_of(by=work.operator, at=now())]
        if as_json:
            print_json({"tokens": rows})
            return
        for row in rows:
            state = "over" if row["is_over"] else f"until {row['expires_at'][:10]}"
            say(f"{row['id']}  {row['name']}, {row['organization']}: {state}")
            say(f"    {', '.join(row['scopes'])}; last used {row['last_used_at'] or 'never'}")
        if not rows:
            say("There are no tokens here.")


def renew(
    token: IdArgument,
    days: DaysOption = 365,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a token a new secret; the one before is good no more."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.integrations.queries import token_for
        from manypaths.integrations.services import renew_token

        with naming("token", str(token)):
            found = token_for(token, by=work.operator)
        _tell(renew_token(found, days=days, by=work.operator, at=now()), as_json=as_json)


def revoke(token: IdArgument, district: DistrictOption = None, as_json: JsonOption = False) -> None:
    """End a token now; what came in by it stays."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.integrations.queries import token_for
        from manypaths.integrations.services import revoke_token

        with naming("token", str(token)):
            found = token_for(token, by=work.operator)
        revoke_token(found, by=work.operator, at=now())
        if as_json:
            print_json({"id": str(found.public_id), "is_over": True})
        else:
            say(f"The token of {found.name} is good no more.")


def _tell(made: "Made", *, as_json: bool) -> None:
    token = made.token
    if as_json:
        print_json({"id": str(token.public_id), "name": token.name, "secret": made.secret})
        return
    say(f"{token.name} may {', '.join(token.scopes)} until {token.expires_at:%Y-%m-%d}.")
    say("Keep the secret where only the program reads it; it is not shown again:")
    say(made.secret)


def _row(shown: "TokenShown") -> dict[str, Any]:
    token, used = shown.token, shown.last_used_at
    return {
        "id": str(token.public_id),
        "name": token.name,
        "organization": token.organization.name,
        "scopes": token.scopes,
        "expires_at": token.expires_at.isoformat(),
        "last_used_at": used.isoformat() if used else None,
        "made_by": shown.made_by.name if shown.made_by else None,
        "is_over": shown.is_over,
    }
