"""What a CASE package holds that the standard does not allow, said once for each kind."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from manypaths.frameworks.checks import shortened
from manypaths.frameworks.draft import JsonObject
from manypaths.frameworks.identifiers import is_case_uuid
from manypaths.interop.case_shapes import (
    DEFINITIONS,
    DOCUMENT,
    PACKAGE,
    Shape,
    is_list_of,
    is_object,
)

# CASE has these for single items and documents, not for those in a package.
_OF_SINGLES = {"CFDocumentURI", "CFPackageURI"}
_ANY_UUID = "00000000-0000-4000-8000-000000000000"
_NAMES_SHOWN = 5


def notices_of(package: JsonObject) -> list[str]:
    """Return a sentence for each kind of departure from CASE 1.1 in a package without faults."""
    tally = _Tally()
    tally.unknown.update(name for name in package if not PACKAGE.knows(name))
    tally.see(package["CFDocument"], DOCUMENT)
    tally.see(package.get("CFDefinitions", {}), DEFINITIONS)
    for name, shape in PACKAGE.parts.items():
        for one in package.get(name, []):
            tally.see(one, shape)
    items = (item["identifier"] for item in package.get("CFItems", []))
    held = {package["CFDocument"]["identifier"], *items}
    for tie in package.get("CFAssociations", []):
        tally.see_end(tie["originNodeURI"], held)
        tally.see_end(tie["destinationNodeURI"], held)
    return list(tally.sentences())


@dataclass
class _Tally:
    """What was seen, by the name of the field where there is one."""

    misplaced: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    unfit: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    n_other_identifiers: int = 0
    n_other_ends: int = 0
    n_uris_to_nowhere: int = 0
    n_ends_elsewhere: int = 0

    def see(self, given: JsonObject, shape: Shape) -> None:
        """Count what is odd about an object and its parts."""
        for name, value in given.items():
            if name in _OF_SINGLES:
                self.misplaced[name] += 1
            elif not shape.knows(name):
                self.unknown[name] += 1
            elif not shape.fits(name, value):
                self.unfit[name] += 1
        self.missing.update(name for name in shape.required if name not in given)
        self.n_other_identifiers += not is_case_uuid(str(given.get("identifier", _ANY_UUID)))
        self.n_uris_to_nowhere += not _leads_somewhere(given.get("uri", "https:"))
        for name, part in shape.parts.items():
            if is_list_of(given.get(name), is_object):
                for one in given[name]:
                    self.see(one, part)

    def see_end(self, node: JsonObject, held: set[str]) -> None:
        """Count what is odd about one end of an association."""
        self.n_other_ends += not is_case_uuid(node["identifier"])
        self.n_uris_to_nowhere += not _leads_somewhere(node.get("uri"))
        self.n_ends_elsewhere += node["identifier"] not in held

    def sentences(self) -> Iterator[str]:
        """Yield a sentence for each kind of thing that was seen."""
        seen = (
            (
                _listed(self.misplaced),
                "CASE has no place for these fields inside a package; they are kept: {}.",
            ),
            (_listed(self.unknown), "CASE does not know these fields; they are kept: {}."),
            (
                _listed(self.unfit),
                "CASE wants other values in these fields; they are kept as they are: {}.",
            ),
            (_listed(self.missing), "CASE wants these fields, which are missing: {}."),
            (
                self.n_other_identifiers,
                "CASE wants lower-case UUIDs of the versions 1 to 5 as identifiers; so many are "
                "of another form and kept as they are: {}.",
            ),
            (self.n_other_ends, "So many ends of associations are named by no such UUID: {}."),
            (self.n_uris_to_nowhere, "So many URIs are no web addresses to look up: {}."),
            (self.n_ends_elsewhere, "So many ends of associations lie outside the package: {}."),
        )
        return (sentence.format(what) for what, sentence in seen if what)


def _leads_somewhere(uri: object) -> bool:
    return isinstance(uri, str) and uri.startswith(("http:", "https:"))


def _listed(names: Counter[str]) -> str:
    """Return the commonest names with their counts, as one text."""
    shown = [f"{shortened(name)} ({n})" for name, n in names.most_common(_NAMES_SHOWN)]
    return ", ".join(shown) + (", and others" if len(names) > _NAMES_SHOWN else "")
