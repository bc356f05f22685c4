"""What fills the arguments of addresses, from the demo: one entry a name of an argument.

An address with an argument that stands nowhere here fails the sweeps, so that a new page is looked
at from the day it is there. An entry may be for one route alone: "path:of person_id".
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

Fill = Callable[["Scene"], object]


class Scene:
    """One who visits, the learner whose pages they open, and the class that they open."""

    def __init__(self, visitor: Any, learner: Any, group: Any) -> None:  # Any: models, once set up
        self.visitor, self.learner, self.group = visitor, learner, group

    def first(self, label: str, **wanted: object) -> Any:
        """Return the first row of a model with these wishes, else the first one of all."""
        from django.apps import apps

        rows = apps.get_model(label).objects.order_by("pk")
        found = rows.filter(**wanted).first() or rows.first()
        assert found is not None, f"the demo has no {label}"
        return found

    def alignment(self) -> Any:
        """Return what the learner's first piece of evidence shows."""
        from manypaths.evidence.models import Rating

        rating = Rating.objects.filter(learner=self.learner).order_by("pk").first()
        if rating is not None:
            return rating
        return self.first("evidence.Response", learner=self.learner).task.alignments.first()

    def user(self) -> Any:
        """Return the learner's sign-in, made on first use. Their names need not be different."""
        from manypaths.people.models import Person, User

        learner = Person.objects.get(pk=self.learner.pk)
        if learner.user is None:
            learner.user = User.objects.create(email=f"learner-{learner.pk}@example.org")
            learner.save(update_fields=["user"])
        self.learner.user = learner.user
        return learner.user

    def work(self) -> Any:
        """Return work that the learner handed in, handed in now where there is none."""
        from manypaths.base.clock import now
        from manypaths.sittings.services import hand_in
        from manypaths.sittings.work import WorkDraft

        work = WorkDraft(self.alignment().competency, "My poster", "A half is two quarters.")
        return hand_in(self.learner, work, by=self.user(), at=now())

    def choice(self) -> Any:
        """Return a step of the learner's, chosen now."""
        from manypaths.base.clock import now
        from manypaths.plans.models import StepKind
        from manypaths.plans.services import choose_step

        return choose_step(
            self.learner,
            self.alignment().competency,
            kind=StepKind.PRACTISE,
            by=self.user(),
            at=now(),
        )

    def sitting(self) -> Any:
        """Return questions that a student sits down to, on a competency that has some."""
        from random import Random

        from manypaths.base.clock import now
        from manypaths.sittings.services import start_sitting

        item = self.first("evidence.Task", kind="item")
        competency = item.alignments.select_related("competency__framework").first().competency
        by = self.user()
        return start_sitting(self.learner, competency, by=by, at=now(), rng=Random(1))

    def piece(self) -> tuple[str, str]:
        """Return the kind and the id of a piece of the learner's evidence."""
        from manypaths.evidence.models import Rating, Response

        response = Response.objects.filter(learner=self.learner).order_by("pk").first()
        if response is not None:
            return "response", str(response.pk)
        return "rating", str(Rating.objects.filter(learner=self.learner)[0].public_id)

    def contest(self) -> Any:
        """Return what the learner said about that piece."""
        from manypaths.base.clock import now
        from manypaths.estimates.services import open_contest
        from manypaths.evidence.queries import contestable

        by = self.user()
        piece = contestable(*self.piece(), by=by)
        return open_contest(piece, "I meant the other one.", by=by, at=now())

    def word(self) -> Any:
        """Return a word about the learner, said now."""
        from manypaths.base.clock import now
        from manypaths.estimates.services import say_word
        from manypaths.people.access import Operator

        competency = self.alignment().competency
        by = Operator()
        return say_word(self.learner, competency, reason="Seen.", level=0, by=by, at=now())


def _run(scene: Scene) -> object:
    """Return an import that was tried."""
    from manypaths.base.clock import now
    from manypaths.interop.models import ImportKind, ImportRun, RunState

    run, _ = ImportRun.objects.get_or_create(
        kind=ImportKind.RESPONSES,
        state=RunState.CHECKED,
        file_name="log.csv",
        group_name=scene.group.name,
        n_bytes=1,
        asked_by=0,
        defaults={"asked_at": now()},
    )
    return run.public_id


FILLS: dict[str, Fill] = {
    # Secrets that open nothing, and names of nothing.
    "token": lambda scene: "A" * 26,
    "secret": lambda scene: "A" * 26,
    "security:end_session name": lambda scene: "none",
    "mfa_remove_webauthn pk": lambda scene: 0,
    "part": lambda scene: "student",
    "person_id": lambda scene: scene.learner.public_id,
    "group_id": lambda scene: scene.group.public_id,
    "competency_id": lambda scene: scene.alignment().competency.public_id,
    # Answered by a POST alone, so there is nothing to look at.
    "request_id": lambda scene: uuid4(),
    "note_id": lambda scene: uuid4(),
    "framework_id": lambda scene: scene.alignment().competency.framework.public_id,
    "run_id": _run,
    "term_id": lambda scene: scene.first("people.Term").public_id,
    "choice_id": lambda scene: scene.choice().public_id,
    "task_id": lambda scene: scene.first("evidence.Task", kind="item").public_id,
    "sitting_id": lambda scene: scene.sitting().public_id,
    "number": lambda scene: 1,
    "artifact_id": lambda scene: scene.work().public_id,
    "kind": lambda scene: scene.piece()[0],
    "piece_id": lambda scene: scene.piece()[1],
    "contest_id": lambda scene: scene.contest().public_id,
    "word_id": lambda scene: scene.word().public_id,
}


def book_of(scene: Scene) -> dict[str, object]:
    """Return all entries."""
    return {name: fill(scene) for name, fill in FILLS.items()}
