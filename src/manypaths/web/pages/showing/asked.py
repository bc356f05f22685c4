"""What work is asked for: by the competency, by a task, and for a step that was chosen."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from manypaths.base.errors import NotFound
from manypaths.base.ids import as_public_id
from manypaths.evidence.models import Task, TaskKind
from manypaths.evidence.queries import task_for, tasks_for, tasks_with_keys
from manypaths.frameworks.models import Competency
from manypaths.frameworks.queries import competency_for
from manypaths.plans.models import Choice
from manypaths.sittings.queries import choice_to_do
from manypaths.sittings.work import draft_place
from manypaths.web.visits import PageRequest

_WORK = (TaskKind.PROJECT, TaskKind.PORTFOLIO)


@dataclass(frozen=True)
class Asked:
    """What work is handed in for; `task` is one that was named, or the first that fits."""

    competency: Competency
    task: Task | None
    choice: Choice | None

    @property
    def place(self) -> str:
        """Return the place of its draft."""
        return draft_place(self.competency, self.task)

    @property
    def query(self) -> str:
        """Return what an address says of the task and the step."""
        named = {"task": self.task, "choice": self.choice}
        return urlencode({name: str(row.public_id) for name, row in named.items() if row})


def asked_for(request: PageRequest, competency_id: UUID) -> Asked:
    """Return what a page's address asks for. Raises NotFound for what is not there."""
    competency = competency_for(competency_id, by=request.user)
    task, choice = _id_in(request, "task"), _id_in(request, "choice")
    return Asked(
        competency,
        task_for(task) if task else _first_task(competency),
        choice_to_do(choice, by=request.user) if choice else None,
    )


def _id_in(request: PageRequest, name: str) -> UUID | None:
    text = request.GET.get(name)
    if text is None:
        return None
    found = as_public_id(text)
    if found is None:
        raise NotFound
    return found


def _first_task(competency: Competency) -> Task | None:
    fitting = [task.pk for task in tasks_for([competency])[competency.pk] if task.kind in _WORK]
    return tasks_with_keys(fitting[:1])[0] if fitting else None
