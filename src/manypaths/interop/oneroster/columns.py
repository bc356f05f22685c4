"""Which columns each file has, and what stands in them: OneRoster 1.2.1, with what 1.1 had."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from unicodedata import category

from manypaths.base.worded import worded

# A value that can't be read raises ValueError; the words say what is allowed.
Reader = Callable[[str], object]

LONGEST_ID = 255


@dataclass(frozen=True)
class Column:
    """What stands in a column: how it is read, whether it is needed, and what is allowed."""

    read: Reader
    allowed: str
    is_required: bool = False
    # The file that an id, or each of a list of ids, must stand in.
    refers_to: str = ""
    # Says what in a value is beside the standard and read all the same.
    oddities: Callable[[str], Sequence[str]] = lambda value: ()


# Blanks that are no line break stand for one; marks without width say nothing in a name, but for
# the two joiners, which some scripts can't be written without.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"))
_JOINERS = "\u200c\u200d"


def _text(value: str) -> str:
    if value.isascii() and value.isprintable() and len(value) <= 1000:
        return value
    text = "".join(" " if category(one) == "Zs" else one for one in value.translate(_INVISIBLE))
    if len(text) > 1000 or not all(one.isprintable() or one in _JOINERS for one in text):
        raise ValueError
    return text.strip()


def _odd_text(value: str) -> Sequence[str]:
    if value.isascii() or _text(value) == value:
        return ()
    return ("texts with unusual blanks or invisible marks",)


def _identifier(value: str) -> str:
    if len(value) > LONGEST_ID or not value.isprintable():
        raise ValueError
    return value


def identifiers(value: str) -> tuple[str, ...]:
    """Return the ids of a list, which one cell holds with commas between them."""
    found = tuple(_identifier(one.strip()) for one in value.split(",") if one.strip())
    if not found:
        raise ValueError
    return found


_DAY_FORM = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].*)?")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
# What many systems write where there is no last day.
_NO_END = "9999-12-31"


def _day(value: str) -> date:
    form = _DAY_FORM.fullmatch(value)
    day = date.fromisoformat(form[1]) if form else None
    if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError
    return day


def _odd_day(value: str) -> Sequence[str]:
    return ("moments where days belong",) if len(value) > len("2026-08-31") else ()


def _end(value: str) -> date | None:
    return None if value.startswith(_NO_END) else _day(value)


def _odd_end(value: str) -> Sequence[str]:
    return (f"{_NO_END} where no last day is meant",) if _end(value) is None else _odd_day(value)


# A day in anybody's writing, alone or with a time: nothing here depends on when a row was changed.
_SOME_DAY = re.compile(
    r"[0-9]{1,4}([-/. ])(?:[0-9]{1,2}|[A-Za-z]{3,9})\1[0-9]{1,4}.*|[0-9]{8,17}Z?", re.DOTALL
)


def _moment(value: str) -> str:
    if not _SOME_DAY.fullmatch(value):
        raise ValueError
    return value


def _odd_moment(value: str) -> Sequence[str]:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return ("dateLastModified otherwise than the standard",)
    return ()


def _odd_claim(value: str) -> Sequence[str]:
    return () if value in ("true", "false") else ("claims otherwise than true and false",)


_NUMBER_FORM = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")


def _number(value: str) -> float:
    number = float(value) if _NUMBER_FORM.fullmatch(value) else math.inf
    if not abs(number) < 1e15:
        raise ValueError
    return number


_YES_NO = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


def _yes_no(value: str) -> bool:
    try:
        return _YES_NO[value.lower()]
    except KeyError:
        raise ValueError from None


def _one_of(*words: str) -> Column:
    by_lower = {word.lower(): word for word in words}

    def read(value: str) -> str:
        try:
            return by_lower[value.lower()]
        except KeyError:
            raise ValueError from None

    def odd(value: str) -> Sequence[str]:
        word = by_lower.get(value.lower(), value)
        return () if word == value else (f"{value[:40]} for {word}",)

    allowed = worded("one of {words}", words=", ".join(words))
    return Column(read, allowed, is_required=True, oddities=odd)


_LINE = worded("up to 1000 characters on one line")
_TEXT = Column(_text, _LINE, oddities=_odd_text)
_NAMED = Column(_text, _LINE, is_required=True, oddities=_odd_text)
_ID = Column(
    _identifier, worded("an id of 1 to {most} characters", most=LONGEST_ID), is_required=True
)
_DATE = worded("a date such as 2026-08-31")
_DAY = Column(_day, _DATE, oddities=_odd_day)
_DAY_NEEDED = Column(_day, _DATE, is_required=True, oddities=_odd_day)
_LAST_DAY = Column(_end, _DATE, oddities=_odd_end)
_CLAIM = Column(_yes_no, worded("true or false"), oddities=_odd_claim)
_NUMBER = Column(_number, worded("a number"))
_ROLES = (
    "aide",
    "counselor",
    "districtAdministrator",
    "guardian",
    "parent",
    "principal",
    "proctor",
    "relative",
    "siteAdministrator",
    "student",
    "systemAdministrator",
    "teacher",
)


def _of(file: str, *, required: bool = True) -> Column:
    return Column(
        _identifier, worded("the sourcedId of a row of {file}.csv", file=file), required, file
    )


def _all_of(file: str, *, required: bool = True) -> Column:
    return Column(
        identifiers,
        worded("sourcedIds of rows of {file}.csv, with commas", file=file),
        required,
        file,
    )


# Of demographics: true, false or not said.
_ORIGINS = (
    "americanIndianOrAlaskaNative",
    "asian",
    "blackOrAfricanAmerican",
    "nativeHawaiianOrOtherPacificIslander",
    "white",
    "demographicRaceTwoOrMoreRaces",
    "hispanicOrLatinoEthnicity",
)
_STATUS = replace(
    _one_of("active", "tobedeleted", "inactive"),
    allowed=worded("one of {words}", words="active, tobedeleted"),
    is_required=False,
)
_COMMON = {
    "sourcedId": _ID,
    "status": _STATUS,
    "dateLastModified": Column(
        _moment, worded("a time such as 2026-08-31T09:00:00Z"), oddities=_odd_moment
    ),
}

# Only what we use is named: others are carried by real exports and left alone.
COLUMNS: Mapping[str, Mapping[str, Column]] = {
    "orgs": _COMMON
    | {
        "name": _NAMED,
        "type": _one_of("department", "school", "district", "local", "state", "national"),
        "parentSourcedId": _of("orgs", required=False),
    },
    "academicSessions": _COMMON
    | {
        "title": _NAMED,
        "type": _one_of("gradingPeriod", "semester", "schoolYear", "term"),
        "startDate": _DAY_NEEDED,
        "endDate": _DAY_NEEDED,
    },
    "courses": _COMMON | {"title": _NAMED, "orgSourcedId": _of("orgs", required=False)},
    "classes": _COMMON
    | {
        "title": _NAMED,
        "courseSourcedId": _of("courses", required=False),
        "schoolSourcedId": _of("orgs"),
        "termSourcedIds": _all_of("academicSessions"),
    },
    "users": _COMMON
    | {
        "enabledUser": _CLAIM,
        "givenName": _NAMED,
        "familyName": _NAMED,
        "email": _TEXT,
        "identifier": _TEXT,
        "agentSourcedIds": _all_of("users", required=False),
    },
    "roles": _COMMON
    | {
        "userSourcedId": _of("users"),
        "role": _one_of(*_ROLES),
        "orgSourcedId": _of("orgs"),
        "beginDate": _DAY,
        "endDate": _LAST_DAY,
    },
    "enrollments": _COMMON
    | {
        "classSourcedId": _of("classes"),
        "userSourcedId": _of("users"),
        "role": _one_of("administrator", "proctor", "student", "teacher", "aide"),
        "beginDate": _DAY,
        "endDate": _LAST_DAY,
    },
    "demographics": {**_COMMON, "sourcedId": _of("users")}
    | {
        "birthDate": _DAY,
        "sex": replace(_one_of("male", "female", "unspecified", "other"), is_required=False),
    }
    | dict.fromkeys(_ORIGINS, _CLAIM),
    "lineItems": _COMMON
    | {
        "title": _NAMED,
        "classSourcedId": _of("classes"),
        "resultValueMin": _NUMBER,
        "resultValueMax": _NUMBER,
    },
    "results": _COMMON
    | {
        "lineItemSourcedId": _of("lineItems"),
        "studentSourcedId": _of("users"),
        "scoreStatus": _one_of(
            "exempt", "fully graded", "not submitted", "partially graded", "submitted"
        ),
        "score": _NUMBER,
        "textScore": _TEXT,
        "scoreDate": _DAY_NEEDED,
    },
    "scoreScales": _COMMON | {"title": _TEXT, "scoreScaleValue": _TEXT},
    "lineItemScoreScales": _COMMON
    | {"lineItemSourcedId": _of("lineItems"), "scoreScaleSourcedId": _of("scoreScales")},
    "resultScoreScales": _COMMON
    | {"resultSourcedId": _of("results"), "scoreScaleSourcedId": _of("scoreScales")},
    "lineItemLearningObjectiveIds": _COMMON
    | {
        "lineItemSourcedId": _of("lineItems"),
        "source": _one_of("case", "unknown"),
        "learningObjectiveId": _ID,
    },
    "resultLearningObjectiveIds": _COMMON
    | {
        "resultSourcedId": _of("results"),
        "source": _one_of("case", "unknown"),
        "learningObjectiveId": _ID,
        "score": _NUMBER,
        "textScore": _TEXT,
    },
}

# 1.1 keeps the role and the schools of a user in users.csv.
USERS_OF_1_1: Mapping[str, Column] = {
    "orgSourcedIds": _all_of("orgs"),
    "role": _one_of("administrator", *_ROLES),
}
# The standard's columns, of 1.1 and 1.2, that say nothing to us.
NOT_READ = frozenset(
    (
        *("assignDate", "categorySourcedId", "academicSessionSourcedId", "class", "classCode"),
        *("classSourcedId", "classType", "cityOfBirth", "comment", "countryOfBirthCode"),
        *(
            "courseCode",
            "courseSourcedId",
            "description",
            "dueDate",
            "grade",
            "grades",
            "identifier",
        ),
        *("inProgress", "incomplete", "late", "location", "middleName", "missing", "orgSourcedId"),
        *("parentSourcedId", "password", "periods", "phone", "preferredFamilyName", "primary"),
        *("preferredGivenName", "preferredMiddleName", "primaryOrgSourcedId", "pronouns"),
        *("publicSchoolResidenceStatus", "roleType", "schoolSourcedId", "schoolYear", "sms"),
        *("schoolYearSourcedId", "stateOfBirthAbbreviation", "subjectCodes", "subjects", "title"),
        *("type", "userIds", "userMasterIdentifier", "userProfileSourcedId", "username", "weight"),
    )
)
# What a roster can't do without; the others may be missing.
NEEDED = ("orgs", "users", "classes", "enrollments", "academicSessions")
