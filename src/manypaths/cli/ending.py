"""Commands for how records end: retention, erasures, holds; and for the seals on the logs."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from manypaths.base.errors import Refused
from manypaths.cli.session import (
    REFUSED,
    DistrictOption,
    JsonOption,
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
    from manypaths.people.access import Operator
    from manypaths.records.holds import Held
    from manypaths.records.models import Erasure, Hold

ReasonOption = Annotated[str, typer.Option("--reason", help="Who asked, and on what ground.")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The id that the list shows.")]


def verify_audit(as_json: JsonOption = False) -> None:
    """Say whether an entry of the logs was changed, taken out or put in, and which."""
    set_up()
    with answering(as_json=as_json):
        from manypaths.base.append_only import unguarded_logs
        from manypaths.base.seals import verify_logs

        found, unguarded = verify_logs(), unguarded_logs()
        if as_json:
            print_json(
                {
                    "ok": found.is_whole,
                    "seals": found.n_seals,
                    "sealed": found.n_entries,
                    "pruned": found.n_pruned,
                    "late": found.n_late,
                    "not_yet_sealed": found.n_unsealed,
                    "unguarded": unguarded,
                    "breaks": [
                        {"log": b.log, "first": b.first_id, "last": b.last_id, "what": b.what}
                        for b in found.breaks
                    ],
                }
            )
        else:
            say(
                f"{'Whole' if found.is_whole else 'BROKEN'}: {found.n_entries:,} entries under "
                f"{found.n_seals:,} seals, {found.n_late:,} of them late; {found.n_pruned:,} "
                f"pruned; {found.n_unsealed:,} not yet sealed."
            )
            for broken in found.breaks:
                say(f"  {broken}")
            if unguarded:
                say(f"This database would not refuse to change: {', '.join(unguarded)}.")
    if not found.is_whole:
        raise typer.Exit(REFUSED)


def make_rounds(quiet: QuietOption = False, as_json: JsonOption = False) -> None:
    """Do what the worker beside the pages does by itself: seal the logs, delete what is due."""
    set_up()
    with answering(as_json=as_json):
        from manypaths.base.clock import now
        from manypaths.cli.home import is_made
        from manypaths.records.rounds import make_round

        if not is_made():
            raise Refused("There is nothing here yet.")
        with showing_work("Making the rounds", shown=not (quiet or as_json)):
            done = make_round(at=now())
        if as_json:
            print_json(
                {
                    "sealed": done.n_sealed,
                    "erased": done.n_erased,
                    "deleted": done.n_deleted,
                    "pruned": done.n_pruned,
                    "dropped": done.n_dropped,
                }
            )
        elif not quiet:
            say(
                f"Sealed {done.n_sealed:,} entries; erased {done.n_erased:,} people; deleted "
                f"{sum(done.n_deleted.values()):,} rows; pruned {done.n_pruned:,} entries."
            )


def retention(
    do: Annotated[
        bool, typer.Option("--do", help="Delete it; else only say what would go.")
    ] = False,
    people: Annotated[bool, typer.Option("--people", help="Name of whom.")] = False,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what would be deleted because its time is over, when and why; with --do, delete it."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.records.retention import delete_due, people_due, policy, what_is_due

        due = what_is_due(by=work.operator)
        named = {
            each.kind.name: [p.name for p in people_due(each, by=work.operator)] if people else []
            for each in due
        }
        done = delete_due(by=work.operator, at=now()) if do else {}
        if as_json:
            print_json(
                {
                    "by_itself": policy().deletes_by_itself,
                    "deleted": done,
                    "due": [
                        {
                            "kind": each.kind.name,
                            "days": each.days,
                            "counted_from": str(each.kind.counted_from),
                            "rows": dict(each.n_rows),
                            "people": each.n_people,
                            "held": each.n_held,
                            "next_on": each.next_on,
                            "names": named[each.kind.name],
                        }
                        for each in due
                    ],
                }
            )
            return
        for each in due:
            said = (
                f"{done[each.kind.name]:,} rows deleted" if do else f"{each.total:,} rows would go"
            )
            say(f"{each.kind.words}: kept {each.days:,} days {each.kind.counted_from}.")
            say(f"  {said}, of {each.n_people:,} people; {each.n_held:,} people under a hold.")
            if each.next_on is not None:
                say(f"  Next on {each.next_on}.")
            for name in named[each.kind.name]:
                say(f"    {name}")
        if not do:
            say("Nothing was changed. --do deletes it, for good.")


def erase(
    person: Annotated[str, typer.Argument(help="A name, or an id.")],
    reason: ReasonOption,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask that all on record of a person ends. A leader has to confirm it on the pages."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.people.queries import learner_named
        from manypaths.records.erasures import ask_erasure

        with naming("person", person):
            found = learner_named(person.strip(), by=work.operator)
        _say_erasure(ask_erasure(found, reason=reason, by=work.operator, at=now()), as_json)


def erasures(district: DistrictOption = None, as_json: JsonOption = False) -> None:
    """List erasures: those that wait, and those that were done."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.records import erasures as records

        found = records.erasures(by=work.operator)
        if as_json:
            print_json(
                {
                    "erasures": [
                        _erasure_json(each.erasure)
                        | {"person": each.person and each.person.name, "is_held": each.is_held}
                        for each in found
                    ]
                }
            )
            return
        for each in found:
            who = each.person.name if each.person else "(erased)"
            held = ", under a hold" if each.is_held else ""
            say(f"{each.erasure.public_id}  {who}: {each.erasure.get_state_display()}{held}")
        if not found:
            say("There are none.")


