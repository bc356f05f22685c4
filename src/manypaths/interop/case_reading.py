"""Reads a CASE package, 1.0 or 1.1, into a draft of a framework: lax in form, strict in sense."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from manypaths.base.errors import Fault
from manypaths.base.worded import worded
from manypaths.frameworks.checks import closing_ties, repeated, scale_faults
from manypaths.frameworks.draft import (
    AssociationDraft,
    CompetencyDraft,
    FrameworkDraft,
    JsonObject,
)
from manypaths.frameworks.models import Association, AssociationKind, Competency, Framework
from manypaths.interop.case_notices import notices_of
from manypaths.interop.case_scales import ReadScale, read_scale
from manypaths.interop.case_shapes import DEFINITIONS, DOCUMENT, OURS, PACKAGE, Shape
from manypaths.interop.case_strict import Opened, misfits, opened
from manypaths.interop.checked_json import CheckedObject, FaultSheet
from manypaths.interop.json_text import read_json, under

# The package itself: what stands in it beside its parts.
_REST = Shape({})
_PARTS = {*PACKAGE.fields, *PACKAGE.parts}
_MAY_BE_EMPTY = ("CFDefinitions", "CFRubrics", "extensions")

Draft = TypeVar("Draft", CompetencyDraft, AssociationDraft)


@dataclass(frozen=True)
class CaseReading:
    """The draft, unless there are faults; and what the file has that CASE does not allow.

    `absent` names the lists of items and associations that the package lacks.
    """

    draft: FrameworkDraft | None
    faults: tuple[Fault, ...] = ()
    notices: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Read(Generic[Draft]):
    """What was made of one object of a list, and whether it is marked as retired by us."""

    index: int
    draft: Draft
    is_retired: bool


def read_case(content: bytes | str, *, file: str) -> CaseReading:
    """Return the framework that a CASE package holds, or every fault that keeps it from that."""
    reading = read_json(content, file=file)
    if reading.faults:
        return CaseReading(None, reading.faults, reading.notices)
    given, n_nulls = _without_nulls(reading.value)
    sheet = FaultSheet(file)
    if not isinstance(given, dict):
        sheet.note("", given, worded("an object with a CFDocument"))
        return CaseReading(None, tuple(sheet.faults), reading.notices)
    draft, n_retired = _draft(sheet, given)
    if sheet.faults:
        return CaseReading(None, tuple(sheet.faults), reading.notices)
    notices = [*reading.notices, *notices_of(given)]
    if n_nulls:
        notices.append(
            f"CASE has no null; so many fields without a value were left out: {n_nulls}."
        )
    if n_retired:
        notices.append(
            f"So many items and associations are retired and were left out: {n_retired}."
        )
    if draft.associations:
        notices.extend(_circles_of_prerequisites(draft))
    absent = tuple(name for name in ("CFItems", "CFAssociations") if name not in given)
    return CaseReading(draft, (), tuple(notices), absent)


def _without_nulls(value: Any) -> tuple[Any, int]:  # noqa: ANN401  # whatever the file holds
    """Return the value without nulls, except in extensions, and how many were left out."""
    if isinstance(value, list):
        parts = [_without_nulls(part) for part in value if part is not None]
        n_nulls = len(value) - len(parts)
        return [part for part, _ in parts], n_nulls + sum(n for _, n in parts)
    if isinstance(value, dict):
        fields = {
            name: (part, 0) if name == "extensions" else _without_nulls(part)
            for name, part in value.items()
            if part is not None
        }
        n_nulls = len(value) - len(fields)
        made = {name: part for name, (part, _) in fields.items()}
        return made, n_nulls + sum(n for _, n in fields.values())
    return value, 0


def _draft(sheet: FaultSheet, given: JsonObject) -> tuple[FrameworkDraft, int]:
    """Return the framework and how many nodes and ties are retired; all faults are noted."""
    document = _open(sheet, CheckedObject(sheet, given, "").part("CFDocument"), DOCUMENT)
    says = CheckedObject(sheet, document.says, "CFDocument")
    identifier = says.text("identifier", Framework, "identifier", needed=True)
    items = list(_items(sheet, given))
    ties = list(_ties(sheet, given))
    rubrics, scale = _rubrics(sheet, given)
    _note_repeats(sheet, "CFItems", items, identifier)
    _note_repeats(sheet, "CFAssociations", ties)
    _note_circles(sheet, ties)
    settings = document.ours.get("settings", {})
    draft = FrameworkDraft(
        identifier=identifier,
        title=says.text("title", Framework, "title", needed=True),
        version=says.text("version", Framework, "version"),
        competencies=_with_progressions(sheet, _live(items), scale),
        associations=_live(ties),
        scale=scale.scale if scale else None,
        target_level=scale.target_level if scale else None,
        cut_points=scale.cut_points if scale else (),
        self_ratings_move=settings.get("self_ratings_move", False),
        is_from_log=settings.get("is_from_log", False),
        source=document.source,
        definitions=_definitions(sheet, given),
        rubrics=rubrics,
        extensions=_extensions(sheet, given),
    )
    n_retired = sum(read.is_retired for read in items) + sum(read.is_retired for read in ties)
    return draft, n_retired


def _open(sheet: FaultSheet, given: CheckedObject, shape: Shape) -> Opened:
    """Return the object without our part of it; note a part of ours that is damaged."""
    damaged = list(misfits(given.says, shape, given.place))
    for place, value in damaged:
        sheet.note(place, value, worded("what Manypaths writes there, or nothing"), given.index)
    return Opened(given.says, given.says, {}) if damaged else opened(given.says, shape)


def _each(
    sheet: FaultSheet, given: JsonObject, name: str
) -> Iterator[tuple[int, CheckedObject, Opened]]:
    """Yield the objects of one list of the package: where each stands, its fields, the whole."""
    whole = given.get(name, [])
    if not isinstance(whole, list):
        sheet.note(name, whole, worded("a list of objects"))
        return
    for index, one in enumerate(whole):
        place = under(name, index)
        if isinstance(one, dict):
            part = _open(sheet, CheckedObject(sheet, one, place, index), PACKAGE.parts[name])
            yield index, CheckedObject(sheet, part.says, place, index), part
        else:
            sheet.note(place, one, worded("an object"), index)


def _items(sheet: FaultSheet, given: JsonObject) -> Iterator[_Read[CompetencyDraft]]:
    for index, item, part in _each(sheet, given, "CFItems"):
        draft = CompetencyDraft(
            identifier=item.text("identifier", Competency, "identifier", needed=True),
            statement=item.text("fullStatement", Competency, "statement", needed=True),
            code=item.text("humanCodingScheme", Competency, "code"),
            title=item.text("abbreviatedStatement", Competency, "title"),
            kind=item.text("CFItemType", Competency, "kind"),
            source=part.source,
        )
        yield _Read(index, draft, "retired" in part.ours)


def _ties(sheet: FaultSheet, given: JsonObject) -> Iterator[_Read[AssociationDraft]]:
    for index, tie, part in _each(sheet, given, "CFAssociations"):
        origin, destination = tie.part("originNodeURI"), tie.part("destinationNodeURI")
        draft = AssociationDraft(
            identifier=tie.text("identifier", Association, "identifier", needed=True),
            kind=tie.text("associationType", Association, "kind", needed=True),
            origin=origin.text("identifier", Association, "origin_identifier", needed=True),
            destination=destination.text(
                "identifier", Association, "destination_identifier", needed=True
            ),
            sequence=tie.whole("sequenceNumber"),
            source=part.source,
        )
        yield _Read(index, draft, "retired" in part.ours)


def _live(reads: Sequence[_Read[Draft]]) -> tuple[Draft, ...]:
    return tuple(read.draft for read in reads if not read.is_retired)


def _rubrics(
    sheet: FaultSheet, given: JsonObject
) -> tuple[tuple[JsonObject, ...], ReadScale | None]:
    """Return the publisher's rubrics, and the scale where one of them is ours."""
    rubrics: list[JsonObject] = []
    scale: ReadScale | None = None
    for index, rubric, part in _each(sheet, given, "CFRubrics"):
        if "scale" not in part.ours:
            rubrics.append(part.source)
            continue
        place = f"{rubric.place}.extensions.{OURS}.scale"
        read = read_scale(part.ours["scale"], part.source.get("CFRubricCriteria", []))
        if read is None or scale is not None:
            sheet.note(
                place, part.ours["scale"], worded("one scale, as Manypaths writes it"), index
            )
        else:
            sheet.take_in(scale_faults(read.scale, read.target_level, read.cut_points, place))
            scale = read
    return tuple(rubrics), scale


