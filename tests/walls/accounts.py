"""How deeds and queries on accounts are called."""

from manypaths.accounts import queries, services
from manypaths.accounts.models import ClassCode, PicturePassword
from manypaths.people.access import Actor
from tests.stage import LATER, Records
from tests.walls.kinds import Open, Wall


def _with_class_code(by: Actor, records: Records) -> object:
    if records.group.organization_id:
        ClassCode.objects.filter(group=records.group.pk).delete()
        if type(records.group).objects.filter(pk=records.group.pk).exists():
            ClassCode.objects.create(group=records.group, code="ABCDEF", made_at=LATER)
    return services.end_class_code(records.group, by=by, at=LATER)


def _with_pictures(by: Actor, records: Records) -> object:
    if type(records.learner).objects.filter(pk=records.learner.pk).exists():
        PicturePassword.objects.create(person=records.learner, secret="!", set_at=LATER)
    return services.take_pictures_away(records.learner, by=by, at=LATER)


ACCOUNTS = {
    "accounts.services.invitations.invite": Wall(
        lambda by, r: services.invite(r.learner, by=by, at=LATER), "dana"
    ),
    "accounts.services.invitations.invite_again": Wall(
        lambda by, r: services.invite_again(r.learner, by=by, at=LATER, with_pin=True), "dana"
    ),
    "accounts.services.invitations.invite_after_loss": Wall(
        lambda by, r: services.invite_after_loss(r.learner, by=by, at=LATER), "dana"
    ),
    "accounts.services.invitations.invite_group": Wall(
        lambda by, r: services.invite_group(r.group, by=by, at=LATER), "dana"
    ),
    "accounts.services.first_leader.invite_first_leader": Wall(
        lambda by, r: services.invite_first_leader(
            r.organization.parent or r.organization,
            "Iris Berg",
            email="iris@berg.example",
            by=by,
            at=LATER,
        ),
        "operator",
        names_records=False,
    ),
    "accounts.services.first_leader.recover_leader": Wall(
        lambda by, r: services.recover_leader("dana@example.org", by=by, at=LATER),
        "operator",
        names_records=False,
    ),
    "accounts.services.learners.give_learner_code": Wall(
        lambda by, r: services.give_learner_code(r.learner, by=by, at=LATER)
    ),
    "accounts.services.learners.give_one_time_code": Wall(
        lambda by, r: services.give_one_time_code(r.learner, by=by, at=LATER)
    ),
    "accounts.services.learners.give_class_code": Wall(
        lambda by, r: services.give_class_code(r.group, by=by, at=LATER)
    ),
    "accounts.services.learners.end_class_code": Wall(_with_class_code),
    "accounts.services.learners.make_cards": Wall(
        lambda by, r: services.make_cards(r.group, by=by, at=LATER)
    ),
    "accounts.services.learners.set_pictures": Wall(
        lambda by, r: services.set_pictures(r.learner, ["sun", "key", "cup"], by=by, at=LATER),
        "ada",
    ),
    "accounts.services.learners.take_pictures_away": Wall(_with_pictures),
    "accounts.services.ending.end_access": Wall(
        lambda by, r: services.end_access(r.learner, by=by, at=LATER), "dana"
    ),
    "accounts.queries.sign_in_states": Wall(
        lambda by, r: queries.sign_in_states([r.learner], by=by), "dana"
    ),
    "accounts.queries.class_entry": Wall(lambda by, r: queries.class_entry(r.group, by=by)),
    "accounts.queries.can_anybody_sign_in": Wall(
        lambda by, r: queries.can_anybody_sign_in(by=by), "operator", names_records=False
    ),
}

_BY_SECRET = "is reached by a secret of 128 bits, of 40 for minutes, or by one's own address alone"
OPEN_ACCOUNTS = {
    "accounts.services.invitations.accept_invitation": Open(_BY_SECRET),
    "accounts.services.invitations.write_token": Open("is a part of the mail of an invitation"),
    "accounts.services.invitations.ask_for_reset": Open(_BY_SECRET),
    "accounts.services.invitations.set_own_password": Open("sets the password of `by` alone"),
    "accounts.services.ending.end_own_session": Open("reads and ends sessions of `by` alone"),
    "accounts.services.learners.try_pictures": Open(
        "says to whoever has the code of a class whether three pictures are a learner's"
    ),
    "accounts.queries.own_sessions": Open("reads sessions of `by` alone"),
    "accounts.queries.name_of": Open("names a session in hand"),
    "accounts.queries.picture_signers": Open(
        "says to whoever has the code of a class who of it signs in by pictures"
    ),
}