def confirm_erasure(
    erasure: IdArgument, district: DistrictOption = None, as_json: JsonOption = False
) -> None:
    """Confirm an erasure that a leader asked for on the pages."""
    _decide(erasure, district, as_json, "confirm_erasure")


def withdraw_erasure(
    erasure: IdArgument, district: DistrictOption = None, as_json: JsonOption = False
) -> None:
    """Take back an erasure that is not done yet."""
    _decide(erasure, district, as_json, "withdraw_erasure")


def hold(
    reason: ReasonOption,
    person: Annotated[str | None, typer.Option(help="Hold one person's records.")] = None,
    group: Annotated[str | None, typer.Option(help="Hold those of a group's people.")] = None,
    school: Annotated[str | None, typer.Option(help="Hold those of a school's people.")] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day; else until released."),
    ] = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forbid to delete records, by law: of a person, a group, a school, or the whole district."""
    if sum(each is not None for each in (person, group, school)) > 1:
        raise typer.BadParameter("Choose one of --person, --group and --school.")
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.records.holds import place_hold

        held = _held(work.operator, person, group, school) or work.district
        placed = place_hold(
            held, reason=reason, until=until and until.date(), by=work.operator, at=now()
        )
        if as_json:
            print_json(_hold_json(placed))
        else:
            say(f"Nothing of {held} is deleted. The hold is {placed.public_id}.")


def holds(district: DistrictOption = None, as_json: JsonOption = False) -> None:
    """List the holds in force."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.records.holds import holds as in_force

        found = in_force(by=work.operator)
        if as_json:
            print_json({"holds": [_hold_json(hold) | {"of": str(of)} for hold, of in found]})
            return
        for each, of in found:
            until = f" until {each.until}" if each.until else ""
            say(f"{each.public_id}  {of}{until}: {each.reason}")
        if not found:
            say("There are none.")


def release_hold(
    hold: IdArgument, district: DistrictOption = None, as_json: JsonOption = False
) -> None:
    """End a hold; what waited for that is done in the next rounds."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.records.holds import hold_for
        from manypaths.records.holds import release_hold as release

        released = release(hold_for(_id(hold), by=work.operator), by=work.operator, at=now())
        if as_json:
            print_json(_hold_json(released))
        else:
            say("Released.")


def _decide(erasure: str, district: str | None, as_json: bool, deed: str) -> None:
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.records import erasures as records

        found = records.erasure_for(_id(erasure), by=work.operator)
        _say_erasure(getattr(records, deed)(found, by=work.operator, at=now()), as_json)


def _id(text: str) -> UUID:
    from manypaths.base.errors import NotFound
    from manypaths.base.ids import as_public_id

    found = as_public_id(text)
    if found is None:
        raise NotFound
    return found


def _held(
    operator: "Operator", person: str | None, group: str | None, school: str | None
) -> "Held | None":
    from manypaths.people.directory import places_led
    from manypaths.people.queries import group_named, learner_named

    if person is not None:
        with naming("person", person):
            return learner_named(person.strip(), by=operator)
    if group is not None:
        with naming("group", group):
            return group_named(group.strip(), by=operator)
    if school is None:
        return None
    found = [place for place in places_led(by=operator) if place.name == school.strip()]
    if not found:
        raise Refused(f"No school is called {school[:80]!r} here.")
    return found[0]


def _say_erasure(erasure: "Erasure", as_json: bool) -> None:
    if as_json:
        print_json(_erasure_json(erasure))
        return
    say(f"{erasure.public_id}: {erasure.get_state_display()}.")


def _erasure_json(erasure: "Erasure") -> dict[str, Any]:
    return {"id": str(erasure.public_id), "state": erasure.state, "due_at": _moment(erasure.due_at)}


def _hold_json(hold: "Hold") -> dict[str, Any]:
    until: date | None = hold.until
    return {
        "id": str(hold.public_id),
        "scope": hold.scope,
        "reason": hold.reason,
        "until": until,
        "placed_at": _moment(hold.placed_at),
        "released_at": _moment(hold.released_at),
    }


def _moment(microseconds: int | None) -> str | None:
    from manypaths.base.clock import from_microseconds

    return None if microseconds is None else from_microseconds(microseconds).isoformat()
