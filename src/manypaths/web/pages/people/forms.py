"""What leaders type about people."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.people.models import Group, Organization, RelationshipKind, Role
from manypaths.web.choices import Choices, choices_of
from manypaths.web.templatetags.rosters import ROLE_WORDS, TIE_WORDS

_ROLES: Choices = [(role, ROLE_WORDS[role]) for role in Role.values]


class FindForm(forms.Form):
    """Words of a name, and where to look on from."""

    text = forms.CharField(
        label=_("Find by name or id"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)


class AddForm(forms.Form):
    """A pasted list of names, with what all of them are."""

    names = forms.CharField(
        label=_("Names"),
        help_text=_("One on each line. A spreadsheet column works too. Nothing is sent to anyone."),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 7, "autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=_("They are"), choices=_ROLES, initial=Role.STUDENT)
    group = forms.ChoiceField(label=_("In"), required=False)
    leads = forms.BooleanField(label=_("They lead this group"), required=False)

    def __init__(self, *args: object, groups: Iterable[Group], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own signature
        choices = [("", _("no group yet")), *choices_of(groups)]
        self.fields["group"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class NameForm(forms.Form):
    """A person's name."""

    given_name = forms.CharField(label=_("Given name"), max_length=100, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=100, required=False)


class RoleForm(forms.Form):
    """A role and where it is held."""

    role = forms.ChoiceField(label=_("Role"), choices=_ROLES)
    place = forms.ChoiceField(label=_("Where"))

    def __init__(self, *args: object, places: Iterable[Organization], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own signature
        self.fields["place"].choices = choices_of(places)  # type: ignore[attr-defined]


class DayForm(forms.Form):
    """Which row of a person's, and on which day."""

    row = forms.IntegerField(widget=forms.HiddenInput)
    day = forms.DateField(label=_("On"), widget=forms.DateInput(attrs={"type": "date"}))


class MoveForm(DayForm):
    """Which place in a group ends, and where the next begins."""

    group = forms.UUIDField()


class JoinForm(forms.Form):
    """A group to join, as a learner or as a lead."""

    group = forms.UUIDField()
    leads = forms.BooleanField(required=False)


class SupportForm(forms.Form):
    """Somebody who supports a learner, new here or found among those who are."""

    name = forms.CharField(label=_("Their name"), max_length=201)
    kind = forms.ChoiceField(
        label=_("They are"), choices=[(kind, TIE_WORDS[kind]) for kind in RelationshipKind.values]
    )
    consented_on = forms.DateField(
        label=_("Consent on file since"),
        help_text=_("A guardian sees the record from then on. Leave it empty until you have it."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    who = forms.CharField(required=False, widget=forms.HiddenInput)
