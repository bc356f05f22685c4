"""What a page for work sends."""

from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from manypaths.base.errors import Refused
from manypaths.evidence.files import CheckedFile, check_file
from manypaths.evidence.models import Task
from manypaths.frameworks.models import Competency
from manypaths.plans.models import Choice
from manypaths.sittings.work import WorkAnswer, WorkDraft


class WorkForm(forms.Form):
    """Work to hand in: words, an address, a file."""

    title = forms.CharField(max_length=300, required=False, strip=True)
    text = forms.CharField(max_length=100_000, required=False, strip=True)
    link = forms.CharField(max_length=2000, required=False, strip=True)
    file = forms.FileField(max_length=300, required=False, allow_empty_file=True)
    key = forms.UUIDField(required=False)

    def work(self, competency: Competency, task: Task | None, choice: Choice | None) -> WorkDraft:
        """Return the work as it was sent. Raises Refused for a file that can't be kept."""
        given: dict[str, Any] = self.cleaned_data  # Any: as Django types it
        return WorkDraft(
            competency,
            title=given["title"],
            text=given["text"],
            link=given["link"],
            file=_checked(given["file"]),
            task=task,
            choice=choice,
            key=cast("UUID | None", given["key"]) or uuid4(),
        )


class AnswerForm(forms.Form):
    """What somebody answers to work."""

    words = forms.CharField(max_length=5000, required=False, strip=True)
    level = forms.IntegerField(min_value=0, max_value=100, required=False)
    sign_off = forms.BooleanField(required=False)

    def answer(self) -> WorkAnswer:
        """Return the answer as it was sent."""
        given: dict[str, Any] = self.cleaned_data  # Any: as Django types it
        return WorkAnswer(given["words"], given["level"], given["sign_off"])


def _checked(upload: UploadedFile[bytes] | None) -> CheckedFile | None:
    if upload is None:
        return None
    most = settings.FILE_MEGABYTES
    # Before it is read, which takes memory.
    if (upload.size or 0) > most * 1_000_000:
        raise Refused(_("A file can have up to %(most)s megabytes.") % {"most": most})
    return check_file(upload.name or "", upload.read())
