"""Commands for people who are on record twice: find them, merge them, take them apart again."""

from typing import TYPE_CHECKING, Annotated

import typer

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


def duplicates(district: DistrictOption = None, as_json: JsonOption = False) -> None:
    """List pairs of people who may be one, with the reasons."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.people.duplicates import likely_duplicates

        found = likely_duplicates(work.district, by=work.operator)
        if as_json:
            pairs = [
                {
                    "one": _told(pair.one.person),
                    "other": _told(pair.other.person),
                    "reasons": pair.reasons,
                }
                for pair in found
            ]
            print_json({"pairs": pairs})
            return
        say(
            f"{len(found)} pairs may be one person each." if found else "Nobody looks like another."
        )
        for pair in found:
            for person in (pair.one.person, pair.other.person):
                say(f"  {person.public_id}  {person.name}")
            say(f"    {' '.join(pair.reasons)}")


def merge(
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Who is on record once too often.")],
    kept: Annotated[str, typer.Argument(metavar="KEPT", help="Who stays.")],
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Merge two people who are one: all that is the one's becomes the other's."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.estimates.merging import merge_people

        gone, stays = _named(other, work.operator), _named(kept, work.operator)
        merged = merge_people(gone, stays, by=work.operator, at=now())
        n_rows = sum(len(ids) for ids in merged.moved.values())
        if as_json:
            aside = len(merged.set_aside)
            print_json({"kept": _told(stays), "moved": n_rows, "set_aside": aside})
        else:
            say(f"{gone.name} is {stays.name} now: {n_rows} rows moved.")
            say(f"`manypaths unmerge-people {stays.public_id}` takes it back.")


def unmerge(
    kept: Annotated[str, typer.Argument(metavar="KEPT", help="Who stayed in the merge.")],
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the last merge of a person back: both have what they had."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.estimates.merging import unmerge_people
        from manypaths.people.duplicates import last_merge_of

        stays = _named(kept, work.operator)
        last = last_merge_of(stays, by=work.operator)
        back = unmerge_people(last, by=work.operator, at=now())
        if as_json:
            print_json({"kept": _told(stays), "other": _told(back)})
        else:
            say(f"{back.name} ({back.public_id}) is apart from {stays.name} again.")


def _named(text: str, operator: "Operator") -> "Person":
    from manypaths.people.queries import learner_named

    with naming("person", text):
        return learner_named(text.strip(), by=operator)


def _told(person: "Person") -> dict[str, str]:
    return {"id": str(person.public_id), "name": person.name}
