"""What is believed now: estimates with their status, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan, nan
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext

from manypaths.base.errors import NotFound, Refused
from manypaths.base.prepared import prepared
from manypaths.base.progress import Tell, silence
from manypaths.estimates.access import require_upkeep
from manypaths.estimates.engine import (
    current_version,
    engine_for,
    engine_of,
    family_of,
    mover_for,
    mover_of,
    read_by,
    settings_of,
)
from manypaths.estimates.evidence_log import Piece, log_of, pieces_of, shares_by_task
from manypaths.estimates.models import (
    Achievement,
    Belief,
    FittedModel,
    GeneralBelief,
    ModelRun,
    TeachersWord,
)
from manypaths.estimates.outline import outline_of
from manypaths.estimates.rows import agree, engine_beliefs
from manypaths.estimates.rule_table import RuleComparison, Terms, compare_rules
from manypaths.estimates.switching import Effects, Switch, effects_of, require_switchable
from manypaths.estimates.table import (
    FIRST_CALENDAR_DAY,
    Estimates,
    day_of,
    estimates_at,
    touched_estimates,
)
from manypaths.evidence.models import Alignment, Rating, Response
from manypaths.evidence.queries import descriptions
from manypaths.frameworks.access import require_right_to_add
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.queries import levels_of
from manypaths.frameworks.rules import StatusRules
from manypaths.mastery import start, update
from manypaths.mastery.explain import Explanation
from manypaths.mastery.explain import why as explain
from manypaths.people.access import Actor, open_to_integrations, people_seen_by, require_sight
from manypaths.people.models import Person
from manypaths.people.queries import people_signed_in


@dataclass(frozen=True)
class Why:
    """Where an estimate comes from: the engine's rows with the pieces of evidence behind them.

    `pieces` are all of the learner's evidence on the family; the events of the explanation are
    their places, and `descriptions` say in words what each was, where it shows the competency.
    `estimate` has one row, with the status.
    """

    competency: Competency
    explanation: Explanation
    pieces: Sequence[Piece]
    descriptions: Mapping[int, str]
    estimate: Estimates


@dataclass(frozen=True)
class SignedOff:
    """An achievement, and who signed it, where they are known."""

    achievement: Achievement
    signer: Person | None


@dataclass(frozen=True)
class WordShown:
    """What somebody said beside the estimate; `level_name` is empty where they named a status."""

    word: TeachersWord
    level_name: str


def estimated_competencies(framework: Framework) -> list[Competency]:
    """Return the competencies of a framework that are estimated, in the order of the tree."""
    return list(outline_of(framework).competencies)


@open_to_integrations
def estimates_of(
    learners: Sequence[Person],
    framework: Framework,
    *,
    by: Actor,
    at: datetime,
    competencies: Sequence[Competency] | None = None,
) -> Estimates:
    """Return estimates of learners whom `by` may see, on every competency, learner by learner.

    `competencies` are all that are estimated unless given. A fixed number of queries.
    """
    require_sight(by, learners)
    shown = estimated_competencies(framework) if competencies is None else competencies
    return estimates_at(learners, shown, framework, at)


def estimates_with_evidence(
    learners: Sequence[Person],
    framework: Framework,
    *,
    by: Actor,
    at: datetime,
    competencies: Sequence[Competency] | None = None,
) -> Estimates:
    """Return estimates of learners whom `by` may see, where there is evidence. Fixed queries.

    `competencies` are all that are estimated unless given.
    """
    require_sight(by, learners)
    shown = estimated_competencies(framework) if competencies is None else competencies
    return touched_estimates(learners, shown, framework, at)


@open_to_integrations
def why(learner: Person, competency: Competency, *, by: Actor, at: datetime) -> Why:
    """Return what moved a learner's estimate of a competency, from the evidence itself."""
    require_sight(by, [learner])
    family = family_of(competency.framework)
    pieces = pieces_of(learner, family)
    events = [piece.event for piece in pieces]
    times = [event.time for event in events if not isnan(event.time)]
    # Without a calendar nobody can say how long ago the work was.
    now = day_of(at) if times and max(times) >= FIRST_CALENDAR_DAY else nan
    mover = read_by(mover_for(family), competency.framework)
    explanation = explain(mover, events, competency.lineage_id or 0, at=now)
    own = [piece.event for piece in explanation.pieces if piece.event is not None]
    return Why(
        competency=competency,
        explanation=explanation,
        pieces=pieces,
        descriptions=dict(zip(own, descriptions([pieces[n].row for n in own]), strict=True)),
        estimate=estimates_of(
            [learner], competency.framework, by=by, at=at, competencies=[competency]
        ),
    )


def achievements_of(learner: Person, framework: Framework, *, by: Actor) -> list[SignedOff]:
    """Return what a learner was signed off on a framework's family, newest first. Two queries."""
    require_sight(by, [learner])
    rows = _signed_off(learner.pk, framework.family_id or 0)
    by_user = people_signed_in([row.signed_by for row in rows if row.signed_by])
    return [SignedOff(row, by_user.get(row.signed_by or 0)) for row in rows]


@prepared
def _signed_off(learner: int, family: int) -> QuerySet[Achievement]:
    found = Achievement.objects.filter(learner=learner, competency__framework__family=family)
    return found.order_by("-demonstrated_on", "-pk")


