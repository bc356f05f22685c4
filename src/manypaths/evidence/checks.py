"""What keeps a piece of evidence from being recorded, found before anything is saved."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _

from manypaths.base.bulk import in_chunks
from manypaths.base.errors import NotFound, Refused
from manypaths.evidence.drafts import RatingDraft, ResponseDraft
from manypaths.evidence.files import CheckedFile
from manypaths.evidence.models import Artifact, ArtifactKind, Task
from manypaths.evidence.queries import answers_of
from manypaths.people.models import Person


def require_possible(draft: ResponseDraft, at: datetime) -> None:
    """Raise Refused for an outcome, an attempt, a date or an answer that can't be."""
    if not 0 <= draft.outcome <= 1:
        raise Refused(
            _("An outcome lies between 0 (wrong) and 1 (right), not at {outcome}.").format(
                outcome=draft.outcome
            )
        )
    if draft.attempt < 1:
        raise Refused(
            _("Attempts are counted from 1; this is {attempt}.").format(attempt=draft.attempt)
        )
    require_past(draft.done_at, at)
    if draft.chosen is None:
        return
    if all(draft.chosen != answer.position for answer in answers_of([draft.task])[draft.task.pk]):
        raise Refused(
            _("The task {task} has no answer number {chosen}.").format(
                task=draft.task, chosen=draft.chosen
            )
        )


def require_sound(draft: RatingDraft, at: datetime) -> None:
    """Raise Refused for a level, a date or a criterion that can't be.

    Raises NotFound for a piece of work that is not the learner's.
    """
    _require_level(draft)
    require_past(draft.done_at, at)
    artifact, criterion = draft.artifact, draft.criterion
    if artifact is not None and artifact.learner_id != draft.learner.pk:
        raise NotFound
    # Else the criterion would speak of one competency in a rating and of another in the next.
    if criterion is not None and criterion.competency.lineage_id != draft.competency.lineage_id:
        raise Refused(
            _("The criterion {criterion} does not look for {competency}.").format(
                criterion=criterion, competency=draft.competency.name
            )
        )


def require_past(done_at: datetime, at: datetime) -> None:
    """Raise Refused for work that is still to be done."""
    if done_at > at:
        raise Refused(_("Work that is recorded has been done: its date lies in the future."))


def require_something(kind: ArtifactKind, title: str, text: str, file: CheckedFile | None) -> None:
    """Raise Refused for a piece of work without a title, or without what its kind promises."""
    if not title.strip() or (kind == ArtifactKind.TEXT and not text.strip()):
        raise Refused(_("A piece of work needs a title, and a text needs words."))
    if kind == ArtifactKind.FILE and file is None:
        raise Refused(_("Choose the photo or the file that you want to hand in."))


def require_room(learner: Person, n_bytes: int) -> None:
    """Raise Refused for a file that is too large, or one more than a person's files may take up."""
    megabyte = 1_000_000
    if n_bytes > settings.FILE_MEGABYTES * megabyte:
        raise Refused(
            _("A file can have up to %(most)s megabytes.") % {"most": settings.FILE_MEGABYTES}
        )
    kept = Artifact.objects.get_queryset().filter(learner=learner)
    taken = kept.aggregate(n=Sum("file_bytes"))["n"] or 0
    if taken + n_bytes > settings.PERSON_MEGABYTES * megabyte:
        raise Refused(
            _("There is room for %(most)s megabytes of your files, and this one does not fit.")
            % {"most": settings.PERSON_MEGABYTES}
        )


def require_tasks(tasks: Sequence[int]) -> None:
    """Raise NotFound unless all of these tasks, given by row id, are there. Few queries."""
    for chunk in in_chunks(tasks):
        if Task.objects.filter(pk__in=chunk).count() != len(chunk):
            raise NotFound


def _require_level(draft: RatingDraft) -> None:
    framework = draft.competency.framework
    if framework.scale is None:
        raise Refused(_("{framework} has no scale to rate on.").format(framework=framework))
    names = [str(level) for level in framework.scale.levels.all()]
    if not 0 <= draft.level < len(names):
        raise Refused(
            _("This level is not on the scale of {framework}. Choose one of: {names}.").format(
                framework=framework, names=", ".join(names)
            )
        )
