"""Who is perhaps on record twice: pairs of people of a place, each with its reasons."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from manypaths.base.bulk import in_chunks
from manypaths.base.errors import NotFound, Refused
from manypaths.people.access import (
    Actor,
    people_led_by,
    person_for,
    require_leadership,
    require_leadership_of,
)
from manypaths.people.directory import PersonRecord, PersonRow, people_of, record_of, rows_of
from manypaths.people.merging import require_merge_right, rows_by_table
from manypaths.people.models import (
    Membership,
    Merge,
    Organization,
    Person,
    Relationship,
    SourceId,
    ToldApart,
)

# Nobody looks at more; whoever has merged these, or told them apart, sees the next ones.
MOST = 50
# So alike are many people in a large school; one more reason makes it worth a look.
_WORTH_A_LOOK = 2
_MOST_OF_A_NAME = 20

_Pair = tuple[int, int]


@dataclass(frozen=True)
class Likeness:
    """Two people who may be one, and why, in sentences; the strongest come first."""

    one: PersonRow
    other: PersonRow
    reasons: list[str]


@dataclass(frozen=True)
class Beside:
    """One of two people who are looked at side by side, with how much there is of them."""

    record: PersonRecord
    n_rows: Mapping[str, int]

    @property
    def n_pieces(self) -> int:
        """Return how many pieces of evidence there are."""
        tables = ("evidence.response.learner", "evidence.rating.learner")
        return sum(self.n_rows.get(table, 0) for table in tables)

    @property
    def n_works(self) -> int:
        """Return how many pieces of work are kept."""
        return self.n_rows.get("evidence.artifact.learner", 0)

    @property
    def n_achievements(self) -> int:
        """Return how many achievements were signed off."""
        return self.n_rows.get("estimates.achievement.learner", 0)

    @property
    def n_choices(self) -> int:
        """Return how many steps were chosen or planned."""
        return self.n_rows.get("plans.choice.learner", 0)

    @property
    def n_notes(self) -> int:
        """Return how many notes speak of them."""
        tables = ("plans.note.learner", "plans.familynote.learner")
        return sum(self.n_rows.get(table, 0) for table in tables)


def likely_duplicates(place: Organization, *, by: Actor) -> list[Likeness]:
    """Return pairs of people of a place who may be one, the likeliest first. Fixed queries.

    By name without accents, case and order, by ids that two sources share, by the name before the
    @ of their addresses; being in one class or having one guardian speaks for it as well. Pairs
    that were told apart are left out.
    """
    require_leadership(by, place)
    people = list(people_of(place).select_related("user"))
    weights: dict[_Pair, list[tuple[int, str]]] = defaultdict(list)
    for pair, weight, reason in (*_alike_by_name(people), *_alike_by_id(people)):
        weights[pair].append((weight, reason))
    for pair in _told_apart():
        weights.pop(pair, None)
    for pair, reason in _close_by(weights):
        weights[pair].append((1, reason))
    found = sorted(
        ((sum(weight for weight, _told in told), pair, told) for pair, told in weights.items()),
        key=lambda one: (-one[0], one[1]),
    )
    worth = [(pair, told) for weight, pair, told in found if weight >= _WORTH_A_LOOK][:MOST]
    by_id = {person.pk: person for person in people}
    rows = {
        row.person.pk: row
        for row in rows_of([by_id[pk] for pk in {pk for pair, _told in worth for pk in pair}])
    }
    return [
        Likeness(rows[one], rows[other], [reason for _weight, reason in told])
        for (one, other), told in worth
    ]


def side_by_side(one: UUID, other: UUID, *, by: Actor) -> tuple[Beside, Beside]:
    """Return two people as they are looked at before a merge, for those who may merge them."""
    people = [person_for(by, one), person_for(by, other)]
    require_merge_right(by, people)
    first, second = (Beside(record_of(person, by=by), rows_by_table(person)) for person in people)
    return first, second


def standing_merges(place: Organization, *, by: Actor) -> list[Merge]:
    """Return the merges that brought somebody of a place together and stand, the newest first."""
    require_leadership(by, place)
    merges = Merge.objects.filter(undone_at=None, kept__in=people_of(place))
    return list(merges.select_related("kept", "other").order_by("-merged_at", "-pk")[:MOST])


def pairs_told_apart(place: Organization, *, by: Actor) -> list[ToldApart]:
    """Return the pairs of a place of which somebody said that they are two, the newest first."""
    require_leadership(by, place)
    people = people_of(place)
    told = ToldApart.objects.filter(one__in=people, other__in=people)
    return list(told.select_related("one", "other").order_by("-told_at", "-pk")[:MOST])


def told_apart_for(told_id: UUID, *, by: Actor) -> ToldApart:
    """Return a pair told apart, for those who lead both. Raises NotFound for others."""
    led = people_led_by(by)
    told = ToldApart.objects.filter(public_id=told_id, one__in=led, other__in=led)
    found = told.select_related("one", "other").first()
    if found is None:
        raise NotFound
    return found


def merge_for(merge_id: UUID, *, by: Actor) -> Merge:
    """Return a merge that stands, for those who lead the person. Raises NotFound for others."""
    standing = Merge.objects.filter(undone_at=None, kept__in=people_led_by(by))
    merge = standing.filter(public_id=merge_id).select_related("kept", "other").first()
    if merge is None:
        raise NotFound
    return merge


def last_merge_of(kept: Person, *, by: Actor) -> Merge:
    """Return the last merge of a person that stands. Raises Refused where there is none."""
    require_leadership_of(by, kept)
    merges = Merge.objects.filter(undone_at=None, kept=kept).select_related("kept", "other")
    merge = merges.order_by("-merged_at", "-pk").first()
    if merge is None:
        raise Refused(_("%(person)s was merged with nobody.") % {"person": kept})
    return merge


def plain_name(text: str) -> str:
    """Return a name without accents and case, its words in the order of the alphabet."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(one if one.isalnum() else " " for one in apart if not _is_accent(one))
    return " ".join(sorted(letters.split()))


