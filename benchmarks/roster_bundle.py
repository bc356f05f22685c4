"""An invented OneRoster 1.2 bundle of any size, the same for a seed: nobody in it is real."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from numpy.random import Generator, default_rng

from manypaths.demo.names import FAMILY, GIVEN

_PEOPLE_A_SCHOOL, _LEARNERS_A_CLASS, _CLASSES_A_LEARNER = 800, 25, 6
_LEARNERS_A_TEACHER = 12
_FILES = ("orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments")
_BLANK = ("", "")


def write_bundle(folder: Path, n_people: int, *, seed: int = 1) -> None:
    """Write a bulk bundle of so many students, teachers and principals into a folder."""
    rng = default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    n_teachers = n_people // (_LEARNERS_A_TEACHER + 1)
    n_students = n_people - n_teachers
    n_schools = max(1, n_people // _PEOPLE_A_SCHOOL)
    n_classes = max(1, n_students * _CLASSES_A_LEARNER // _LEARNERS_A_CLASS)
    schools = [f"school-{i}" for i in range(n_schools)]
    _write(
        folder,
        "orgs",
        ("name", "type", "parentSourcedId"),
        [
            ("district-1", *_BLANK, "Wide Valley", "district", ""),
            *(
                (s, *_BLANK, f"School {i + 1}", "school", "district-1")
                for i, s in enumerate(schools)
            ),
        ],
    )
    _write(
        folder,
        "academicSessions",
        ("title", "type", "startDate", "endDate", "schoolYear"),
        [
            ("year", *_BLANK, "2026-2027", "schoolYear", "2026-08-17", "2027-06-11", "2027"),
            ("fall", *_BLANK, "Fall", "term", "2026-08-17", "2026-12-18", "2027"),
        ],
    )
    _write(
        folder,
        "courses",
        ("title", "orgSourcedId"),
        [(f"course-{i}", *_BLANK, f"Course {i}", "district-1") for i in range(40)],
    )
    columns = ("title", "courseSourcedId", "classType", "schoolSourcedId", "termSourcedIds")
    _write(
        folder,
        "classes",
        columns,
        [
            (
                f"class-{i}",
                *_BLANK,
                f"Class {i}",
                f"course-{i % 40}",
                "scheduled",
                schools[i % n_schools],
                "year,fall",
            )
            for i in range(n_classes)
        ],
    )
    people = [f"student-{i}" for i in range(n_students)] + [
        f"teacher-{i}" for i in range(n_teachers)
    ]
    _write(
        folder,
        "users",
        ("enabledUser", "username", "givenName", "familyName"),
        [
            (person, *_BLANK, "true", person, *name)
            for person, name in zip(people, _names(rng, n_people), strict=True)
        ],
    )
    _write(
        folder,
        "roles",
        ("userSourcedId", "roleType", "role", "beginDate", "orgSourcedId"),
        [
            (
                f"role-{i}",
                *_BLANK,
                person,
                "primary",
                person.split("-")[0],
                "2026-08-17",
                schools[i % n_schools],
            )
            for i, person in enumerate(people)
        ],
    )
    _write(
        folder,
        "enrollments",
        ("classSourcedId", "schoolSourcedId", "userSourcedId", "role", "beginDate"),
        _enrollments(n_students, n_teachers, n_classes, schools),
    )
    _write_plain(
        folder / "manifest.csv",
        ("propertyName", "value"),
        [
            ("manifest.version", "1.0"),
            ("oneroster.version", "1.2"),
            *((f"file.{name}", "bulk") for name in _FILES),
        ],
    )


def _names(rng: Generator, n_people: int) -> Iterable[tuple[str, str]]:
    """Return names that repeat, as in any large district."""
    given, family = (
        rng.integers(len(GIVEN), size=n_people),
        rng.integers(len(FAMILY), size=n_people),
    )
    return ((GIVEN[g], FAMILY[f]) for g, f in zip(given, family, strict=True))


def _enrollments(
    n_students: int, n_teachers: int, n_classes: int, schools: Sequence[str]
) -> Iterable[tuple[str, ...]]:
    n = 0
    for student in range(n_students):
        for turn in range(_CLASSES_A_LEARNER):
            place = (student // _LEARNERS_A_CLASS * _CLASSES_A_LEARNER + turn) % n_classes
            n += 1
            yield (
                f"e-{n}",
                *_BLANK,
                f"class-{place}",
                schools[place % len(schools)],
                f"student-{student}",
                "student",
                "2026-08-17",
            )
    for place in range(n_classes if n_teachers else 0):
        n += 1
        yield (
            f"e-{n}",
            *_BLANK,
            f"class-{place}",
            schools[place % len(schools)],
            f"teacher-{place % n_teachers}",
            "teacher",
            "2026-08-17",
        )


def _write(folder: Path, name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    _write_plain(
        folder / f"{name}.csv", ("sourcedId", "status", "dateLastModified", *columns), rows
    )


def _write_plain(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
