"""Forms of Why this level."""

from collections.abc import Sequence
from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from manypaths.frameworks.models import Level


class OwnRatingForm(forms.Form):
    """Where learners would put themselves."""

    level = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect)

    def __init__(self, levels: Sequence[Level], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's forms take them
        _choose_among(self.fields["level"], levels)


class SignOffForm(forms.Form):
    """What was demonstrated when."""

    level = forms.TypedChoiceField(label=_("Level"), coerce=int, required=False, empty_value=None)
    demonstrated_on = forms.DateField(
        label=_("Demonstrated on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=_("Note (the learner and the family read it)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        levels: Sequence[Level],
        target: int | None,
        today: date,
        posted: QueryDict | None,
    ) -> None:
        super().__init__(posted, initial={"level": target, "demonstrated_on": today})
        if levels:
            _choose_among(self.fields["level"], levels)
        else:
            del self.fields["level"]


def _choose_among(field: forms.Field, levels: Sequence[Level]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(level.position, str(level)) for level in levels]
