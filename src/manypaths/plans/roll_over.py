"""The end of a school year: its groups become an archive, next year's take their learners on.

What somebody has demonstrated is theirs and not a group's, so it needs no carrying. An ended group
is read-only (`people.access.require_meeting`), and its learners' new group takes its place.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE, in_chunks
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import current_owner, current_scope
from manypaths.evidence.models import Artifact, Clock, Rating, Response
from manypaths.people.access import Actor, require_leadership, still_meets
from manypaths.people.models import Group, Membership, Organization, Part, Person, RollOver, Term
from manypaths.people.names import name_of
from manypaths.plans.models import GroupFramework, Support

_GRADE = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
# Nobody looks over a longer list; a school has fewer classes in a year.
MOST_GROUPS = 500
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Promotion:
    """What becomes of one group: the name of next year's, and who goes along; "" for no next."""

    group: Group
    name: str
    with_learners: bool = True
    with_leads: bool = True


@dataclass(frozen=True)
class GroupInYear:
    """A group that ends with a year, who is in it on the last day, and a name for the next."""

    group: Group
    learners: list[Person]
    leads: list[Person]
    next_name: str


@dataclass(frozen=True)
class YearDraft:
    """A place's year that ends, and the term in which its groups go on."""

    place: Organization
    from_term: Term | None
    to_term: Term

    @property
    def last_day(self) -> date:
        """Return the last day of the old year: before the new one begins."""
        before = self.to_term.starts_on - _ONE_DAY
        return before if self.from_term is None else min(self.from_term.ends_on, before)


def groups_of_year(year: YearDraft, *, by: Actor) -> list[GroupInYear]:
    """Return what a roll-over would end and carry on, group by group. Fixed queries."""
    _require_year(year, by)
    found = (
        Group.objects.filter(still_meets(), organization=year.place, term=year.from_term)
        .select_related("organization", "term")
        .order_by("name", "pk")[:MOST_GROUPS]
    )
    groups = list(found)
    members: dict[int, dict[str, list[Person]]] = {
        group.pk: {Part.LEARNER: [], Part.LEAD: []} for group in groups
    }
    for row in _there_on(year.last_day, groups).select_related("person"):
        beside = members[row.group_id][row.part]
        if row.person not in beside:
            beside.append(row.person)
    return [
        GroupInYear(
            group,
            members[group.pk][Part.LEARNER],
            members[group.pk][Part.LEAD],
            next_name(group.name),
        )
        for group in groups
    ]


@transaction.atomic
def roll_over(
    year: YearDraft, promotions: Sequence[Promotion], *, by: Actor, at: datetime
) -> RollOver:
    """End a year's groups with its last day, and let those go on that are promoted.

    Raises NotFound for a group that is not of this year and place, Refused for two of one name in
    the new term, or where somebody joins a group after the last day.
    """
    there = {one.group.pk: one for one in groups_of_year(year, by=by)}
    if any(promotion.group.pk not in there for promotion in promotions):
        raise NotFound
    groups = [there[promotion.group.pk].group for promotion in promotions]
    if not groups:
        raise Refused(_("No group meets in this year any more, so there is nothing to carry on."))
    _require_names(year, promotions)
    done = RollOver(
        organization=year.place,
        to_term=year.to_term,
        last_day=year.last_day,
        done_at=to_microseconds(at),
        done_by=by.actor_id,
    )
    for promotion in promotions:
        if promotion.name.strip():
            _carry_on(there[promotion.group.pk], promotion, year, done, by=by, at=at)
    _end(groups, done, at=at)
    done.save()
    record_deed(
        "roll over",
        by=by,
        at=at,
        subject=("organization", year.place.pk),
        count=len(groups),
        made=len(done.made_groups),
    )
    return done


@transaction.atomic
def undo_roll_over(done: RollOver, *, by: Actor, at: datetime) -> RollOver:
    """Bring last year back. Raises Refused once something was recorded in the new one."""
    if done.district_id != current_owner():
        raise NotFound
    require_leadership(by, done.organization)
    done = RollOver.objects.select_for_update().get(pk=done.pk)
    if done.undone_at is not None:
        raise Refused(_("This has been taken back already."))
    _require_nothing_new(done)
    GroupFramework.objects.filter(group__in=done.made_groups).delete()
    Membership.objects.filter(pk__in=done.made_memberships).delete()
    Group.objects.filter(pk__in=done.made_groups).delete()
    _set_last_days(Group, done.ended_groups, now=done.last_day)
    _set_last_days(Membership, done.ended_memberships, now=done.last_day)
    Support.objects.filter(pk__in=done.ended_supports).update(ended_at=None)
    done.undone_at, done.undone_by = to_microseconds(at), by.actor_id
    done.save(update_fields=["undone_at", "undone_by"])
    record_deed("undo roll over", by=by, at=at, subject=("organization", done.organization_id))
    return done


def roll_overs_of(place: Organization, *, by: Actor) -> list[RollOver]:
    """Return the roll-overs of a place that stand, the newest first. One query."""
    require_leadership(by, place)
    found = RollOver.objects.filter(organization=place, undone_at=None)
    return list(found.select_related("to_term", "organization").order_by("-done_at", "-pk"))


def roll_over_for(done_id: UUID, place: Organization, *, by: Actor) -> RollOver:
    """Return a roll-over of a place that stands. Raises NotFound for another."""
    for done in roll_overs_of(place, by=by):
        if done.public_id == done_id:
            return done
    raise NotFound