def _with_progressions(
    sheet: FaultSheet, competencies: tuple[CompetencyDraft, ...], scale: ReadScale | None
) -> tuple[CompetencyDraft, ...]:
    texts = scale.progressions if scale else {}
    known = {competency.identifier for competency in competencies}
    for strange in sorted(texts.keys() - known):
        sheet.note(
            "CFRubrics", strange, worded("the identifier of an item, in a scale of Manypaths")
        )
    return tuple(
        replace(competency, progression=texts[competency.identifier])
        if competency.identifier in texts
        else competency
        for competency in competencies
    )


def _definitions(sheet: FaultSheet, given: JsonObject) -> JsonObject:
    if "CFDefinitions" not in given:
        return {}
    return _open(sheet, CheckedObject(sheet, given, "").part("CFDefinitions"), DEFINITIONS).source


def _extensions(sheet: FaultSheet, given: JsonObject) -> JsonObject:
    """Return the extensions of the package, with what else stands in it under our key."""
    rest = {name: value for name, value in given.items() if name not in _PARTS}
    if not isinstance(given.get("extensions", {}), dict):
        sheet.note("extensions", given["extensions"], worded("an object"))
        return {}
    package = _open(sheet, CheckedObject(sheet, rest, ""), _REST).source
    ours = {
        "fields": {name: value for name, value in package.items() if name != "extensions"},
        "empty": [name for name in _MAY_BE_EMPTY if name in given and not given[name]],
    }
    ours = {name: value for name, value in ours.items() if value}
    return {**package.get("extensions", {}), **({OURS: ours} if ours else {})}


