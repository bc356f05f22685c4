"""Frameworks that hypothesis draws: as CASE packages, strict or lax, and as drafts of our own."""

from typing import Any

from hypothesis import strategies as st

from manypaths.frameworks.draft import (
    AssociationDraft,
    CompetencyDraft,
    FrameworkDraft,
    JsonObject,
    LevelDraft,
    ScaleDraft,
)
from manypaths.interop.tests.case_documents import SITE

# What every database keeps: no NUL, no half of a surrogate pair.
_LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")

free_texts = st.text(_LETTERS, max_size=20)
texts = free_texts.filter(str.strip)
uuids = st.uuids(version=4).map(str)
moments = st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20))
numbers = st.integers(-(10**9), 10**9) | st.integers(-999, 999).map(lambda number: number / 8)
values = st.recursive(
    st.none() | st.booleans() | numbers | free_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(free_texts, inner, max_size=3),
    max_leaves=6,
)
extensions = st.dictionaries(texts, values, min_size=1, max_size=2)
links = st.fixed_dictionaries({"title": free_texts, "identifier": uuids, "uri": texts})

_ITEM = {
    "alternativeLabel": free_texts,
    "CFItemType": free_texts,
    "humanCodingScheme": free_texts,
    "listEnumeration": free_texts,
    "abbreviatedStatement": free_texts,
    "conceptKeywords": st.lists(free_texts, max_size=2),
    "conceptKeywordsURI": links,
    "notes": free_texts,
    "subjectURI": st.lists(links, max_size=2),
    "educationLevel": st.lists(st.sampled_from(["KG", "01", "12"]), max_size=2),
    "statusEndDate": st.dates().map(str),
    "extensions": extensions,
}
_DOCUMENT = {
    "publisher": free_texts,
    "version": free_texts,
    "subject": st.lists(free_texts, max_size=2),
    "licenseURI": links,
    "extensions": extensions,
}
_ASSOCIATION = {
    "sequenceNumber": st.integers(-(2**31), 2**31 - 1),
    "notes": free_texts,
    "CFAssociationGroupingURI": links,
    "extensions": extensions,
}
# Whatever else systems write, beside what CASE knows and in its stead.
_STRANGE = {"CFDocumentURI": links, "rating": values, "language": values, "licenseURI": values}
_KINDS = ["precedes", "exactMatchOf", "isRelatedTo", "ext:foo"]
_STRANGE_KINDS = [*_KINDS, "Is aligned to", "ext:", "?"]


@st.composite
def packages(draw: st.DrawFn, *, strict: bool) -> JsonObject:
    """Draw a package: a tree of a few items, other associations, and any optional fields."""
    names = draw(st.lists(uuids, min_size=1, max_size=5, unique=True))
    document, *items = names
    kinds = st.sampled_from(_KINDS if strict else _STRANGE_KINDS)
    ends = st.sampled_from(names) | texts
    # A parent is drawn from what came before, so that ties upward never go round.
    ties = [
        ("isChildOf", child, draw(st.sampled_from(names[: place + 1])))
        for place, child in enumerate(items)
    ]
    ties += draw(st.lists(st.tuples(kinds, ends, ends), max_size=3))
    return {
        "CFDocument": _object(draw, document, _DOCUMENT, strict, creator=texts, title=texts),
        "CFItems": [_object(draw, name, _ITEM, strict, fullStatement=texts) for name in items],
        "CFAssociations": [
            _object(
                draw,
                identifier,
                _ASSOCIATION,
                strict,
                associationType=st.just(kind),
                originNodeURI=_node(origin),
                destinationNodeURI=_node(destination),
            )
            for identifier, (kind, origin, destination) in zip(
                draw(st.lists(uuids, min_size=len(ties), max_size=len(ties), unique=True)),
                ties,
                strict=True,
            )
        ],
    }


def _object(
    draw: st.DrawFn,
    identifier: str,
    optional: dict[str, st.SearchStrategy[Any]],
    strict: bool,
    **needed: st.SearchStrategy[Any],
) -> JsonObject:
    may_be_missing = {"uri": st.just(f"{SITE}/{identifier}"), "lastChangeDateTime": moments}
    always = {"identifier": st.just(identifier), **needed, **(may_be_missing if strict else {})}
    sometimes = optional if strict else {**optional, **_STRANGE, **may_be_missing}
    drawn: JsonObject = draw(st.fixed_dictionaries(always, optional=sometimes))
    return drawn


def _node(identifier: str) -> st.SearchStrategy[JsonObject]:
    return st.fixed_dictionaries(
        {"title": free_texts, "identifier": st.just(identifier), "uri": texts}
    )


_cuts = st.lists(st.integers(1, 99), min_size=1, max_size=4, unique=True).map(
    lambda cuts: tuple(cut / 100 for cut in sorted(cuts))
)


@st.composite
def drafts(draw: st.DrawFn) -> FrameworkDraft:
    """Draw a draft that no publisher had a hand in, with a scale and progressions."""
    cuts = draw(_cuts)
    n_levels = len(cuts) + 1
    codes = draw(st.lists(texts, min_size=n_levels, max_size=n_levels, unique=True))
    names = draw(st.lists(texts, min_size=1, max_size=4, unique=True))
    kinds = st.sampled_from(_STRANGE_KINDS)
    ends = st.sampled_from(names) | texts
    return FrameworkDraft(
        identifier="a framework of our own",
        title=draw(texts),
        version=draw(free_texts),
        competencies=tuple(
            CompetencyDraft(
                name,
                draw(texts),
                code=draw(free_texts),
                title=draw(free_texts),
                kind=draw(free_texts),
                progression=draw(st.dictionaries(st.sampled_from(codes), texts)),
                source=draw(st.just({}) | st.fixed_dictionaries({"notes": free_texts})),
            )
            for name in names
        ),
        associations=tuple(
            AssociationDraft(
                str(n), draw(kinds), draw(ends), draw(ends), draw(st.none() | st.integers(0, 9))
            )
            for n in range(draw(st.integers(0, 3)))
        ),
        scale=ScaleDraft(
            draw(texts), tuple(LevelDraft(code, draw(texts), draw(free_texts)) for code in codes)
        ),
        target_level=draw(st.integers(1, n_levels - 1)),
        cut_points=cuts,
        self_ratings_move=draw(st.booleans()),
        is_from_log=draw(st.booleans()),
    )
