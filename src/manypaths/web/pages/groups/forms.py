"""What leaders type about groups."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.people.models import GroupKind, Organization, Term
from manypaths.web.choices import choices_of
from manypaths.web.templatetags.rosters import GROUP_WORDS


class ChangeForm(forms.Form):
    """A group's name and term."""

    name = forms.CharField(label=_("Name"), max_length=200)
    term = forms.ChoiceField(label=_("Term"), required=False)

    def __init__(self, *args: object, terms: Iterable[Term], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own signature
        self._terms = {str(term.public_id): term for term in terms}
        named = [(key, term.name) for key, term in self._terms.items()]
        choices = [("", _("all year")), *named]
        self.fields["term"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def chosen_term(self) -> Term | None:
        """Return the term that was chosen, None for none."""
        return self._terms.get(self.cleaned_data["term"])


class NewForm(ChangeForm):
    """A group that is to be made."""

    kind = forms.ChoiceField(
        label=_("It is a"),
        choices=[(kind, GROUP_WORDS[kind]) for kind in GroupKind.values],
        initial=GroupKind.CLASS,
    )
    place = forms.ChoiceField(label=_("School"))

    field_order = ("name", "kind", "place", "term")

    def __init__(
        self, *args: object, places: Iterable[Organization], terms: Iterable[Term], **kwargs: object
    ) -> None:
        super().__init__(*args, terms=terms, **kwargs)
        self.fields["place"].choices = choices_of(places)  # type: ignore[attr-defined]


class AddForm(forms.Form):
    """Somebody to add: a part of a name, then one of those found."""

    text = forms.CharField(
        label=_("Find somebody by name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    who = forms.UUIDField(required=False, widget=forms.HiddenInput)
    leads = forms.BooleanField(label=_("They lead this group"), required=False)


class DayForm(forms.Form):
    """A day, and whose row of the group."""

    row = forms.IntegerField(required=False)
    day = forms.DateField()
