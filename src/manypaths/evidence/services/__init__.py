"""Deeds on tasks and on the log of evidence. Doors reach the log through `estimates.services`."""

from manypaths.evidence.services.recording import (
    Piece,
    Withdrawn,
    correct_response,
    reassign_evidence,
    record_artifact,
    record_rating,
    record_ratings,
    record_response,
    record_responses,
    withdraw_evidence,
    withdraw_responses,
)
from manypaths.evidence.services.tasks import SavedTasks, save_tasks
from manypaths.evidence.services.translating import translate_tasks

__all__ = [
    "Piece",
    "SavedTasks",
    "Withdrawn",
    "correct_response",
    "reassign_evidence",
    "record_artifact",
    "record_rating",
    "record_ratings",
    "record_response",
    "record_responses",
    "save_tasks",
    "translate_tasks",
    "withdraw_evidence",
    "withdraw_responses",
]