def _note_repeats(
    sheet: FaultSheet, name: str, reads: Sequence[_Read[Draft]], document: str = ""
) -> None:
    """Note identifiers that stand twice, or that the document has."""
    named = [read for read in reads if read.draft.identifier]
    for again, first in repeated(read.draft.identifier for read in named):
        index, identifier = named[again].index, named[again].draft.identifier
        allowed = worded(
            "an identifier of its own; {part}[{first}] has this one",
            part=name,
            first=named[first].index,
        )
        sheet.note(f"{name}[{index}].identifier", identifier, allowed, index)
    for read in named:
        if read.draft.identifier == document:
            place = f"{name}[{read.index}].identifier"
            sheet.note(
                place,
                document,
                worded("an identifier of its own; CFDocument has this one"),
                read.index,
            )


def _circles_of_prerequisites(draft: FrameworkDraft) -> Iterator[str]:
    """Yield a sentence where what comes before something also comes after it."""
    before = [tie for tie in draft.associations if tie.kind == AssociationKind.PRECEDES]
    n_closing = len(closing_ties([(tie.origin, tie.destination) for tie in before]))
    if n_closing:
        yield (
            "Of the precedes associations so many close a circle, so that nothing in it counts "
            f"as coming first: {n_closing}."
        )


def _note_circles(sheet: FaultSheet, ties: Sequence[_Read[AssociationDraft]]) -> None:
    upward = [
        read for read in ties if read.draft.kind == AssociationKind.CHILD_OF and not read.is_retired
    ]
    for closing in closing_ties([(read.draft.origin, read.draft.destination) for read in upward]):
        index, tie = upward[closing].index, upward[closing].draft
        place = f"CFAssociations[{index}].destinationNodeURI.identifier"
        allowed = worded("a parent that does not lie below its own child {child}", child=tie.origin)
        sheet.note(place, tie.destination, allowed, index)
