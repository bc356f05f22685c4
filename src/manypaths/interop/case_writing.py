"""Writes a framework as a CASE 1.1 package: strict in form, and nothing of it is lost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from manypaths.frameworks.draft import JsonObject
from manypaths.frameworks.identifiers import is_case_uuid, uri_of
from manypaths.frameworks.models import Association, Competency, Framework, Progression
from manypaths.frameworks.order import place_of
from manypaths.frameworks.queries import levels_of
from manypaths.interop.case_scales import scale_rubric
from manypaths.interop.case_shapes import ASSOCIATION, DEFINITIONS, DOCUMENT, ITEM, OURS, RUBRIC
from manypaths.interop.case_strict import SETTINGS, Fitting

# What a field of CASE says stands in a column; the column knows better than `source`.
_DOCUMENT_COLUMNS = {"identifier": "identifier", "title": "title", "version": "version"}
_ITEM_COLUMNS = {
    "identifier": "identifier",
    "fullStatement": "statement",
    "humanCodingScheme": "code",
    "abbreviatedStatement": "title",
    "CFItemType": "kind",
}
_ASSOCIATION_COLUMNS = {
    "identifier": "identifier",
    "associationType": "kind",
    "sequenceNumber": "sequence",
}
_ENDS = {"originNodeURI": "origin_identifier", "destinationNodeURI": "destination_identifier"}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CaseWriting:
    """The package, and in whole sentences what about it CASE would have otherwise."""

    package: JsonObject
    notices: tuple[str, ...] = ()


def to_case(framework: Framework) -> CaseWriting:
    """Return the framework as a CASE 1.1 package. A fixed number of queries.

    Retired items are in it, with the date of their end. Our scale is a rubric beside those of the
    publisher. Identifiers stay as they are, also those that are no UUIDs.
    """
    items = sorted(Competency.objects.filter(framework=framework), key=place_of)
    ties = Association.objects.filter(framework=framework).select_related("origin")
    shown = [tie for tie in sorted(ties, key=place_of) if _is_shown(tie)]
    fitting = Fitting(_as_text(_changed_at(framework)))
    document = _document(framework, fitting)
    fitted = [_item(row, fitting) for row in items]
    nodes = _nodes(document, items, fitted)
    package: JsonObject = {
        "CFDocument": document,
        "CFItems": fitted,
        "CFAssociations": [_association(tie, nodes, fitting) for tie in shown],
        **_definitions(framework, fitting),
        **_rubrics(framework, [row for row in items if row.retired_at is None], fitting),
        **_extensions(framework),
    }
    return CaseWriting(package, tuple(_notices(package, fitting)))


def to_case_document(framework: Framework) -> JsonObject:
    """Return the framework's CFDocument alone, as its package has it."""
    return _document(framework, Fitting(_as_text(_changed_at(framework))))


def _is_shown(tie: Association) -> bool:
    """Say whether a tie is in force, or retired with its item, which it then keeps in its place."""
    if tie.retired_at is None:
        return True
    return tie.origin is not None and tie.origin.retired_at is not None


def _changed_at(framework: Framework) -> datetime:
    """Return when the version was published; for a draft when the first one was."""
    first = framework.family
    return framework.published_at or (first and first.published_at) or _EPOCH


def _as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _document(framework: Framework, fitting: Fitting) -> JsonObject:
    settings = {name: True for name in sorted(SETTINGS) if getattr(framework, name)}
    return fitting.fit(
        _said_better(framework, framework.source, _DOCUMENT_COLUMNS),
        DOCUMENT,
        framework.identifier,
        known=framework.source,
        kept={"settings": settings},
    )


def _item(row: Competency, fitting: Fitting) -> JsonObject:
    source = row.source
    given = _said_better(row, source, _ITEM_COLUMNS)
    if row.retired_at is not None:
        given.setdefault("statusEndDate", row.retired_at.date().isoformat())
    kept = {"retired": row.retired_at is not None}
    return fitting.fit(given, ITEM, row.identifier, known=source, kept=kept)


