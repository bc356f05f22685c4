"""What fills the arguments of addresses, from the demo: one entry a name of an argument.

An address with an argument that stands neither here nor in `tests.browser.addresses` fails the
sweeps, so that a new page is looked at from the day it is there.
"""

from collections.abc import Callable
from typing import Any

Fill = Callable[["Scene"], object]


class Scene:
    """The demo's student in their class, with their work."""

    def __init__(self, demo: Any) -> None:  # Any: models, once Django is set up
        from manypaths.people.models import Group, Person

        self.demo = demo
        self.student = Person.objects.get(source_ids__value=demo.student)
        self.group = Group.objects.get(name=demo.class_name)

    def first(self, label: str, **wanted: object) -> Any:
        """Return the first row of a model that is there for these wishes."""
        from django.apps import apps

        found = apps.get_model(label).objects.filter(**wanted).order_by("pk").first()
        assert found is not None, f"the demo has no {label} with {wanted}"
        return found


def _competency(scene: Scene) -> object:
    response = scene.first("evidence.Response", learner=scene.student)
    return response.task.alignments.first().competency.public_id


def _framework(scene: Scene) -> object:
    response = scene.first("evidence.Response", learner=scene.student)
    return response.task.framework.public_id


FILLS: dict[str, Fill] = {
    "person_id": lambda scene: scene.student.public_id,
    "group_id": lambda scene: scene.group.public_id,
    "competency_id": _competency,
    "framework_id": _framework,
}


def book_of(demo: Any) -> dict[str, object]:
    """Return all entries."""
    scene = Scene(demo)
    return {name: fill(scene) for name, fill in FILLS.items()}
