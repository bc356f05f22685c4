"""Deeds on organizations, persons, groups and relationships."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE, in_chunks
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import current_owner, district_scope
from manypaths.base.zones import is_time_zone
from manypaths.people.access import (
    Actor,
    current,
    require_leadership,
    require_leadership_of,
    require_meeting,
    require_operator,
    require_sight,
)
from manypaths.people.models import (
    Group,
    GroupKind,
    Membership,
    Organization,
    OrganizationKind,
    Part,
    Person,
    Relationship,
    RelationshipKind,
    Role,
    RoleHeld,
    SourceId,
    Term,
    User,
)
from manypaths.people.names import name_of, part_of_name
from manypaths.people.services.places import (
    change_group,
    change_term,
    close_school,
    end_group,
    rename_school,
)
from manypaths.people.services.rosters import (
    add_member,
    add_supporter,
    add_to_group,
    end_relationship,
    end_role,
    give_role,
    move_learner,
    note_consent,
    rename_person,
)

__all__ = [
    "UnnamedLearners",
    "add_member",
    "add_people",
    "add_supporter",
    "add_to_group",
    "add_unnamed_learners",
    "change_district",
    "change_group",
    "change_term",
    "close_school",
    "create_district",
    "create_group",
    "create_school",
    "create_term",
    "end_group",
    "end_membership",
    "end_relationship",
    "end_role",
    "enroll",
    "give_role",
    "give_sign_in",
    "give_source_ids",
    "move_learner",
    "name_learner",
    "note_consent",
    "relate",
    "rename_person",
    "rename_school",
]


_TIES_AT_ONCE = 500


@dataclass(frozen=True)
class UnnamedLearners:
    """Who stands behind the ids of a source: persons by id, and how many of them are new."""

    by_source_id: dict[str, Person]
    n_created: int


@transaction.atomic
def create_district(
    name: str, *, by: Actor, at: datetime, time_zone: str = "UTC", is_demonstration: bool = False
) -> Organization:
    """Make a district, the scope of everything in it. Raises Refused for an unknown time zone."""
    require_operator(by)
    name = name_of("district", name)
    _require_time_zone(time_zone)
    with district_scope(None):
        district = Organization.objects.create(
            kind=OrganizationKind.DISTRICT,
            name=name,
            time_zone=time_zone,
            is_demonstration=is_demonstration,
        )
        # Its own id is its scope, known only now.
        Organization.every_district.filter(pk=district.pk).update(district_id=district.pk)
    district.district_id = district.pk
    with district_scope(district.pk):
        record_deed("create district", by=by, at=at, subject=("organization", district.pk))
    return district


@transaction.atomic
def change_district(
    district: Organization,
    *,
    by: Actor,
    at: datetime,
    name: str | None = None,
    time_zone: str | None = None,
) -> Organization:
    """Give a district another name or time zone; None leaves it. Raises Refused for bad values.

    Days with evidence are counted in the zone, so that estimates are to be rebuilt after it.
    """
    require_leadership(by, district)
    if name is not None:
        district.name = name_of("district", name)
    if time_zone is not None:
        _require_time_zone(time_zone)
        district.time_zone = time_zone
    district.save(update_fields=["name", "time_zone"])
    record_deed("change district", by=by, at=at, subject=("organization", district.pk))
    return district


@transaction.atomic
def create_school(
    name: str, *, parent: Organization, by: Actor, at: datetime, source_id: str = ""
) -> Organization:
    """Make a school in a district. Raises Refused where the district has one of this name."""
    require_leadership(by, parent)
    name = name_of("school", name)
    if Organization.objects.filter(parent=parent, name=name).exists():
        raise Refused(
            _("{parent} has a school {name} already.").format(parent=parent.name, name=name)
        )
    school = Organization.objects.create(
        kind=OrganizationKind.SCHOOL,
        name=name,
        parent=parent,
        time_zone=parent.time_zone,
        source_id=source_id,
    )
    record_deed("create school", by=by, at=at, subject=("organization", school.pk))
    return school


@transaction.atomic
def create_term(
    organization: Organization,
    name: str,
    *,
    starts_on: date,
    ends_on: date,
    by: Actor,
    at: datetime,
) -> Term:
    """Make a term. Raises Refused unless it ends after it starts."""
    require_leadership(by, organization)
    name = name_of("term", name)
    if ends_on <= starts_on:
        raise Refused(
            _("The term {name} ends on {ends_on}, which is not after {starts_on}.").format(
                name=name, ends_on=ends_on, starts_on=starts_on
            )
        )
    term = Term.objects.create(
        organization=organization, name=name, starts_on=starts_on, ends_on=ends_on
    )
    record_deed("create term", by=by, at=at, subject=("term", term.pk))
    return term


@transaction.atomic
def add_people(
    names: Sequence[tuple[str, str]],
    *,
    organization: Organization,
    role: Role,
    starts_on: date,
    by: Actor,
    at: datetime,
) -> list[Person]:
    """Add persons by (given name, family name), each with a role from a day."""
    require_leadership(by, organization)
    people = Person.objects.bulk_create(
        [
            Person(given_name=part_of_name(given), family_name=part_of_name(family))
            for given, family in names
        ],
        AT_ONCE,
    )
    RoleHeld.objects.bulk_create(
        [
            RoleHeld(person=person, organization=organization, role=role, starts_on=starts_on)
            for person in people
        ],
        AT_ONCE,
    )
    record_deed(
        "add people",
        by=by,
        at=at,
        subject=("organization", organization.pk),
        role=role.value,
        count=len(people),
    )
    return people


@transaction.atomic
def add_unnamed_learners(
    source_ids: Iterable[str],
    *,
    source: str,
    group: Group,
    starts_on: date,
    by: Actor,
    at: datetime,
) -> UnnamedLearners:
    """Find the persons whom a source names by these ids; make unnamed learners of the others.

    Members of the group are known by the ids of other sources as well. New ones become learners
    of the group from `starts_on`. Raises NotFound where an id names somebody whom `by` may not see.
    """
    require_leadership(by, group.organization)
    wanted = dict.fromkeys(source_ids)
    known = _known_by(wanted, source, group)
    require_sight(by, list(known.values()))
    new = [source_id for source_id in wanted if source_id not in known]
    if new:
        require_meeting(group)
    people = Person.objects.bulk_create([Person(label=f"Learner {name}") for name in new], AT_ONCE)
    SourceId.objects.bulk_create(
        [
            SourceId(person=person, source=source, value=value)
            for person, value in zip(people, new, strict=True)
        ],
        AT_ONCE,
    )
    _enroll(group, people, Part.LEARNER, starts_on)
    if new:
        record_deed(
            "add unnamed learners", by=by, at=at, subject=("group", group.pk), count=len(new)
        )
    known.update(zip(new, people, strict=True))
    return UnnamedLearners(known, len(new))


@transaction.atomic
def give_source_ids(
    people: Sequence[Person],
    values: Sequence[str],
    *,
    source: str,
    organization: Organization,
    by: Actor,
    at: datetime,
) -> None:
    """Note the ids by which another system names persons. Raises Refused for one that is taken."""
    require_leadership(by, organization)
    require_sight(by, people)
    taken = SourceId.objects.filter(source=source, value__in=values).first()
    if taken is not None:
        raise Refused(
            _("The id {value} of {source} names somebody already.").format(
                value=taken.value, source=source
            )
        )
    SourceId.objects.bulk_create(
        [
            SourceId(person=person, source=source, value=value)
            for person, value in zip(people, values, strict=True)
        ],
        AT_ONCE,
    )
    record_deed(
        "give source ids",
        by=by,
        at=at,
        subject=("organization", organization.pk),
        source=source,
        count=len(people),
    )


@transaction.atomic
def name_learner(
    learner: Person, *, given_name: str, family_name: str, by: Actor, at: datetime
) -> Person:
    """Say who an unnamed learner is. Raises Refused for somebody who has a name."""
    require_sight(by, [learner])
    if not learner.is_unnamed:
        raise Refused(_("This learner has a name already."))
    if not (given_name.strip() or family_name.strip()):
        raise Refused(_("A name needs at least one letter."))
    learner.given_name = part_of_name(given_name)
    learner.family_name = part_of_name(family_name)
    learner.save(update_fields=["given_name", "family_name"])
    record_deed("name learner", by=by, at=at, subject=("person", learner.pk))
    return learner


@transaction.atomic
def give_sign_in(person: Person, *, email: str, by: Actor, at: datetime) -> User:
    """Let a person sign in by an address, once a password or a passkey is set.

    Raises Refused for somebody who can already, for an address in use, and for what is none.
    """
    require_leadership_of(by, person)
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(_("{email!r} is no e-mail address.").format(email=email)) from None
    if person.user_id is not None:
        raise Refused(_("This person can sign in already."))
    if User.objects.filter(Q(email=address) | Q(username=address)).exists():
        raise Refused(_("Somebody signs in by this address already."))
    user = User(username=address, email=address)
    user.set_unusable_password()
    user.save()
    person.user = user
    person.save(update_fields=["user"])
    record_deed("give sign-in", by=by, at=at, subject=("person", person.pk))
    return user


@transaction.atomic
def choose_language(user: User, language: str, *, by: Actor, at: datetime) -> User:
    """Keep the language in which somebody reads pages, as they chose for themself.

    Raises Refused for a language that pages are not written in.
    """
    if user != by:
        raise NotFound
    if language not in dict(settings.LANGUAGES):
        raise Refused(
            _("Pages are not written in {language}. Choose one of: {languages}.").format(
                language=language, languages=", ".join(dict(settings.LANGUAGES).values())
            )
        )
    user.language = language
    user.save(update_fields=["language"])
    record_deed("choose language", by=by, at=at, subject=("user", user.pk), language=language)
    return user


@transaction.atomic
def create_group(
    organization: Organization,
    name: str,
    *,
    by: Actor,
    at: datetime,
    kind: GroupKind = GroupKind.CLASS,
    term: Term | None = None,
) -> Group:
    """Make a group. Raises Refused where the organization has one of this name in the term."""
    require_leadership(by, organization)
    name = name_of("group", name)
    if Group.objects.filter(organization=organization, term=term, name=name).exists():
        raise Refused(
            _("{organization} has a group {name} already.").format(
                organization=organization.name, name=name
            )
        )
    group = Group.objects.create(organization=organization, name=name, kind=kind, term=term)
    record_deed("create group", by=by, at=at, subject=("group", group.pk))
    return group


@transaction.atomic
def enroll(
    group: Group,
    people: Sequence[Person],
    *,
    part: Part,
    starts_on: date,
    by: Actor,
    at: datetime,
) -> None:
    """Make persons members of a group, as learners or leads, from a day."""
    require_leadership(by, group.organization)
    require_meeting(group)
    # Else a leader could let anybody in the district into their sight.
    require_sight(by, people)
    _enroll(group, people, part, starts_on)
    record_deed(
        "enroll", by=by, at=at, subject=("group", group.pk), part=part.value, count=len(people)
    )


@transaction.atomic
def end_membership(membership: Membership, *, ends_on: date, by: Actor, at: datetime) -> Membership:
    """End a membership with this day. Raises Refused for a day before it started."""
    if membership.district_id != current_owner():
        raise NotFound
    require_leadership(by, membership.group.organization)
    if ends_on < membership.starts_on:
        raise Refused(
            _("This membership starts on {starts_on}; it can't end before.").format(
                starts_on=membership.starts_on
            )
        )
    membership.ends_on = ends_on
    membership.save(update_fields=["ends_on"])
    record_deed("end membership", by=by, at=at, subject=("membership", membership.pk))
    return membership


_OWN_SUPPORTER = {
    RelationshipKind.GUARDIAN: gettext_lazy("Nobody is their own guardian."),
    RelationshipKind.MENTOR: gettext_lazy("Nobody is their own mentor."),
    RelationshipKind.COACH: gettext_lazy("Nobody is their own coach."),
    RelationshipKind.ADVISOR: gettext_lazy("Nobody is their own advisor."),
}


@transaction.atomic
def relate(
    ties: Sequence[tuple[Person, Person]],
    *,
    kind: RelationshipKind,
    organization: Organization,
    starts_on: date,
    by: Actor,
    at: datetime,
    consented_on: date | None = None,
) -> None:
    """Tie supporters to learners, as (supporter, learner). Guardians see nothing before consent.

    Raises Refused for a tie of somebody to themself, and for one that holds already.
    """
    require_leadership(by, organization)
    require_sight(by, [person for tie in ties for person in tie])
    if any(supporter.pk == learner.pk for supporter, learner in ties):
        raise Refused(str(_OWN_SUPPORTER[kind]))
    if any(_are_tied(chunk, kind) for chunk in in_chunks(ties, _TIES_AT_ONCE)):
        raise Refused(_("These two are tied like this already."))
    Relationship.objects.bulk_create(
        [
            Relationship(
                supporter=supporter,
                learner=learner,
                kind=kind,
                starts_on=starts_on,
                consented_on=consented_on,
            )
            for supporter, learner in ties
        ],
        AT_ONCE,
    )
    record_deed(
        "relate",
        by=by,
        at=at,
        subject=("organization", organization.pk),
        kind=kind.value,
        count=len(ties),
    )


def _are_tied(ties: Sequence[tuple[Person, Person]], kind: RelationshipKind) -> bool:
    held = Relationship.objects.filter(
        current(), kind=kind, learner__in=[learner for _supporter, learner in ties]
    )
    wanted = {(supporter.pk, learner.pk) for supporter, learner in ties}
    return not wanted.isdisjoint(held.values_list("supporter", "learner"))


def _known_by(wanted: Collection[str], source: str, group: Group) -> dict[str, Person]:
    members = Membership.objects.filter(group=group).values("person")
    ids = SourceId.objects.filter(Q(source=source) | Q(person__in=members))
    found = [row for row in ids.select_related("person") if row.value in wanted]
    # Two sources may use one id for two members: that of the source itself counts.
    found.sort(key=lambda row: row.source == source)
    return {row.value: row.person for row in found}


def _enroll(group: Group, people: Sequence[Person], part: Part, starts_on: date) -> None:
    Membership.objects.bulk_create(
        [
            Membership(group=group, person=person, part=part, starts_on=starts_on)
            for person in people
        ],
        AT_ONCE,
    )


def _require_time_zone(name: str) -> None:
    if not is_time_zone(name):
        raise Refused(
            _("{name!r} is no time zone; one is called Europe/Lisbon, say.").format(name=name)
        )
