"""Our own form of a framework, as YAML that educators read and write.

    framework:    code, title; and if wanted version, date, language, kind, creator, description,
                  audience, derived_from, target_level (counted from 1), self_ratings_move
    scale:        if wanted, from the bottom up: {level (counted from 1), code, name, meaning}
    domains:      {code, name}; and if wanted summary, prompt
    competencies: {code, domain, statement}; and if wanted title, grade, prerequisites (codes),
                  indicators {code, text}, progression (a text for each level, counted from 1),
                  crosswalk (for each other framework {standard, basis}), edition_note

`read_yaml` finds everything that is wrong with a file; `yaml_draft` makes the draft.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml
from django.utils.translation import gettext

from manypaths.base.errors import Fault, Refused
from manypaths.base.worded import worded
from manypaths.frameworks.checks import closing_ties, repeated, shortened
from manypaths.frameworks.draft import FrameworkDraft, JsonObject
from manypaths.frameworks.yaml_draft import BASES, draft_of


@dataclass(frozen=True)
class _Rule:
    """What may stand at a key: a test for it, and the same in words."""

    fits: Callable[[object], bool]
    words: str


@dataclass(frozen=True)
class _Form:
    """The keys of a mapping, those that must be there and those that may."""

    needed: Mapping[str, "_Rule | _List"]
    free: Mapping[str, "_Rule | _List"] = field(default_factory=dict)

    @property
    def keys(self) -> dict[str, "_Rule | _List"]:
        return {**self.needed, **self.free}


@dataclass(frozen=True)
class _List:
    """A list of mappings of one form."""

    form: _Form


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_plain(value: object) -> bool:
    """Say whether JSON can hold the value as it stands."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(part) for key, part in value.items())
    if isinstance(value, list):
        return all(_is_plain(part) for part in value)
    return isinstance(value, str | int | float)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_grade(value: object) -> bool:
    return value == "KG" or (_is_count(value) and value in range(1, 13))


def _is_progression(value: object) -> bool:
    return isinstance(value, dict) and all(_is_count(k) and _is_text(v) for k, v in value.items())


def _is_crosswalk(value: object) -> bool:
    return isinstance(value, dict) and all(
        _is_text(framework) and isinstance(matches, list) and all(_is_match(m) for m in matches)
        for framework, matches in value.items()
    )


def _is_match(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"standard", "basis"}
        and isinstance(value["standard"], str | int)
        and value["basis"] in BASES
    )


_TEXT = _Rule(
    _is_text, worded("a text, in quotes where YAML takes it for a number or for yes or no")
)
_COUNT = _Rule(_is_count, worded("a whole number from 1"))
_PLAIN = _Rule(_is_plain, worded("texts, numbers, lists and mappings"))
_CODES = _Rule(_are_texts, worded("a list of codes"))
_VERSION = _Rule(
    lambda value: _is_text(value) or isinstance(value, int | float), worded("a version")
)
_DATE = _Rule(lambda value: type(value) is date, worded("a date, such as 2026-11-21"))
_CLAIM = _Rule(lambda value: isinstance(value, bool), worded("true or false"))
_GRADE = _Rule(_is_grade, worded("KG or a grade from 1 to 12"))
_PROGRESSION = _Rule(_is_progression, worded("texts by level, counted from 1"))
_CROSSWALK = _Rule(
    _is_crosswalk,
    worded("for each framework a list of standard and basis ({bases})", bases=", ".join(BASES)),
)

_FRAMEWORK = _Form(
    {"code": _TEXT, "title": _TEXT},
    {
        "version": _VERSION,
        "date": _DATE,
        "language": _TEXT,
        "kind": _TEXT,
        "creator": _TEXT,
        "description": _TEXT,
        "audience": _PLAIN,
        "derived_from": _PLAIN,
        "target_level": _COUNT,
        "self_ratings_move": _CLAIM,
    },
)
_LEVEL = _Form({"level": _COUNT, "code": _TEXT, "name": _TEXT}, {"meaning": _TEXT})
_DOMAIN = _Form({"code": _TEXT, "name": _TEXT}, {"summary": _TEXT, "prompt": _TEXT})
_COMPETENCY = _Form(
    {"code": _TEXT, "domain": _TEXT, "statement": _TEXT},
    {
        "title": _TEXT,
        "grade": _GRADE,
        "prerequisites": _CODES,
        "indicators": _List(_Form({"code": _TEXT, "text": _TEXT})),
        "progression": _PROGRESSION,
        "crosswalk": _CROSSWALK,
        "edition_note": _TEXT,
    },
)


def read_yaml(text: str, *, file: str) -> FrameworkDraft:
    """Return the framework that the file describes. Raises Refused with all faults and places."""
    content = _parsed(text, file)
    faults = list(_shape_faults(content)) or list(_sense_faults(content))
    if faults:
        raise Refused(
            gettext("{file} does not describe a framework.").format(file=file),
            [Fault(file, None, place, shortened(value), words) for place, value, words in faults],
        )
    return draft_of(content)


