"""The tasks of a framework a page at a time, for programs that go through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from manypaths.evidence.models import Alignment, Task
from manypaths.frameworks.models import Competency, Framework


@dataclass(frozen=True)
class TaskListed:
    """A task, and which competencies of the framework it shows, by public id."""

    task: Task
    competencies: Sequence[UUID]

    @property
    def public_id(self) -> UUID:
        """Return the task's id."""
        return self.task.public_id


def tasks_page(framework: Framework, *, after: UUID | None, most: int) -> list[TaskListed]:
    """Return tasks that show competencies of a framework, from after an id. Four queries."""
    own = Competency.objects.filter(framework=framework, retired_at=None)
    by_lineage = dict(own.values_list("lineage", "public_id"))
    shown = Alignment.objects.filter(competency__lineage__in=own.values("lineage"))
    found = Task.objects.filter(retired_at=None, pk__in=shown.values("task"))
    if after is not None:
        found = found.filter(public_id__gt=after)
    tasks = list(found.order_by("public_id").prefetch_related("answers")[:most])
    pairs: dict[int, list[UUID]] = {}
    rows = Alignment.objects.filter(task__in=tasks).order_by("task", "pk")
    for task, lineage in rows.values_list("task", "competency__lineage"):
        if lineage in by_lineage:
            pairs.setdefault(task, []).append(by_lineage[lineage])
    return [TaskListed(task, pairs.get(task.pk, [])) for task in tasks]
