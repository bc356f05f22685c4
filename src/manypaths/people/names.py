"""Names as people write them: one on a line, checked, a pasted list read line by line, and short.

A short name is what a class calls somebody: the given name, and more where two share that.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manypaths.base.errors import Fault, Refused
from manypaths.people.models import Person

LONGEST_NAME, LONGEST_PART = 200, 100
# A list of more is a file; imports take those.
MOST_LINES = 500

Name = tuple[str, str]

_NAMES_HAVE = {
    "district": gettext_lazy(
        "The name of a district has 1 to {longest} characters on one line; {text!r} has not."
    ),
    "school": gettext_lazy(
        "The name of a school has 1 to {longest} characters on one line; {text!r} has not."
    ),
    "group": gettext_lazy(
        "The name of a group has 1 to {longest} characters on one line; {text!r} has not."
    ),
    "term": gettext_lazy(
        "The name of a term has 1 to {longest} characters on one line; {text!r} has not."
    ),
}
_PARTS_HAVE = gettext_lazy(
    "A given or family name has up to {longest} characters on one line; {text!r} has not."
)


@dataclass(frozen=True)
class NameList:
    """The names of a pasted list as (given, family), with the line that each stands on."""

    names: tuple[Name, ...]
    lines: tuple[int, ...]
    faults: tuple[Fault, ...]


def name_of(what: str, name: str) -> str:
    """Return a name without blanks around it. Raises Refused for one that is none."""
    return _on_one_line(name, range(1, LONGEST_NAME + 1), _NAMES_HAVE[what])


def part_of_name(text: str) -> str:
    """Return a given or a family name without blanks around it; one of the two may be empty."""
    return _on_one_line(text, range(LONGEST_PART + 1), _PARTS_HAVE)


def read_names(text: str) -> NameList:
    """Return the names of a list with one on each line, and what is wrong with it, by line.

    A line is "Given Family", "Family, Given", or two cells of a spreadsheet. Blank lines are left
    out. The last word of several is taken for the family name.
    """
    rows = [
        (number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()
    ]
    names = [_split(line) for _number, line in rows]
    faults = [*_faults(rows, names)]
    return NameList(tuple(names), tuple(number for number, _line in rows), tuple(faults))


def short_names(people: Iterable[Person]) -> dict[int, str]:
    """Return by row id the shortest names that tell these people apart, as far as names can.

    The given name; with the first letter of the family name where several share that; in full
    where they share both.
    """
    found: dict[int, str] = {}
    left = list(people)
    for shortened in (_given, _given_and_letter):
        n_called = Counter(shortened(one).casefold() for one in left)
        alone = [one for one in left if n_called[shortened(one).casefold()] == 1]
        found.update((one.pk, shortened(one)) for one in alone)
        left = [one for one in left if one.pk not in found]
    return found | {one.pk: one.name for one in left}


def _given(person: Person) -> str:
    return person.given_name or person.name


def _given_and_letter(person: Person) -> str:
    if not (person.given_name and person.family_name):
        return person.name
    return f"{person.given_name} {person.family_name[0]}."


def _split(line: str) -> Name:
    if "\t" in line:
        given, _tab, family = line.partition("\t")
    elif "," in line:
        family, _comma, given = line.partition(",")
    else:
        *first, family = line.split()
        given = " ".join(first) if first else family
        family = family if first else ""
    return " ".join(given.split()), " ".join(family.split())


def _faults(rows: list[tuple[int, str]], names: list[Name]) -> Iterator[Fault]:
    if len(rows) > MOST_LINES:
        allowed = _("up to %(most)d names at a time; import a file of more") % {"most": MOST_LINES}
        yield Fault("", None, None, str(len(rows)), allowed)
    for (number, line), parts in zip(rows, names, strict=True):
        if not _is_readable(parts):
            allowed = _("a name of letters on one line, each part with up to %(most)d") % {
                "most": LONGEST_PART
            }
            yield Fault("", number, None, line.strip()[:80], allowed)


def _is_readable(parts: Iterable[str]) -> bool:
    joined = "".join(parts)
    has_letters = any(letter.isalpha() for letter in joined)
    return has_letters and joined.isprintable() and all(len(p) <= LONGEST_PART for p in parts)


def _on_one_line(text: str, lengths: range, what_they_have: str | Promise) -> str:
    trimmed = text.strip()
    if len(trimmed) not in lengths or not trimmed.isprintable():
        raise Refused(str(what_they_have).format(longest=lengths[-1], text=text[:40]))
    return trimmed
