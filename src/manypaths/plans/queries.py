"""What comes next for a learner, and what a class needs: computed when asked, never stored."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable
from django.utils.translation import gettext

from manypaths.base.clock import date_of
from manypaths.base.errors import NotFound, Refused
from manypaths.base.kept import FRAMEWORKS, kept_until
from manypaths.base.prepared import prepared
from manypaths.estimates.engine import version_now
from manypaths.estimates.models import Achievement, GeneralBelief
from manypaths.estimates.outline import Places, outline_of, places_of
from manypaths.estimates.queries import estimates_of, estimates_with_evidence
from manypaths.estimates.table import Estimates
from manypaths.evidence.models import Rating, Response, Slip
from manypaths.evidence.queries import MOST_WAITING, tasks_with_keys
from manypaths.evidence.slips import ClassSlip, SlipsShown, slips_of
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.rules import StatusRules
from manypaths.mastery.groups import ADULTS, STUDENTS, Sizes
from manypaths.mastery.slips import FEWEST_ITEMS
from manypaths.people.access import (
    EDUCATOR_ROLES,
    Actor,
    current,
    is_learner_themself,
    open_to_integrations,
    people_seen_by,
    require_group_sight,
    require_sight,
)
from manypaths.people.models import Group, Membership, Part, Person, RoleHeld
from manypaths.people.queries import learners_of, people_signed_in
from manypaths.plans import words
from manypaths.plans.class_lists import ClassLists, Cleared, Need, Window
from manypaths.plans.models import (
    Choice,
    ClearedRow,
    DefaultWindowEntry,
    GroupFramework,
    HelpRequest,
    Seat,
    StepKind,
    Support,
    WindowEntry,
)
from manypaths.plans.offers import Candidate, Offer, Situation, all_offers, choose_offers
from manypaths.plans.seen_to import seen_to
from manypaths.plans.small_groups import (
    DAYS_REMEMBERED,
    MOST_LEARNERS,
    ClassNeeds,
    GroupingSuggested,
    together_lately,
)
from manypaths.plans.supporting import open_supports

# Up to so many learners are named to the database one by one.
FEW = 2_000


@dataclass(frozen=True)
class ClassOverview:
    """What a class needs: the four lists, the slips that it shows, and everyone's status.

    `planned` holds steps that educators planned, `chosen_checks` what learners chose to show by
    themselves, `supports` help in sessions: none given yet. Whom a check or help in sessions sees
    to is in no other list with what that is about.
    """

    group: Group
    framework: Framework
    learners: Sequence[Person]
    needs_help: Sequence[Need]
    planned: Sequence[Need]
    chosen_checks: Sequence[Need]
    ready_to_show: Sequence[Need]
    ready_to_move_on: Sequence[Need]
    slips: Sequence[ClassSlip]
    estimates: Estimates
    # What each competency lies under, by row id.
    areas: Mapping[int, Competency]
    supports: Sequence[Support]

    @cached_property
    def status(self) -> list[dict[str, str]]:
        """Return each learner's status by competency code."""
        return self.estimates.status_by_code()


@open_to_integrations
def next_steps(
    learner: Person,
    framework: Framework,
    *,
    by: Actor,
    at: datetime,
    estimates: Estimates | None = None,
) -> list[Offer]:
    """Return the next steps to offer a learner, best first. A fixed number of queries.

    Their reasons are said to the learner where they ask themselves, else of them by first name.
    `estimates` are the learner's present ones on the framework, where the caller has them.
    """
    require_sight(by, [learner])
    found = estimates or estimates_of([learner], framework, by=by, at=at)
    chosen = choose_offers(_situation(learner, framework, found, by=by, at=at))
    return _offers(chosen, is_own=is_learner_themself(by, learner))


def open_steps(learner: Person, framework: Framework, *, by: Actor, at: datetime) -> list[Offer]:
    """Return every next step that a learner could take, competency by competency. Fixed queries."""
    found = estimates_of([learner], framework, by=by, at=at)
    every = all_offers(_situation(learner, framework, found, by=by, at=at))
    return _offers(every, is_own=is_learner_themself(by, learner))


def _situation(
    learner: Person, framework: Framework, estimates: Estimates, *, by: Actor, at: datetime
) -> Situation:
    outline, places = outline_of(framework), places_of(estimates.pairs.competencies)
    window = _window_of(_groups_of(learner), places)
    shown = slips_of([learner], framework, by=by, at=at)
    return Situation(
        estimates=estimates,
        prerequisites=outline.before,
        tasks=outline.tasks,
        window=window.places,
        pinned=window.pinned,
        chosen=_chosen_places(open_choices([learner], by=by), places),
        slips=_repeated(shown, learner, places),
        times_done=_times_done(learner),
        least_recall=StatusRules.of(framework.rules).recall,
    )


