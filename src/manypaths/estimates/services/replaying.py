"""Bring beliefs in line with the evidence: one event on top, one learner anew, or all of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.db import IntegrityError, models, transaction

from manypaths.base.audit import record_deed
from manypaths.base.bulk import in_chunks, insert_columns
from manypaths.base.errors import NotFound
from manypaths.base.prepared import prepared
from manypaths.estimates.access import require_upkeep
from manypaths.estimates.engine import mover_of, new_row, row_in_force, settings_of
from manypaths.estimates.evidence_log import (
    FIRST_DATED,
    FamilyLog,
    Shares,
    log_of,
    pieces_of,
)
from manypaths.estimates.models import Belief, FittedModel, GeneralBelief
from manypaths.estimates.rows import (
    GENERAL_FIELDS,
    OWN_FIELDS,
    engine_beliefs,
    save_beliefs,
)
from manypaths.estimates.sites import HERE, Site
from manypaths.estimates.telling import note_family, note_moves
from manypaths.frameworks.models import Framework
from manypaths.mastery import Event, start, update
from manypaths.mastery.model import unfitted
from manypaths.people.access import Actor, require_sight
from manypaths.people.models import Person

# With more learners than this at once the compiled pass is worth its start-up.
MANY_LEARNERS = 20
_AT_ONCE = 10_000


@transaction.atomic
def replay(learner: Person, family: Framework, *, by: Actor, at: datetime) -> None:
    """Go through a learner's evidence on a family again, in the order of the work."""
    require_sight(by, [learner])
    lock(learner)
    replay_one(learner, family, model_for(family, at=at))
    note_moves([learner.pk], family, at=at, is_evidence=False)
    record_deed("replay", by=by, at=at, subject=("person", learner.pk), family=family.pk)


@transaction.atomic
def rebuild(family: Framework, *, by: Actor, at: datetime, site: Site = HERE) -> int:
    """Compute all beliefs of a family anew from the evidence; return how many pieces there were."""
    require_upkeep(by, family)
    model = model_for(family, at=at)
    lock_all()
    n_events = write_beliefs(family, model, log_of(family), site=site)
    note_family(family, at=at)
    record_deed("rebuild estimates", by=by, at=at, subject=("framework", family.pk), count=n_events)
    return n_events


def model_for(family: Framework, *, at: datetime) -> FittedModel:
    """Return the model in force; where nothing was ever fitted, priors alone come into force."""
    row = row_in_force(family)
    if row is not None:
        return row
    prior = new_row(family, unfitted(settings_of(family)), at=at)
    prior.in_force = True
    try:
        with transaction.atomic():
            prior.save()
    except IntegrityError:  # the first two pieces of a family came at the same moment
        return FittedModel.objects.get(family=family, in_force=True)
    return prior


def lock(learner: Person) -> None:
    """Let one deed at a time change a learner's beliefs, until the transaction ends.

    Raises NotFound for a learner who is not there, as the deed does for one it is not shown.
    """
    if _held_one.first(learner.pk) is None:
        raise NotFound


def lock_all(learners: Sequence[int] | None = None) -> None:
    """Let nobody else change these learners' beliefs, or those of all, until the transaction ends.

    What writes beliefs from a log takes this first, and then reads the log: what others took in
    meanwhile is in it, and what comes later comes on top.
    """
    people = _held().order_by("pk").values_list("pk")
    if learners is None:
        list(people)
        return
    for chunk in in_chunks(sorted(learners), _AT_ONCE):
        list(people.filter(pk__in=chunk))


def _held() -> models.QuerySet[Person]:
    # Not against rows that only refer to a person: two deeds that wrote such rows first, and then
    # asked for the person, would wait for each other.
    return Person.objects.select_for_update(no_key=True)


@prepared
def _held_one(learner: int) -> models.QuerySet[Any, int]:
    return _held().filter(pk=learner).values_list("pk", flat=True)


def follows(done_at: int, last_done_at: int) -> bool:
    """Say whether work comes after all that is in a belief, on the same clock.

    The first dated work after work on a relative clock does not: there the latter loses its time.
    """
    is_dated, was_dated = done_at >= FIRST_DATED, last_done_at >= FIRST_DATED
    return done_at > last_done_at and is_dated == was_dated


