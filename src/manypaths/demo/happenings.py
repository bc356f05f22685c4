"""Brings into a district what happened in an invented year: work, ratings, sign-offs, plans."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from manypaths.base.clock import from_microseconds
from manypaths.demo.arrivals import FrameworkRows, People
from manypaths.demo.generator import SchoolYear
from manypaths.demo.ratings import Rating
from manypaths.demo.steps import Step
from manypaths.estimates.engine import family_of
from manypaths.estimates.services import (
    AchievementDraft,
    fit_model,
    sign_off_many,
    take_in_artifact,
    take_in_ratings,
    take_in_responses,
)
from manypaths.evidence.drafts import RatingDraft, ResponseColumns
from manypaths.evidence.models import Artifact, ArtifactKind, Clock, RaterRole
from manypaths.people.access import Actor, Operator
from manypaths.people.models import Organization, Person
from manypaths.people.services import give_sign_in
from manypaths.plans.models import StepKind
from manypaths.plans.services import choose_step, set_window

# A name that leads nowhere (RFC 2606): nobody gets mail from a demo.
_MAIL_HOST = "three-rivers.example"


def address_in(district_id: int, source_id: str) -> str:
    """Return the address of somebody who was invented."""
    return f"{source_id}@{district_id}.{_MAIL_HOST}"


@dataclass(frozen=True)
class Happenings:
    """A year and the rows that its people, competencies and tasks have become."""

    year: SchoolYear
    district: Organization
    people: People
    mathematics: FrameworkRows
    practice: FrameworkRows
    by: Operator
    artifacts: dict[int, Artifact] = field(default_factory=dict)

    def take_in_work(self, term: int, *, at: datetime) -> None:
        """Take in the students' responses of a term, as one deed."""
        year = self.year
        work = year.work.responses.only(year.work.responses.term == term)
        students = np.array([person.pk for person in self.people.students])
        tasks = np.array([self.mathematics.tasks[i.source_id].pk for i in year.scene.content.items])
        columns = ResponseColumns(
            learner=students[work.student],
            task=tasks[work.item],
            outcome=work.outcome.astype(float),
            done_at=work.done_at,
            clock=np.full(len(work), Clock.CALENDAR.value),
            chosen=work.chosen,
            attempt=work.attempt,
        )
        take_in_responses(columns, organization=self.district, by=self.by, at=at)

    def take_in_ratings(self, term: int, *, at: datetime) -> None:
        """Take in the artifacts of educators and the ratings that they were given in a term."""
        for place, artifact in enumerate(self.year.educators.artifacts):
            if artifact.term == term:
                self.artifacts[place] = take_in_artifact(
                    self.people.educators[artifact.educator],
                    kind=ArtifactKind.TEXT,
                    title=artifact.title,
                    text=artifact.text,
                    task=self.practice.tasks[f"{artifact.competency}-show"],
                    done_at=from_microseconds(artifact.done_at),
                    by=self.by,
                    at=at,
                )
        ratings = [r for r in self.year.educators.ratings if r.term == term]
        drafts = [self._draft(rating) for rating in ratings]
        take_in_ratings(drafts, organization=self.district, by=self.by, at=at)

    def fit(self, *, at: datetime) -> None:
        """Let the engine learn from all that happened so far, on both frameworks."""
        for rows in (self.mathematics, self.practice):
            fit_model(family_of(rows.framework), by=self.by, at=at)

    def sign_off(self, term: int, *, at: datetime) -> None:
        """Sign off what students and educators had shown by the end of a term."""
        for drafts in (list(self._students_shown(term)), list(self._educators_shown(term))):
            if drafts:
                sign_off_many(drafts, organization=self.district, by=self.by, at=at)

    def set_windows(self, *, at: datetime) -> None:
        """Set what each class works on now."""
        codes = self.year.scene.content.codes
        for group, schedule in zip(self.people.classes, self.year.scene.schedules, strict=True):
            pinned = schedule.pinned
            set_window(
                group,
                [self.mathematics.competencies[codes[place]] for place in schedule.window],
                pinned=None if pinned is None else self.mathematics.competencies[codes[pinned]],
                by=self.by,
                at=at,
            )

    def plan_steps(self) -> None:
        """Store the steps that educators planned, and those that students chose themselves."""
        for step in self.year.steps:
            learner = self.people.by_source_id[step.learner]
            at = from_microseconds(step.chosen_at)
            by: Actor = self.by
            if step.is_own:
                email = address_in(self.district.pk, step.learner)
                by = give_sign_in(learner, email=email, by=self.by, at=at)
            self._plan(step, learner, by, at)

    def _plan(self, step: Step, learner: Person, by: Actor, at: datetime) -> None:
        is_student = step.competency in self.mathematics.competencies
        rows = self.mathematics if is_student else self.practice
        choose_step(
            learner,
            rows.competencies[step.competency],
            kind=StepKind(step.kind),
            task=rows.tasks[step.task],
            reason=step.reason,
            by=by,
            at=at,
        )

    def _draft(self, rating: Rating) -> RatingDraft:
        artifact = None if rating.artifact is None else self.artifacts[rating.artifact]
        return RatingDraft(
            learner=self.people.educators[rating.educator],
            competency=self.practice.competencies[rating.competency],
            level=rating.level,
            rater=self.people.educators[rating.rater],
            role=RaterRole(rating.role),
            done_at=from_microseconds(rating.done_at),
            task=artifact.task if artifact else None,
            artifact=artifact,
            note=rating.note,
        )

    def _students_shown(self, term: int) -> Iterator[AchievementDraft]:
        signed, codes = self.year.work.sign_offs, self.year.scene.content.codes
        day = self.year.scene.days.terms[term].ends_on
        for row in np.nonzero(signed.term == term)[0]:
            competency = self.mathematics.competencies[codes[signed.competency[row]]]
            yield AchievementDraft(self.people.students[signed.student[row]], competency, day)

    def _educators_shown(self, term: int) -> Iterator[AchievementDraft]:
        day = self.year.scene.days.terms[term].ends_on
        for signed in self.year.educators.sign_offs:
            if signed.term == term:
                competency = self.practice.competencies[signed.competency]
                yield AchievementDraft(self.people.educators[signed.educator], competency, day)
