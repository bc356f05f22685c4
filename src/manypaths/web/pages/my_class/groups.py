"""Small groups of a day: suggested, kept, changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now, today
from manypaths.base.errors import NotFound, Refused
from manypaths.evidence.models import Slip
from manypaths.frameworks.models import Competency
from manypaths.frameworks.queries import competency_for
from manypaths.people.access import group_for
from manypaths.people.models import Group, Person
from manypaths.people.names import short_names
from manypaths.people.queries import learners_in, learners_of
from manypaths.plans import words
from manypaths.plans.class_acts import add_small_group, drop_small_group
from manypaths.plans.models import NeedKind, Seat
from manypaths.plans.queries import (
    class_overview,
    framework_of_group,
    seats_of,
    suggested_groups,
)
from manypaths.plans.services import keep_groups, move_seat
from manypaths.plans.small_groups import GroupingSuggested, GroupNeed, SmallGroup
from manypaths.web.pages.my_class.posted import asked_day, posted_ids
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in

_SATURDAY = 5


@dataclass(frozen=True)
class SeatedGroup:
    """A small group that was kept for a day."""

    number: int
    reason: str
    competency: Competency
    slip: Slip | None
    seats: Sequence[Seat]


def next_school_day(day: date) -> date:
    """Return the next day that is no Saturday and no Sunday."""
    following = day + timedelta(days=1)
    while following.weekday() >= _SATURDAY:
        following += timedelta(days=1)
    return following


def seated(seats: Sequence[Seat]) -> list[SeatedGroup]:
    """Return the kept small groups, by number."""
    found = []
    for number, group in groupby(seats, lambda seat: seat.number):
        members = list(group)
        first = members[0]
        found.append(SeatedGroup(number, first.reason, first.competency, first.slip, members))
    return found


@require_safe
@signed_in
def day(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Show a day's small groups, with ways to move a name, or those that could be kept."""
    group = group_for(request.user, group_id)
    record_view(request, group)
    on = _day_in(request.GET)
    kept = seated(seats_of(group, on, by=request.user))
    placed = {seat.learner_id for small in kept for seat in small.seats}
    others = [one for one in learners_of(group, by=request.user) if one.pk not in placed]
    context = {"group": group, "day": on, "small_groups": kept, "others": others}
    if not kept:
        context |= _suggestions(request, group, on)
    return render_page(request, "my_class/groups.html", context)


@require_safe
@signed_in
def suggested(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Show the groups that could be kept for a day: worked out when they are asked for."""
    group = group_for(request.user, group_id)
    record_view(request, group)
    on = _day_in(request.GET)
    context = {"group": group, "day": on, **_suggestions(request, group, on)}
    return render_page(request, "my_class/suggested.html", context, part="suggested")


@require_POST
@signed_in
def keep(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Keep the suggested groups for a day."""
    group = group_for(request.user, group_id)
    on = _day_in(request.POST)
    found = _suggested(request, group, on)
    if found is None or not found.groups:
        raise Refused(_("There is nothing yet that groups could be about."))
    keep_groups(group, found.groups, held_on=on, by=request.user, at=now())
    tell(request, _("The groups are kept. Names can be moved."))
    return _to_day(request, group, on)


@require_POST
@signed_in
def add(request: PageRequest, group_id: UUID) -> HttpResponse:
    """Make one more small group of some learners, about a slip or a competency."""
    group = group_for(request.user, group_id)
    on = _day_in(request.POST)
    competency = _competency(request)
    learners = learners_in(group, request.POST.get("who", "").split(), by=request.user)
    slip = _slip(request, group)
    small = SmallGroup(
        need=GroupNeed(NeedKind.SLIP if slip else NeedKind.PRACTISE, competency, slip),
        learners=learners,
        reason=_reason(learners, competency, slip),
    )
    number = add_small_group(group, small, held_on=on, by=request.user, at=now())
    called = short_names(learners_of(group, by=request.user))
    undo = reverse("classes:drop_group", args=(group.public_id, number))
    tell(
        request,
        _("Group {number} is planned: {names}.").format(
            number=number, names=", ".join(called[one.pk] for one in learners).removesuffix(".")
        ),
        undo=f"{undo}?day={on.isoformat()}&to=class",
    )
    return redirect_page(request, "classes:one", group.public_id)


@require_POST
@signed_in
def drop(request: PageRequest, group_id: UUID, number: int) -> HttpResponse:
    """Take a small group out of a day."""
    group = group_for(request.user, group_id)
    on = _day_in(request.GET)
    drop_small_group(group, number, held_on=on, by=request.user, at=now())
    tell(request, _("The group is taken out."))
    if request.GET.get("to") == "class":  # where it was made a moment ago
        return redirect_page(request, "classes:one", group.public_id)
    return _to_day(request, group, on)


@require_POST
@signed_in
def move(request: PageRequest, group_id: UUID, seat_id: UUID) -> HttpResponse:
    """Move a learner to another small group of the same day."""
    group = group_for(request.user, group_id)
    on = _day_in(request.POST)
    seats = {seat.public_id: seat for seat in seats_of(group, on, by=request.user)}
    if seat_id not in seats or not request.POST.get("to", "").isdecimal():
        raise NotFound
    seat = move_seat(seats[seat_id], to=int(request.POST["to"]), by=request.user, at=now())
    tell(
        request,
        _("{name} is in group {number} now.").format(name=seat.learner.name, number=seat.number),
    )
    return _to_day(request, group, on)


def _day_in(asked: QueryDict) -> date:
    """Return the day that is asked for, else the next school day."""
    return asked_day(asked.get("day", "")) or next_school_day(today())


def _suggestions(request: PageRequest, group: Group, on: date) -> dict[str, object]:
    """Return what the suggested groups are shown from."""
    found = _suggested(request, group, on)
    return {"suggested": found, "called": short_names(found.learners if found else ())}


def _suggested(request: PageRequest, group: Group, on: date) -> GroupingSuggested | None:
    framework = framework_of_group(group, by=request.user)
    if framework is None:
        return None
    return suggested_groups(group, framework, by=request.user, at=now(), held_on=on)


def _to_day(request: PageRequest, group: Group, on: date) -> HttpResponse:
    address = reverse("classes:groups", args=(group.public_id,))
    return redirect_page(request, f"{address}?day={on.isoformat()}")


def _competency(request: PageRequest) -> Competency:
    wanted = posted_ids(request, "competency")
    if len(wanted) != 1:
        raise NotFound
    return competency_for(wanted[0], by=request.user)


def _slip(request: PageRequest, group: Group) -> Slip | None:
    """Return the posted slip, if it is one that the class shows."""
    wanted = posted_ids(request, "slip")
    framework = framework_of_group(group, by=request.user)
    if not wanted or framework is None:
        return None
    overview = class_overview(group, framework, by=request.user, at=now())
    return next((s.slip for s in overview.slips if s.slip.public_id == wanted[0]), None)


def _reason(learners: Sequence[Person], competency: Competency, slip: Slip | None) -> str:
    if slip is None:
        return words.group_on(NeedKind.PRACTISE, len(learners), competency.name)
    return words.group_of_slip(len(learners), str(slip), 2)
