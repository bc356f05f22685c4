"""Names on pages, short where they stand in rows."""

from collections.abc import Mapping

from django import template

from manypaths.people.models import Person

register = template.Library()


@register.filter
def called(person: Person, names: Mapping[int, str]) -> str:
    """Return the short name of a person; in full for who is not among those it was made for."""
    return names.get(person.pk) or person.name
