"""Commands for demographics: who may read them, and the keys that open them."""

from typing import TYPE_CHECKING, Annotated

import typer

from manypaths.base.errors import Refused
from manypaths.cli.session import (
    DistrictOption,
    JsonOption,
    answering,
    naming,
    print_json,
    say,
    set_up,
    workplace,
)

if TYPE_CHECKING:
    from manypaths.people.access import Operator
    from manypaths.people.models import Person

PersonArgument = Annotated[str, typer.Argument(metavar="PERSON", help="A leader, by id or name.")]


def give(
    person: PersonArgument, district: DistrictOption = None, as_json: JsonOption = False
) -> None:
    """Let a leader read demographics of the people they lead."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.demographics.services import give_demographics_right

        found = _named(person, work.operator)
        give_demographics_right(found, by=work.operator, at=now())
        _say(found, may_read=True, as_json=as_json)


def end(
    person: PersonArgument, district: DistrictOption = None, as_json: JsonOption = False
) -> None:
    """Take the right back."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.demographics.queries import demographics_rights
        from manypaths.demographics.services import end_demographics_right

        found = _named(person, work.operator)
        rights = demographics_rights(by=work.operator)
        held = next((right for right in rights if right.person == found), None)
        if held is None:
            raise Refused(f"{found.name} reads no demographics.")
        end_demographics_right(held, by=work.operator, at=now())
        _say(found, may_read=False, as_json=as_json)


def rotate_keys(district: DistrictOption = None, as_json: JsonOption = False) -> None:
    """Wrap every district's key by a new one, and delete the older ones."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.demographics.services import rewrap_keys

        n = rewrap_keys(by=work.operator, at=now())
        if as_json:
            print_json({"districts": n})
        else:
            say(f"The keys of {n} districts are wrapped anew. Copy the folder of keys.")


def _named(text: str, operator: "Operator") -> "Person":
    from manypaths.people.queries import learner_named

    with naming("person", text):
        return learner_named(text.strip(), by=operator)


def _say(person: "Person", *, may_read: bool, as_json: bool) -> None:
    if as_json:
        told = {"id": str(person.public_id), "name": person.name}
        print_json({"person": told, "may_read": may_read})
    elif may_read:
        say(f"{person.name} may read demographics now. Each look is written down.")
    else:
        say(f"{person.name} reads no demographics any more.")