def next_name(name: str) -> str:
    """Return what a group may be called a year later: its first number is one more."""
    return _GRADE.sub(lambda grade: str(int(grade.group()) + 1), name, count=1)


def _require_year(year: YearDraft, by: Actor) -> None:
    require_leadership(by, year.place)
    terms = [term for term in (year.from_term, year.to_term) if term is not None]
    homes = (year.place.pk, year.place.parent_id)
    if any(t.district_id != current_owner() or t.organization_id not in homes for t in terms):
        raise NotFound
    if year.from_term is not None and year.to_term.starts_on <= year.from_term.starts_on:
        raise Refused(_("Choose a term that begins after the one that ends."))


def _require_names(year: YearDraft, promotions: Sequence[Promotion]) -> None:
    taken = set(
        Group.objects.filter(organization=year.place, term=year.to_term).values_list(
            "name", flat=True
        )
    )
    for promotion in promotions:
        name = promotion.name.strip()
        if not name:
            continue
        name_of("group", name)
        if name in taken:
            told = _("There would be two groups %(name)s in %(term)s. Give one another name.")
            raise Refused(told % {"name": name, "term": year.to_term.name})
        taken.add(name)


def _there_on(day: date, groups: Collection[Group]) -> QuerySet[Membership]:
    """Return who is in groups on a day, by family name."""
    rows = Membership.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day), group__in=groups, starts_on__lte=day
    )
    return rows.order_by("person__family_name", "person__given_name", "pk")


def _carry_on(
    old: GroupInYear,
    promotion: Promotion,
    year: YearDraft,
    done: RollOver,
    *,
    by: Actor,
    at: datetime,
) -> None:
    new = Group.objects.create(
        organization=year.place, term=year.to_term, kind=old.group.kind, name=promotion.name.strip()
    )
    done.made_groups.append(new.pk)
    going = [(person, Part.LEARNER) for person in old.learners if promotion.with_learners]
    going += [(person, Part.LEAD) for person in old.leads if promotion.with_leads]
    made = Membership.objects.bulk_create(
        [
            Membership(group=new, person=person, part=part, starts_on=year.to_term.starts_on)
            for person, part in going
        ],
        AT_ONCE,
    )
    done.made_memberships += [row.pk for row in made]
    works_by = GroupFramework.objects.filter(group=old.group).first()
    if works_by is not None:
        GroupFramework.objects.create(
            group=new,
            family=works_by.family,
            chosen_at=to_microseconds(at),
            chosen_by=by.actor_id,
        )


def _end(groups: Sequence[Group], done: RollOver, *, at: datetime) -> None:
    """Let groups end with the last day, and everybody's time in them; and help that is planned."""
    going_on = Membership.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=done.last_day), group__in=groups
    )
    late = going_on.filter(starts_on__gt=done.last_day).select_related("group").first()
    if late is not None:
        told = _("Somebody joins %(group)s after %(day)s, when it ends.")
        raise Refused(told % {"group": late.group.name, "day": done.last_day})
    done.ended_memberships = {
        str(pk): _as_text(ends_on) for pk, ends_on in going_on.values_list("pk", "ends_on")
    }
    done.ended_groups = {str(group.pk): _as_text(group.ends_on) for group in groups}
    Membership.objects.filter(pk__in=list(going_on.values_list("pk", flat=True))).update(
        ends_on=done.last_day
    )
    Group.objects.filter(pk__in=[group.pk for group in groups]).update(ends_on=done.last_day)
    supports = Support.objects.filter(group__in=groups, ended_at=None)
    done.ended_supports = list(supports.values_list("pk", flat=True))
    supports.update(ended_at=to_microseconds(at))


def _require_nothing_new(done: RollOver) -> None:
    """Raise Refused where a new group is more than the roll-over made it."""
    for relation in Group._meta.related_objects:
        rows = relation.related_model._default_manager.filter(
            **{f"{relation.field.name}__in": done.made_groups}
        )
        if relation.related_model is Membership:
            rows = rows.exclude(pk__in=done.made_memberships, ends_on=None)
        if relation.related_model is not GroupFramework and rows.exists():
            raise Refused(_("Something was changed in the new groups already, so they stay."))
    began = datetime.combine(done.to_term.starts_on, time.min, current_scope().zone)
    learners = Membership.objects.filter(pk__in=done.made_memberships, part=Part.LEARNER)
    done_since = Q(
        clock=Clock.CALENDAR,
        done_at__gte=to_microseconds(began),
        recorded_at__gte=done.done_at,
        learner__in=learners.values("person"),
    )
    if any(table.objects.filter(done_since).exists() for table in (Response, Rating, Artifact)):
        raise Refused(_("Something was recorded in the new year already, so it stays."))


def _set_last_days(
    table: type[Group] | type[Membership], days: Mapping[str, str | None], *, now: date
) -> None:
    by_day: dict[str | None, list[int]] = {}
    for pk, day in days.items():
        by_day.setdefault(day, []).append(int(pk))
    for day, keys in by_day.items():
        for chunk in in_chunks(keys):
            rows = table.objects.filter(pk__in=chunk, ends_on=now)
            rows.update(ends_on=None if day is None else date.fromisoformat(day))


def _as_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