def _offers(chosen: Sequence[Candidate], *, is_own: bool) -> list[Offer]:
    tasks = {task.pk: task for task in tasks_with_keys([one.task for one in chosen])}
    return [
        Offer(
            kind=one.kind,
            competency=one.competency,
            task=tasks[one.task],
            reason=one.reason.for_reader(is_own=is_own),
            to_learner=one.reason.to_learner,
            score=one.score,
        )
        for one in chosen
    ]


def open_choices(learners: Sequence[Person], *, by: Actor) -> list[Choice]:
    """Return the choices of learners that no evidence has followed yet, oldest first.

    Evidence on the competency of a choice, done after it was made, closes it, as does whoever did
    what leaves no evidence.
    """
    require_sight(by, learners)
    wanted = [learner.pk for learner in learners]
    if len(wanted) <= FEW:
        return _open_choices_of(wanted)
    among = set(wanted)
    return [choice for choice in _open_choices() if choice.learner_id in among]


@prepared
def _open_choices_of(learners: Sequence[int]) -> QuerySet[Choice]:
    return _open_choices().filter(learner__in=learners)


def _open_choices() -> QuerySet[Choice]:
    later = {"learner": OuterRef("learner"), "done_at__gt": OuterRef("chosen_at")}
    lineage = OuterRef("competency__lineage")
    answered = Response.objects.standing().filter(
        **later, task__alignments__competency__lineage=lineage
    )
    rated = Rating.objects.standing().filter(**later, competency__lineage=lineage)
    choices = Choice.objects.filter(dropped_at=None, done_at=None)
    still_open = choices.exclude(Exists(answered)).exclude(Exists(rated))
    return still_open.select_related("competency", "learner", "task").order_by("chosen_at", "pk")


def open_choice_of(
    learner: Person, competency: Competency, kind: StepKind, *, by: Actor
) -> Choice | None:
    """Return the learner's open choice of such a step, however it came about; None without one."""
    for choice in open_choices([learner], by=by):
        if choice.kind == kind and choice.competency.lineage_id == competency.lineage_id:
            return choice
    return None


def pins_of(learner: Person, *, by: Actor) -> dict[int, Person | None]:
    """Return who pinned what the learner's groups begin with, by lineage. Two queries."""
    require_sight(by, [learner])
    rows = _pinned_for(learner.pk)
    by_user = people_signed_in([user for _, user in rows if user])
    return {lineage: by_user.get(user or 0) for lineage, user in rows if lineage}


@prepared
def _pinned_for(learner: int) -> QuerySet[Any, tuple[int | None, int | None]]:
    groups = Membership.objects.filter(current(), person=learner, part=Part.LEARNER)
    pinned = WindowEntry.objects.filter(group__in=groups.values("group"), is_pinned=True)
    return pinned.values_list("competency__lineage", "opened_by").order_by("pk")


def window_of(group: Group, *, by: Actor) -> list[WindowEntry]:
    """Return the competencies that a group works on now, the pinned one first."""
    require_group_sight(by, group)
    entries = WindowEntry.objects.filter(group=group).select_related("competency")
    return list(entries.order_by("-is_pinned", "pk"))


def choice_for(choice_id: UUID, *, by: Actor) -> Choice:
    """Return a choice of a learner whose record `by` may see, let go or not. One query."""
    seen = Choice.objects.filter(public_id=choice_id, learner__in=people_seen_by(by))
    choice = seen.select_related("learner", "competency", "task").first()
    if choice is None:
        raise NotFound
    return choice


def open_help_requests(learners: Sequence[Person], *, by: Actor) -> list[HelpRequest]:
    """Return what learners asked help with and nobody has answered yet, oldest first.

    Up to MOST_WAITING.
    """
    require_sight(by, learners)
    wanted = [learner.pk for learner in learners]
    if len(wanted) <= FEW:
        return _open_help_of(wanted)
    among = set(wanted)
    found = (asked for asked in _open_help().iterator() if asked.learner_id in among)
    return list(islice(found, MOST_WAITING))


@prepared
def _open_help_of(learners: Sequence[int]) -> QuerySet[HelpRequest]:
    return _open_help().filter(learner__in=learners)[:MOST_WAITING]


