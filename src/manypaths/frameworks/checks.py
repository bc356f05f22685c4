"""What is wrong in a draft of a framework, found before anything is saved.

The readers of files look for most of it themselves, with the same parts, to name better places.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from django.db.models import Model
from django.utils.translation import gettext

from manypaths.base.errors import Fault, Refused
from manypaths.base.worded import worded
from manypaths.frameworks.draft import FrameworkDraft, ScaleDraft
from manypaths.frameworks.models import (
    Association,
    AssociationKind,
    Competency,
    Framework,
    Level,
    Scale,
)

_SHOWN = 80


def refuse_faulty(draft: FrameworkDraft) -> None:
    """Raise Refused with all faults of the draft, if it has any."""
    faults = faults_of(draft)
    if faults:
        raise Refused(gettext("This framework can't be saved as it stands."), faults)


def faults_of(draft: FrameworkDraft) -> list[Fault]:
    """Return everything that keeps the draft from being saved, with its place in the draft."""
    return [
        *_texts(Framework, draft, "", None, needed=("identifier", "title"), free=("version",)),
        *_competency_faults(draft),
        *_association_faults(draft),
        *_scale_faults(draft),
    ]


def scale_faults(
    scale: ScaleDraft, target_level: int | None, cut_points: Sequence[float], place: str
) -> Iterator[Fault]:
    """Yield what is wrong with a scale, its target level and its cut points."""
    yield from _texts(Scale, scale, f"{place}.", None, needed=("title",))
    for index, level in enumerate(scale.levels):
        here = f"{place}.levels[{index}]."
        yield from _texts(Level, level, here, index, needed=("code", "name"), free=("meaning",))
    for index, first in repeated(level.code for level in scale.levels):
        code = scale.levels[index].code
        allowed = worded("a code of its own; level {number} has this one", number=first + 1)
        yield _fault(f"{place}.levels[{index}].code", code, allowed, index)
    if len(scale.levels) < 2:
        yield _fault(f"{place}.levels", len(scale.levels), worded("two levels or more"))
    else:
        yield from target_faults(len(scale.levels), target_level, cut_points, place)


def target_faults(
    n_levels: int, target_level: int | None, cut_points: Sequence[float], place: str
) -> Iterator[Fault]:
    """Yield what is wrong with the level that counts as mastered and with the cut points."""
    if target_level is not None and target_level not in range(1, n_levels):
        allowed = worded(
            "a level above the lowest, which is 0: from 1 to {number}", number=n_levels - 1
        )
        yield _fault(f"{place}.target_level", target_level, allowed)
    if cut_points and not _are_cut_points(cut_points, n_levels):
        allowed = worded(
            "{number} rising numbers between 0 and 1, one for each level but the first",
            number=n_levels - 1,
        )
        yield _fault(f"{place}.cut_points", list(cut_points), allowed)


def text_faults(
    text: str, place: str, index: int | None = None, *, longest: int | None, may_be_empty: bool
) -> Iterator[Fault]:
    """Yield what keeps a text from being stored: that it is empty, too long, or half a letter."""
    if not (text.strip() or may_be_empty):
        yield _fault(place, text, worded("a text that says something"), index)
    if longest is not None and len(text) > longest:
        yield _fault(
            place,
            text,
            worded("a text of at most {longest} characters", longest=longest),
            index,
        )
    if not is_storable(text):
        yield _fault(
            place, text, worded("a text without U+0000 and without half characters"), index
        )


def is_storable(text: str) -> bool:
    """Say whether both databases can keep the text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and text == text.encode("utf-8", "ignore").decode("utf-8")


def is_storable_number(number: float) -> bool:
    """Say whether the number is whole and a column for whole numbers holds it."""
    return -(2**31) <= number < 2**31 and number == int(number)


def longest_text(model: type[Model], column: str) -> int | None:
    """Return how many characters a column takes; None for any number."""
    length: int | None = getattr(model._meta.get_field(column), "max_length", None)
    return length


