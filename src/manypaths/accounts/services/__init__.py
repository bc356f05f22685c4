"""Deeds by which people get in, and by which they no longer do."""

from manypaths.accounts.services.ending import end_access, end_own_session
from manypaths.accounts.services.first_leader import invite_first_leader, recover_leader
from manypaths.accounts.services.invitations import (
    Issued,
    accept_invitation,
    ask_for_reset,
    invite,
    invite_after_loss,
    invite_again,
    invite_group,
    set_own_password,
    write_token,
)
from manypaths.accounts.services.learners import (
    end_class_code,
    give_class_code,
    give_learner_code,
    give_one_time_code,
    make_cards,
    set_pictures,
    take_pictures_away,
    try_pictures,
)

__all__ = [
    "Issued",
    "accept_invitation",
    "ask_for_reset",
    "end_access",
    "end_class_code",
    "end_own_session",
    "give_class_code",
    "give_learner_code",
    "give_one_time_code",
    "invite",
    "invite_after_loss",
    "invite_again",
    "invite_first_leader",
    "invite_group",
    "make_cards",
    "recover_leader",
    "set_own_password",
    "set_pictures",
    "take_pictures_away",
    "try_pictures",
    "write_token",
]
