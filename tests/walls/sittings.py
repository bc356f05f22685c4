"""How deeds and queries on sittings are called."""

from random import Random

from manypaths.sittings import queries, services
from manypaths.sittings.work import WorkAnswer, WorkDraft
from tests.stage import LATER
from tests.walls.kinds import Wall

SITTINGS = {
    "sittings.queries.choice_to_do": Wall(
        lambda by, r: queries.choice_to_do(r.choice.public_id, by=by), "ada"
    ),
    "sittings.queries.questions_for": Wall(
        lambda by, r: queries.questions_for(r.learner, r.competency, by=by, at=LATER), "ada"
    ),
    "sittings.queries.sitting_for": Wall(
        lambda by, r: queries.sitting_for(r.sitting.public_id, by=by), "ada"
    ),
    "sittings.queries.open_sitting": Wall(
        lambda by, r: queries.open_sitting(r.learner, r.competency, by=by), "ada"
    ),
    "sittings.queries.last_sitting": Wall(
        lambda by, r: queries.last_sitting(r.choice, by=by), "ada"
    ),
    "sittings.queries.places_of": Wall(lambda by, r: queries.places_of(r.sitting, by=by), "ada"),
    "sittings.queries.answers_waiting": Wall(
        lambda by, r: queries.answers_waiting([r.learner], by=by)
    ),
    "sittings.queries.answer_waiting": Wall(
        lambda by, r: queries.answer_waiting(r.sitting.public_id, 1, by=by)
    ),
    "sittings.queries.signed_for": Wall(lambda by, r: queries.signed_for(r.work, by=by)),
    "sittings.services.answering.start_sitting": Wall(
        lambda by, r: services.start_sitting(
            r.learner, r.other_competency, by=by, at=LATER, rng=Random(1)
        ),
        "ada",
    ),
    "sittings.services.answering.answer_place": Wall(
        lambda by, r: services.answer_place(r.sitting, 1, "1/2", by=by, at=LATER), "ada"
    ),
    "sittings.services.answering.stop_sitting": Wall(
        lambda by, r: services.stop_sitting(r.sitting, by=by, at=LATER), "ada"
    ),
    "sittings.services.answering.mark_answer": Wall(
        lambda by, r: services.mark_answer(r.waiting, is_right=True, by=by, at=LATER)
    ),
    "sittings.services.handing_in.hand_in": Wall(
        lambda by, r: services.hand_in(
            r.learner, WorkDraft(r.competency, "A page", "Words"), by=by, at=LATER
        ),
        "ada",
    ),
    "sittings.services.handing_in.answer_work": Wall(
        lambda by, r: services.answer_work(
            r.work, WorkAnswer("Words", level=1, is_signed_off=True), by=by, at=LATER
        )
    ),
}
