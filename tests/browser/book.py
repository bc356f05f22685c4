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
    "framework_id": lambda scene: scene.alignment().competency.framework.public_id,
}


def book_of(scene: Scene) -> dict[str, object]:
    """Return all entries."""
    return {name: fill(scene) for name, fill in FILLS.items()}
