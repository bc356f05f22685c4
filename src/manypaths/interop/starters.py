"""Frameworks that come with Manypaths, brought in with their tasks by one deed each."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import transaction
from django.utils.translation import get_language

from manypaths.evidence.services import save_tasks, translate_tasks
from manypaths.evidence.starters import read_starter_tasks, read_task_translation
from manypaths.frameworks.browsing import frameworks_in_use
from manypaths.frameworks.draft import FrameworkDraft
from manypaths.frameworks.models import Framework
from manypaths.frameworks.services import save_framework, translate_framework
from manypaths.frameworks.starters import (
    read_starter,
    read_starter_translation,
    starter_languages,
    starter_names,
)
from manypaths.people.access import Actor


@dataclass(frozen=True)
class Starter:
    """A framework that comes with Manypaths, and whether this district has it."""

    name: str
    draft: FrameworkDraft
    is_here: bool

    @property
    def title(self) -> str:
        """Return what it is called in the reader's language."""
        language = get_language() or ""
        if language in starter_languages():
            return _title(self.name, language)
        return self.draft.title


def starters(*, by: Actor) -> list[Starter]:
    """Return the frameworks that come with Manypaths, and which of them are here already."""
    here = {row.framework.identifier for row in frameworks_in_use(by=by)}
    drafts = [(name, _draft(name)) for name in starter_names()]
    return [Starter(name, draft, draft.identifier in here) for name, draft in drafts]


@transaction.atomic
def bring_in_starter(name: str, *, by: Actor, at: datetime) -> Framework:
    """Bring in a framework that comes with Manypaths, with its tasks. A second time mends it.

    Raises Refused for a name that is not among them.
    """
    framework = save_framework(read_starter(name), by=by, at=at).framework
    tasks = read_starter_tasks(name)
    save_tasks(framework, tasks.tasks, slips=tasks.slips, by=by, at=at)
    for language in starter_languages():
        translate_framework(framework, read_starter_translation(name, language), by=by, at=at)
        translate_tasks(framework, read_task_translation(name, language), by=by, at=at)
    return framework


@cache
def _title(name: str, language: str) -> str:
    return read_starter_translation(name, language).title


@cache
def _draft(name: str) -> FrameworkDraft:
    return read_starter(name)
