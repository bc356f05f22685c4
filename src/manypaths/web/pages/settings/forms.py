"""What leaders set."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manypaths.frameworks.models import Level
from manypaths.frameworks.rules import StatusRules
from manypaths.frameworks.words import LONGEST_WORD, STATUS_NAMES, Words
from manypaths.web.templatetags.marks import STATUS_WORDS

_PERCENTS = ("tau", "ready", "recall", "sure", "fairly_sure")


class DistrictForm(forms.Form):
    """What the district is called, and where its days begin."""

    name = forms.CharField(label=gettext_lazy("Name of the district"), max_length=200)
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )

    @property
    def zones(self) -> list[str]:
        """Return the names to choose from: cities by continent."""
        return sorted(zone for zone in available_timezones() if zone.count("/") == 1)


class ThresholdsForm(forms.Form):
    """The thresholds of the status, chances in percent; what is left at the default is not kept."""

    tau = forms.IntegerField(
        label=gettext_lazy("Mastered, from average tasks right (of 100)"),
        min_value=1,
        max_value=99,
    )
    least_pieces = forms.IntegerField(
        label=gettext_lazy("Pieces of evidence before anything is said"), min_value=1, max_value=50
    )
    least_days = forms.IntegerField(
        label=gettext_lazy("Different days that they come from"), min_value=1, max_value=30
    )
    least_ratings = forms.IntegerField(
        label=gettext_lazy("Or ratings by others"), min_value=1, max_value=20
    )
    ready = forms.IntegerField(
        label=gettext_lazy("Ready to show, from a chance of (percent)"), min_value=1, max_value=99
    )
    recall = forms.IntegerField(
        label=gettext_lazy("Worth a refresh, below a recall of (percent)"),
        min_value=1,
        max_value=99,
    )
    sure = forms.IntegerField(
        label=gettext_lazy("Sure, within plus or minus (percent)"), min_value=1, max_value=99
    )
    fairly_sure = forms.IntegerField(
        label=gettext_lazy("Fairly sure, within plus or minus (percent)"),
        min_value=1,
        max_value=99,
    )

    @classmethod
    def values_of(cls, rules: StatusRules) -> dict[str, int]:
        """Return what the fields show for these rules."""
        shown = {name: getattr(rules, name) for name in cls.base_fields}
        return {
            name: round(100 * value) if name in _PERCENTS else value
            for name, value in shown.items()
        }

    def rules(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the rules as a framework keeps them: where they depart from the defaults."""
        ours = self.values_of(StatusRules())
        said = {name: self.cleaned_data[name] for name in self.base_fields}
        kept = {name: value for name, value in before.items() if name not in said}
        return kept | {
            name: value / 100 if name in _PERCENTS else value
            for name, value in said.items()
            if value != ours[name]
        }


class WordsForm(forms.Form):
    """The school's words for statuses, a field for each status and language."""

    def __init__(self, *args: object, words: Words, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own signature
        for language, _name in settings.LANGUAGES:
            for place, status in enumerate(STATUS_NAMES):
                self.fields[f"{language}-{place}"] = forms.CharField(
                    label=STATUS_WORDS[status],
                    max_length=LONGEST_WORD,
                    required=False,
                    initial=words.get(language, {}).get(status, ""),
                )

    @property
    def languages(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the name of each language with its fields."""
        return [
            (name, [self[f"{language}-{place}"] for place in range(len(STATUS_NAMES))])
            for language, name in settings.LANGUAGES
        ]

    @property
    def words(self) -> Words:
        """Return what was typed, by language and status."""
        return {
            language: {
                status: self.cleaned_data[f"{language}-{place}"]
                for place, status in enumerate(STATUS_NAMES)
            }
            for language, _name in settings.LANGUAGES
        }


class LevelsForm(forms.Form):
    """What each level is called, and what it means."""

    def __init__(self, *args: object, levels: Sequence[Level], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own signature
        self._n = len(levels)
        for level in levels:
            self.fields[f"name-{level.position}"] = forms.CharField(
                label=_("Level %(n)s") % {"n": level.position + 1},
                max_length=100,
                initial=level.name,
            )
            self.fields[f"meaning-{level.position}"] = forms.CharField(
                label=_("What it means"),
                required=False,
                initial=level.meaning,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def pairs(self) -> Iterable[tuple[forms.BoundField, forms.BoundField]]:
        """Return the fields of each level."""
        return [(self[f"name-{n}"], self[f"meaning-{n}"]) for n in range(self._n)]

    @property
    def names(self) -> list[tuple[str, str]]:
        """Return what was typed, from the bottom up."""
        said = self.cleaned_data
        return [(said[f"name-{n}"], said[f"meaning-{n}"]) for n in range(self._n)]
