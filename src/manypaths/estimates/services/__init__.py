"""Deeds on evidence and estimates: what doors call when something was learned, shown or signed."""

from manypaths.estimates.services.achievements import (
    AchievementDraft,
    sign_off,
    sign_off_class,
    sign_off_many,
)
from manypaths.estimates.services.candidates import (
    discard_candidate,
    fit_candidate,
    switch_model,
)
from manypaths.estimates.services.contests import answer_contest
from manypaths.estimates.services.evidence import (
    correct_response,
    take_in,
    take_in_artifact,
    take_in_class_ratings,
    take_in_handed_on,
    take_in_rating,
    take_in_ratings,
    take_in_responses,
    withdraw,
    withdraw_class_ratings,
    withdraw_responses,
)
from manypaths.estimates.services.fitting import bring_up_to_date, fit_model
from manypaths.estimates.services.model_runs import start_fit, start_switch
from manypaths.estimates.services.own_ratings import let_self_ratings_move
from manypaths.estimates.services.replaying import rebuild, replay
from manypaths.estimates.services.words import say_word, withdraw_word
from manypaths.evidence.services import drop_draft, look_at, open_contest, save_draft

__all__ = [
    "AchievementDraft",
    "answer_contest",
    "bring_up_to_date",
    "correct_response",
    "discard_candidate",
    "drop_draft",
    "fit_candidate",
    "fit_model",
    "let_self_ratings_move",
    "look_at",
    "open_contest",
    "rebuild",
    "replay",
    "save_draft",
    "say_word",
    "sign_off",
    "sign_off_class",
    "sign_off_many",
    "start_fit",
    "start_switch",
    "switch_model",
    "take_in",
    "take_in_artifact",
    "take_in_class_ratings",
    "take_in_handed_on",
    "take_in_rating",
    "take_in_ratings",
    "take_in_responses",
    "withdraw",
    "withdraw_class_ratings",
    "withdraw_responses",
    "withdraw_word",
]