def _is_accent(letter: str) -> bool:
    return bool(unicodedata.combining(letter))


def _alike_by_name(people: Iterable[Person]) -> Iterator[tuple[_Pair, int, str]]:
    same: dict[str, list[Person]] = defaultdict(list)
    shorter: dict[tuple[str, str], list[Person]] = defaultdict(list)
    addresses: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person in people:
        if person.is_unnamed:
            continue
        same[plain_name(person.name)].append(person)
        given, family = person.given_name.split(), person.family_name.split()
        if given and family:
            shorter[plain_name(given[0]), plain_name(family[-1])].append(person)
        if person.user is not None and person.user.email and family:
            begin = person.user.email.partition("@")[0].lower()
            addresses[begin, plain_name(family[-1])].append(person)
    for one, other in _pairs(same.values()):
        if one.name.casefold() == other.name.casefold():
            yield _pair(one, other), 3, _("They have the same name.")
        else:
            told = _("Their names differ in accents, signs or order alone.")
            yield _pair(one, other), 2, told
    for one, other in _pairs(shorter.values()):
        if plain_name(one.name) != plain_name(other.name):
            told = _("Their names differ in a middle name alone.")
            yield _pair(one, other), 1, told
    for one, other in _pairs(addresses.values()):
        yield _pair(one, other), 2, _("Their addresses are the same before the @.")


def _alike_by_id(people: Sequence[Person]) -> Iterator[tuple[_Pair, int, str]]:
    inside = {person.pk for person in people}
    holders: dict[str, set[int]] = defaultdict(set)
    for chunk in in_chunks(sorted(inside)):
        for value, pk in SourceId.objects.filter(person__in=chunk).values_list("value", "person"):
            holders[value].add(pk)
    for value, found in holders.items():
        ordered = sorted(found)[:_MOST_OF_A_NAME]
        for place, one in enumerate(ordered):
            for other in ordered[place + 1 :]:
                told = _("Two systems know them by the id %(value)s.")
                yield (one, other), 3, told % {"value": value}


def _told_apart() -> Iterator[_Pair]:
    for one, other in ToldApart.objects.values_list("one", "other"):
        yield (one, other) if one < other else (other, one)


def _close_by(pairs: Iterable[_Pair]) -> Iterator[tuple[_Pair, str]]:
    wanted = sorted({pk for pair in pairs for pk in pair})
    groups: dict[int, set[int]] = defaultdict(set)
    guardians: dict[int, set[int]] = defaultdict(set)
    for chunk in in_chunks(wanted):
        for pk, group in Membership.objects.filter(person__in=chunk).values_list("person", "group"):
            groups[pk].add(group)
        ties = Relationship.objects.filter(learner__in=chunk)
        for pk, supporter in ties.values_list("learner", "supporter"):
            guardians[pk].add(supporter)
    for pair in list(pairs):
        one, other = pair
        if groups[one] & groups[other]:
            yield pair, _("They are or were in one group.")
        if guardians[one] & guardians[other]:
            yield pair, _("The same person cares for both.")


def _pairs(buckets: Iterable[list[Person]]) -> Iterator[tuple[Person, Person]]:
    for bucket in buckets:
        few = bucket[:_MOST_OF_A_NAME]
        for place, one in enumerate(few):
            for other in few[place + 1 :]:
                yield one, other


def _pair(one: Person, other: Person) -> _Pair:
    return (one.pk, other.pk) if one.pk < other.pk else (other.pk, one.pk)
