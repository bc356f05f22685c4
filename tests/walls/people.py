"""How deeds and queries on people are called."""

from datetime import date

from manypaths.people import directory, duplicates, queries, services
from manypaths.people.access import group_for, person_for
from manypaths.people.access_log import record_family_views, record_view, views_of
from manypaths.people.directory import Wanted
from manypaths.people.merging import require_merge_right
from manypaths.people.models import Group, Part, RelationshipKind, Role, User
from manypaths.people.newcomers import Newcomers, newcomers_who_stay, on_record
from manypaths.people.roster import RosterDraft, SchoolDraft
from manypaths.people.roster_pages import members_page
from manypaths.people.rostering import take_in_roster
from manypaths.people.services.newcomers import take_back_newcomers
from manypaths.people.services.telling_apart import suggest_again, tell_apart
from manypaths.people.tests.cast import SINCE
from tests.stage import LATER, Records
from tests.walls.kinds import Wall


def user_or_ghost(records: Records) -> User:
    """Return the sign-in of the learner, or one that is in no table."""
    return records.learner.user or User(pk=10**12)


def _newcomers(records: Records) -> Newcomers:
    """Return the learner as if a list had brought them into their class."""
    return Newcomers(records.group, [records.learner.pk], [records.membership.pk])


PEOPLE = {
    "people.access.person_for": Wall(lambda by, r: person_for(by, r.public_id)),
    "people.access.group_for": Wall(lambda by, r: group_for(by, r.group.public_id)),
    "people.roster_pages.members_page": Wall(
        lambda by, r: members_page(r.group, by=by, after=None, most=9)
    ),
    "people.access_log.record_view": Wall(
        lambda by, r: record_view(r.learner, by=by, at=LATER, page="path:of")
    ),
    "people.access_log.record_family_views": Wall(
        lambda by, r: record_family_views([r.learner], by=by, at=LATER, page="family:all"), "eli"
    ),
    "people.access_log.record_view (of a group)": Wall(
        lambda by, r: record_view(r.group, by=by, at=LATER, page="classes:one")
    ),
    "people.access_log.record_view (of an organization)": Wall(
        lambda by, r: record_view(r.organization, by=by, at=LATER, page="people:all"), "dana"
    ),
    "people.access_log.views_of": Wall(lambda by, r: views_of(r.learner, by=by)),
    "people.merging.require_merge_right": Wall(
        lambda by, r: require_merge_right(by, [r.learner, r.unnamed]), "dana"
    ),
    "people.directory.archive_of": Wall(
        lambda by, r: directory.archive_of(r.organization, by=by), "dana"
    ),
    "people.duplicates.likely_duplicates": Wall(
        lambda by, r: duplicates.likely_duplicates(r.organization, by=by), "dana"
    ),
    "people.duplicates.standing_merges": Wall(
        lambda by, r: duplicates.standing_merges(r.organization, by=by), "dana"
    ),
    "people.duplicates.pairs_told_apart": Wall(
        lambda by, r: duplicates.pairs_told_apart(r.organization, by=by), "dana"
    ),
    "people.duplicates.told_apart_for": Wall(
        lambda by, r: duplicates.told_apart_for(r.apart.public_id, by=by), "dana"
    ),
    "people.services.telling_apart.tell_apart": Wall(
        lambda by, r: tell_apart(r.learner, r.tie.supporter, by=by, at=LATER), "dana"
    ),
    "people.services.telling_apart.suggest_again": Wall(
        lambda by, r: suggest_again(r.apart, by=by, at=LATER), "dana"
    ),
    "people.duplicates.merge_for": Wall(
        lambda by, r: duplicates.merge_for(r.merge.public_id, by=by), "dana"
    ),
    "people.duplicates.last_merge_of": Wall(
        lambda by, r: duplicates.last_merge_of(r.learner, by=by), "dana"
    ),
    "people.duplicates.side_by_side": Wall(
        lambda by, r: duplicates.side_by_side(r.learner.public_id, r.unnamed.public_id, by=by),
        "dana",
    ),
    "people.queries.districts": Wall(
        lambda by, r: queries.districts(by=by), "operator", names_records=False
    ),
    "people.queries.is_all_invented": Wall(
        lambda by, r: queries.is_all_invented(by=by), "operator", names_records=False
    ),
    "people.queries.learner_named": Wall(
        lambda by, r: queries.learner_named(r.learner_name, by=by)
    ),
    "people.queries.learner_named (by our id)": Wall(
        lambda by, r: queries.learner_named(str(r.public_id), by=by)
    ),
    "people.queries.learner_named (by an id of a source)": Wall(
        lambda by, r: queries.learner_named(r.source_id, by=by)
    ),
    "people.queries.learners_with_ids": Wall(
        lambda by, r: queries.learners_with_ids([str(r.public_id)], by=by)
    ),
    "people.queries.learners_with_ids (of a source)": Wall(
        lambda by, r: queries.learners_with_ids([r.source_id], by=by)
    ),
    "people.queries.group_named": Wall(lambda by, r: queries.group_named(r.group.name, by=by)),
    "people.queries.group_named (by our id)": Wall(
        lambda by, r: queries.group_named(str(r.group.public_id), by=by)
    ),
    "people.queries.learners_in": Wall(
        lambda by, r: queries.learners_in(r.group, [str(r.public_id)[:8]], by=by),
        through_own=True,
    ),
    "people.queries.learners_of": Wall(lambda by, r: queries.learners_of(r.group, by=by)),
    "people.rostering.take_in_roster": Wall(
        lambda by, r: take_in_roster(
            RosterDraft("district office", schools=[SchoolDraft("s9", "Far School")]),
            district=r.organization,
            by=by,
            at=LATER,
            on=LATER.date(),
        ),
        "dana",
    ),
    "people.services.create_district": Wall(
        lambda by, r: services.create_district("Far", by=by, at=LATER),
        "operator",
        names_records=False,
    ),
    "people.services.change_district": Wall(
        lambda by, r: services.change_district(
            r.organization, name="New", time_zone="Europe/Lisbon", by=by, at=LATER
        ),
        "dana",
    ),
    "people.services.create_school": Wall(
        lambda by, r: services.create_school("New", parent=r.organization, by=by, at=LATER),
        "dana",
    ),
    "people.services.create_term": Wall(
        lambda by, r: services.create_term(
            r.organization, "Spring", starts_on=SINCE, ends_on=date(2021, 1, 1), by=by, at=LATER
        ),
        "dana",
    ),
    "people.services.add_people": Wall(
        lambda by, r: services.add_people(
            [("Iris", "Berg")],
            organization=r.organization,
            role=Role.STUDENT,
            starts_on=SINCE,
            by=by,
            at=LATER,
        ),
        "dana",
    ),
    # Through a group of one's own an id that is taken is refused and a new one makes a learner:
    # an id can't be given twice, so the two can't answer alike.
    "people.services.add_unnamed_learners": Wall(
        lambda by, r: services.add_unnamed_learners(
            [r.source_id], source="roster", group=r.group, starts_on=SINCE, by=by, at=LATER
        ),
        "dana",
    ),
    "people.services.give_source_ids": Wall(
        lambda by, r: services.give_source_ids(
            [r.learner], ["77"], source="sis", organization=r.organization, by=by, at=LATER
        ),
        "dana",
        through_own=True,
    ),
    "people.services.name_learner": Wall(
        lambda by, r: services.name_learner(
            r.unnamed, given_name="Jo", family_name="Lind", by=by, at=LATER
        )
    ),
    "people.services.give_sign_in": Wall(
        lambda by, r: services.give_sign_in(r.unnamed, email="new@berg.example", by=by, at=LATER),
        "dana",
    ),
    "people.services.choose_language": Wall(
        lambda by, r: services.choose_language(user_or_ghost(r), "es", by=by, at=LATER), "ada"
    ),
    "people.services.create_group": Wall(
        lambda by, r: services.create_group(r.organization, "New", by=by, at=LATER), "dana"
    ),
    "people.services.enroll": Wall(
        lambda by, r: services.enroll(
            r.group, [r.learner], part=Part.LEARNER, starts_on=LATER.date(), by=by, at=LATER
        ),
        "dana",
        through_own=True,
    ),
    "people.services.end_membership": Wall(
        lambda by, r: services.end_membership(r.membership, ends_on=LATER.date(), by=by, at=LATER),
        "dana",
    ),
    "people.services.relate": Wall(
        lambda by, r: services.relate(
            [(r.rater(by), r.learner)],
            kind=RelationshipKind.COACH,
            organization=r.organization,
            starts_on=SINCE,
            by=by,
            at=LATER,
        ),
        "dana",
        through_own=True,
    ),
    "people.directory.place_named": Wall(
        lambda by, r: directory.place_named(r.organization.public_id, by=by), "dana"
    ),
    "people.directory.people_in": Wall(
        lambda by, r: directory.people_in(r.organization, Wanted(), by=by), "dana"
    ),
    "people.directory.people_called": Wall(
        lambda by, r: directory.people_called(r.learner_name, r.organization, by=by), "dana"
    ),
    "people.directory.already_there": Wall(
        lambda by, r: directory.already_there([("Ada", "Okafor")], r.organization, by=by), "dana"
    ),
    "people.directory.record_of": Wall(lambda by, r: directory.record_of(r.learner, by=by), "dana"),
    "people.directory.groups_in": Wall(
        lambda by, r: directory.groups_in(r.organization, by=by), "dana"
    ),
    "people.directory.groups_of": Wall(
        lambda by, r: directory.groups_of(r.organization, by=by), "dana"
    ),
    "people.directory.group_led": Wall(
        lambda by, r: directory.group_led(r.group.public_id, by=by), "dana"
    ),
    "people.directory.group_record": Wall(
        lambda by, r: directory.group_record(r.group, by=by), "dana"
    ),
    "people.directory.terms_in": Wall(
        lambda by, r: directory.terms_in(r.organization, by=by), "dana"
    ),
    "people.directory.first_steps": Wall(
        lambda by, r: directory.first_steps(r.organization, by=by), "dana"
    ),
    "people.directory.schools_in": Wall(
        lambda by, r: directory.schools_in(r.organization, by=by), "dana"
    ),
    "people.newcomers.on_record": Wall(lambda by, r: on_record(_newcomers(r), by=by), "dana"),
    "people.newcomers.newcomers_who_stay": Wall(
        lambda by, r: newcomers_who_stay(_newcomers(r), by=by), "dana"
    ),
    "people.services.newcomers.take_back_newcomers": Wall(
        lambda by, r: take_back_newcomers(_newcomers(r), on=LATER.date(), by=by, at=LATER), "dana"
    ),
    "people.services.rosters.add_to_group": Wall(
        lambda by, r: services.add_to_group(
            [("Iris", "Berg")],
            group=r.group,
            part=Part.LEARNER,
            role=Role.STUDENT,
            starts_on=SINCE,
            by=by,
            at=LATER,
        ),
        "dana",
    ),
    "people.services.rosters.rename_person": Wall(
        lambda by, r: services.rename_person(
            r.learner, given_name="Iris", family_name="Berg", by=by, at=LATER
        ),
        "dana",
    ),
    "people.services.rosters.give_role": Wall(
        lambda by, r: services.give_role(
            r.learner,
            Role.MENTOR,
            organization=r.organization,
            starts_on=SINCE,
            by=by,
            at=LATER,
        ),
        "dana",
        through_own=True,
    ),
    "people.services.rosters.end_role": Wall(
        lambda by, r: services.end_role(r.role, ends_on=LATER.date(), by=by, at=LATER), "dana"
    ),
    "people.services.rosters.add_member": Wall(
        lambda by, r: services.add_member(
            r.group, r.learner, part=Part.LEAD, starts_on=SINCE, by=by, at=LATER
        ),
        "dana",
        through_own=True,
    ),
    "people.services.rosters.move_learner": Wall(
        lambda by, r: services.move_learner(
            r.membership, _another_group(r), on=LATER.date(), by=by, at=LATER
        ),
        "dana",
    ),
    "people.services.rosters.add_supporter": Wall(
        lambda by, r: services.add_supporter(
            r.learner,
            ("Iris", "Berg"),
            kind=RelationshipKind.GUARDIAN,
            organization=r.organization,
            starts_on=SINCE,
            by=by,
            at=LATER,
        ),
        "dana",
        through_own=True,
    ),
    "people.services.rosters.note_consent": Wall(
        lambda by, r: services.note_consent(r.tie, consented_on=SINCE, by=by, at=LATER), "dana"
    ),
    "people.services.rosters.end_relationship": Wall(
        lambda by, r: services.end_relationship(r.tie, ends_on=LATER.date(), by=by, at=LATER),
        "dana",
    ),
    "people.services.places.rename_school": Wall(
        lambda by, r: services.rename_school(r.organization, "New", by=by, at=LATER), "dana"
    ),
    "people.services.places.close_school": Wall(
        lambda by, r: services.close_school(r.organization, on=LATER.date(), by=by, at=LATER),
        "dana",
    ),
    "people.services.places.change_term": Wall(
        lambda by, r: services.change_term(
            r.term, name="New", starts_on=SINCE, ends_on=LATER.date(), by=by, at=LATER
        ),
        "dana",
    ),
    "people.services.places.change_group": Wall(
        lambda by, r: services.change_group(r.group, name="New", term=r.term, by=by, at=LATER),
        "dana",
    ),
    "people.services.places.end_group": Wall(
        lambda by, r: services.end_group(r.group, ends_on=LATER.date(), by=by, at=LATER), "dana"
    ),
}


def _another_group(records: Records) -> Group:
    """Return a second group of the same school, without anybody."""
    if records.group.organization.name == "No School":
        return records.group
    return Group.objects.create(organization=records.organization, name="Another")
