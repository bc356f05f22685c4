"""What fills the arguments of addresses, from the demo: one entry a name of an argument.

An address with an argument that stands nowhere here fails the sweeps, so that a new page is looked
at from the day it is there. An entry may be for one route alone: "path:of person_id".
"""

from collections.abc import Callable
from random import Random
from typing import Any

Fill = Callable[["Scene"], object]


class Scene:
    """One who visits, the learner whose pages they open, and the class that they open."""

    def __init__(self, visitor: Any, learner: Any, group: Any) -> None:  # Any: models, once set up
        self.visitor, self._learner, self._group = visitor, learner, group

    @property
    def learner(self) -> Any:
        return self._known(self._learner, "learner")

    @property
    def group(self) -> Any:
        return self._known(self._group, "group")

    def first(self, label: str, **wanted: object) -> Any:
        """Return the first row of a model with these wishes, else the first one of all."""
        from django.apps import apps

        rows = apps.get_model(label).objects.order_by("pk")
        return self._known(rows.filter(**wanted).first() or rows.first(), label)

    def _known(self, found: Any, what: str) -> Any:
        if found is None:
            raise LookupError(f"there is no {what} in this district")
        return found

    def competency(self) -> Any:
        """Return what the learner's first piece of evidence shows, else the first of all."""
        from manypaths.evidence.models import Rating, Response

        response = Response.objects.filter(learner=self.learner).order_by("pk").first()
        if response is not None:
            return response.task.alignments.earliest("pk").competency
        rating = Rating.objects.filter(learner=self.learner).order_by("pk").first()
        # The last has no others below it.
        return rating.competency if rating else self.last("frameworks.Competency")

    def classmate(self) -> Any:
        """Return somebody else who learns in the class."""
        others = self.group.memberships.filter(part="learner").exclude(person=self.learner)
        return self._known(others.order_by("pk").first(), "classmate").person

    def last(self, label: str) -> Any:
        """Return the last row of a model."""
        from django.apps import apps

        return self._known(apps.get_model(label).objects.order_by("pk").last(), label)

    def sitting(self) -> Any:
        """Return tasks that the learner sat down to, begun where they have not yet."""
        from manypaths.base.clock import now
        from manypaths.people.tests.cast import user_of
        from manypaths.sittings.models import Sitting
        from manypaths.sittings.services import start_sitting

        found = Sitting.objects.filter(learner=self.learner).order_by("pk").first()
        if found is not None:
            return found
        response = self.first("evidence.Response", learner=self.learner)
        return start_sitting(
            response.learner,
            response.task.alignments.first().competency,
            by=user_of(response.learner),
            at=now(),
            rng=Random(1),
        )

    def contest(self) -> Any:
        """Return a piece that the learner contested, contested where none is yet."""
        from manypaths.base.clock import now
        from manypaths.evidence.models import Contest
        from manypaths.evidence.services.contesting import open_contest
        from manypaths.people.tests.cast import user_of

        found = Contest.objects.order_by("pk").first()
        if found is not None:
            return found
        response = self.first("evidence.Response")
        by = user_of(response.learner)
        return open_contest(response, "I think this is right.", by=by, at=now())


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


def _export(scene: Scene) -> object:
    """Return an export of all that the district owns, while it is being written."""
    from manypaths.base.clock import now, to_microseconds
    from manypaths.records.models import DistrictExport, ExportState

    export = DistrictExport.objects.order_by("pk").first() or DistrictExport.objects.create(
        state=ExportState.WRITING, asked_at=to_microseconds(now()), asked_by=0
    )
    return export.public_id


def _support(scene: Scene) -> object:
    """Return help that was planned for the class."""
    from manypaths.base.clock import now, today
    from manypaths.people.access import Operator
    from manypaths.plans.models import Support
    from manypaths.plans.supporting import SupportDraft, plan_support

    found = Support.objects.filter(group=scene.group).order_by("pk").first()
    if found is None:
        learner = scene.group.memberships.filter(part="learner").first().person
        draft = SupportDraft("Number line walk", scene.competency(), [learner], today())
        found = plan_support(scene.group, draft, by=Operator(), at=now())
    return found.public_id


FILLS: dict[str, Fill] = {
    "artifact_id": lambda scene: scene.first("evidence.Artifact", learner=scene.learner).public_id,
    "choice_id": lambda scene: scene.first("plans.Choice", learner=scene.learner).public_id,
    "competency_id": lambda scene: scene.competency().public_id,
    "contest_id": lambda scene: scene.contest().public_id,
    "export_id": _export,
    "framework_id": lambda scene: scene.competency().framework.public_id,
    "group_id": lambda scene: scene.group.public_id,
    "kind": lambda scene: "response",
    # An earlier one, whose page says what going back to it would change.
    "model_id": lambda scene: scene.first("estimates.FittedModel", in_force=False).public_id,
    "number": lambda scene: 1,
    "other_id": lambda scene: scene.classmate().public_id,
    "person_id": lambda scene: scene.learner.public_id,
    "piece_id": lambda scene: scene.first("evidence.Response", learner=scene.learner).pk,
    "run_id": _run,
    "sitting_id": lambda scene: scene.sitting().public_id,
    "support_id": _support,
    "task_id": lambda scene: scene.first("evidence.Response", learner=scene.learner).task.public_id,
    "term_id": lambda scene: scene.first("people.Term").public_id,
    # What nobody has.
    "part": lambda scene: "nothing",
    "pk": lambda scene: 0,
    "secret": lambda scene: "nothing",
    "token": lambda scene: "nothing",
}


def book_of(scene: Scene, *, is_whole: bool) -> dict[str, object]:
    """Return all entries; where the district has not everything, those that it has."""
    found = {}
    for name, fill in FILLS.items():
        try:
            found[name] = fill(scene)
        except LookupError:
            if is_whole:
                raise
    return found
