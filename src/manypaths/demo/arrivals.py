"""Brings the people and the frameworks of an invented year into a district, on its first day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from manypaths.demo.generator import SchoolYear
from manypaths.demo.names import Name
from manypaths.evidence.models import Task
from manypaths.evidence.services import save_tasks, translate_tasks
from manypaths.evidence.starters import read_starter_tasks, read_task_translation
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.queries import tree
from manypaths.frameworks.services import save_framework, translate_framework
from manypaths.frameworks.starters import (
    read_starter,
    read_starter_translation,
    starter_languages,
)
from manypaths.people.access import Operator
from manypaths.people.models import (
    Group,
    GroupKind,
    Organization,
    Part,
    Person,
    RelationshipKind,
    Role,
)
from manypaths.people.services import (
    add_people,
    create_group,
    create_school,
    create_term,
    enroll,
    give_source_ids,
    relate,
)

SOURCE = "demo"


@dataclass(frozen=True)
class People:
    """The rows of a roster's people and classes, in its order, and all persons by source id."""

    students: Sequence[Person]
    educators: Sequence[Person]
    guardians: Sequence[Person]
    classes: Sequence[Group]
    by_source_id: dict[str, Person]


@dataclass(frozen=True)
class FrameworkRows:
    """A framework's row with its competencies by code and its tasks by source id."""

    framework: Framework
    competencies: dict[str, Competency]
    tasks: dict[str, Task]


@dataclass(frozen=True)
class Arrivals:
    """Brings a year's people into a district on its first day."""

    year: SchoolYear
    district: Organization
    by: Operator
    at: datetime

    def bring_people(self) -> People:
        """Make terms, schools, people, classes and ties; return the people."""
        self._make_terms()
        roster = self.year.scene.roster
        schools = [
            create_school(name, parent=self.district, by=self.by, at=self.at)
            for name in roster.schools
        ]
        of_student = [schools[roster.classes[s.classroom].school] for s in roster.students]
        students = self._add(
            [
                (s.name, school, Role.STUDENT)
                for s, school in zip(roster.students, of_student, strict=True)
            ]
        )
        educators = self._add([(e.name, schools[e.school], Role(e.role)) for e in roster.educators])
        guardians = self._add(
            [(g.name, of_student[g.students[0]], Role.FAMILY) for g in roster.guardians]
        )
        people = People(
            students,
            educators,
            guardians,
            classes=list(self._make_classes(schools, students, educators)),
            by_source_id=self._name_by_source([*students, *educators, *guardians]),
        )
        self._make_teams(schools, educators)
        self._tie(people)
        return people

    def bring_framework(self, name: str) -> FrameworkRows:
        """Save a starter framework with its tasks, in all languages that it comes in."""
        framework = save_framework(read_starter(name), by=self.by, at=self.at).framework
        starter = read_starter_tasks(name)
        saved = save_tasks(framework, starter.tasks, slips=starter.slips, by=self.by, at=self.at)
        for language in starter_languages():
            texts = read_starter_translation(name, language)
            translate_framework(framework, texts, by=self.by, at=self.at)
            task_texts = read_task_translation(name, language)
            translate_tasks(framework, task_texts, by=self.by, at=self.at)
        found = [node.competency for node in tree(framework)]
        for competency in found:
            competency.framework = framework  # one row for all: its scale is read once
        return FrameworkRows(framework, {c.code: c for c in found}, saved.by_source_id)

    def _make_terms(self) -> None:
        for term in self.year.scene.days.terms:
            create_term(
                self.district,
                term.name,
                starts_on=term.starts_on,
                ends_on=term.ends_on,
                by=self.by,
                at=self.at,
            )

    def _add(self, people: Sequence[tuple[Name, Organization, Role]]) -> list[Person]:
        """Add people, all of one school and role at a time; return them in the given order."""
        together: dict[tuple[Organization, Role], list[int]] = {}
        for place, (_, school, role) in enumerate(people):
            together.setdefault((school, role), []).append(place)
        found: dict[int, Person] = {}
        for (school, role), places in together.items():
            rows = add_people(
                [people[place][0] for place in places],
                organization=school,
                role=role,
                starts_on=self._first_day,
                by=self.by,
                at=self.at,
            )
            found.update(zip(places, rows, strict=True))
        return [found[place] for place in range(len(people))]

    def _name_by_source(self, everybody: Sequence[Person]) -> dict[str, Person]:
        roster = self.year.scene.roster
        ids = [
            *(student.source_id for student in roster.students),
            *(educator.source_id for educator in roster.educators),
            *(guardian.source_id for guardian in roster.guardians),
        ]
        give_source_ids(
            everybody, ids, source=SOURCE, organization=self.district, by=self.by, at=self.at
        )
        return dict(zip(ids, everybody, strict=True))

    def _make_classes(
        self,
        schools: Sequence[Organization],
        students: Sequence[Person],
        educators: Sequence[Person],
    ) -> Iterator[Group]:
        for school_class in self.year.scene.roster.classes:
            school = schools[school_class.school]
            group = create_group(school, school_class.name, by=self.by, at=self.at)
            members = [students[place] for place in school_class.students]
            self._enroll(group, [educators[school_class.lead]], Part.LEAD)
            self._enroll(group, members, Part.LEARNER)
            yield group

    def _make_teams(self, schools: Sequence[Organization], educators: Sequence[Person]) -> None:
        """Make a team of each school's educators, in which they learn beside each other."""
        roster = self.year.scene.roster
        for place, school in enumerate(schools):
            name = f"{school.name}: educators"
            team = create_group(school, name, by=self.by, at=self.at, kind=GroupKind.TEAM)
            members = [
                person
                for person, educator in zip(educators, roster.educators, strict=True)
                if educator.school == place
            ]
            self._enroll(team, members, Part.LEARNER)

    def _tie(self, people: People) -> None:
        roster = self.year.scene.roster
        guardians = [
            (person, people.students[place])
            for person, guardian in zip(people.guardians, roster.guardians, strict=True)
            for place in guardian.students
        ]
        coaches = [
            (people.educators[educator.coach], person)
            for person, educator in zip(people.educators, roster.educators, strict=True)
        ]
        for ties, kind, consented_on in (
            (guardians, RelationshipKind.GUARDIAN, self._first_day),
            (coaches, RelationshipKind.COACH, None),
        ):
            relate(
                ties,
                kind=kind,
                organization=self.district,
                starts_on=self._first_day,
                consented_on=consented_on,
                by=self.by,
                at=self.at,
            )

    def _enroll(self, group: Group, people: Sequence[Person], part: Part) -> None:
        enroll(group, people, part=part, starts_on=self._first_day, by=self.by, at=self.at)

    @property
    def _first_day(self) -> date:
        return self.year.scene.days.dates[0]
