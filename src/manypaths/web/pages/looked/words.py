"""Pages and viewers of the access log in words that a child reads."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from manypaths.people.access_log import View, ViewerRole

# By the first part of a route's name, where one page of a kind speaks for all; else by all of it.
_PAGES: dict[str, str | Promise] = {
    "path": _("the path"),
    "path:else": _("what else could come next"),
    "why": _("why a level is what it is"),
    "looked": _("this page: who looked"),
    "evidence": _("the evidence"),
    "evidence:file": _("a file among the evidence"),
    "doing": _("a task"),
    "showing": _("something that was shown"),
    "classes": _("the class"),
    "classes:matrix": _("the table of the class"),
    "classes:csv": _("the class, as a file"),
    "classes:rate": _("a rating for the class"),
    "classes:groups": _("small groups of the class"),
    "people": _("the list of people"),
    "groups": _("a list of groups"),
    "imports": _("an import"),
    "family": _("the family’s page"),
    "demographics": _("what the roster says of birth, sex and origin"),
    "terms": _("a list of groups"),
    "api:people": _("the list of the class"),
    "api:estimates": _("levels and how sure they are"),
    "api:why": _("why a level is what it is"),
    "api:next_steps": _("what could come next"),
    "api:group_status": _("the levels of the class"),
    "records:whole": _("what is on record"),
    "records:take_along": _("the whole record, to take along"),
    "records:exported_file": _("all records, to take along"),
    "records": _("how records end"),
}

_AS: dict[ViewerRole, str | Promise] = {
    ViewerRole.SELF: _("the learner"),
    ViewerRole.FAMILY: _("family"),
    ViewerRole.TEACHER: _("teacher"),
    ViewerRole.COACH: _("coach"),
    ViewerRole.MENTOR: _("mentor"),
    ViewerRole.ADVISOR: _("advisor"),
    ViewerRole.LEADER: _("leads the school"),
    ViewerRole.INTEGRATION: _("a program of the school"),
}


def page_words(page: str) -> str:
    """Return which page it was, by the name of its route."""
    return str(_PAGES.get(page) or _PAGES.get(page.partition(":")[0]) or _("a page"))


def viewer_words(view: View, programs: Mapping[int, str]) -> str:
    """Return who looked, and as whom; `programs` are names of integrations by their actor ids."""
    role = str(_AS[view.role])
    if view.role == ViewerRole.INTEGRATION:
        name = programs.get(view.actor_id, gettext("Somebody"))
        return gettext("{name} ({role})").format(name=name, role=role)
    if view.viewer is None:
        return gettext("Somebody who is no longer here ({role})").format(role=role)
    return gettext("{name} ({role})").format(name=view.viewer.name, role=role)
