"""Forms of My path."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.frameworks.models import Competency


class HelpForm(forms.Form):
    """What a learner wants help with, in their own words."""

    competency = forms.ChoiceField(label=_("With what?"), required=False)
    words = forms.CharField(
        label=_("Say it in your own words, if you like"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )

    def __init__(self, competencies: Sequence[Competency], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's forms take them
        self._by_id = {str(competency.public_id): competency for competency in competencies}
        field = self.fields["competency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("Something in general")),
            *((key, competency.name) for key, competency in self._by_id.items()),
        ]

    @property
    def asked_about(self) -> Competency | None:
        """Return the competency that was picked."""
        return self._by_id.get(self.cleaned_data["competency"])
