"""Work to hand in, and what somebody answers to it, before it is saved."""

from dataclasses import dataclass
from uuid import UUID

from manypaths.evidence.files import CheckedFile
from manypaths.evidence.models import ArtifactKind, Task
from manypaths.frameworks.models import Competency
from manypaths.plans.models import Choice


@dataclass(frozen=True)
class WorkDraft:
    """Work to hand in on a competency: words, an address, a file, or several of them."""

    competency: Competency
    title: str
    text: str = ""
    link: str = ""
    file: CheckedFile | None = None
    task: Task | None = None
    choice: Choice | None = None
    # Made up by the page for this handing-in, so that a double click hands in once.
    key: UUID | None = None

    @property
    def kind(self) -> ArtifactKind:
        """Return the form in which the work is kept."""
        if self.file is not None:
            return ArtifactKind.FILE
        return ArtifactKind.LINK if self.link else ArtifactKind.TEXT


@dataclass(frozen=True)
class WorkAnswer:
    """What somebody answers to work: words, a level of the scale, and whether they sign it off."""

    words: str = ""
    level: int | None = None
    is_signed_off: bool = False


def draft_place(competency: Competency, task: Task | None) -> str:
    """Return the place under which a draft of work is kept."""
    return f"task:{task.public_id}" if task else f"competency:{competency.public_id}"
