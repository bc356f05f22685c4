"""A log comes back from its partitions as it was, whole learners each."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from manypaths.batch.partitions import (
    read_columns,
    read_partition,
    write_columns,
    write_partitions,
)
from manypaths.mastery import ResponseLog
from manypaths.mastery.arrays import Columns
from manypaths.mastery.batch import parameters_for
from manypaths.mastery.passes import part_of
from manypaths.mastery.tests.logs import random_log, random_model

_EVENTS = ("instrument", "time", "day", "outcome", "role", "rater", "moves")


def a_log(seed: int, **sizes: Any) -> ResponseLog:
    return random_log(np.random.default_rng(seed), **sizes)


def same(ours: Any, theirs: Any) -> bool:
    """Say whether two arrays are of one kind and the same to the last bit."""
    return bool(ours.dtype == theirs.dtype and ours.tobytes() == theirs.tobytes())


@given(
    seed=st.integers(0, 1_000),
    n_learners=st.integers(1, 9),
    n_parts=st.integers(1, 12),
    has_clock=st.booleans(),
)
def test_a_log_survives_its_partitions_to_the_last_bit(
    seed: int, n_learners: int, n_parts: int, has_clock: bool
) -> None:
    log = a_log(seed, n_learners=n_learners, n_events=5, has_clock=has_clock)
    with TemporaryDirectory() as folder:
        parts = [read_partition(p) for p in write_partitions(log, Path(folder), n_parts=n_parts)]
    assert sum(part.n_learners for part in parts) == n_learners
    assert len(parts) <= min(n_parts, n_learners)
    for name in _EVENTS:
        assert same(np.concatenate([getattr(part, name) for part in parts]), getattr(log, name))
    sizes = np.concatenate([np.diff(part.offsets) for part in parts])
    assert same(sizes, np.diff(log.offsets))
    for part in parts:
        assert part.raters == log.raters
        for name in ("competencies", "instruments"):
            assert getattr(part.alignment, name) == getattr(log.alignment, name)
        for name in ("starts", "competency", "weight", "has_difficulty"):
            assert same(getattr(part.alignment, name), getattr(log.alignment, name))


def test_keys_that_are_numbers_stay_numbers(tmp_path: Path) -> None:
    log = a_log(1)
    keyed = ResponseLog(
        **{**vars(log), "raters": (7, "7", 9)},
    )
    (file,) = write_partitions(keyed, tmp_path, n_parts=1)
    assert read_partition(file).raters == (7, "7", 9)


def test_learners_without_events_keep_their_places(tmp_path: Path) -> None:
    responses = a_log(3, n_events=2, n_learners=30, share_of_ratings=0.7).responses()
    assert (np.diff(responses.offsets) == 0).any()
    files = write_partitions(responses, tmp_path, n_parts=4)
    sizes = np.concatenate([np.diff(read_partition(file).offsets) for file in files])
    assert sizes.tolist() == np.diff(responses.offsets).tolist()


def test_a_log_without_events_has_no_partition_of_nobody(tmp_path: Path) -> None:
    nobody = a_log(1).of_learners([])
    assert write_partitions(nobody, tmp_path, n_parts=3) == []


def test_columns_come_back_with_their_cells_and_can_be_written_to(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    log = random_log(rng)
    _, columns = parameters_for(random_model(rng, log), log)
    assert columns.cells.any()
    parts = [part_of(columns, 0, 2), part_of(columns, 2, 6)]
    for part, file in zip(parts, write_columns(parts, tmp_path), strict=True):
        found = read_columns(file)
        for name in Columns._fields:
            assert same(getattr(found, name), getattr(part, name)), name
            assert getattr(found, name).flags.writeable
            assert getattr(found, name).flags.c_contiguous == getattr(part, name).flags.c_contiguous
