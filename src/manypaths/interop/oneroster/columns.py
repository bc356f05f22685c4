"""Which columns each file has, and what stands in them: OneRoster 1.2.1, with what 1.1 had."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

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


def _text(value: str) -> str:
    if len(value) > 1000 or not value.isprintable():
        raise ValueError
    return value


def _identifier(value: str) -> str:
    if len(value) > LONGEST_ID or not value.isprintable():
        raise ValueError
    return value


def identifiers(value: str) -> tuple[str, ...]:
    """Return the ids of a list, which one cell holds with commas between them."""
    return tuple(_identifier(one.strip()) for one in value.split(",") if one.strip())


def _day(value: str) -> date:
    return date.fromisoformat(value[:10])


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _odd_day(value: str) -> Sequence[str]:
    return ("moments where days belong",) if len(value) > len("2026-08-31") else ()


def _odd_claim(value: str) -> Sequence[str]:
    return () if value in ("true", "false") else ("claims otherwise than true and false",)


def _number(value: str) -> float:
    number = float(value)
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

    return Column(read, worded("one of {words}", words=", ".join(words)), is_required=True)


_TEXT = Column(_text, worded("up to 1000 characters on one line"))
_NAMED = Column(_text, worded("up to 1000 characters on one line"), is_required=True)
_ID = Column(
    _identifier, worded("an id of 1 to {most} characters", most=LONGEST_ID), is_required=True
)
_DAY = Column(_day, worded("a date such as 2026-08-31"), oddities=_odd_day)
_DAY_NEEDED = Column(_day, worded("a date such as 2026-08-31"), is_required=True, oddities=_odd_day)
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
_STATUS = Column(
    lambda value: _one_of("active", "tobedeleted", "inactive").read(value),
    worded("one of {words}", words="active, tobedeleted"),
)
_COMMON = {
    "sourcedId": _ID,
    "status": _STATUS,
    "dateLastModified": Column(_moment, worded("a time such as 2026-08-31T09:00:00Z")),
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
        "endDate": _DAY,
    },
    "enrollments": _COMMON
    | {
        "classSourcedId": _of("classes"),
        "userSourcedId": _of("users"),
        "role": _one_of("administrator", "proctor", "student", "teacher", "aide"),
        "beginDate": _DAY,
        "endDate": _DAY,
    },
    "demographics": {**_COMMON, "sourcedId": _of("users")}
    | {
        "birthDate": _DAY,
        "sex": Column(
            _one_of("male", "female", "unspecified", "other").read,
            worded("one of {words}", words="male, female, unspecified, other"),
        ),
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
