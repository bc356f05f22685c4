"""The deed that takes a whole framework in: from CASE, YAML, a log or a form.

What was there is found again by identifier, so a second time changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE, in_chunks
from manypaths.base.changes import Changes
from manypaths.base.scope import current_owner
from manypaths.frameworks.access import require_right_to_add
from manypaths.frameworks.checks import refuse_faulty
from manypaths.frameworks.draft import CompetencyDraft, FrameworkDraft
from manypaths.frameworks.models import Association, Competency, Framework, Level, Progression
from manypaths.frameworks.services.links import held_elsewhere, link_waiting_ties
from manypaths.frameworks.services.scales import save_scale
from manypaths.frameworks.services.taking_over import take_over
from manypaths.people.access import Actor


@dataclass(frozen=True)
class SavedFramework:
    """The framework as it stands now, and what became of its nodes and ties."""

    framework: Framework
    items: Changes
    associations: Changes
    is_new: bool


@transaction.atomic
def save_framework(
    draft: FrameworkDraft, *, by: Actor, at: datetime, sha256: str = ""
) -> SavedFramework:
    """Make the district's framework of this identifier as the draft says, and publish a new one.

    New nodes and ties are made, changed ones changed in place, equal ones left alone. Those that
    the draft no longer has are retired, never deleted; they come back when it has them again.
    Target, cut points and the say of self-ratings come from the draft when the framework (or its
    scale) is new; afterwards they are the school's own. `sha256` names the file it came from, for
    the audit. Raises Refused with all faults for a draft that contradicts itself.
    """
    require_right_to_add(by)
    refuse_faulty(draft)
    framework, is_new = _save_row(draft, at)
    levels = save_scale(framework, draft)
    items = _save_competencies(framework, draft, levels, at)
    associations = _save_associations(framework, draft, at)
    if items.created:
        link_waiting_ties(framework)
    record_deed(
        "save framework",
        by=by,
        at=at,
        subject=("framework", framework.pk),
        sha256=sha256,
        **{f"items_{what}": count for what, count in items.as_json().items()},
        **{f"associations_{what}": count for what, count in associations.as_json().items()},
    )
    return SavedFramework(framework, items, associations, is_new)


def _save_row(draft: FrameworkDraft, at: datetime) -> tuple[Framework, bool]:
    """Return the framework of the draft, and whether it is new. A retired one comes back."""
    # Locked, for two imports of one file at a time would make its new nodes twice.
    framework = (
        Framework.objects.select_for_update()
        .filter(district_id=current_owner(), identifier=draft.identifier)
        .first()
    )
    publishers: dict[str, object] = {
        "title": draft.title,
        "version": draft.version,
        "source": draft.source,
        "definitions": draft.definitions,
        "rubrics": list(draft.rubrics),
        "extensions": draft.extensions,
    }
    if framework is None:
        return _make_row(draft, publishers, at), True
    publishers["retired_at"] = None
    if any(getattr(framework, column) != value for column, value in publishers.items()):
        for column, value in publishers.items():
            setattr(framework, column, value)
        framework.save(update_fields=list(publishers))
    return framework, False


def _make_row(draft: FrameworkDraft, publishers: dict[str, object], at: datetime) -> Framework:
    framework = Framework.objects.create(
        identifier=draft.identifier,
        self_ratings_move=draft.self_ratings_move,
        is_from_log=draft.is_from_log,
        published_at=at,
        **publishers,
    )
    framework.family = framework
    framework.save(update_fields=["family"])
    return framework


def _save_competencies(
    framework: Framework, draft: FrameworkDraft, levels: dict[str, Level], at: datetime
) -> Changes:
    stored = {row.identifier: row for row in Competency.objects.filter(framework=framework)}
    texts = _stored_texts(framework) if levels else {}
    reworded = [
        competency
        for competency in draft.competencies
        if levels and competency.progression != texts.get(competency.identifier, {})
    ]
    touched = {competency.identifier for competency in reworded}
    rows = _competency_rows(framework, draft)
    changes = take_over(Competency, rows, stored, at=at, touched=touched)
    if changes.created:
        new = Competency.objects.filter(framework=framework, lineage=None)
        new.update(lineage=F("pk"))
    if reworded:
        _save_progressions(framework, reworded, levels)
    return changes


def _competency_rows(framework: Framework, draft: FrameworkDraft) -> list[Competency]:
    return [
        Competency(
            framework=framework,
            identifier=competency.identifier,
            code=competency.code,
            title=competency.title,
            statement=competency.statement,
            kind=competency.kind,
            position=position,
            source=competency.source,
        )
        for position, competency in enumerate(draft.competencies)
    ]


def _stored_texts(framework: Framework) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    rows = Progression.objects.filter(competency__framework=framework)
    for identifier, code, text in rows.values_list("competency__identifier", "level__code", "text"):
        texts.setdefault(identifier, {})[code] = text
    return texts


def _save_progressions(
    framework: Framework, reworded: Iterable[CompetencyDraft], levels: dict[str, Level]
) -> None:
    keys = _keys_of(framework)
    texts = {keys[competency.identifier]: competency.progression for competency in reworded}
    stale = [
        row.pk
        for row in Progression.objects.filter(competency__framework=framework)
        if row.competency_id in texts
    ]
    for chunk in in_chunks(stale):
        Progression.objects.filter(pk__in=chunk).delete()
    Progression.objects.bulk_create(
        [
            Progression(competency_id=key, level=levels[code], text=text)
            for key, progression in texts.items()
            for code, text in progression.items()
        ],
        AT_ONCE,
    )


def _save_associations(framework: Framework, draft: FrameworkDraft, at: datetime) -> Changes:
    keys = _keys_of(framework)
    ends = {end for tie in draft.associations for end in (tie.origin, tie.destination)}
    keys |= held_elsewhere(ends - keys.keys() - {framework.identifier})
    stored = {row.identifier: row for row in Association.objects.filter(framework=framework)}
    return take_over(
        Association,
        [
            Association(
                framework=framework,
                identifier=tie.identifier,
                kind=tie.kind,
                origin_id=keys.get(tie.origin),
                destination_id=keys.get(tie.destination),
                origin_identifier=tie.origin,
                destination_identifier=tie.destination,
                sequence=tie.sequence,
                position=position,
                source=tie.source,
            )
            for position, tie in enumerate(draft.associations)
        ],
        stored,
        at=at,
    )


def _keys_of(framework: Framework) -> dict[str, int]:
    rows = Competency.objects.filter(framework=framework)
    return dict(rows.values_list("identifier", "pk"))
