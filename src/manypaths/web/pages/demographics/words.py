"""Columns of a roster's demographics in words, in an order of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

_COLUMNS: dict[str, str | Promise] = {
    "birthDate": _("Born on"),
    "sex": _("Sex"),
    "americanIndianOrAlaskaNative": _("American Indian or Alaska Native"),
    "asian": _("Asian"),
    "blackOrAfricanAmerican": _("Black or African American"),
    "nativeHawaiianOrOtherPacificIslander": _("Native Hawaiian or Other Pacific Islander"),
    "white": pgettext_lazy("origin", "White"),
    "demographicRaceTwoOrMoreRaces": _("Two or more races"),
    "hispanicOrLatinoEthnicity": _("Hispanic or Latino"),
    "countryOfBirthCode": _("Country of birth"),
    "stateOfBirthAbbreviation": _("State of birth"),
    "cityOfBirth": _("City of birth"),
    "publicSchoolResidenceStatus": _("Residence"),
}
_VALUES: dict[str, str | Promise] = {
    "true": _("yes"),
    "false": _("no"),
    "female": pgettext_lazy("sex", "female"),
    "male": pgettext_lazy("sex", "male"),
    "other": pgettext_lazy("sex", "other"),
    "unspecified": pgettext_lazy("sex", "not said"),
}


@dataclass(frozen=True)
class Told:
    """A column in words, and what stands there."""

    name: str
    value: str


def told_of(facts: Mapping[str, str]) -> list[Told]:
    """Return what is stored in words: the standard's columns first, then the district's own."""
    known = [name for name in _COLUMNS if name in facts]
    own = sorted(name for name in facts if name not in _COLUMNS)
    return [
        Told(str(_COLUMNS.get(name, name.removeprefix("metadata."))), _value(name, facts[name]))
        for name in (*known, *own)
    ]


def _value(name: str, text: str) -> str:
    if name == "birthDate":
        return date_format(date.fromisoformat(text))
    return str(_VALUES.get(text, text)) if text else gettext("not said")
