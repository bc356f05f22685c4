"""What leaders type about an integration."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from manypaths.integrations.services.tokens import LONGEST_DAYS
from manypaths.people.access import TokenScope
from manypaths.people.models import Organization
from manypaths.web.choices import choices_of

SCOPE_WORDS = {
    TokenScope.READ_FRAMEWORKS: _("read frameworks and tasks"),
    TokenScope.READ_ROSTER: _("read classes and who is in them"),
    TokenScope.READ_ESTIMATES: _("read what learners have mastered, why, and their next steps"),
    TokenScope.WRITE_EVIDENCE: _("hand on answers and ratings"),
    TokenScope.WRITE_WEBHOOKS: _("be told when something changed"),
}


class TokenForm(forms.Form):
    """A new integration."""

    name = forms.CharField(label=_("Name of the program, as families will read it"), max_length=100)
    place = forms.ChoiceField(label=_("Works with"))
    days = forms.IntegerField(
        label=_("Good for how many days"), initial=365, min_value=1, max_value=LONGEST_DAYS
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=list(SCOPE_WORDS.items()), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: object, places: Iterable[Organization], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own signature
        self.fields["place"].choices = choices_of(places)  # type: ignore[attr-defined]
