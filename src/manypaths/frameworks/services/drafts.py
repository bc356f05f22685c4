"""Deeds on a version that is not published yet: its words, its tree, what comes before what."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.errors import Fault, NotFound, Refused
from manypaths.frameworks.access import require_right_to_change
from manypaths.frameworks.checks import longest_text, text_faults
from manypaths.frameworks.models import (
    Association,
    AssociationKind,
    Competency,
    Framework,
    Level,
    Progression,
)
from manypaths.frameworks.queries import tree
from manypaths.people.access import Actor

_MAY_BE_EMPTY = ("title", "code")


@transaction.atomic
def edit_competency(
    competency: Competency,
    *,
    statement: str | None = None,
    title: str | None = None,
    code: str | None = None,
    progression: Mapping[Level, str] | None = None,
    by: Actor,
    at: datetime,
) -> Competency:
    """Reword a competency of a draft, and what its levels look like; None leaves a text.

    An empty title leaves the statement as its name; an empty text of a level goes. Raises Refused
    for a published version, and for a text that is empty or too long.
    """
    require_right_to_change(by, competency.framework)
    _require_draft(competency.framework)
    wording = {
        column: text
        for column, text in (("statement", statement), ("title", title), ("code", code))
        if text is not None
    }
    faults = [fault for column, text in wording.items() for fault in _faults(column, text)]
    if faults:
        raise Refused(gettext("A competency can't be worded like this."), faults)
    for column, text in wording.items():
        setattr(competency, column, text)
    competency.save(update_fields=list(wording))
    for level, text in (progression or {}).items():
        _say_level(competency, level, text)
    record_deed("edit competency", by=by, at=at, subject=("competency", competency.pk))
    return competency


@transaction.atomic
def add_competency(
    framework: Framework,
    *,
    statement: str,
    title: str = "",
    code: str = "",
    parent: Competency | None = None,
    by: Actor,
    at: datetime,
) -> Competency:
    """Add a competency to a draft, as the last part of another or of the framework itself."""
    require_right_to_change(by, framework)
    _require_draft(framework)
    _require_inside(framework, parent)
    words = {"statement": statement, "title": title, "code": code}
    faults = [fault for column, text in words.items() for fault in _faults(column, text)]
    if faults:
        raise Refused("A competency can't be worded like this.", faults)
    n_nodes = Competency.objects.filter(framework=framework).count()
    competency = Competency.objects.create(
        framework=framework, identifier=str(uuid.uuid4()), position=n_nodes, **words
    )
    competency.lineage = competency
    competency.save(update_fields=["lineage"])
    _hang(competency, parent, place=None)
    record_deed("add competency", by=by, at=at, subject=("competency", competency.pk))
    return competency


@transaction.atomic
def move_competency(
    competency: Competency, *, parent: Competency | None, place: int | None, by: Actor, at: datetime
) -> Competency:
    """Put a competency of a draft under another one (None: at the top), at a place among its parts.

    Places count from 0; None is the last. Raises Refused for a place below itself.
    """
    framework = competency.framework
    require_right_to_change(by, framework)
    _require_draft(framework)
    _require_inside(framework, parent)
    if parent is not None and parent in [competency, *_all_below(competency)]:
        told = gettext("%(this)s can't stand below itself.")
        raise Refused(told % {"this": competency.name})
    _hang(competency, parent, place)
    record_deed("move competency", by=by, at=at, subject=("competency", competency.pk))
    return competency


@transaction.atomic
def retire_competency(competency: Competency, *, by: Actor, at: datetime) -> Competency:
    """Leave a competency out of a draft. Its row stays, as does evidence on earlier versions."""
    require_right_to_change(by, competency.framework)
    _require_draft(competency.framework)
    competency.retired_at = at
    competency.save(update_fields=["retired_at"])
    record_deed("retire competency", by=by, at=at, subject=("competency", competency.pk))
    return competency


@transaction.atomic
def bring_back_competency(competency: Competency, *, by: Actor, at: datetime) -> Competency:
    """Take a competency that was left out of a draft in again."""
    require_right_to_change(by, competency.framework)
    _require_draft(competency.framework)
    competency.retired_at = None
    competency.save(update_fields=["retired_at"])
    record_deed("bring back competency", by=by, at=at, subject=("competency", competency.pk))
    return competency


@transaction.atomic
def add_prerequisite(
    before: Competency, after: Competency, *, by: Actor, at: datetime
) -> Association:
    """Say in a draft that one competency comes before another.

    Raises Refused where that is said already, and where it would lead round in a circle.
    """
    framework = after.framework
    require_right_to_change(by, framework)
    _require_draft(framework)
    _require_inside(framework, before)
    ties = _precedes(framework)
    if any((tie.origin_id, tie.destination_id) == (before.pk, after.pk) for tie in ties):
        told = gettext("%(before)s comes before %(after)s already.")
        raise Refused(told % {"before": before.name, "after": after.name})
    _require_no_circle(before, after, ties)
    tie = Association.objects.create(
        framework=framework,
        identifier=str(uuid.uuid4()),
        kind=AssociationKind.PRECEDES,
        origin=before,
        destination=after,
        origin_identifier=before.identifier,
        destination_identifier=after.identifier,
        position=Association.objects.filter(framework=framework).count(),
    )
    record_deed("add prerequisite", by=by, at=at, subject=("competency", after.pk))
    return tie


@transaction.atomic
def remove_prerequisite(before: Competency, after: Competency, *, by: Actor, at: datetime) -> None:
    """Take back in a draft that one competency comes before another."""
    framework = after.framework
    require_right_to_change(by, framework)
    _require_draft(framework)
    found = [tie for tie in _precedes(framework) if tie.destination_id == after.pk]
    gone = [tie.pk for tie in found if tie.origin_id == before.pk]
    if not gone:
        raise NotFound
    Association.objects.filter(pk__in=gone).update(retired_at=at)
    record_deed("remove prerequisite", by=by, at=at, subject=("competency", after.pk))


@transaction.atomic
def edit_draft(
    framework: Framework, *, title: str, version: str, by: Actor, at: datetime
) -> Framework:
    """Give a draft another title or name of its version. Raises Refused for a published one."""
    require_right_to_change(by, framework)
    _require_draft(framework)
    faults = [
        fault
        for column, text in (("title", title), ("version", version))
        for fault in text_faults(
            text, column, longest=longest_text(Framework, column), may_be_empty=False
        )
    ]
    if faults:
        raise Refused(gettext("A version needs a title and a name of its own."), faults)
    framework.title, framework.version = title.strip(), version.strip()
    framework.save(update_fields=["title", "version"])
    record_deed("edit draft", by=by, at=at, subject=("framework", framework.pk))
    return framework


@transaction.atomic
def drop_draft(framework: Framework, *, by: Actor, at: datetime) -> None:
    """Throw a draft away, with all that was changed in it. Raises Refused for a published one."""
    require_right_to_change(by, framework)
    _require_draft(framework)
    key, scale = framework.pk, framework.scale
    Association.objects.filter(framework=framework).delete()
    Association.objects.filter(origin__framework=framework).update(origin=None)
    Association.objects.filter(destination__framework=framework).update(destination=None)
    Progression.objects.filter(competency__framework=framework).delete()
    own = Competency.objects.filter(framework=framework)
    own.update(lineage=None)
    own.delete()
    Framework.objects.filter(pk=key).delete()
    if scale is not None:
        Level.objects.filter(scale=scale).delete()
        scale.delete()
    record_deed("drop draft", by=by, at=at, subject=("framework", key))


def _require_draft(framework: Framework) -> None:
    if framework.published_at is not None:
        raise Refused(
            gettext(
                "{framework} is published, and evidence may refer to its words. Start a new "
                "version to change them."
            ).format(framework=framework)
        )


def _require_inside(framework: Framework, competency: Competency | None) -> None:
    if competency is not None and competency.framework_id != framework.pk:
        raise NotFound


def _faults(column: str, text: str) -> list[Fault]:
    length = longest_text(Competency, column)
    return list(text_faults(text, column, longest=length, may_be_empty=column in _MAY_BE_EMPTY))


def _say_level(competency: Competency, level: Level, text: str) -> None:
    if level.scale_id != competency.framework.scale_id:
        raise NotFound
    rows = Progression.objects.filter(competency=competency, level=level)
    if not text.strip():
        rows.delete()
        return
    if list(text_faults(text, "progression", longest=None, may_be_empty=False)):
        raise Refused(gettext("This text has characters that can't be kept."))
    if not rows.update(text=text.strip()):
        Progression.objects.create(competency=competency, level=level, text=text.strip())


def _hang(competency: Competency, parent: Competency | None, place: int | None) -> None:
    """Tie a competency to its parent, at a place among the parts that stand there in order."""
    framework = competency.framework
    ties = {
        tie.origin_id: tie
        for tie in Association.objects.filter(
            framework=framework, kind=AssociationKind.CHILD_OF, retired_at=None
        )
    }
    under = parent.pk if parent else None
    parts = [
        node.competency.pk
        for node in tree(framework)
        if (node.parent.pk if node.parent else None) == under and node.competency != competency
    ]
    parts.insert(len(parts) if place is None else place, competency.pk)
    named = parent.identifier if parent else framework.identifier
    for sequence, key in enumerate(parts):
        tie = ties.get(key)
        if tie is None:
            tie = Association(
                framework=framework,
                identifier=str(uuid.uuid4()),
                kind=AssociationKind.CHILD_OF,
                origin_id=key,
                origin_identifier=Competency.objects.get(pk=key).identifier,
                position=Association.objects.filter(framework=framework).count(),
            )
        tie.sequence, tie.destination, tie.destination_identifier = sequence, parent, named
        tie.save()


def _all_below(competency: Competency) -> list[Competency]:
    below = {competency.pk}
    found = []
    for node in tree(competency.framework):  # a parent stands before its parts
        if node.parent is not None and node.parent.pk in below:
            below.add(node.competency.pk)
            found.append(node.competency)
    return found


def _precedes(framework: Framework) -> list[Association]:
    ties = Association.objects.filter(
        framework=framework, kind=AssociationKind.PRECEDES, retired_at=None
    )
    return list(ties.select_related("origin", "destination"))


def _require_no_circle(before: Competency, after: Competency, ties: Sequence[Association]) -> None:
    """Raise Refused, naming the way round, where `before` comes after `after` already."""
    opens: dict[int, list[Competency]] = {}
    for tie in ties:
        if tie.origin_id is not None and tie.destination is not None:
            opens.setdefault(tie.origin_id, []).append(tie.destination)
    ways: list[list[Competency]] = [[after]]
    seen = {after.pk}
    while ways:
        way = ways.pop()
        if way[-1].pk == before.pk:
            told = gettext("That would lead round in a circle: %(way)s.")
            names = [competency.name for competency in [*way, after]]
            raise Refused(told % {"way": " → ".join(names)})
        for following in opens.get(way[-1].pk, []):
            if following.pk not in seen:
                seen.add(following.pk)
                ways.append([*way, following])