def families_with_evidence(*, by: Actor) -> list[Framework]:
    """Return the first versions of the frameworks that anything is on record for, by title."""
    require_right_to_add(by)
    # The log is gone through once; asked for each task in turn, it would be so once a task.
    answered = Response.objects.order_by().values("task").distinct()
    shown = Alignment.objects.filter(task__in=answered).values("competency__framework__family")
    rated = Rating.objects.values("competency__framework__family")
    return list(Framework.objects.filter(Q(pk__in=shown) | Q(pk__in=rated)).order_by("title"))


def evidence_counts(family: Framework, *, by: Actor) -> tuple[int, int]:
    """Return on how many pieces of evidence, of how many learners, the family's estimates rest."""
    require_upkeep(by, family)
    generals = GeneralBelief.objects.filter(family=family, n_events__gt=0)
    found = generals.aggregate(pieces=Sum("n_events"), learners=Count("pk"))
    return found["pieces"] or 0, found["learners"]


def drifted_learners(family: Framework, *, by: Actor, sample: int) -> tuple[int, int]:
    """Return how many learners were replayed, and of how many the beliefs differ by over 1e-9."""
    require_upkeep(by, family)
    generals = GeneralBelief.objects.filter(family=family).select_related("learner", "model")
    rows = list(generals.order_by("-n_events", "pk")[:sample])
    shares, drifted = shares_by_task(family), 0
    for row in rows:
        engine = mover_of(row.model)
        replayed = start(engine)
        for piece in pieces_of(row.learner, family, shares=shares):
            replayed = update(engine, replayed, piece.event)
        own = Belief.objects.filter(learner=row.learner, competency__framework__family=family)
        drifted += not agree(engine_beliefs(row, own), replayed)
    return len(rows), drifted


def models_of(family: Framework, *, by: Actor) -> list[FittedModel]:
    """Return the models of a family: the candidate, the one in force, earlier ones by date."""
    require_upkeep(by, family)
    rows = FittedModel.objects.filter(family=family).defer("parameters")
    return list(rows.order_by("-is_candidate", "-in_force", "-fitted_at", "-pk"))


def model_named(family: Framework, version: str | None, *, by: Actor) -> FittedModel:
    """Return the model of a family with this version; None: the candidate.

    Of several with the same numbers the first in the order of `models_of`. Raises NotFound where
    there is none.
    """
    for row in models_of(family, by=by):
        if row.is_candidate if version is None else row.version == version:
            return row
    raise NotFound


def fitted_model_for(model_id: UUID, *, by: Actor) -> FittedModel:
    """Return a model that `by` may decide about, else raise NotFound."""
    require_right_to_add(by)
    rows = FittedModel.objects.filter(public_id=model_id).select_related("family")
    row = rows.defer("parameters").first()
    if row is None:
        raise NotFound
    require_upkeep(by, row.family)
    return row


def latest_model_run(family: Framework, *, by: Actor) -> ModelRun | None:
    """Return the newest work on a family's models that somebody asked for on a page."""
    require_upkeep(by, family)
    return ModelRun.objects.filter(family=family).order_by("-asked_at", "-pk").first()


def effects_of_switch(
    model: FittedModel, *, by: Actor, at: datetime, n_largest: int = 20, progress: Tell = silence
) -> Effects:
    """Return what would change for whom if a model came into force today.

    Counts are of everybody; named are learners whom `by` may see. Raises Refused where the model
    can't be switched to.
    """
    require_upkeep(by, model.family)
    require_switchable(model)
    family = model.family
    competencies = estimated_competencies(current_version(family))
    switch = Switch(family, competencies, engine_for(family), engine_of(model), at)
    return effects_of(switch, log_of(family), named_to=by, n_largest=n_largest, progress=progress)


def rules_on(
    family: Framework, *, by: Actor, at: datetime, seed: int = 0, progress: Tell = silence
) -> RuleComparison:
    """Return school rules and models side by side on the evidence of a family.

    Statuses are compared with those by the model in force. Raises Refused where there are too few
    learners or no responses.
    """
    require_upkeep(by, family)
    terms = Terms(
        rules=StatusRules.of(current_version(family).rules),
        settings=settings_of(family),
        now=day_of(at),
    )
    log, reference = log_of(family).log, engine_for(family)
    try:
        return compare_rules(log, terms, reference=reference, seed=seed, progress=progress)
    except ValueError as error:
        raise Refused(
            gettext("Rules can't be compared on {family}: {error}.").format(
                family=family, error=error
            )
        ) from error


def words_of(learner: Person, competency: Competency, *, by: Actor) -> list[WordShown]:
    """Return what people said of a learner beside the estimate, latest first, with who said it.

    Words that were taken back are left out. Three queries.
    """
    require_sight(by, [learner])
    rows = _words(learner.pk, competency.lineage_id or 0)
    names = [level.spoken.name for level in levels_of(competency.framework)]
    return [WordShown(word, "" if word.level is None else names[word.level]) for word in rows]


@prepared
def _words(learner: int, lineage: int) -> QuerySet[TeachersWord]:
    rows = TeachersWord.objects.filter(
        learner=learner, competency__lineage=lineage, withdrawn_at=None
    )
    return rows.select_related("said_by").order_by("-said_at", "-pk")


def word_for(word_id: UUID, *, by: Actor) -> TeachersWord:
    """Return a word about somebody whose record `by` may see, else raise NotFound."""
    rows = TeachersWord.objects.select_related("learner", "competency", "said_by")
    word = rows.filter(public_id=word_id, learner__in=people_seen_by(by)).first()
    if word is None:
        raise NotFound
    return word
