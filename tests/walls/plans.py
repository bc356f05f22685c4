"""How deeds and queries on plans are called."""

from manypaths.plans import (
    class_acts,
    default_windows,
    family_notes,
    queries,
    roll_over,
    services,
    supporting,
)
from manypaths.plans.models import Choice, ListKind, NeedKind, StepKind
from manypaths.plans.small_groups import GroupNeed, SmallGroup
from tests.stage import LATER, Records
from tests.walls.kinds import Wall


def _let_go(choice: Choice) -> Choice:
    choice.dropped_at = 1
    Choice.objects.filter(pk=choice.pk).update(dropped_at=1)  # where it is seen from here
    return choice


def _year(records: Records) -> roll_over.YearDraft:
    """Return the end of a year in which groups meet without a term."""
    return roll_over.YearDraft(records.organization, None, records.rolled_over.to_term)


PLANS = {
    "plans.queries.next_steps": Wall(
        lambda by, r: queries.next_steps(r.learner, r.framework, by=by, at=LATER)
    ),
    "plans.queries.open_steps": Wall(
        lambda by, r: queries.open_steps(r.learner, r.framework, by=by, at=LATER)
    ),
    "plans.queries.open_choice_of": Wall(
        lambda by, r: queries.open_choice_of(r.learner, r.competency, StepKind.PRACTISE, by=by)
    ),
    "plans.queries.pins_of": Wall(lambda by, r: queries.pins_of(r.learner, by=by)),
    "plans.queries.choice_for": Wall(lambda by, r: queries.choice_for(r.choice.public_id, by=by)),
    "plans.queries.open_help_requests": Wall(
        lambda by, r: queries.open_help_requests([r.learner], by=by)
    ),
    "plans.queries.help_request_for": Wall(
        lambda by, r: queries.help_request_for(r.help_request.public_id, by=by)
    ),
    "plans.queries.frameworks_of_learner": Wall(
        lambda by, r: queries.frameworks_of_learner(r.learner, by=by)
    ),
    "plans.queries.open_choices": Wall(lambda by, r: queries.open_choices([r.learner], by=by)),
    "plans.queries.window_of": Wall(lambda by, r: queries.window_of(r.group, by=by)),
    "plans.queries.framework_of_learner": Wall(
        lambda by, r: queries.framework_of_learner(r.learner, by=by)
    ),
    "plans.queries.framework_of_group": Wall(
        lambda by, r: queries.framework_of_group(r.group, by=by)
    ),
    "plans.queries.class_overview": Wall(
        lambda by, r: queries.class_overview(r.group, r.framework, by=by, at=LATER)
    ),
    "plans.queries.suggested_groups": Wall(
        lambda by, r: queries.suggested_groups(
            r.group, r.framework, by=by, at=LATER, held_on=LATER.date()
        )
    ),
    "plans.queries.seats_of": Wall(lambda by, r: queries.seats_of(r.group, LATER.date(), by=by)),
    "plans.roll_over.groups_of_year": Wall(
        lambda by, r: roll_over.groups_of_year(_year(r), by=by), "dana"
    ),
    "plans.roll_over.roll_over": Wall(
        lambda by, r: roll_over.roll_over(
            _year(r), [roll_over.Promotion(r.group, "8")], by=by, at=LATER
        ),
        "dana",
    ),
    "plans.roll_over.undo_roll_over": Wall(
        lambda by, r: roll_over.undo_roll_over(r.rolled_over, by=by, at=LATER), "dana"
    ),
    "plans.roll_over.roll_overs_of": Wall(
        lambda by, r: roll_over.roll_overs_of(r.organization, by=by), "dana"
    ),
    "plans.roll_over.roll_over_for": Wall(
        lambda by, r: roll_over.roll_over_for(r.rolled_over.public_id, r.organization, by=by),
        "dana",
    ),
    "plans.services.choose_step": Wall(
        lambda by, r: services.choose_step(
            r.learner, r.competency, kind=StepKind.LEARN, by=by, at=LATER
        )
    ),
    "plans.services.drop_choice": Wall(
        lambda by, r: services.drop_choice(r.choice, by=by, at=LATER)
    ),
    "plans.services.take_up_again": Wall(
        lambda by, r: services.take_up_again(_let_go(r.choice), by=by, at=LATER)
    ),
    "plans.services.ask_for_help": Wall(
        lambda by, r: services.ask_for_help(r.learner, words="Words", by=by, at=LATER), "ada"
    ),
    "plans.services.answer_help_request": Wall(
        lambda by, r: services.answer_help_request(r.help_request, by=by, at=LATER)
    ),
    "plans.services.choose_framework": Wall(
        lambda by, r: services.choose_framework(r.group, r.framework, by=by, at=LATER)
    ),
    "plans.services.finish_choice": Wall(
        lambda by, r: services.finish_choice(r.choice, by=by, at=LATER)
    ),
    "plans.default_windows.set_default_window": Wall(
        lambda by, r: default_windows.set_default_window(
            r.framework, [r.competency], by=by, at=LATER
        ),
        "femi",
    ),
    "plans.default_windows.default_window_of": Wall(
        lambda by, r: default_windows.default_window_of(r.framework, by=by), "femi"
    ),
    "plans.services.set_window": Wall(
        lambda by, r: services.set_window(r.group, [r.competency], by=by, at=LATER)
    ),
    "plans.services.keep_groups": Wall(
        lambda by, r: services.keep_groups(
            r.group,
            [SmallGroup(GroupNeed(NeedKind.BEGIN, r.competency), [r.learner], "They begin.")],
            held_on=LATER.date(),
            by=by,
            at=LATER,
        ),
        through_own=True,
    ),
    "plans.class_acts.give_step": Wall(
        lambda by, r: class_acts.give_step(
            r.group, [r.learner], r.competency, kind=StepKind.SHOW, by=by, at=LATER
        ),
        through_own=True,
    ),
    "plans.class_acts.take_back_steps": Wall(
        lambda by, r: class_acts.take_back_steps(r.group, [r.choice], by=by, at=LATER),
        through_own=True,
    ),
    "plans.class_acts.add_small_group": Wall(
        lambda by, r: class_acts.add_small_group(
            r.group,
            SmallGroup(GroupNeed(NeedKind.BEGIN, r.competency), [r.learner], "They begin."),
            held_on=LATER.date(),
            by=by,
            at=LATER,
        ),
        through_own=True,
    ),
    "plans.class_acts.drop_small_group": Wall(
        lambda by, r: class_acts.drop_small_group(
            r.group, r.seat.number, held_on=r.seat.grouping.held_on or LATER, by=by, at=LATER
        )
    ),
    "plans.class_acts.clear_rows": Wall(
        lambda by, r: class_acts.clear_rows(
            r.group, r.competency, {r.learner: 1}, cleared_from=ListKind.HELP, by=by, at=LATER
        ),
        through_own=True,
    ),
    "plans.class_acts.restore_rows": Wall(
        lambda by, r: class_acts.restore_rows(
            r.group, r.competency, cleared_from=ListKind.HELP, by=by, at=LATER
        )
    ),
    "plans.supporting.plan_support": Wall(
        lambda by, r: supporting.plan_support(
            r.group,
            supporting.SupportDraft("Walk", r.competency, [r.learner], LATER.date()),
            by=by,
            at=LATER,
        ),
        through_own=True,
    ),
    "plans.supporting.log_session": Wall(
        lambda by, r: supporting.log_session(
            r.support, held_on=LATER.date(), was_given=True, by=by, at=LATER
        )
    ),
    "plans.supporting.move_support": Wall(
        lambda by, r: supporting.move_support(r.support, to=LATER.date(), by=by, at=LATER)
    ),
    "plans.supporting.end_support": Wall(
        lambda by, r: supporting.end_support(r.support, by=by, at=LATER)
    ),
    "plans.supporting.open_supports": Wall(lambda by, r: supporting.open_supports(r.group, by=by)),
    "plans.supporting.support_for": Wall(
        lambda by, r: supporting.support_for(r.support.public_id, by=by)
    ),
    "plans.supporting.write_note": Wall(
        lambda by, r: supporting.write_note(r.learner, "Words", by=by, at=LATER)
    ),
    "plans.supporting.take_back_note": Wall(
        lambda by, r: supporting.take_back_note(r.note, by=by, at=LATER)
    ),
    "plans.supporting.notes_about": Wall(lambda by, r: supporting.notes_about(r.learner, by=by)),
    "plans.services.move_seat": Wall(
        lambda by, r: services.move_seat(r.seat, to=2, by=by, at=LATER)
    ),
    "plans.family_notes.write_family_note": Wall(
        lambda by, r: family_notes.write_family_note(r.learner, "Words", by=by, at=LATER), "eli"
    ),
    "plans.family_notes.family_notes_of": Wall(
        lambda by, r: family_notes.family_notes_of([r.learner], by=by)
    ),
    "plans.family_notes.family_note_for": Wall(
        lambda by, r: family_notes.family_note_for(r.family_note.public_id, by=by), "eli"
    ),
    "plans.family_notes.take_back_family_note": Wall(
        lambda by, r: family_notes.take_back_family_note(r.family_note, by=by, at=LATER), "eli"
    ),
    "plans.family_notes.restore_family_note": Wall(
        lambda by, r: family_notes.restore_family_note(r.family_note, by=by, at=LATER), "eli"
    ),
}