def _open_help() -> QuerySet[HelpRequest]:
    found = HelpRequest.objects.filter(answered_at=None)
    return found.select_related("learner", "competency").order_by("asked_at", "pk")


def help_request_for(request_id: UUID, *, by: Actor) -> HelpRequest:
    """Return a request for help of a learner whose record `by` may see. One query."""
    seen = HelpRequest.objects.filter(public_id=request_id, learner__in=people_seen_by(by))
    asked = seen.select_related("learner", "competency").first()
    if asked is None:
        raise NotFound
    return asked


def frameworks_of_learner(learner: Person, *, by: Actor) -> list[Framework]:
    """Return the frameworks that are a learner's, in their newest versions, most evidence first.

    Those with evidence or something signed off, those on which the groups they learn in work and,
    for an educator, those made for educators. A fixed number of queries for each framework.
    """
    require_sight(by, [learner])
    found = sorted(_families_of(learner.pk))
    families = [family for _, _, family in found if family]
    if any(source == _AS_EDUCATOR for source, _, _ in found):
        families += _families_for_educators()
    rows = [version_now(family) for family in dict.fromkeys(families)]
    return rows or [row for row in [framework_of_learner(learner, by=by)] if row]


# Where a learner's frameworks come from, in the order of the list.
_BY_EVIDENCE, _SIGNED_OFF, _CHOSEN, _IN_GROUPS, _AS_EDUCATOR = range(5)


@prepared
def _families_of(learner: int) -> QuerySet[Any, tuple[int, int, int]]:
    """Return where each comes from, its place among those, and the family; 0 for an educator."""
    own = GeneralBelief.objects.filter(learner=learner)
    signed = Achievement.objects.filter(learner=learner)
    open_to = Choice.objects.filter(learner=learner, dropped_at=None)
    groups = Membership.objects.filter(current(), person=learner, part=Part.LEARNER)
    chosen = GroupFramework.objects.filter(group__in=groups.values("group"))
    roles = RoleHeld.objects.filter(current(), person=learner, role__in=EDUCATOR_ROLES)
    of_competency = F("competency__framework__family")
    found: QuerySet[Any, tuple[int, int, int]]
    found = _from(_BY_EVIDENCE, own, -F("n_events"), F("family")).union(
        _from(_SIGNED_OFF, signed, of_competency, of_competency),
        _from(_CHOSEN, open_to, -F("chosen_at"), of_competency),
        _from(_IN_GROUPS, chosen, -F("chosen_at"), F("family")),
        _from(_AS_EDUCATOR, roles, F("pk"), Value(0)),
    )
    return found


def _from(
    source: int, rows: QuerySet[Any], place: Combinable, family: Combinable
) -> QuerySet[Any, tuple[int, int, int]]:
    number = BigIntegerField()
    told = rows.order_by().annotate(
        of_source=Value(source, number),
        at_place=ExpressionWrapper(place, number),
        of_family=ExpressionWrapper(family, number),
    )
    found: QuerySet[Any, tuple[int, int, int]]
    found = told.values_list("of_source", "at_place", "of_family")
    return found


def framework_of_learner(learner: Person, *, by: Actor) -> Framework | None:
    """Return the framework on which a learner has most evidence, in its newest version.

    Without any, that of what they were signed off, else by which the groups that they learn in
    work, else on which these have most evidence.
    """
    require_sight(by, [learner])
    own = _by_evidence(GeneralBelief.objects.filter(learner=learner)).first()
    if own is not None:
        return version_now(own)
    signed = Achievement.objects.filter(learner=learner).select_related("competency__framework")
    newest = signed.order_by("-signed_at", "-pk").first()
    if newest is not None:
        return version_now(newest.competency.framework.family_id or 0)
    groups = _groups_of(learner)
    chosen = _chosen_for(groups)
    if chosen is not None:
        return chosen
    beside = Membership.objects.filter(current(), part=Part.LEARNER, group__in=groups).values(
        "person"
    )
    family = _by_evidence(GeneralBelief.objects.filter(learner__in=beside)).first()
    return version_now(family) if family else None


def framework_of_group(group: Group, *, by: Actor) -> Framework | None:
    """Return the framework by which a group works, in its newest version.

    That is the one that somebody chose for it, else the one on which it has most evidence.
    """
    require_group_sight(by, group)
    chosen = _chosen_for([group.pk])
    if chosen is not None:
        return chosen
    family = _most_evidence_in.first(group.pk)
    return version_now(family) if family else None


