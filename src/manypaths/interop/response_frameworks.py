"""The framework whose codes a log names: one that is held, or a flat one made from such logs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from manypaths.base.errors import Fault, NotFound
from manypaths.base.ids import as_public_id
from manypaths.base.worded import worded
from manypaths.estimates.engine import current_version
from manypaths.frameworks.draft import AssociationDraft, CompetencyDraft, FrameworkDraft
from manypaths.frameworks.identifiers import minted
from manypaths.frameworks.models import Association, Competency, Framework
from manypaths.frameworks.order import place_of
from manypaths.frameworks.queries import framework_named
from manypaths.frameworks.services import save_framework
from manypaths.interop.report import refused
from manypaths.interop.response_log import ReadLog
from manypaths.people.access import Actor
from manypaths.people.models import Group


def framework_of_log(
    log: ReadLog, file: str, *, title: str | None, group: Group, by: Actor, at: datetime
) -> Framework:
    """Return the framework of this title or id, without one that of the group's logs.

    Where there is none yet a flat one is made from the codes; one from logs grows by codes that
    are new. Raises Refused with the first row of each code that any other framework lacks.
    """
    first_row = log.first_row
    framework = framework_for(title, group, by=by)
    if framework is None:
        flat = _flat(
            _identifier(title, group),
            title or f"{group.name}: competencies of its log",
            list(first_row),
        )
        return save_framework(flat, by=by, at=at).framework
    faults = refused_codes(first_row, file, framework)
    if faults:
        raise refused(file, faults)
    held = _held(framework)
    known = {competency.code for competency in held}
    new = [code for code in first_row if code not in known]
    return (
        save_framework(_grown(framework, held, new), by=by, at=at).framework if new else framework
    )


def framework_for(title: str | None, group: Group | None, *, by: Actor) -> Framework | None:
    """Return the framework that a group's log belongs to, None where it is still to be made."""
    if title:
        return _named(title, by=by)
    return _of_group(_identifier(title, group)) if group else None


def refused_codes(first_row: Mapping[str, int], file: str, framework: Framework) -> list[Fault]:
    """Return a fault for the first row of each code that the framework lacks, or has twice."""
    count = Counter(competency.code for competency in _held(framework))
    allowed = worded("a code of {framework}", framework=framework)
    lacking = [code for code in first_row if not count[code] and not framework.is_from_log]
    several = [code for code in first_row if count[code] > 1]
    twice = worded(
        "a code of {framework} that names one competency; this names more", framework=framework
    )
    return [
        Fault(file, first_row[code], "competencies", code, words)
        for codes, words in ((lacking, allowed), (several, twice))
        for code in codes
    ]


def _identifier(title: str | None, group: Group) -> str:
    return minted("log", title or str(group.public_id))


def _held(framework: Framework) -> list[Competency]:
    known = Competency.objects.filter(framework=framework, retired_at=None)
    return sorted(known, key=place_of)


def _named(title: str, *, by: Actor) -> Framework | None:
    try:
        return framework_named(title, by=by)
    except NotFound:
        # An id that leads nowhere is a slip of the hand and no title.
        if as_public_id(title) is not None:
            raise
        return None


def _of_group(identifier: str) -> Framework | None:
    first = Framework.objects.filter(identifier=identifier).first()
    return current_version(first) if first else None


def _flat(identifier: str, title: str, codes: Sequence[str]) -> FrameworkDraft:
    return FrameworkDraft(
        identifier=identifier,
        title=title,
        is_from_log=True,
        competencies=tuple(_competency(identifier, code) for code in codes),
    )


def _competency(identifier: str, code: str) -> CompetencyDraft:
    return CompetencyDraft(identifier=minted(identifier, code), code=code, statement=code)


def _grown(framework: Framework, held: Sequence[Competency], new: Sequence[str]) -> FrameworkDraft:
    """Return the framework as it stands, with words and ties it got since, and the new codes."""
    ties = Association.objects.filter(framework=framework, retired_at=None)
    return FrameworkDraft(
        identifier=framework.identifier,
        title=framework.title,
        version=framework.version,
        is_from_log=True,
        competencies=(
            *(_as_it_stands(competency) for competency in held),
            *(_competency(framework.identifier, code) for code in new),
        ),
        associations=tuple(
            AssociationDraft(
                identifier=tie.identifier,
                kind=tie.kind,
                origin=tie.origin_identifier,
                destination=tie.destination_identifier,
                sequence=tie.sequence,
                source=tie.source,
            )
            for tie in sorted(ties, key=place_of)
        ),
        source=framework.source,
        definitions=framework.definitions,
        rubrics=tuple(framework.rubrics),
        extensions=framework.extensions,
    )


def _as_it_stands(competency: Competency) -> CompetencyDraft:
    return CompetencyDraft(
        identifier=competency.identifier,
        statement=competency.statement,
        code=competency.code,
        title=competency.title,
        kind=competency.kind,
        source=competency.source,
    )
