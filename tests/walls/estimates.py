"""How deeds and queries on estimates are called."""

from typing import cast

from manypaths.estimates import queries, services
from manypaths.estimates.calibration import calibration_report
from manypaths.estimates.merging import link_learner, merge_people, unmerge_people
from manypaths.estimates.moves import moves_of
from manypaths.estimates.rule_effects import (
    effects_of_rules,
    effects_of_self_ratings,
    rules_told,
)
from manypaths.estimates.summaries import summaries_of
from manypaths.evidence.models import ArtifactKind, ContestOutcome
from manypaths.people.models import User
from tests.stage import LATER
from tests.walls.kinds import Wall

ESTIMATES = {
    "estimates.calibration.calibration_report": Wall(
        lambda by, r: calibration_report(r.framework, by=by), "femi"
    ),
    "estimates.calibration.calibration_report (by other subgroups)": Wall(
        lambda by, r: calibration_report(r.framework, by=by, groups={r.learner.pk: "one"}),
        "operator",
    ),
    "estimates.queries.estimates_of": Wall(
        lambda by, r: queries.estimates_of([r.learner], r.framework, by=by, at=LATER)
    ),
    "estimates.queries.estimates_with_evidence": Wall(
        lambda by, r: queries.estimates_with_evidence([r.learner], r.framework, by=by, at=LATER)
    ),
    "estimates.queries.why": Wall(
        lambda by, r: queries.why(r.learner, r.competency, by=by, at=LATER)
    ),
    "estimates.queries.achievements_of": Wall(
        lambda by, r: queries.achievements_of(r.learner, r.framework, by=by)
    ),
    "estimates.summaries.summaries_of": Wall(lambda by, r: summaries_of([r.learner], by=by)),
    "estimates.moves.moves_of": Wall(
        lambda by, r: moves_of(r.learner, r.framework, by=by, at=LATER)
    ),
    "estimates.queries.families_with_evidence": Wall(
        lambda by, r: queries.families_with_evidence(by=by), "femi", names_records=False
    ),
    "estimates.queries.evidence_counts": Wall(
        lambda by, r: queries.evidence_counts(r.framework, by=by), "femi"
    ),
    "estimates.queries.drifted_learners": Wall(
        lambda by, r: queries.drifted_learners(r.framework, by=by, sample=5), "femi"
    ),
    "estimates.queries.models_of": Wall(
        lambda by, r: queries.models_of(r.framework, by=by), "femi"
    ),
    "estimates.queries.model_named": Wall(
        lambda by, r: queries.model_named(r.framework, None, by=by), "femi"
    ),
    "estimates.queries.effects_of_switch": Wall(
        lambda by, r: queries.effects_of_switch(r.candidate, by=by, at=LATER), "femi"
    ),
    "estimates.queries.fitted_model_for": Wall(
        lambda by, r: queries.fitted_model_for(r.candidate.public_id, by=by), "femi"
    ),
    "estimates.queries.latest_model_run": Wall(
        lambda by, r: queries.latest_model_run(r.framework, by=by), "femi"
    ),
    "estimates.services.model_runs.start_fit": Wall(
        lambda by, r: services.start_fit(r.framework, by=cast(User, by), at=LATER), "femi"
    ),
    "estimates.services.model_runs.start_switch": Wall(
        lambda by, r: services.start_switch(r.candidate, by=cast(User, by), at=LATER), "femi"
    ),
    "estimates.rule_effects.effects_of_rules": Wall(
        lambda by, r: effects_of_rules(r.framework, {"ready": 0.7}, by=by, at=LATER), "femi"
    ),
    "estimates.rule_effects.effects_of_self_ratings": Wall(
        lambda by, r: effects_of_self_ratings(r.framework, True, by=by, at=LATER), "femi"
    ),
    "estimates.rule_effects.rules_told": Wall(
        lambda by, r: rules_told(r.framework, {"ready": 0.7}, by=by), "femi"
    ),
    "estimates.services.own_ratings.let_self_ratings_move": Wall(
        lambda by, r: services.let_self_ratings_move(r.framework, True, by=by, at=LATER), "femi"
    ),
    "estimates.queries.rules_on": Wall(
        lambda by, r: queries.rules_on(r.framework, by=by, at=LATER), "femi"
    ),
    "estimates.services.candidates.fit_candidate": Wall(
        lambda by, r: services.fit_candidate(r.framework, by=by, at=LATER), "femi"
    ),
    "estimates.services.candidates.switch_model": Wall(
        lambda by, r: services.switch_model(r.candidate, by=by, at=LATER), "femi"
    ),
    "estimates.services.candidates.discard_candidate": Wall(
        lambda by, r: services.discard_candidate(r.candidate, by=by, at=LATER), "femi"
    ),
    "estimates.services.achievements.sign_off": Wall(
        lambda by, r: services.sign_off(r.achievement_draft(), by=by, at=LATER)
    ),
    "estimates.services.achievements.sign_off_many": Wall(
        lambda by, r: services.sign_off_many(
            [r.achievement_draft()], organization=r.organization, by=by, at=LATER
        ),
        "dana",
        through_own=True,
    ),
    "estimates.services.achievements.sign_off_class": Wall(
        lambda by, r: services.sign_off_class(
            [r.achievement_draft()], group=r.group, by=by, at=LATER
        ),
        through_own=True,
    ),
    "estimates.services.evidence.take_in_class_ratings": Wall(
        lambda by, r: services.take_in_class_ratings(
            [r.rating_draft(by)], group=r.group, by=by, at=LATER
        ),
        through_own=True,
    ),
    "estimates.services.evidence.withdraw_class_ratings": Wall(
        lambda by, r: services.withdraw_class_ratings(
            group=r.group, recorded_at=1, reason="Words", by=by, at=LATER
        )
    ),
    "estimates.services.evidence.take_in": Wall(
        lambda by, r: services.take_in(r.response_draft(), by=by, at=LATER)
    ),
    "estimates.services.evidence.take_in_rating": Wall(
        lambda by, r: services.take_in_rating(r.rating_draft(by), by=by, at=LATER)
    ),
    "estimates.services.evidence.take_in_responses": Wall(
        lambda by, r: services.take_in_responses(
            r.columns(), organization=r.organization, by=by, at=LATER
        ),
        "dana",
        through_own=True,
    ),
    "estimates.services.evidence.take_in_handed_on": Wall(
        lambda by, r: services.take_in_handed_on(
            r.columns(), organization=r.organization, by=by, at=LATER
        ),
        "dana",
        through_own=True,
    ),
    "estimates.services.evidence.take_in_ratings": Wall(
        lambda by, r: services.take_in_ratings(
            [r.rating_draft(by)], organization=r.organization, by=by, at=LATER
        ),
        "dana",
        through_own=True,
    ),
    "estimates.services.evidence.take_in_artifact": Wall(
        lambda by, r: services.take_in_artifact(
            r.learner,
            kind=ArtifactKind.LINK,
            title="A page",
            link="https://example.org/page",
            done_at=LATER,
            by=by,
            at=LATER,
        )
    ),
    "estimates.services.evidence.withdraw": Wall(
        lambda by, r: services.withdraw(r.response, reason="Twice", by=by, at=LATER)
    ),
    "estimates.services.evidence.correct_response": Wall(
        lambda by, r: services.correct_response(
            r.response, outcome=0.0, reason="Misread", by=by, at=LATER
        )
    ),
    "estimates.services.evidence.withdraw_responses": Wall(
        lambda by, r: services.withdraw_responses(
            [r.response.pk], organization=r.organization, reason="Twice", by=by, at=LATER
        ),
        "dana",
        through_own=True,
    ),
    "estimates.merging.merge_people": Wall(
        lambda by, r: merge_people(r.unnamed, r.learner, by=by, at=LATER), "dana"
    ),
    "estimates.merging.unmerge_people": Wall(
        lambda by, r: unmerge_people(r.merge, by=by, at=LATER), "dana"
    ),
    "estimates.merging.link_learner": Wall(
        lambda by, r: link_learner(r.unnamed, r.learner, by=by, at=LATER)
    ),
    "estimates.services.fitting.fit_model": Wall(
        lambda by, r: services.fit_model(r.framework, by=by, at=LATER), "femi"
    ),
    "estimates.services.fitting.bring_up_to_date": Wall(
        lambda by, r: services.bring_up_to_date(r.framework, by=by, at=LATER), "femi"
    ),
    "estimates.services.replaying.replay": Wall(
        lambda by, r: services.replay(r.learner, r.framework, by=by, at=LATER)
    ),
    "estimates.services.replaying.rebuild": Wall(
        lambda by, r: services.rebuild(r.framework, by=by, at=LATER), "femi"
    ),
    "estimates.queries.words_of": Wall(
        lambda by, r: queries.words_of(r.learner, r.competency, by=by)
    ),
    "estimates.queries.word_for": Wall(lambda by, r: queries.word_for(r.word.public_id, by=by)),
    "estimates.services.contests.answer_contest": Wall(
        lambda by, r: services.answer_contest(
            r.contest, outcome=ContestOutcome.WITHDRAWN, answer="Words", by=by, at=LATER
        )
    ),
    "estimates.services.words.say_word": Wall(
        lambda by, r: services.say_word(
            r.learner, r.competency, reason="Words", level=1, by=by, at=LATER
        )
    ),
    "estimates.services.words.withdraw_word": Wall(
        lambda by, r: services.withdraw_word(r.word, by=by, at=LATER)
    ),
}