@kept_until(FRAMEWORKS)
def _families_for_educators() -> Sequence[int]:
    """Return the families that name educators, and not students, as whom they are for."""
    published = Framework.objects.filter(published_at__isnull=False, retired_at=None)
    rows = published.order_by("title", "pk").values_list(
        "family", "self_ratings_move", "source__extensions__audience"
    )
    return [
        family
        for family, is_for_adults, audience in rows
        if family and (is_for_adults or (audience and not {"student", "all"} & set(audience)))
    ]


def _chosen_for(groups: Sequence[int]) -> Framework | None:
    """Return the framework that was chosen for one of these groups, the latest choice first."""
    family = _families_chosen.first(list(groups))
    return version_now(family) if family else None


@prepared
def _families_chosen(groups: Sequence[int]) -> QuerySet[Any, int | None]:
    chosen = GroupFramework.objects.filter(group__in=groups).order_by("-chosen_at", "-pk")
    return chosen.values_list("family", flat=True)


@prepared
def _most_evidence_in(group: int) -> QuerySet[Any, int | None]:
    learn = Membership.objects.filter(current(), group=group, part=Part.LEARNER)
    return _by_evidence(GeneralBelief.objects.filter(learner__in=learn.values("person")))


def _by_evidence(generals: QuerySet[GeneralBelief]) -> QuerySet[Any, int | None]:
    """Return families, that with most evidence first."""
    counts = generals.values("family").annotate(n=Sum("n_events")).order_by("-n", "family")
    return counts.values_list("family", flat=True)[:1]


def class_overview(group: Group, framework: Framework, *, by: Actor, at: datetime) -> ClassOverview:
    """Return what a class needs on a framework, for who may see all its members. Fixed queries."""
    learners = learners_of(group, by=by)
    outline = outline_of(framework)
    estimates = estimates_with_evidence(
        learners, framework, by=by, at=at, competencies=outline.competencies
    )
    places = places_of(estimates.pairs.competencies)
    window = _window_of([group.pk], places)
    shown = slips_of(learners, framework, by=by, at=at)
    choices, supports = open_choices(learners, by=by), open_supports(group, by=by)
    on = date_of(at)
    seen = seen_to(group, choices, supports, on=on)
    lists = ClassLists(estimates, shown, window, outline.before, _cleared_in(group), seen)
    return ClassOverview(
        group=group,
        framework=framework,
        learners=learners,
        needs_help=lists.needs_help(),
        planned=_waiting([one for one in choices if not one.is_learners_own], places),
        chosen_checks=_waiting([one for one in choices if _is_chosen_check(one)], places),
        supports=supports,
        ready_to_show=lists.ready_to_show(),
        ready_to_move_on=lists.ready_to_move_on(),
        slips=shown.of_class,
        estimates=estimates,
        areas=outline.areas,
    )


def suggested_groups(
    group: Group,
    framework: Framework,
    *,
    by: Actor,
    at: datetime,
    held_on: date,
    sizes: Sizes | None = None,
) -> GroupingSuggested:
    """Return small groups for a day, each of learners with the same need. Fixed queries.

    For who may see all members of the group. Needs are those of `at`; who was together lately is
    seen from the day. Sizes are 3 to 6 unless given, and 6 to 10 where all learners are educators.
    Raises Refused for a group of more than 300.
    """
    learners = learners_of(group, by=by)
    if len(learners) > MOST_LEARNERS:
        raise Refused(
            gettext(
                "Small groups are suggested for up to {most_learners} learners; {group} has "
                "{n_learners}."
            ).format(most_learners=MOST_LEARNERS, group=group.name, n_learners=len(learners))
        )
    outline = outline_of(framework)
    estimates = estimates_of(learners, framework, by=by, at=at, competencies=outline.competencies)
    places = places_of(estimates.pairs.competencies)
    needs = ClassNeeds(
        estimates=estimates,
        slips=slips_of(learners, framework, by=by, at=at),
        window=_window_of([group.pk], places),
        prerequisites=outline.before,
        least_recall=StatusRules.of(framework.rules).recall,
    )
    sizes = sizes or (ADULTS if _are_educators(learners) else STUDENTS)
    return needs.grouped(together_lately(_seats_before(group, held_on), held_on), held_on, sizes)


def seats_of(group: Group, held_on: date, *, by: Actor) -> list[Seat]:
    """Return the places in the small groups that were kept for a day, group by group."""
    require_group_sight(by, group)
    return _seats(group.pk, held_on)


