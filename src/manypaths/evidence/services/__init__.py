"""Deeds on tasks and on the log of evidence. Doors reach the log through `estimates.services`."""

from manypaths.evidence.services.recording import (
    Piece,
    correct_response,
    reassign_evidence,
    record_artifact,
    record_rating,
    record_ratings,
    record_response,
    record_responses,
    whose_and_what,
    withdraw_evidence,
    withdraw_responses,
)
from manypaths.evidence.services.tasks import SavedTasks, save_tasks

__all__ = [
    "Piece",
    "SavedTasks",
    "correct_response",
    "reassign_evidence",
    "record_artifact",
    "record_rating",
    "record_ratings",
    "record_response",
    "record_responses",
    "save_tasks",
    "whose_and_what",
    "withdraw_evidence",
    "withdraw_responses",
]
