"""Commands that read: next steps, a class, and why."""

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
    from manypaths.frameworks.models import Framework
    from manypaths.people.access import Operator
    from manypaths.people.models import Person

LearnerOption = Annotated[
    str, typer.Option(help="The learner: our id, an id of their source, or their whole name.")
]


def next_steps(
    learner: LearnerOption,
    framework: FrameworkOption = None,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show what a learner could do next, with reasons, best first."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.cli.answers import offers_answer
        from manypaths.plans.queries import next_steps as find

        person, found = _learner(learner, framework, work.operator)
        with showing_work("Next steps", shown=not (quiet or as_json)):
            offers = find(person, found, by=work.operator, at=now())
        if as_json:
            print_json(offers_answer(person, offers))
        else:
            from manypaths.cli.rendering import Page

            Page().next_steps(person, offers)


def class_overview(
    group: Annotated[str, typer.Option(help="The group's name or id.")],
    framework: FrameworkOption = None,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show what a class needs: who needs help, and who is ready to show or to move on."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.cli.answers import class_answer
        from manypaths.people.queries import group_named
        from manypaths.plans.queries import class_overview as find
        from manypaths.plans.queries import framework_of_group

        with naming("group", group):
            found = group_named(group.strip(), by=work.operator)
        most = framework_of_group(found, by=work.operator)
        taken = framework_for(framework, most, work.operator)
        with showing_work("The class", shown=not (quiet or as_json)):
            overview = find(found, taken, by=work.operator, at=now())
        if as_json:
            print_json(class_answer(overview))
        else:
            from manypaths.cli.rendering import Page

            Page().class_overview(overview)


def why(
    learner: LearnerOption,
    competency: Annotated[str, typer.Option(help="The competency's code or id.")],
    framework: FrameworkOption = None,
    district: DistrictOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show what an estimate rests on: every piece of evidence and how far it moved it."""
    set_up()
    with answering(as_json=as_json), workplace(district) as work:
        from manypaths.base.clock import now
        from manypaths.cli.answers import why_answer
        from manypaths.estimates.queries import why as find
        from manypaths.frameworks.queries import competency_coded

        person, found = _learner(learner, framework, work.operator)
        with naming(f"competency of {found.title}", competency):
            node = competency_coded(found, competency.strip(), by=work.operator)
        with showing_work("Why", shown=not (quiet or as_json)):
            reasons = find(person, node, by=work.operator, at=now())
        if as_json:
            print_json(why_answer(reasons))
        else:
            from manypaths.cli.rendering import Page

            Page().why(person, reasons)


def _learner(
    named: str, framework: str | None, operator: "Operator"
) -> tuple["Person", "Framework"]:
    """Return the learner who was named, and the framework to look at."""
    from manypaths.people.queries import learner_named
    from manypaths.plans.queries import framework_of_learner

    with naming("learner", named):
        person = learner_named(named.strip(), by=operator)
    most = framework_of_learner(person, by=operator)
    return person, framework_for(framework, most, operator)