@prepared
def _seats(group: int, held_on: date) -> QuerySet[Seat]:
    seats = Seat.objects.filter(grouping__group=group, grouping__held_on=held_on)
    found = seats.select_related("grouping__group", "learner", "competency", "slip")
    return found.order_by("number", "learner__family_name", "learner__given_name", "pk")


def _seats_before(group: Group, held_on: date) -> QuerySet[Seat]:
    since = held_on - timedelta(days=DAYS_REMEMBERED)
    seats = Seat.objects.filter(
        grouping__group=group, grouping__held_on__lt=held_on, grouping__held_on__gte=since
    )
    return seats.select_related("grouping")


def _are_educators(learners: Sequence[Person]) -> bool:
    wanted = {learner.pk for learner in learners}
    roles = RoleHeld.objects.filter(current(), role__in=EDUCATOR_ROLES)
    if len(wanted) <= FEW:
        roles = roles.filter(person__in=wanted)
    return bool(wanted) and wanted <= set(roles.values_list("person", flat=True))


def _waiting(choices: Sequence[Choice], places: Places) -> list[Need]:
    """Return those steps that are on the framework, each with what was planned in it."""
    return [
        Need(choice.learner, choice.competency, partial(words.planned, choice), step=choice)
        for choice in choices
        if choice.competency.lineage_id in places
    ]


def _is_chosen_check(choice: Choice) -> bool:
    return choice.is_learners_own and choice.kind == StepKind.SHOW


def _cleared_in(group: Group) -> Cleared:
    """Return who was cleared from which place of a group's lists. One query."""
    return {(kind, who, what): n_pieces for kind, who, what, n_pieces in _cleared(group.pk)}


@prepared
def _cleared(group: int) -> QuerySet[Any, tuple[str, int, int, int]]:
    rows = ClearedRow.objects.filter(group=group)
    return rows.values_list("cleared_from", "learner", "competency", "n_pieces")


def _groups_of(learner: Person) -> list[int]:
    return _learns_in(learner.pk)


@prepared
def _learns_in(learner: int) -> QuerySet[Any, int]:
    memberships = Membership.objects.filter(current(), person=learner, part=Part.LEARNER)
    return memberships.values_list("group", flat=True)


def _window_of(groups: Sequence[int], places: Places) -> Window:
    rows = _entries(list(groups)) if groups else _entries([0])
    entries = [(places.get(lineage or 0), pinned, default) for lineage, pinned, default in rows]
    found = [(place, pinned) for place, pinned, is_default in entries if not is_default]
    if all(place is None for place, _ in found):
        # Nobody set a window for these groups on this framework: the district's holds.
        found = [(place, False) for place, _, is_default in entries if is_default]
    return Window(
        places=frozenset(place for place, _ in found if place is not None),
        pinned=frozenset(place for place, pinned in found if pinned and place is not None),
    )


@prepared
def _entries(groups: Sequence[int]) -> QuerySet[Any, tuple[int | None, bool, bool]]:
    """Return what is in the groups' windows, and in the district's default one."""
    no, yes = Value(False, BooleanField()), Value(True, BooleanField())
    own = WindowEntry.objects.filter(group__in=groups).annotate(is_default=no)
    default = DefaultWindowEntry.objects.annotate(pinned=no, is_default=yes)
    found: QuerySet[Any, tuple[int | None, bool, bool]]
    found = own.values_list("competency__lineage", "is_pinned", "is_default").union(
        default.values_list("competency", "pinned", "is_default"), all=True
    )
    return found


def _chosen_places(choices: Sequence[Choice], places: Places) -> frozenset[int]:
    found = (places.get(choice.competency.lineage_id or 0) for choice in choices)
    return frozenset(place for place in found if place is not None)


def _repeated(shown: SlipsShown, learner: Person, places: Places) -> dict[int, tuple[Slip, int]]:
    """Return the slip that a learner shows most, twice or more, by competency."""
    found: dict[int, tuple[Slip, int]] = {}
    for slip_id, count in Counter(shown.by_learner.get(learner.pk, {})).most_common():
        slip = shown.slips[slip_id]
        place = places.get(slip.competency.lineage_id or 0)
        if count >= FEWEST_ITEMS and place is not None:
            found.setdefault(place, (slip, count))
    return found


def _times_done(learner: Person) -> dict[int, int]:
    return dict(_tries(learner.pk))


@prepared
def _tries(learner: int) -> QuerySet[Any, tuple[int, int]]:
    done = Response.objects.standing().filter(learner=learner).order_by()
    return done.values_list("task").annotate(n=Count("pk"))
