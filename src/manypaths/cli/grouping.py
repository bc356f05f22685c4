"""The command that suggests small groups for a day, and keeps them."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from manypaths.cli.session import (
    DistrictOption,
    FrameworkOption,
    JsonOption,
    QuietOption,
    answering,
    framework_for,
    naming,
    print_json,
    set_up,
    showing_work,
    workplace,
)

if TYPE_CHECKING:
    from manypaths.mastery.groups import Sizes


def small_groups(
    group: Annotated[str, typer.Option(help="The group's name or id.")],
    size: Annotated[
        str | None, typer.Option(help="How many learners together, such as 3-6.")
    ] = None,
    day: Annotated[
        str | None, typer.Option("--date", help="For which day (2026-03-02); else tomorrow.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep these groups, in place of those of that day.")
    ] = False,
    framework: FrameworkOption = None,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Suggest small groups for a day: the same need in each, and newly mixed."""
    sizes, held_on = _sizes(size), _day(day)
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now, today
        from manypaths.cli.answers import groups_answer
        from manypaths.people.queries import group_named
        from manypaths.plans.queries import framework_of_group, suggested_groups
        from manypaths.plans.services import keep_groups

        with naming("group", group):
            found = group_named(group.strip(), by=work.operator)
        most = framework_of_group(found, by=work.operator)
        taken = framework_for(framework, most, work.operator)
        with showing_work("Groups", shown=not (quiet or as_json)):
            grouping = suggested_groups(
                found,
                taken,
                by=work.operator,
                at=now(),
                held_on=held_on or today() + timedelta(days=1),
                sizes=sizes,
            )
        if keep:
            keep_groups(
                found, grouping.groups, held_on=grouping.held_on, by=work.operator, at=now()
            )
        if as_json:
            print_json(groups_answer(found, grouping, kept=keep))
        else:
            from manypaths.cli.rendering import Page

            Page().small_groups(found, grouping, kept=keep)


def _sizes(text: str | None) -> "Sizes | None":
    if text is None:
        return None
    from manypaths.mastery.groups import Sizes

    least, _, most = text.partition("-")
    try:
        return Sizes(int(least), int(most or least))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no size; say for instance 3-6, or 4.") from None


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; say for instance 2026-03-02.") from None