class _Loader(yaml.SafeLoader):
    """Takes YAML without aliases, which can grow beyond bounds, and without keys that repeat."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs lack it
            raise yaml.MarkedYAMLError(problem="an alias", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key for key, _ in node.value]
        for again, _ in repeated(str(key.value) for key in keys):
            problem, mark = f"{keys[again].value} twice", keys[again].start_mark
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
        return super().construct_mapping(node, deep)


# A place in the file, the value there, what is allowed.
_Found = tuple[str, object, str]


def _parsed(text: str, file: str) -> Any:  # noqa: ANN401  # whatever the file holds
    try:
        return yaml.load(text, _Loader)  # noqa: S506  # a safe loader that takes less
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        row = mark.line + 1 if mark else None
        column = str(mark.column + 1) if mark else None
        broken = Fault(file, row, column, error.problem, "YAML")
    except yaml.YAMLError as error:
        broken = Fault(file, None, None, shortened(str(error)), "YAML")
    except RecursionError:
        broken = Fault(file, None, None, None, worded("YAML that is not nested so deep"))
    raise Refused(gettext("{file} can't be read as YAML.").format(file=file), [broken])


def _shape_faults(content: object) -> Iterator[_Found]:
    needed = ("framework", "domains", "competencies")
    if not isinstance(content, dict) or not content.keys() >= set(needed):
        yield "", content, worded("the sections {names}", names=", ".join(needed))
        return
    for name in content:
        if name not in (*needed, "scale"):
            yield (
                str(name),
                name,
                worded("one of the sections scale, {names}", names=", ".join(needed)),
            )
    yield from _form_faults(content["framework"], _FRAMEWORK, "framework")
    for name, form in (("scale", _LEVEL), ("domains", _DOMAIN), ("competencies", _COMPETENCY)):
        yield from _list_faults(content.get(name, []), form, name)


def _form_faults(value: object, form: _Form, place: str) -> Iterator[_Found]:
    if not isinstance(value, dict):
        yield place, value, worded("a mapping with {names}", names=", ".join(form.needed))
        return
    for key in value:
        if key not in form.keys:
            yield (
                f"{place}.{key}",
                key,
                worded("one of the keys {names}", names=", ".join(form.keys)),
            )
    for key in form.needed:
        if key not in value:
            yield f"{place}.{key}", None, worded("something: it must be there")
    for key, rule in form.keys.items():
        if key not in value:
            continue
        if isinstance(rule, _List):
            yield from _list_faults(value[key], rule.form, f"{place}.{key}")
        elif not rule.fits(value[key]):
            yield f"{place}.{key}", value[key], rule.words


def _list_faults(value: object, form: _Form, place: str) -> Iterator[_Found]:
    if not isinstance(value, list):
        yield place, value, worded("a list")
        return
    for index, part in enumerate(value):
        yield from _form_faults(part, form, f"{place}[{index}]")


def _sense_faults(content: JsonObject) -> Iterator[_Found]:
    yield from _level_faults(content)
    yield from _code_faults(content)
    yield from _prerequisite_faults(content["competencies"])


def _level_faults(content: JsonObject) -> Iterator[_Found]:
    levels = content.get("scale", [])
    for index, level in enumerate(levels):
        if level["level"] != index + 1:
            yield (
                f"scale[{index}].level",
                level["level"],
                worded("{number}: levels rise by one", number=index + 1),
            )
    n_levels = len(levels)
    if n_levels == 1:
        yield "scale", levels, worded("two levels or more")
    target = content["framework"].get("target_level")
    if target is not None and target not in range(2, n_levels + 1):
        yield (
            "framework.target_level",
            target,
            worded("a level above the lowest: 2 to {number}", number=n_levels),
        )
    for index, competency in enumerate(content["competencies"]):
        for level in competency.get("progression", {}):
            if level > n_levels:
                place = f"competencies[{index}].progression.{level}"
                yield (
                    place,
                    level,
                    worded("a level of the scale, which has {number}", number=n_levels),
                )


def _code_faults(content: JsonObject) -> Iterator[_Found]:
    domains = [domain["code"] for domain in content["domains"]]
    places = [(f"domains[{index}].code", code) for index, code in enumerate(domains)]
    for index, competency in enumerate(content["competencies"]):
        here = f"competencies[{index}]"
        places.append((f"{here}.code", competency["code"]))
        for part, indicator in enumerate(competency.get("indicators", [])):
            places.append((f"{here}.indicators[{part}].code", indicator["code"]))
        if competency["domain"] not in domains:
            yield (
                f"{here}.domain",
                competency["domain"],
                worded("a domain: {names}", names=", ".join(domains)),
            )
    for index, first in repeated(code for _, code in places):
        place, code = places[index]
        yield place, code, worded("a code of its own; {place} is the same", place=places[first][0])


def _prerequisite_faults(competencies: Sequence[JsonObject]) -> Iterator[_Found]:
    codes = {competency["code"] for competency in competencies}
    places: list[str] = []
    ties: list[tuple[str, str]] = []
    for index, competency in enumerate(competencies):
        for part, code in enumerate(competency.get("prerequisites", [])):
            places.append(f"competencies[{index}].prerequisites[{part}]")
            ties.append((competency["code"], code))
            if code not in codes:
                yield places[-1], code, worded("the code of a competency in this file")
    for closing in closing_ties(ties):
        code, before = ties[closing]
        yield places[closing], before, worded("nothing that needs {code} first", code=code)
