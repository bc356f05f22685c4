"""Words for roles, groups and ties on pages."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from manypaths.people.models import GroupKind, RelationshipKind, Role

register = template.Library()

ROLE_WORDS: Mapping[str, Promise] = {
    Role.STUDENT: _("student"),
    Role.TEACHER: _("teacher"),
    Role.COACH: _("coach"),
    Role.MENTOR: _("mentor"),
    Role.ASSESSOR: _("assessor"),
    Role.LEADER: _("leader"),
    Role.FAMILY: _("family"),
    Role.RESEARCHER: _("researcher"),
}
GROUP_WORDS: Mapping[str, Promise] = {
    GroupKind.CLASS: _("class"),
    GroupKind.TEAM: _("team"),
    GroupKind.COHORT: _("cohort"),
}
TIE_WORDS: Mapping[str, Promise] = {
    RelationshipKind.GUARDIAN: _("guardian"),
    RelationshipKind.MENTOR: _("mentor"),
    RelationshipKind.COACH: _("coach"),
    RelationshipKind.ADVISOR: _("advisor"),
}


@register.filter
def role_word(role: str) -> Promise:
    """Return what a role is called."""
    return ROLE_WORDS[role]


@register.filter
def group_word(kind: str) -> Promise:
    """Return what a kind of group is called."""
    return GROUP_WORDS[kind]


@register.filter
def tie_word(kind: str) -> Promise:
    """Return what somebody is to the learner whom they support."""
    return TIE_WORDS[kind]
