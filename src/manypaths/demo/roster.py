"""Who is in the invented district: schools, classes, students, educators, and their families."""

from collections.abc import Iterator
from dataclasses import dataclass

from numpy.random import Generator

from manypaths.demo.names import Name, NameBook

DISTRICT_NAME = "Three Rivers"
SCHOOL_NAMES = ("Heron Bend School", "Alder Ford School", "Stillwater School")
GRADES = (6, 7, 8)
# One run of letters over all schools, so that a class's name is enough to find it.
_SECTIONS = "ABCDEFGHJKLM"
_SMALLEST, _MEAN, _LARGEST = 22, 25, 28

_OTHERS = (*["leader"] * 2, *["coach"] * 3, *["teacher"] * 3)
# Shares of households that are known here by a guardian, and of those, by two.
_KNOWN_HOUSEHOLDS, _TWO_GUARDIANS = 0.72, 0.1
_WITH_SIBLING = 0.06


@dataclass(frozen=True)
class Size:
    """How much to invent: schools, and parallel classes in each grade of a school."""

    n_schools: int = 3
    n_sections: int = 4


WHOLE_DISTRICT = Size()
ONE_CLASS_A_GRADE = Size(n_schools=1, n_sections=1)


@dataclass(frozen=True)
class SchoolClass:
    """A class of a school (its place), led by an educator; its students stand together."""

    name: str
    school: int
    grade: int
    lead: int
    students: range


@dataclass(frozen=True)
class Student:
    """A student of a class (its place); siblings share a household."""

    source_id: str
    name: Name
    classroom: int
    household: int


@dataclass(frozen=True)
class Educator:
    """An educator of a school, in a role; `coach` is the place of the educator who coaches them."""

    source_id: str
    name: Name
    school: int
    role: str
    coach: int


@dataclass(frozen=True)
class Guardian:
    """A family member with the students (their places) in whose care they are."""

    source_id: str
    name: Name
    students: tuple[int, ...]


@dataclass(frozen=True)
class Roster:
    """Everybody in the district. Places are positions in these tuples."""

    schools: tuple[str, ...]
    classes: tuple[SchoolClass, ...]
    students: tuple[Student, ...]
    educators: tuple[Educator, ...]
    guardians: tuple[Guardian, ...]

    def class_named(self, name: str) -> SchoolClass | None:
        """Return the class of this name, None where this district has none."""
        return next((c for c in self.classes if c.name == name), None)


def invent_roster(rng: Generator, size: Size) -> Roster:
    """Return the people of a district of this size."""
    names = NameBook(rng)
    schools = SCHOOL_NAMES[: size.n_schools]
    classes = tuple(_classes(rng, size))
    students = tuple(_students(rng, names, classes))
    n_a_school = len(classes) // len(schools)
    return Roster(
        schools=schools,
        classes=classes,
        students=students,
        educators=tuple(_educators(names, len(schools), n_a_school)),
        guardians=tuple(_guardians(rng, names, students)),
    )


def _classes(rng: Generator, size: Size) -> Iterator[SchoolClass]:
    n_classes = size.n_schools * len(GRADES) * size.n_sections
    first, n_a_school = 0, len(GRADES) * size.n_sections
    for number, n_students in enumerate(_class_sizes(rng, n_classes)):
        school, place = divmod(number, n_a_school)
        grade, section = divmod(place, size.n_sections)
        letter = _SECTIONS[school * size.n_sections + section]
        yield SchoolClass(
            name=f"{GRADES[grade]}{letter} Mathematics",
            school=school,
            grade=GRADES[grade],
            lead=school * (n_a_school + len(_OTHERS)) + place,
            students=range(first, first + n_students),
        )
        first += n_students


def _class_sizes(rng: Generator, n_classes: int) -> list[int]:
    """Return sizes that vary while their mean stays: what one class has more, another has less."""
    more = rng.integers(0, _LARGEST - _MEAN + 1, n_classes // 2)
    middle = [_MEAN] * (n_classes % 2)
    sizes: list[int] = rng.permutation([*(_MEAN + more), *(_MEAN - more), *middle]).tolist()
    return sizes


def _students(
    rng: Generator, names: NameBook, classes: tuple[SchoolClass, ...]
) -> Iterator[Student]:
    born: list[Student] = []
    for classroom, school_class in enumerate(classes):
        for place in school_class.students:
            source_id = f"s{place + 1:04d}"
            if born and rng.random() < _WITH_SIBLING:
                sibling = born[rng.integers(len(born))]
                name = names.relative(sibling.name[1])
                student = Student(source_id, name, classroom, sibling.household)
            else:
                student = Student(source_id, names.stranger(), classroom, place)
            born.append(student)
            yield student


def _educators(names: NameBook, n_schools: int, n_classes: int) -> Iterator[Educator]:
    roles = (*["teacher"] * n_classes, *_OTHERS)
    coaches = [place for place, role in enumerate(roles) if role == "coach"]
    for school in range(n_schools):
        first = school * len(roles)
        for place, role in enumerate(roles):
            # Coaches coach each other in a ring.
            turn = coaches.index(place) + 1 if role == "coach" else place
            yield Educator(
                source_id=f"e{first + place + 1:02d}",
                name=names.stranger(),
                school=school,
                role=role,
                coach=first + coaches[turn % len(coaches)],
            )


def _guardians(
    rng: Generator, names: NameBook, students: tuple[Student, ...]
) -> Iterator[Guardian]:
    households: dict[int, list[int]] = {}
    for place, student in enumerate(students):
        households.setdefault(student.household, []).append(place)
    number = 0
    for members in households.values():
        if rng.random() >= _KNOWN_HOUSEHOLDS:
            continue
        for _ in range(2 if rng.random() < _TWO_GUARDIANS else 1):
            number += 1
            name = names.relative(students[members[0]].name[1])
            yield Guardian(f"f{number:03d}", name, tuple(members))
