"""My class: what it needs, by competency, as a matrix, as a file."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from manypaths.base.clock import now, today
from manypaths.base.spreadsheets import as_csv
from manypaths.estimates.status import STATUSES
from manypaths.evidence.queries import specimens_of
from manypaths.people.access import group_for
from manypaths.people.access_log import Purpose
from manypaths.people.models import Group
from manypaths.people.names import short_names
from manypaths.plans.queries import ClassOverview, class_overview, framework_of_group, seats_of
from manypaths.web.pages.my_class.groups import next_school_day, seated
from manypaths.web.pages.my_class.showing import (
    COLUMNS_BESIDE,
    LARGE_CLASS,
    MOST_COLUMNS,
    Codes,
    RowList,
    areas_to_choose,
    help_rows,
    matrix_of,
    rows_of,
    spreads_of,
)
from manypaths.web.pages.my_class.waiting import waiting_for
from manypaths.web.phones import PHONE_HEADERS, asks_from_phone
from manypaths.web.rendering import render_page
from manypaths.web.templatetags.marks import STATUS_WORDS
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
def one(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Show what a class needs, each row with an act."""
    group = group_for(request.user, group_id)
    record_view(request, group)
    overview = _overview(request, group)
    if overview is None or not overview.learners:
        return _empty(request, group, overview)
    codes, day = Codes.of(overview), next_school_day(today())
    seats = seats_of(group, day, by=request.user)
    # A phone has no room for a matrix, a page no room for that of a large class.
    opens_by_competency = asks_from_phone(request) or len(overview.learners) > LARGE_CLASS
    spreads = spreads_of(codes, most=MOST_COLUMNS) if opens_by_competency else []
    called = short_names(overview.learners)
    help_needed = help_rows(overview, specimens_of(overview.slips), called)
    waiting = [*overview.planned, *overview.chosen_checks]
    planned, supports = rows_of(waiting, called), overview.supports
    asked = request.GET.get("all", "")
    context = {
        "group": group,
        "overview": overview,
        "called": called,
        "help": RowList("help", help_needed, asked),
        "slip": next((row for row in help_needed if row.slip), None),
        "n_help": len({need.learner.pk for need in overview.needs_help}),
        "planned": RowList("planned", planned, asked),
        "n_planned": len(supports) + len(planned),
        "supports": supports,
        "ready": RowList("ready", rows_of(overview.ready_to_show, called), asked),
        "n_ready": len({need.learner.pk for need in overview.ready_to_show}),
        "onward": RowList("onward", rows_of(overview.ready_to_move_on, called), asked),
        "waiting": waiting_for(group, overview.learners, by=request.user),
        "day": day,
        "today": today(),
        "small_groups": seated(seats),
        "spreads": spreads,
        "n_more": len(codes.competencies) - len(spreads),
        "areas": areas_to_choose(codes),
        "matrix": None if opens_by_competency else matrix_of(codes, n_columns=COLUMNS_BESIDE),
    }
    response = render_page(request, "my_class/one.html", context)
    patch_vary_headers(response, PHONE_HEADERS)
    return response


@require_safe
@signed_in
def by_competency(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Show how many learners have which status on each competency."""
    group = group_for(request.user, group_id)
    record_view(request, group)
    overview = _overview(request, group)
    if overview is None:
        return _empty(request, group, None)
    codes, area = Codes.of(overview), request.GET.get("area", "")
    context = {
        "group": group,
        "overview": overview,
        "spreads": spreads_of(codes, area=area),
        "areas": areas_to_choose(codes),
        "chosen_area": area,
    }
    return render_page(request, "my_class/by_competency.html", context)


@require_safe
@signed_in
def matrix(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Show everyone's status, thirty learners at a time."""
    group = group_for(request.user, group_id)
    record_view(request, group)
    overview = _overview(request, group)
    if overview is None:
        return _empty(request, group, None)
    context = {
        "group": group,
        "overview": overview,
        "matrix": _matrix(request, Codes.of(overview)),
    }
    return render_page(request, "my_class/matrix.html", context)


@require_safe
@signed_in
def statuses_file(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Give the whole class's statuses as a spreadsheet reads them."""
    group = group_for(request.user, group_id)
    record_view(request, group, Purpose.EXPORT)
    overview = _overview(request, group)
    header, rows = [_("Learner")], []
    if overview is not None:
        codes = Codes.of(overview)
        header += [competency.name for competency in codes.competencies]
        words = [str(STATUS_WORDS[status.value]) for status in STATUSES]
        for learner, row in zip(overview.learners, codes.table.tolist(), strict=True):
            rows.append([learner.name, *(words[code] for code in row)])
    response = HttpResponse(b"".join(as_csv(header, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="class.csv"'
    return response


def _overview(request: PageRequest, group: Group) -> ClassOverview | None:
    framework = framework_of_group(group, by=request.user)
    if framework is None:
        return None
    return class_overview(group, framework, by=request.user, at=now())


def _matrix(request: PageRequest, codes: Codes) -> object:
    asked = request.GET
    first = asked.get("from", "0")
    return matrix_of(
        codes,
        area=asked.get("area", ""),
        order=asked.get("order", "name"),
        first=int(first) if first.isdecimal() and len(first) < 6 else 0,
    )


def _empty(request: PageRequest, group: Group, overview: ClassOverview | None) -> HttpResponse:
    context = {"group": group, "overview": overview}
    return render_page(request, "my_class/empty.html", context)
