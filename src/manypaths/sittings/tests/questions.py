"""Further tasks and slips for a framework, for tests of sittings and of their pages."""

from manypaths.evidence.drafts import SlipDraft, TaskDraft
from manypaths.evidence.models import Task
from manypaths.evidence.services import save_tasks
from manypaths.frameworks.models import Framework
from manypaths.people.tests.cast import AT, OPERATOR


def add_tasks(
    framework: Framework, *tasks: TaskDraft, slips: tuple[SlipDraft, ...] = ()
) -> dict[str, Task]:
    """Save tasks of a framework; return them by their source id."""
    return save_tasks(framework, tasks, slips=slips, by=OPERATOR, at=AT).by_source_id
