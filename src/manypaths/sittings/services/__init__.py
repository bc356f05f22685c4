"""Deeds on sittings: sit down, answer, stop, mark; hand work in, and answer it."""

from manypaths.sittings.services.answering import (
    answer_place,
    mark_answer,
    start_sitting,
    stop_sitting,
)
from manypaths.sittings.services.handing_in import answer_work, hand_in

__all__ = [
    "answer_place",
    "answer_work",
    "hand_in",
    "mark_answer",
    "start_sitting",
    "stop_sitting",
]
