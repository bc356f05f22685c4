"""Makes a draft of a framework from the content of a checked YAML file (see `yaml_form`)."""

from collections.abc import Iterator
from dataclasses import dataclass

from manypaths.frameworks.draft import (
    AssociationDraft,
    CompetencyDraft,
    FrameworkDraft,
    JsonObject,
    LevelDraft,
    ScaleDraft,
)
from manypaths.frameworks.identifiers import minted, uri_of
from manypaths.frameworks.models import AssociationKind
from manypaths.frameworks.rules import default_cut_points

# What a match with another framework rests on, and the kind of association that it makes: a
# likeness that we saw ourselves, or that wording echoes, is no claim of sameness.
BASES = {
    "same": AssociationKind.EXACT_MATCH,
    "echo": AssociationKind.RELATED,
    "judgement": AssociationKind.RELATED,
}


def draft_of(content: JsonObject) -> FrameworkDraft:
    """Return the draft of a framework, with identifiers minted from its codes.

    Domains become areas, competencies stand below them, indicators below those. What has no column
    goes into `source`, in the words of CASE. The level that counts as mastered is the last but one,
    the third of four, unless the file says otherwise.
    """
    framework = content["framework"]
    maker = _Maker(framework)
    levels = content.get("scale", [])
    target = framework.get("target_level", max(2, len(levels) - 1)) - 1
    return FrameworkDraft(
        identifier=maker.identifier(),
        title=framework["title"],
        version=str(framework.get("version", "")),
        competencies=tuple(_nodes(maker, content)),
        associations=tuple(_ties(maker, content)),
        scale=_scale(framework, levels) if levels else None,
        target_level=target if levels else None,
        cut_points=tuple(default_cut_points(len(levels), target)) if levels else (),
        self_ratings_move=framework.get("self_ratings_move", False),
        source=_document(maker, framework),
    )


@dataclass(frozen=True)
class _Maker:
    """Makes nodes and ties of one framework, each with the object that CASE would have of it."""

    framework: JsonObject

    def identifier(self, *codes: str) -> str:
        return minted(self.framework["code"], *codes)

    def case_object(self, identifier: str, **fields: object) -> JsonObject:
        made = {"identifier": identifier, "uri": uri_of(identifier), **fields}
        if "date" in self.framework:
            made["lastChangeDateTime"] = f"{self.framework['date']}T00:00:00Z"
        return _without_blanks(made)

    def node(
        self,
        code: str,
        statement: str,
        kind: str,
        *,
        title: str = "",
        progression: dict[str, str] | None = None,
        **fields: object,
    ) -> CompetencyDraft:
        identifier = self.identifier(code)
        source = self.case_object(
            identifier,
            fullStatement=statement,
            humanCodingScheme=code,
            abbreviatedStatement=title,
            CFItemType=kind,
            language=self.framework.get("language"),
            **fields,
        )
        return CompetencyDraft(identifier, statement, code, title, kind, progression or {}, source)

    def tie(
        self,
        kind: AssociationKind,
        origin: str,
        destination: str,
        *,
        to: str = "",
        sequence: int | None = None,
        **extensions: object,
    ) -> AssociationDraft:
        """Tie the node of one code to that of another, or to the identifier `to` elsewhere."""
        identifier = self.identifier(origin, kind.value, destination)
        ends = self.identifier(origin), to or self.identifier(destination)
        source = self.case_object(
            identifier,
            associationType=kind.value,
            originNodeURI=_link(origin, ends[0]),
            destinationNodeURI=_link(destination, ends[1]),
            sequenceNumber=sequence,
            extensions=extensions,
        )
        return AssociationDraft(identifier, kind.value, *ends, sequence, source)


def _document(maker: _Maker, framework: JsonObject) -> JsonObject:
    return maker.case_object(
        maker.identifier(),
        title=framework["title"],
        creator=framework.get("creator", "Manypaths"),
        version=str(framework.get("version", "")),
        language=framework.get("language"),
        description=framework.get("description"),
        frameworkType=framework.get("kind"),
        extensions={
            name: framework[name]
            for name in ("code", "audience", "derived_from")
            if name in framework
        },
    )


def _scale(framework: JsonObject, levels: list[JsonObject]) -> ScaleDraft:
    return ScaleDraft(
        title=f"Levels of {framework['code']}",
        levels=tuple(
            LevelDraft(level["code"], level["name"], level.get("meaning", "")) for level in levels
        ),
    )


def _nodes(maker: _Maker, content: JsonObject) -> Iterator[CompetencyDraft]:
    levels = [level["code"] for level in content.get("scale", [])]
    for domain in content["domains"]:
        yield maker.node(
            domain["code"],
            domain.get("summary", domain["name"]),
            "Area",
            title=domain["name"],
            extensions=_without_blanks({"prompt": domain.get("prompt")}),
        )
    for competency in content["competencies"]:
        progression = competency.get("progression", {})
        yield maker.node(
            competency["code"],
            competency["statement"],
            "Competency",
            title=competency.get("title", ""),
            progression={levels[level - 1]: progression[level] for level in sorted(progression)},
            educationLevel=_grades(competency),
            extensions=_without_blanks({"edition_note": competency.get("edition_note")}),
        )
        for indicator in competency.get("indicators", []):
            yield maker.node(indicator["code"], indicator["text"], "Indicator")


def _grades(competency: JsonObject) -> list[str]:
    """Return the grade as CASE names it: KG, 01 to 12."""
    grade = competency.get("grade")
    if grade is None:
        return []
    return [grade if isinstance(grade, str) else f"{grade:02d}"]


def _ties(maker: _Maker, content: JsonObject) -> Iterator[AssociationDraft]:
    own = content["framework"]["code"]
    for order, domain in enumerate(content["domains"], start=1):
        yield maker.tie(
            AssociationKind.CHILD_OF, domain["code"], own, to=maker.identifier(), sequence=order
        )
    for order, competency in enumerate(content["competencies"], start=1):
        code = competency["code"]
        yield maker.tie(AssociationKind.CHILD_OF, code, competency["domain"], sequence=order)
        for part, indicator in enumerate(competency.get("indicators", []), start=1):
            yield maker.tie(AssociationKind.CHILD_OF, indicator["code"], code, sequence=part)
        for before in competency.get("prerequisites", []):
            yield maker.tie(AssociationKind.PRECEDES, before, code)
        for framework, matches in competency.get("crosswalk", {}).items():
            for match in matches:
                there = f"{framework.upper()}-{match['standard']}"
                basis = match["basis"]
                yield maker.tie(BASES[basis], code, there, to=there, basis=basis)


def _link(title: str, identifier: str) -> JsonObject:
    return {"title": title, "identifier": identifier, "uri": uri_of(identifier)}


def _without_blanks(fields: JsonObject) -> JsonObject:
    return {name: value for name, value in fields.items() if value not in ("", [], {}, None)}
