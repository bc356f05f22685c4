"""What leaders type about schools and terms."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.people.models import Organization
from manypaths.web.choices import choices_of


class SchoolForm(forms.Form):
    """A school's name."""

    name = forms.CharField(label=_("Name of the school"), max_length=200)


class TermForm(forms.Form):
    """A term with its days."""

    name = forms.CharField(label=_("Name of the term"), max_length=100)
    starts_on = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))


class NewTermForm(TermForm):
    """A term of a school, or of the district for all its schools."""

    place = forms.ChoiceField(label=_("For"))

    def __init__(self, *args: object, places: Iterable[Organization], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own signature
        self.fields["place"].choices = choices_of(places)  # type: ignore[attr-defined]
