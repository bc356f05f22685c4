"""How deeds and queries on evidence are called."""

from manypaths.evidence import log_pages, queries, services
from manypaths.evidence.latest import latest_work
from manypaths.evidence.models import ArtifactKind, ContestOutcome
from manypaths.evidence.slips import slips_of
from tests.stage import LATER
from tests.walls.kinds import Wall

EVIDENCE = {
    "evidence.queries.evidence_of": Wall(lambda by, r: queries.evidence_of(r.learner, by=by)),
    "evidence.latest.latest_work": Wall(lambda by, r: latest_work(r.learner, r.framework, by=by)),
    "evidence.slips.slips_of": Wall(
        lambda by, r: slips_of([r.learner], r.framework, by=by, at=LATER)
    ),
    "evidence.services.recording.record_response": Wall(
        lambda by, r: services.record_response(r.response_draft(), by=by, at=LATER)
    ),
    "evidence.services.recording.record_responses": Wall(
        lambda by, r: services.record_responses(
            r.columns(), organization=r.organization, by=by, at=LATER
        ),
        "dana",
        through_own=True,
    ),
    "evidence.services.recording.record_rating": Wall(
        lambda by, r: services.record_rating(r.rating_draft(by), by=by, at=LATER)
    ),
    "evidence.services.recording.record_ratings": Wall(
        lambda by, r: services.record_ratings(
            [r.rating_draft(by)], organization=r.organization, by=by, at=LATER
        ),
        "dana",
        through_own=True,
    ),
    "evidence.services.recording.record_class_ratings": Wall(
        lambda by, r: services.record_class_ratings(
            [r.rating_draft(by)], group=r.group, by=by, at=LATER
        ),
        through_own=True,
    ),
    "evidence.services.recording.withdraw_class_ratings": Wall(
        lambda by, r: services.withdraw_class_ratings(
            group=r.group, recorded_at=1, reason="Words", by=by, at=LATER
        )
    ),
    "evidence.services.recording.record_artifact": Wall(
        lambda by, r: services.record_artifact(
            r.learner,
            kind=ArtifactKind.TEXT,
            title="A page",
            text="Words",
            done_at=LATER,
            by=by,
            at=LATER,
        )
    ),
    "evidence.services.recording.withdraw_evidence": Wall(
        lambda by, r: services.withdraw_evidence(r.response, reason="Twice", by=by, at=LATER)
    ),
    "evidence.services.recording.withdraw_evidence (of an artifact)": Wall(
        lambda by, r: services.withdraw_evidence(r.artifact, reason="Twice", by=by, at=LATER)
    ),
    "evidence.services.recording.correct_response": Wall(
        lambda by, r: services.correct_response(
            r.response, outcome=0.0, chosen=None, reason="Misread", by=by, at=LATER
        )
    ),
    "evidence.services.recording.correct_response (to an answer that is none)": Wall(
        lambda by, r: services.correct_response(
            r.response, outcome=0.0, chosen=99, reason="Misread", by=by, at=LATER
        )
    ),
    "evidence.services.recording.withdraw_responses": Wall(
        lambda by, r: services.withdraw_responses(
            [r.response.pk], organization=r.organization, reason="Twice", by=by, at=LATER
        ),
        "dana",
        through_own=True,
    ),
    "evidence.queries.artifact_for": Wall(
        lambda by, r: queries.artifact_for(r.artifact.public_id, by=by)
    ),
    "evidence.queries.waiting_to_be_looked_at": Wall(
        lambda by, r: queries.waiting_to_be_looked_at([r.learner], by=by)
    ),
    "evidence.queries.draft_in": Wall(
        lambda by, r: queries.draft_in(r.learner, "task:1", by=by), "ada"
    ),
    "evidence.queries.contestable": Wall(
        lambda by, r: queries.contestable("response", str(r.response.pk), by=by)
    ),
    "evidence.queries.contest_for": Wall(
        lambda by, r: queries.contest_for(r.contest.public_id, by=by)
    ),
    "evidence.queries.open_contests": Wall(lambda by, r: queries.open_contests([r.learner], by=by)),
    "evidence.queries.contests_of": Wall(lambda by, r: queries.contests_of(r.learner, by=by)),
    "evidence.log_pages.evidence_page": Wall(
        lambda by, r: log_pages.evidence_page(r.learner, by=by)
    ),
    "evidence.log_pages.competencies_with_evidence": Wall(
        lambda by, r: log_pages.competencies_with_evidence(r.learner, by=by)
    ),
    "evidence.services.drafting.save_draft": Wall(
        lambda by, r: services.save_draft(r.learner, "task:1", text="Words", by=by, at=LATER), "ada"
    ),
    "evidence.services.drafting.drop_draft": Wall(
        lambda by, r: services.drop_draft(r.learner, "task:1", by=by, at=LATER), "ada"
    ),
    "evidence.services.looking.look_at": Wall(
        lambda by, r: services.look_at(r.artifact, words="Words", by=by, at=LATER)
    ),
    "evidence.services.contesting.open_contest": Wall(
        lambda by, r: services.open_contest(r.uncontested, "Words", by=by, at=LATER), "eli"
    ),
    "evidence.services.contesting.close_contest": Wall(
        lambda by, r: services.close_contest(
            r.contest, outcome=ContestOutcome.STAYS, answer="Words", by=by, at=LATER
        )
    ),
}
