"""Commands for the end of a school year: let its groups go on, or bring it back."""

from typing import TYPE_CHECKING, Annotated

import typer

from manypaths.base.errors import NotFound, Refused
from manypaths.cli.session import (
    DistrictOption,
    JsonOption,
    answering,
    print_json,
    say,
    set_up,
    workplace,
)

if TYPE_CHECKING:
    from manypaths.cli.session import Workplace
    from manypaths.people.models import Organization, Term

SchoolOption = Annotated[
    str | None, typer.Option(help="The school; needed where there are several.")
]


def roll_over(
    to_term: Annotated[str, typer.Argument(metavar="TERM", help="The term that begins.")],
    ends: Annotated[
        str | None, typer.Option(help="The term that ends; else groups without a term.")
    ] = None,
    school: SchoolOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a year's groups and let their learners and teachers go on in the next term."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.plans import roll_over as years

        place = _school(work, school)
        old = None if ends is None else _term(work, place, ends)
        year = years.YearDraft(place, old, _term(work, place, to_term))
        groups = years.groups_of_year(year, by=work.operator)
        if not dry_run:
            promotions = [years.Promotion(one.group, one.next_name) for one in groups]
            years.roll_over(year, promotions, by=work.operator, at=now())
        found = [
            {
                "ends": one.group.name,
                "begins": one.next_name,
                "learners": len(one.learners),
                "leads": len(one.leads),
            }
            for one in groups
        ]
        if as_json:
            print_json({"dry_run": dry_run, "last_day": str(year.last_day), "groups": found})
            return
        for row in found:
            say(f"{row['ends']} -> {row['begins']}: {row['learners']} learners")
        verb = "would end" if dry_run else "ended"
        say(f"{len(found)} groups {verb} with {year.last_day}.")


def undo_roll_over(
    school: SchoolOption = None, district: DistrictOption = None, as_json: JsonOption = False
) -> None:
    """Bring the last year back, while nothing was recorded in the new one."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.plans import roll_over as years

        place = _school(work, school)
        done = years.roll_overs_of(place, by=work.operator)
        if not done:
            raise Refused(f"No year of {place.name} was rolled over.")
        years.undo_roll_over(done[0], by=work.operator, at=now())
        if as_json:
            print_json({"school": place.name, "groups": len(done[0].ended_groups)})
        else:
            say(f"{len(done[0].ended_groups)} groups of {place.name} meet again.")


def _school(work: "Workplace", name: str | None) -> "Organization":
    from manypaths.people.directory import places_led

    schools = [place for place in places_led(by=work.operator) if place != work.district]
    found = [place for place in schools if name in (None, place.name, str(place.public_id))]
    if len(found) == 1:
        return found[0]
    if name is not None:
        raise NotFound(f"There is no school {name}, or several are called so.")
    raise Refused("Say which school with --school.")


def _term(work: "Workplace", place: "Organization", name: str) -> "Term":
    from manypaths.people.directory import terms_in

    terms = terms_in(place, by=work.operator)
    found = [term for term in terms if name in (term.name, str(term.public_id))]
    if len(found) != 1:
        raise NotFound(f"There is no term {name}, or several are called so.")
    return found[0]
