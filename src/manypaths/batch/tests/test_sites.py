"""Workers find what one process finds, to the last bit."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from distributed import Client

from manypaths import __version__
from manypaths.base.errors import Refused
from manypaths.batch import clusters, tasks
from manypaths.batch.clusters import local_client, open_site, require_ready
from manypaths.batch.sites import ClusterSite
from manypaths.batch.tests.same import BELIEFS, assert_same, in_parts
from manypaths.mastery import trace as trace_here
from manypaths.mastery.batch import final_beliefs, parameters_for
from manypaths.mastery.fitting import fit
from manypaths.mastery.kinds import fit as fit_kind
from manypaths.mastery.passes import LocalPasses
from manypaths.mastery.tests.logs import random_log, random_model


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with local_client(2) as made:
        yield made


@pytest.fixture
def site(client: Client, tmp_path: Path) -> ClusterSite:
    return ClusterSite(client, tmp_path)


@pytest.mark.parametrize(("n_parts", "share_of_ratings"), [(1, 0.3), (5, 0.3), (5, 0.0)])
def test_sums_are_those_of_one_process(
    site: ClusterSite, n_parts: int, share_of_ratings: float
) -> None:
    rng = np.random.default_rng(n_parts)
    log = random_log(rng, n_learners=40, share_of_ratings=share_of_ratings)
    parameters, columns = parameters_for(random_model(rng, log), log)
    parts = in_parts(columns, n_parts)
    ours, here = site.passes_over(parts), LocalPasses(parts)
    sums = ours.learn(parameters, with_roles=share_of_ratings > 0)
    assert sums.n_events[0] > 0
    assert_same(sums, here.learn(parameters, with_roles=share_of_ratings > 0), sums._fields)
    assert ours.log_likelihood(parameters) == here.log_likelihood(parameters)


def test_a_pass_follows_parameters_that_were_changed_in_place(site: ClusterSite) -> None:
    rng = np.random.default_rng(1)
    log = random_log(rng)
    parameters, columns = parameters_for(random_model(rng, log), log)
    ours, here = site.passes(columns), LocalPasses.over(columns)
    before = ours.log_likelihood(parameters)
    parameters.easiness[:] += 1.0
    assert ours.log_likelihood(parameters) == here.log_likelihood(parameters) != before


@pytest.mark.sweep
def test_a_fit_ends_in_the_same_model(site: ClusterSite) -> None:
    log = random_log(np.random.default_rng(5), n_learners=40, n_events=12)
    told: list[tuple[str, int, int]] = []
    elsewhere = ClusterSite(site.client, site.folder, lambda *words: told.append(words))
    ours = fit(log, seed=3, over=lambda columns: elsewhere.passes_over(in_parts(columns, 3)))
    assert ours == fit(log, seed=3, over=lambda columns: LocalPasses(in_parts(columns, 3)))
    assert told[0] == ("Passes over the log", 1, 0)
    assert [number for _, number, _ in told] == list(range(1, len(told) + 1))


def test_beliefs_and_trace_are_those_of_one_process(client: Client, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    site = ClusterSite(client, tmp_path, lambda *words: told.append(words))
    rng = np.random.default_rng(7)
    log = random_log(rng, n_learners=33)
    model = random_model(rng, log)
    here, traced = final_beliefs(model, log)
    assert_same(site.final_beliefs(model, log), here, BELIEFS)
    assert_same(site.trace(model, log), traced, ("chance", "log_likelihood"))
    assert ("Partitions", 0, 8) in told
    assert told[-1] == ("Partitions", 8, 8)
    assert list(tmp_path.iterdir()) == []


def test_other_kinds_of_models_are_traced_too(site: ClusterSite) -> None:
    log = random_log(np.random.default_rng(3), share_of_ratings=0.0)
    model = fit_kind(log, kind="bkt")
    assert_same(site.trace(model, log), trace_here(model, log), ("chance", "log_likelihood"))


def test_of_nobody_nothing_is_found(site: ClusterSite) -> None:
    rng = np.random.default_rng(1)
    log = random_log(rng)
    model, nobody = random_model(rng, log), log.of_learners([])
    assert_same(site.final_beliefs(model, nobody), final_beliefs(model, nobody)[0], BELIEFS)
    assert site.trace(model, nobody).chance.size == 0


def test_a_mistake_of_the_caller_comes_through_as_it_is(site: ClusterSite) -> None:
    rng = np.random.default_rng(1)
    log = random_log(rng)
    few_levels = random_model(rng, log.responses())
    too_high = log.outcome.max() + 20
    log.outcome[np.argmax(log.is_rating)] = too_high
    with pytest.raises(ValueError, match="the model knows levels from 0 to"):
        site.final_beliefs(few_levels, log)


@pytest.mark.sweep
def test_a_folder_is_for_its_owner_alone_and_gone_afterwards(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    log = random_log(rng)
    with open_site("local", folder=tmp_path) as site:
        assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o700]
        model = random_model(rng, log)
        site.passes(parameters_for(model, log)[1])
        assert_same(site.final_beliefs(model, log), final_beliefs(model, log)[0], BELIEFS)
    assert list(tmp_path.iterdir()) == []


def test_an_address_where_nobody_answers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "_WAIT_SECONDS", 1)
    with (
        pytest.raises(Refused, match="No cluster answers at tcp://127"),
        open_site("tcp://127.0.0.1:1"),
    ):
        pass


@pytest.mark.parametrize("address", ["nonsense://here", "127.0.0.1:x", "tls://127.0.0.1:1"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="No cluster answers at"), open_site(address):
        pass


def test_workers_that_do_not_see_the_folder_are_refused(site: ClusterSite) -> None:
    require_ready(site)
    with pytest.raises(Refused, match="Name a folder with --shared"):
        require_ready(replace(site, folder=site.folder / "elsewhere"))


def test_a_worker_says_what_it_runs_and_what_it_sees(tmp_path: Path) -> None:
    assert tasks.readiness(tmp_path) == (__version__, True)
    assert tasks.readiness(tmp_path / "elsewhere") == (__version__, False)
