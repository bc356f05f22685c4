"""Deeds on versions: start the next one as a draft, publish it."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE
from manypaths.base.errors import Refused
from manypaths.frameworks.access import require_right_to_change
from manypaths.frameworks.checks import longest_text, text_faults
from manypaths.frameworks.models import (
    Association,
    Competency,
    Framework,
    Level,
    Progression,
    Scale,
)
from manypaths.people.access import Actor

# New keys by old ones.
_Keys = dict[int, int]


@transaction.atomic
def start_version(framework: Framework, *, version: str, by: Actor, at: datetime) -> Framework:
    """Start the next version of a framework as a draft, with everything that this one holds.

    Its competencies are new rows with the same identifiers and lineage, so evidence on them counts
    on. Raises Refused unless this is the newest version and published.
    """
    require_right_to_change(by, framework)
    _require_newest(framework)
    length = longest_text(Framework, "version")
    faults = list(text_faults(version, "version", longest=length, may_be_empty=False))
    if faults:
        raise Refused(gettext("A version needs a name of its own."), faults)
    scale, levels = _copy_scale(framework)
    started = _copy_framework(framework, version, scale)
    competencies = _copy_competencies(framework, started)
    _copy_progressions(framework, competencies, levels)
    _copy_associations(framework, started, competencies)
    record_deed(
        "start version", by=by, at=at, subject=("framework", started.pk), previous=framework.pk
    )
    return started


@transaction.atomic
def publish_framework(framework: Framework, *, by: Actor, at: datetime) -> Framework:
    """Publish a draft: from now on its wording stands. Raises Refused for a published one."""
    require_right_to_change(by, framework)
    if framework.published_at is not None:
        raise Refused(
            gettext("This version of {framework} is published already.").format(framework=framework)
        )
    framework.published_at = at
    framework.save(update_fields=["published_at"])
    if framework.scale is not None:
        framework.scale.published_at = at
        framework.scale.save(update_fields=["published_at"])
    record_deed("publish framework", by=by, at=at, subject=("framework", framework.pk))
    return framework


@transaction.atomic
def retire_framework(framework: Framework, *, by: Actor, at: datetime) -> Framework:
    """Take a framework out of use: it is offered to nobody any more, and stays on record."""
    require_right_to_change(by, framework)
    framework.retired_at = at
    framework.save(update_fields=["retired_at"])
    record_deed("retire framework", by=by, at=at, subject=("framework", framework.pk))
    return framework


def _require_newest(framework: Framework) -> None:
    if framework.published_at is None:
        raise Refused(
            gettext("This version of {framework} is a draft still. Publish it first.").format(
                framework=framework
            )
        )
    following = Framework.objects.filter(previous=framework).first()
    if following is not None:
        raise Refused(
            gettext(
                "This version of {framework} is followed by {following} already. Go on "
                "with that one."
            ).format(framework=framework, following=following.version)
        )


def _copy_framework(framework: Framework, version: str, scale: Scale | None) -> Framework:
    return Framework.objects.create(
        identifier=str(uuid.uuid4()),
        title=framework.title,
        version=version,
        family_id=framework.family_id,
        previous=framework,
        scale=scale,
        target_level=framework.target_level,
        cut_points=framework.cut_points,
        rules=framework.rules,
        words=framework.words,
        self_ratings_move=framework.self_ratings_move,
        source=framework.source,
        definitions=framework.definitions,
        rubrics=framework.rubrics,
        extensions=framework.extensions,
        translations=framework.translations,
        is_from_log=framework.is_from_log,
    )


def _copy_scale(framework: Framework) -> tuple[Scale | None, _Keys]:
    if framework.scale is None:
        return None, {}
    scale = Scale.objects.create(title=framework.scale.title)
    levels = list(framework.scale.levels.all())
    copies = Level.objects.bulk_create(
        Level(
            scale=scale,
            position=level.position,
            code=level.code,
            name=level.name,
            meaning=level.meaning,
            translations=level.translations,
        )
        for level in levels
    )
    return scale, {old.pk: new.pk for old, new in zip(levels, copies, strict=True)}


def _copy_competencies(framework: Framework, started: Framework) -> _Keys:
    rows = list(Competency.objects.filter(framework=framework).order_by("pk"))
    copies = Competency.objects.bulk_create(
        [
            Competency(
                framework=started,
                lineage_id=row.lineage_id,
                identifier=row.identifier,
                code=row.code,
                title=row.title,
                statement=row.statement,
                kind=row.kind,
                position=row.position,
                source=row.source,
                retired_at=row.retired_at,
                translations=row.translations,
            )
            for row in rows
        ],
        AT_ONCE,
    )
    return {old.pk: new.pk for old, new in zip(rows, copies, strict=True)}


def _copy_progressions(framework: Framework, competencies: _Keys, levels: _Keys) -> None:
    rows = Progression.objects.filter(competency__framework=framework).order_by("pk")
    Progression.objects.bulk_create(
        [
            Progression(
                competency_id=competencies[row.competency_id],
                level_id=levels[row.level_id],
                text=row.text,
                translations=row.translations,
            )
            for row in rows
        ],
        AT_ONCE,
    )


def _copy_associations(framework: Framework, started: Framework, competencies: _Keys) -> None:
    names = {framework.identifier: started.identifier}
    Association.objects.bulk_create(
        [
            Association(
                framework=started,
                identifier=row.identifier,
                kind=row.kind,
                origin_id=_carried(row.origin_id, competencies),
                destination_id=_carried(row.destination_id, competencies),
                origin_identifier=names.get(row.origin_identifier, row.origin_identifier),
                destination_identifier=names.get(
                    row.destination_identifier, row.destination_identifier
                ),
                sequence=row.sequence,
                position=row.position,
                source=row.source,
                retired_at=row.retired_at,
            )
            for row in Association.objects.filter(framework=framework).order_by("pk")
        ],
        AT_ONCE,
    )


def _carried(end: int | None, competencies: _Keys) -> int | None:
    """Return the new key of a tie's end; one in another framework stays what it is."""
    return None if end is None else competencies.get(end, end)
