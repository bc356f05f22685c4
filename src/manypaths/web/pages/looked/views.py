"""Who looked at a learner's record, for the learner and whoever may see it."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from manypaths.base.clock import date_of
from manypaths.integrations.queries import integration_names
from manypaths.people.access import person_for
from manypaths.people.access_log import View, views_of
from manypaths.web.pages.looked.words import page_words, viewer_words
from manypaths.web.rendering import render_page
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in

_MOST = 200


@dataclass(frozen=True)
class Look:
    """One look in words; several of one viewer at one page in a day are one."""

    at: datetime
    who: str
    page: str
    times: int


@require_GET
@signed_in
def of(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Show who looked at a learner's record, newest first, day by day."""
    learner = person_for(request.user, person_id)
    record_view(request, learner)
    views = views_of(learner, by=request.user, most=_MOST)
    context = {
        "learner": learner,
        "is_own": learner.pk == request.visitor.person.pk,
        "days": _by_day(views),
        "n_people": len({(view.actor_id, view.role) for view in views}),
        "is_cut": len(views) == _MOST,
    }
    return render_page(request, "looked/looked.html", context)


def _by_day(views: list[View]) -> list[tuple[date, list[Look]]]:
    programs = integration_names({view.actor_id for view in views if view.viewer is None})
    return [(day, _looks(list(found), programs)) for day, found in groupby(views, key=_day)]


def _day(view: View) -> date:
    return date_of(view.at)


def _looks(views: list[View], programs: dict[int, str]) -> list[Look]:
    """Return the looks of a day, each viewer and page once, with how often."""
    found: dict[tuple[str, str], list[View]] = {}
    for view in views:
        found.setdefault((viewer_words(view, programs), page_words(view.page)), []).append(view)
    return [Look(same[0].at, who, page, len(same)) for (who, page), same in found.items()]
