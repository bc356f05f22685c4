"""Deeds on tasks and on the log of evidence. Doors reach the log through `estimates.services`."""

from manypaths.evidence.services.contesting import Contestable, close_contest, open_contest
from manypaths.evidence.services.drafting import drop_draft, save_draft
from manypaths.evidence.services.looking import look_at
from manypaths.evidence.services.recording import (
    Piece,
    Withdrawn,
    correct_response,
    record_artifact,
    record_class_ratings,
    record_rating,
    record_ratings,
    record_response,
    record_responses,
    withdraw_class_ratings,
    withdraw_evidence,
    withdraw_responses,
)
from manypaths.evidence.services.tasks import SavedTasks, save_tasks
from manypaths.evidence.services.translating import translate_tasks

__all__ = [
    "Contestable",
    "Piece",
    "SavedTasks",
    "Withdrawn",
    "close_contest",
    "correct_response",
    "drop_draft",
    "look_at",
    "open_contest",
    "record_artifact",
    "record_class_ratings",
    "record_rating",
    "record_ratings",
    "record_response",
    "record_responses",
    "save_draft",
    "save_tasks",
    "translate_tasks",
    "withdraw_class_ratings",
    "withdraw_evidence",
    "withdraw_responses",
]
