"""What is on record of a person, counted kind by kind in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from manypaths.people.access import Actor
from manypaths.people.models import Person
from manypaths.records.access import require_whole_record
from manypaths.records.whole.kinds import name_of, own_kinds, rows_about

# Kinds in words, several under one; what is missing here counts as "other".
_WORDS: Mapping[str, str | Promise] = {
    "response": _("Answers"),
    "rating": _("Ratings"),
    "artifact": _("Pieces of work"),
    "achievement": _("What was signed off"),
    "belief": _("Estimates"),
    "generalbelief": _("Estimates"),
    "teachersword": _("What teachers said beside an estimate"),
    "contest": _("What was said not to be right"),
    "choice": _("Steps that were chosen"),
    "sitting": _("Sittings"),
    "place": _("Sittings"),
    "draft": _("Drafts"),
    "look": _("Answers to work"),
    "helprequest": _("Calls for help"),
    "supportedlearner": _("Planned help"),
    "familynote": _("Notes from home"),
    "seat": _("Places in small groups"),
    "roleheld": _("Roles, classes and ties"),
    "membership": _("Roles, classes and ties"),
    "relationship": _("Roles, classes and ties"),
    "sourceid": _("Roles, classes and ties"),
    "user": _("Ways to sign in"),
    "session": _("Ways to sign in"),
    "invitation": _("Ways to sign in"),
    "picturepassword": _("Ways to sign in"),
    "signincard": _("Ways to sign in"),
    "person": _("Name"),
}


@dataclass(frozen=True)
class Counted:
    """How many rows of a kind there are."""

    words: str
    n_rows: int


def counted(person: Person, *, by: Actor) -> list[Counted]:
    """Return what is on record of a person, the most first, for those who may take it along.

    A query a kind, however much there is.
    """
    require_whole_record(by, person)
    counts: dict[str, int] = {}
    for words, n_rows in _counts(person):
        counts[words] = counts.get(words, 0) + n_rows
    found = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Counted(words, n_rows) for words, n_rows in found if n_rows]


def _counts(person: Person) -> Iterable[tuple[str, int]]:
    for model, declared in own_kinds(with_notes=False):
        words = str(_WORDS.get(name_of(model), _("Other entries")))
        yield words, rows_about(model, declared, person).count()