def bring_in(
    learner: Person,
    family: Framework,
    model: FittedModel,
    *,
    event: Event,
    done_at: int,
    shares: Mapping[int, Shares],
) -> None:
    """Move a learner's beliefs by one new event; an earlier one than the last makes a replay."""
    general = _general.first(learner.pk, family.pk)
    if (
        general is None
        or general.model_id != model.pk
        or not follows(done_at, general.last_done_at)
    ):
        replay_one(learner, family, model, shares=shares)
        return
    before = engine_beliefs(general, _own(learner.pk, family.pk))
    after = update(mover_of(model), before, event)
    save_beliefs(
        learner,
        family,
        model,
        after,
        n_events=general.n_events + 1,
        last_done_at=done_at,
        changed={
            key: belief
            for key, belief in after.competencies.items()
            if before.competencies.get(key) is not belief
        },
    )


@prepared
def _general(learner: int, family: int) -> models.QuerySet[GeneralBelief]:
    return GeneralBelief.objects.filter(learner=learner, family=family)


@prepared
def _own(learner: int, family: int) -> models.QuerySet[Belief]:
    return Belief.objects.filter(learner=learner, competency__framework__family=family)


def replay_one(
    learner: Person,
    family: Framework,
    model: FittedModel,
    *,
    shares: Mapping[int, Shares] | None = None,
) -> None:
    """Write a learner's beliefs anew from their evidence."""
    pieces = pieces_of(learner, family, shares=shares)
    engine = mover_of(model)
    beliefs = start(engine)
    for piece in pieces:
        beliefs = update(engine, beliefs, piece.event)
    _rows_of(learner, family).exclude(
        competency__in=[int(key) for key in beliefs.competencies]
    ).delete()
    if not pieces:
        GeneralBelief.objects.filter(learner=learner, family=family).delete()
        return
    save_beliefs(
        learner,
        family,
        model,
        beliefs,
        n_events=len(pieces),
        last_done_at=pieces[-1].row.done_at,
        changed=beliefs.competencies,
    )


def rebuild_learners(family: Framework, model: FittedModel, learners: Sequence[int]) -> int:
    """Write the beliefs of many learners anew, by the compiled pass."""
    lock_all(learners)
    return write_beliefs(family, model, log_of(family, learners), learners)


def write_beliefs(
    family: Framework,
    model: FittedModel,
    family_log: FamilyLog,
    learners: Sequence[int] | None = None,
    *,
    site: Site = HERE,
) -> int:
    """Write the beliefs that the model draws from a log in place of those that are there."""
    log = family_log.log
    finals = site.final_beliefs(mover_of(model), log)
    _forget(family, learners)
    insert_columns(
        GeneralBelief,
        {
            "learner_id": family_log.learners,
            "family_id": np.full(log.n_learners, family.pk),
            "model_id": np.full(log.n_learners, model.pk),
            "n_events": family_log.n_events,
            "last_done_at": family_log.last_done_at,
            **dict(zip(GENERAL_FIELDS, finals.general.T, strict=True)),
        },
    )
    keys = np.array(log.alignment.competencies, np.int64)
    columns = dict(zip(OWN_FIELDS, finals.rows.T, strict=True))
    for name in OWN_FIELDS[8:]:
        columns[name] = columns[name].astype(np.int64)
    columns["touched_at"] = np.ma.masked_invalid(columns["touched_at"])
    insert_columns(
        Belief,
        {
            "learner_id": np.repeat(family_log.learners, np.diff(finals.begins)),
            "competency_id": keys[finals.competency],
            **columns,
        },
    )
    return log.n_events


def _rows_of(learner: Person, family: Framework) -> models.QuerySet[Belief]:
    return Belief.objects.filter(learner=learner, competency__framework__family=family)


def _forget(family: Framework, learners: Sequence[int] | None) -> None:
    beliefs = Belief.objects.filter(competency__framework__family=family)
    generals = GeneralBelief.objects.filter(family=family)
    if learners is None:
        beliefs.delete()
        generals.delete()
        return
    for chunk in in_chunks(learners, _AT_ONCE):
        beliefs.filter(learner__in=chunk).delete()
        generals.filter(learner__in=chunk).delete()
