"""What workers are sent to do: functions of their arguments alone, which can be done again."""

import os
from pathlib import Path
from typing import TypeVar

from manypaths import __version__
from manypaths.batch.partitions import read_partition
from manypaths.mastery import kinds
from manypaths.mastery.batch import FinalBeliefs, final_beliefs
from manypaths.mastery.kinds import AnyModel
from manypaths.mastery.log import Floats
from manypaths.mastery.model import Model

T = TypeVar("T")


def given(something: T) -> T:
    """Return what was sent, for all workers to take from each other."""
    return something


def beliefs_in(path: Path, model: Model) -> FinalBeliefs:
    """Return the beliefs of the learners of a partition after their last event."""
    return final_beliefs(model, read_partition(path))[0]


def chances_in(path: Path, model: AnyModel) -> Floats:
    """Return what the model expected of each event of a partition: the chances of its trace."""
    return kinds.trace(model, read_partition(path)).chance


def readiness(folder: Path) -> tuple[str, bool]:
    """Return which version a worker runs, and whether it can read a folder."""
    return __version__, os.access(folder, os.R_OK | os.X_OK)
