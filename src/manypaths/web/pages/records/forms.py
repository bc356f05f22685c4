"""What leaders decide about records."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.records.retention import KINDS
from manypaths.web.choices import choices_of


class TimesForm(forms.Form):
    """How many days each kind is kept."""

    deletes_by_itself = forms.BooleanField(
        label=_("Delete by itself what is over its time"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kind in KINDS.items():
            self.fields[name] = forms.IntegerField(
                label=str(kind.words), min_value=kind.least_days, max_value=kind.days
            )

    @property
    def days(self) -> Mapping[str, int]:
        """Return the days by kind, once the form was found valid."""
        return {name: int(self.cleaned_data[name]) for name in KINDS}

    @property
    def goes_by_itself(self) -> bool:
        """Say whether what is over goes by itself."""
        return bool(self.cleaned_data["deletes_by_itself"])


class ReasonForm(forms.Form):
    """Why something is done, for those who read it later."""

    reason = forms.CharField(
        label=_("Who asked for it, and on what ground"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HoldForm(ReasonForm):
    """Whose records are kept, why, and until when."""

    reason = forms.CharField(
        label=_("Why, such as the number of a case"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    until = forms.DateField(
        label=_("Until (empty: until somebody releases it)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class PlaceHoldForm(HoldForm):
    """A hold on a school, or on the whole district."""

    place = forms.ChoiceField(label=_("Of whom"))

    field_order = ("place", "reason", "until")

    def __init__(self, *args: Any, places: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = choices_of(places)  # type: ignore[attr-defined]