def shortened(value: object) -> str | None:
    """Return a value as a fault shows it: on one line of moderate length; None for nothing."""
    if value is None:
        return None
    shows_itself = isinstance(value, str) and is_storable(value)
    text = str(value) if shows_itself else json.dumps(value, default=str)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def repeated(names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield each position at which a name stands again, with the position of its first stand."""
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if first.setdefault(name, index) != index:
            yield index, first[name]


def closing_ties(ties: Sequence[tuple[str, str]]) -> list[int]:
    """Return the positions of the ties, as (child, parent), that close a circle.

    Without these the rest has no circle. Found by walking up depth-first: a tie to a node on the
    present path closes a circle.
    """
    upward: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for index, (child, parent) in enumerate(ties):
        upward[child].append((index, parent))
    closing: list[int] = []
    finished: set[str] = set()
    for start in upward:
        path = {start: iter(upward[start])} if start not in finished else {}
        while path:
            node = next(reversed(path))
            index, parent = next(path[node], (-1, ""))
            if index < 0:
                finished.add(node)
                del path[node]
            elif parent in path:
                closing.append(index)
            elif parent in upward and parent not in finished:
                path[parent] = iter(upward[parent])
    return sorted(closing)


def _competency_faults(draft: FrameworkDraft) -> Iterator[Fault]:
    for index, competency in enumerate(draft.competencies):
        yield from _texts(
            Competency,
            competency,
            f"competencies[{index}].",
            index,
            needed=("identifier", "statement"),
            free=("code", "title", "kind"),
        )
    for index, first in repeated(competency.identifier for competency in draft.competencies):
        yield _twice("competencies", index, first, draft.competencies[index].identifier)


def _association_faults(draft: FrameworkDraft) -> Iterator[Fault]:
    for index, tie in enumerate(draft.associations):
        here = f"associations[{index}]."
        yield from _texts(Association, tie, here, index, needed=("identifier", "kind"))
        for end, identifier in (("origin", tie.origin), ("destination", tie.destination)):
            length = longest_text(Association, f"{end}_identifier")
            yield from text_faults(
                identifier, here + end, index, longest=length, may_be_empty=False
            )
        if tie.sequence is not None and not is_storable_number(tie.sequence):
            yield _fault(
                f"{here}sequence", tie.sequence, worded("a whole number of 32 bits"), index
            )
    for index, first in repeated(tie.identifier for tie in draft.associations):
        yield _twice("associations", index, first, draft.associations[index].identifier)
    upward = [
        (index, (tie.origin, tie.destination))
        for index, tie in enumerate(draft.associations)
        if tie.kind == AssociationKind.CHILD_OF
    ]
    for closing in closing_ties([ends for _, ends in upward]):
        index, (child, parent) = upward[closing]
        allowed = worded(
            "no node above itself; {parent} lies below {child} already", parent=parent, child=child
        )
        yield _fault(f"associations[{index}].destination", parent, allowed, index)


def _scale_faults(draft: FrameworkDraft) -> Iterator[Fault]:
    if draft.scale is not None:
        yield from scale_faults(draft.scale, draft.target_level, draft.cut_points, "scale")
    elif draft.target_level is not None or draft.cut_points:
        yield _fault("scale", None, worded("a scale, for a target level or cut points to lie on"))
    codes = [level.code for level in draft.scale.levels] if draft.scale else []
    for index, competency in enumerate(draft.competencies):
        for code, text in competency.progression.items():
            here = f"competencies[{index}].progression.{code}"
            if code not in codes:
                yield _fault(
                    here,
                    code,
                    worded("a level of the scale: {names}", names=", ".join(codes)),
                    index,
                )
            yield from text_faults(text, here, index, longest=None, may_be_empty=False)


def _texts(
    model: type[Model],
    draft: object,
    place: str,
    index: int | None,
    *,
    needed: Sequence[str],
    free: Sequence[str] = (),
) -> Iterator[Fault]:
    for column in (*needed, *free):
        yield from text_faults(
            getattr(draft, column),
            place + column,
            index,
            longest=longest_text(model, column),
            may_be_empty=column in free,
        )


def _are_cut_points(cut_points: Sequence[float], n_levels: int) -> bool:
    bounds = (0.0, *cut_points, 1.0)
    rise = all(low < high for low, high in pairwise(bounds))
    return rise and len(cut_points) == n_levels - 1


def _twice(part: str, index: int, first: int, identifier: str) -> Fault:
    allowed = worded(
        "an identifier of its own; {part}[{first}] has this one", part=part, first=first
    )
    return _fault(f"{part}[{index}].identifier", identifier, allowed, index)


def _fault(place: str, value: object, allowed: str, index: int | None = None) -> Fault:
    return Fault(
        file="",
        row=None if index is None else index + 1,
        column=place,
        value=shortened(value),
        allowed=allowed,
    )
