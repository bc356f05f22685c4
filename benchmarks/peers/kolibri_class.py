"""Make a class in an empty home of Kolibri, and print how its coach asks for it, as JSON.

Kolibri's own Python runs it, with KOLIBRI_HOME. Thirty learners have tried twenty exercises in five
lessons, five questions each, and three quizzes of ten: less than the demonstration district holds
of each class.
"""

import json
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

from kolibri.main import initialize

initialize()  # before anything else of Kolibri's may be read

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from kolibri.core.auth.models import Classroom, FacilityUser
from kolibri.core.content.models import ChannelMetadata, ContentNode
from kolibri.core.device.utils import setup_device_and_facility
from kolibri.core.exams.models import Exam, ExamAssignment
from kolibri.core.lessons.models import Lesson, LessonAssignment
from kolibri.core.logger.models import (
    AttemptLog,
    ContentSessionLog,
    ContentSummaryLog,
    MasteryLog,
)

N_LEARNERS, N_LESSONS, N_EXERCISES, N_QUIZZES = 30, 5, 4, 3
N_TRIES, N_QUESTIONS = 5, 10
BEGAN = timezone.now() - timedelta(days=3)
WHEN = {"start_timestamp": BEGAN, "end_timestamp": BEGAN + timedelta(minutes=9), "time_spent": 540}


def main() -> None:
    setup_device_and_facility(None, "Hill School", "formal", {}, {}, "lead", uuid4().hex)
    coach = FacilityUser.objects.get(username="lead")
    room = Classroom.objects.create(name="7A", parent=coach.facility)
    room.add_coach(coach)
    learners = [new_learner(room, number) for number in range(N_LEARNERS)]
    exercises = new_exercises(N_LESSONS * N_EXERCISES)
    for number in range(N_LESSONS):
        own = exercises[number * N_EXERCISES :][:N_EXERCISES]
        new_lesson(room, coach, f"Lesson {number + 1}", own)
    for learner in learners:
        for exercise in exercises:
            note_work(learner, exercise.content_id, exercise.channel_id, "exercise", 1, N_TRIES)
    for number in range(N_QUIZZES):
        quiz = new_quiz(room, coach, f"Quiz {number + 1}", exercises[:N_QUESTIONS])
        for learner in learners:
            note_work(learner, quiz.id, None, "quiz", -1, N_QUESTIONS)
    path = f"/coach/api/classsummary/{room.id}/"
    print(json.dumps({"cookie": cookie_of(coach), "path": path}))


def new_learner(room: Classroom, number: int) -> FacilityUser:
    learner = FacilityUser.objects.create(
        username=f"learner{number}", full_name=f"Learner {number}", facility=room.parent
    )
    room.add_member(learner)
    return learner


def new_exercises(n: int) -> list[ContentNode]:
    channel = uuid4().hex
    whole = new_node(channel, "Exercises", kind="topic")
    ChannelMetadata.objects.create(id=channel, name="Exercises", min_schema_version="1", root=whole)
    return [
        new_node(channel, f"Exercise {number + 1}", kind="exercise", parent=whole)
        for number in range(n)
    ]


def new_node(channel: str, title: str, *, kind: str, parent: object = None) -> ContentNode:
    return ContentNode.objects.create(
        id=uuid4().hex,
        content_id=uuid4().hex,
        channel_id=channel,
        title=title,
        kind=kind,
        parent=parent,
        available=True,
    )


def new_lesson(room: Classroom, coach: FacilityUser, title: str, own: list[ContentNode]) -> None:
    resources = [
        {"contentnode_id": one.id, "content_id": one.content_id, "channel_id": one.channel_id}
        for one in own
    ]
    lesson = Lesson.objects.create(
        title=title, collection=room, created_by=coach, is_active=True, resources=resources
    )
    LessonAssignment.objects.create(lesson=lesson, collection=room, assigned_by=coach)


def new_quiz(room: Classroom, coach: FacilityUser, title: str, own: list[ContentNode]) -> Exam:
    questions = [
        {
            "exercise_id": one.id,
            "question_id": uuid4().hex,
            "title": one.title,
            "counter_in_exercise": 1,
            "item": f"{one.id}:1",
        }
        for one in own
    ]
    section = {"section_id": uuid4().hex, "section_title": "", "questions": questions}
    quiz = Exam.objects.create(
        title=title,
        question_count=len(questions),
        question_sources=[section],
        collection=room,
        creator=coach,
        active=True,
        data_model_version=3,
    )
    ExamAssignment.objects.create(exam=quiz, collection=room, assigned_by=coach)
    return quiz


def note_work(
    learner: FacilityUser, content: str, channel: str | None, kind: str, level: int, n_tries: int
) -> None:
    what = {"user": learner, "content_id": content, "channel_id": channel, "kind": kind}
    session = ContentSessionLog.objects.create(**what, **WHEN, progress=1)
    summary = ContentSummaryLog.objects.create(**what, **WHEN, progress=1)
    mastery = MasteryLog.objects.create(
        user=learner, summarylog=summary, mastery_level=level, complete=True, **WHEN
    )
    for number in range(n_tries):
        AttemptLog.objects.create(
            user=learner,
            masterylog=mastery,
            sessionlog=session,
            item=f"item {number + 1}",
            correct=number % 2,
            complete=True,
            **WHEN,
        )


def cookie_of(user: FacilityUser) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = user.pk
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


if __name__ == "__main__":
    main()
