"""Deeds on evidence and estimates: what doors call when something was learned, shown or signed."""

from manypaths.estimates.services.achievements import (
    AchievementDraft,
    sign_off,
    sign_off_many,
)
from manypaths.estimates.services.candidates import (
    discard_candidate,
    fit_candidate,
    switch_model,
)
from manypaths.estimates.services.evidence import (
    correct_response,
    link_evidence,
    take_in,
    take_in_artifact,
    take_in_rating,
    take_in_ratings,
    take_in_responses,
    withdraw,
    withdraw_responses,
)
from manypaths.estimates.services.fitting import bring_up_to_date, fit_model
from manypaths.estimates.services.replaying import rebuild, replay

__all__ = [
    "AchievementDraft",
    "bring_up_to_date",
    "correct_response",
    "discard_candidate",
    "fit_candidate",
    "fit_model",
    "link_evidence",
    "rebuild",
    "replay",
    "sign_off",
    "sign_off_many",
    "switch_model",
    "take_in",
    "take_in_artifact",
    "take_in_rating",
    "take_in_ratings",
    "take_in_responses",
    "withdraw",
    "withdraw_responses",
]
