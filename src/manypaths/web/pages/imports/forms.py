"""What leaders hand in to be imported."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manypaths.frameworks.browsing import FrameworkRow
from manypaths.interop.response_import import ImportTarget
from manypaths.people.models import Group
from manypaths.web.choices import choices_of


class ImportForm(forms.Form):
    """A file, and for a log of responses whose they are."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A framework as a CASE package (JSON) or in YAML; a table (CSV) of any program: "
            "a log of responses or a class list; or a OneRoster bundle (ZIP) of the whole district."
        ),
        max_length=255,
    )
    group = forms.ChoiceField(label=gettext_lazy("For a table: which group?"), required=False)
    framework = forms.ChoiceField(
        label=gettext_lazy("For a log: whose codes does it name?"), required=False
    )

    def __init__(
        self,
        *args: object,
        groups: Iterable[Group],
        frameworks: Iterable[FrameworkRow],
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own signature
        self.fields["group"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("this is a framework or a roster")),
            *choices_of(groups),
        ]
        self.fields["framework"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("make a flat framework of them")),
            *((str(row.framework.public_id), str(row.framework)) for row in frameworks),
        ]

    @property
    def target(self) -> ImportTarget | None:
        """Return where a table goes; None for a framework or a roster."""
        if not self.cleaned_data["group"]:
            return None
        return ImportTarget(self.cleaned_data["group"], self.cleaned_data["framework"] or None)


class UndoForm(forms.Form):
    """Why an import is taken back."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=500)
