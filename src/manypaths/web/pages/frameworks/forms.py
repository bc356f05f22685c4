"""What leaders write into a draft."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.frameworks.models import Competency, Level


class DraftForm(forms.Form):
    """What a framework and its next version are called."""

    title = forms.CharField(label=_("Title"), max_length=500)
    version = forms.CharField(label=_("Version"), max_length=100)


class AddForm(forms.Form):
    """A competency to add, and under which other."""

    code = forms.CharField(label=_("Code"), max_length=255, required=False)
    title = forms.CharField(label=_("Short name"), max_length=500, required=False)
    statement = forms.CharField(
        label=_("What somebody can do"), widget=forms.Textarea(attrs={"rows": 2})
    )
    parent = forms.UUIDField(required=False, widget=forms.HiddenInput)


class WordingForm(forms.Form):
    """The words of one competency, with a text for each level. What is not sent stays."""

    code = forms.CharField(label=_("Code"), max_length=255, required=False)
    title = forms.CharField(label=_("Short name"), max_length=500, required=False)
    statement = forms.CharField(
        label=_("What somebody can do"), widget=forms.Textarea(attrs={"rows": 3})
    )

    saved_at: datetime | None = None

    def __init__(
        self,
        *args: object,
        texts: Sequence[tuple[Level, str]],
        here: Competency | None = None,
        **kwargs: object,
    ) -> None:
        if here is not None:
            words = {"code": here.code, "title": here.title, "statement": here.statement}
            kwargs["initial"] = words
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own signature
        self._texts = texts
        for level, text in texts:
            self.fields[self._field(level)] = forms.CharField(
                label=level.spoken.name,
                required=False,
                initial=text,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def level_fields(self) -> list[forms.BoundField]:
        """Return the fields of the levels."""
        return [self[self._field(level)] for level, _text in self._texts]

    @property
    def wording(self) -> dict[str, Any]:  # Any: texts, and texts by level
        """Return what was sent, as the deed takes it: the texts of levels that differ alone."""
        said = self.cleaned_data
        progression = {
            level: said[self._field(level)]
            for level, text in self._texts
            if said[self._field(level)] != text
        }
        words = {name: said[name] for name in ("code", "title", "statement")}
        return {**words, "progression": progression}

    def _field(self, level: Level) -> str:
        return f"level-{level.position}"
