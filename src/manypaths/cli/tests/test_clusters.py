"""Work that a command leaves to a cluster ends in the same rows."""

import json
import sys
from pathlib import Path

import pytest

from manypaths.base.models import AuditEntry
from manypaths.cli.tests.commands import answer, run
from manypaths.estimates.models import Belief, FittedModel, GeneralBelief
from manypaths.estimates.tests.test_candidates import newcomers, work_of
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.people.tests.cast import Cast

pytestmark = pytest.mark.django_db

NEEDS_DASK = "--cluster needs Dask, which is not installed: `make cluster` adds it.\n"


@pytest.fixture
def world(cast: Cast) -> World:
    """Let forty learners work before the first model, and again after it."""
    world, found = make_world(), newcomers(cast, 40)
    work_of(cast, world, found, at=day(20))
    work_of(cast, world, found, at=day(40), seed=1, first_day=21)
    return world


def stored() -> list[dict[str, object]]:
    """Return all rows of beliefs but for their numbers, in one order."""
    general = GeneralBelief.objects.order_by("learner")
    own = Belief.objects.order_by("learner", "competency")
    return [
        {name: value for name, value in row.items() if name != "id"}
        for found in (general, own)
        for row in found.values()
    ]


@pytest.mark.sweep
def test_a_rebuild_on_a_cluster_leaves_the_same_rows_and_entry(
    world: World, tmp_path: Path
) -> None:
    answer("estimate", "--rebuild")
    here, entry = stored(), AuditEntry.objects.latest("pk")
    assert len(here) > 80
    rows = set(Belief.objects.values_list("pk", flat=True))
    words = ("estimate", "--rebuild", "--cluster", "local", "--shared", tmp_path, "--json")
    result = run(*words)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["estimated"][0]["learners"] == 40
    assert stored() == here
    assert rows.isdisjoint(Belief.objects.values_list("pk", flat=True))
    assert GeneralBelief.objects.count() == 40
    again = AuditEntry.objects.latest("pk")
    assert again.pk > entry.pk
    for name in ("deed", "actor_id", "district_id", "subject_kind", "subject_id", "facts"):
        assert getattr(again, name) == getattr(entry, name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sweep
def test_a_candidate_fitted_on_a_cluster_is_the_one_fitted_here(world: World) -> None:
    here = answer("fit-model", "Fractions")
    there = answer("fit-model", "Fractions", "--cluster", "local")
    assert there == here
    assert FittedModel.objects.get(is_candidate=True).version == here["model"]


@pytest.mark.parametrize("words", [("estimate", "--rebuild"), ("fit-model", "Fractions")])
def test_without_dask_one_sentence_says_how_to_add_it(
    world: World, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    for name in ("clusters", "sites"):
        monkeypatch.delitem(sys.modules, f"manypaths.batch.{name}", raising=False)
    for name in ("dask", "distributed"):
        monkeypatch.setitem(sys.modules, name, None)
    result = run(*words, "--cluster", "local")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", NEEDS_DASK)


@pytest.mark.parametrize("words", [("estimate",), ("fit-model", "Fractions")])
def test_a_folder_that_nobody_shares_is_wrong_use(words: tuple[str, ...], tmp_path: Path) -> None:
    result = run(*words, "--shared", tmp_path)
    assert result.exit_code == 2
    assert "--shared goes with --cluster" in result.stderr