def _association(tie: Association, nodes: Mapping[str, JsonObject], fitting: Fitting) -> JsonObject:
    source = tie.source
    given = _said_better(tie, source, _ASSOCIATION_COLUMNS)
    for name, column in _ENDS.items():
        identifier = getattr(tie, column)
        node = given.get(name)
        if not isinstance(node, dict) or node.get("identifier") != identifier:
            unheld = {"identifier": identifier, "uri": uri_of(identifier)}
            given[name] = nodes.get(identifier) or _node(unheld, identifier)
    kept = {"retired": tie.retired_at is not None}
    return fitting.fit(given, ASSOCIATION, tie.identifier, known=source, kept=kept)


def _said_better(
    row: Framework | Competency | Association, source: JsonObject, columns: Mapping[str, str]
) -> JsonObject:
    """Return the publisher's object with what the row's columns say."""
    given = dict(source)
    for name, column in columns.items():
        value = getattr(row, column)
        if value in ("", None) and given.get(name) != "":
            given.pop(name, None)
        elif value not in ("", None):
            given[name] = value
    if row.identifier != source.get("identifier", row.identifier):
        given.pop("uri", None)  # it leads to another version
    if any(given.get(name) != source[name] for name in columns if name in source):
        given.pop("lastChangeDateTime", None)
    return given


def _nodes(
    document: JsonObject, rows: Sequence[Competency], items: Sequence[JsonObject]
) -> dict[str, JsonObject]:
    """Return how associations name what is in the package, by identifier."""
    nodes = {document["identifier"]: _node(document, document["title"])}
    for row, item in zip(rows, items, strict=True):
        nodes[row.identifier] = _node(item, str(row))
    return nodes


def _node(named: JsonObject, title: str) -> JsonObject:
    return {"title": title, "identifier": named["identifier"], "uri": named["uri"]}


def _definitions(framework: Framework, fitting: Fitting) -> JsonObject:
    given = framework.definitions
    if not given:
        return _if_empty(framework, "CFDefinitions", {})
    place = f"{framework.identifier}/CFDefinitions"
    return {"CFDefinitions": fitting.fit(given, DEFINITIONS, place)}


def _rubrics(framework: Framework, items: Sequence[Competency], fitting: Fitting) -> JsonObject:
    place = f"{framework.identifier}/CFRubrics"
    rubrics = [
        fitting.fit(rubric, RUBRIC, f"{place}/{at}") for at, rubric in enumerate(framework.rubrics)
    ]
    if framework.scale is not None:
        levels, texts = levels_of(framework), _progressions(framework)
        rubrics.append(scale_rubric(framework, levels, items, texts, fitting.changed))
    return {"CFRubrics": rubrics} if rubrics else _if_empty(framework, "CFRubrics", [])


def _progressions(framework: Framework) -> dict[int, dict[int, str]]:
    """Return texts by position of the level, by key of the competency."""
    rows = Progression.objects.filter(competency__framework=framework)
    texts: dict[int, dict[int, str]] = {}
    for key, position, text in rows.values_list("competency", "level__position", "text"):
        texts.setdefault(key, {})[position] = text
    return texts


def _extensions(framework: Framework) -> JsonObject:
    extensions = {name: value for name, value in framework.extensions.items() if name != OURS}
    fields = framework.extensions.get(OURS, {}).get("fields")
    if fields:
        extensions[OURS] = {"fields": fields}
    return {"extensions": extensions} if extensions else _if_empty(framework, "extensions", {})


def _if_empty(framework: Framework, name: str, empty: JsonObject | list[JsonObject]) -> JsonObject:
    """Return an empty part of the package where the publisher had one."""
    return {name: empty} if name in framework.extensions.get(OURS, {}).get("empty", ()) else {}


def _notices(package: JsonObject, fitting: Fitting) -> Iterator[str]:
    named = (package["CFDocument"], *package["CFItems"], *package["CFAssociations"])
    n_others = sum(not is_case_uuid(one["identifier"]) for one in named)
    if n_others:
        yield (
            "CASE 1.1 takes lower-case UUIDs of the versions 1 to 5 as identifiers. Others stay as "
            f"they are, for they say which record is meant: {n_others}."
        )
    if fitting.n_set_aside:
        yield f"Fields that CASE has no place for stand under extensions: {fitting.n_set_aside}."
    if fitting.n_left_empty:
        yield f"Texts that CASE wants are missing and stand empty: {fitting.n_left_empty}."
