"""`make bench`: try policies for the next step, and write docs/reference/next-steps.md.

    python -m benchmarks.next_steps [--seeds 3] [--learners 40]

What the page says of the equations stands here as well: it is written as a whole.
"""

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import mean

from benchmarks.measure import machine, python_version
from manypaths.mastery.next_step_trials import (
    ORACLE,
    OURS,
    POLICIES,
    RIGHT_GRAPH,
    WRONG_GRAPH,
    Outcome,
    Trial,
    try_policies,
)
from manypaths.mastery.trial_worlds import WORLDS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "next-steps.md"
TEXT = Path(__file__).with_name("next-steps.md.in")
# In half as many lessons nobody gets through everything, the oracle neither.
SHORT_YEAR = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="how many schools of each kind")
    parser.add_argument("--learners", type=int, default=40, help="how many learners in each")
    wanted = parser.parse_args()
    year = Trial(n_learners=wanted.learners)
    short = Trial(n_learners=wanted.learners, n_lessons=SHORT_YEAR)
    seeds = range(1, wanted.seeds + 1)
    found, in_short = outcomes(year, seeds), outcomes(short, seeds)
    page = TEXT.read_text("utf-8").format(
        head=head(wanted.seeds),
        n_learners=year.n_learners,
        n_competencies=year.n_competencies,
        n_lessons=year.n_lessons,
        items=year.items_a_lesson,
        share_wrong=f"{year.share_wrong:.0%}",
        right=table(found, RIGHT_GRAPH),
        wrong=table(found, WRONG_GRAPH),
        short_lessons=SHORT_YEAR,
        short=table(in_short, RIGHT_GRAPH),
        ranks=ranks(found),
        changes=rank_changes(found),
    )
    print(page)
    PAGE.write_text(page, encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}.")


def outcomes(trial: Trial, seeds: Sequence[int]) -> list[Outcome]:
    found = []
    for seed in seeds:
        print(f"{trial.n_lessons} lessons, seed {seed} ...", flush=True)
        found += try_policies(trial, seed=seed)
    return found


def head(n_seeds: int) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in ("manypaths", "numpy", "numba"))
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with {machine()}; Python {python_version()}, "
        f"{versions}; means over {n_seeds} seeds."
    )


def table(found: Sequence[Outcome], graph: str) -> str:
    lines = [
        "| world | policy | mastered | regret | from, to | un-ready | known |",
        "|---|---|---|---|---|---|---|",
    ]
    for world in WORLDS:
        lines += [row(found, world, graph, policy) for policy in (ORACLE, *POLICIES)]
    return "\n".join(lines)


def row(found: Sequence[Outcome], world: str, graph: str, policy: str) -> str:
    own = of(found, world, graph, policy)
    regrets = [o.regret for o in own]
    name = f"**{policy}**" if policy == OURS else policy
    spread = "" if policy == ORACLE else f"{min(regrets):.0%}, {max(regrets):.0%}"
    regret = "" if policy == ORACLE else f"{mean(regrets):.0%}"
    shares = [mean(getattr(o, what) for o in own) for what in ("mastered", "unready", "known")]
    mastered, unready, known = (f"{share:.2f}" for share in shares)
    return f"| {world} | {name} | {mastered} | {regret} | {spread} | {unready} | {known} |"


def of(found: Sequence[Outcome], world: str, graph: str, policy: str) -> list[Outcome]:
    graph = RIGHT_GRAPH if policy == ORACLE else graph
    return [o for o in found if (o.world, o.graph, o.policy) == (world, graph, policy)]


def ranking(found: Sequence[Outcome], world: str, graph: str) -> list[str]:
    """Return the policies, the one that masters most first."""
    return sorted(POLICIES, key=lambda p: -mean(o.mastered for o in of(found, world, graph, p)))


def settings_of() -> Iterator[tuple[str, str]]:
    for graph in (RIGHT_GRAPH, WRONG_GRAPH):
        for world in WORLDS:
            yield world, graph


def ranks(found: Sequence[Outcome]) -> str:
    columns = [f"{world}, {graph}" for world, graph in settings_of()]
    lines = [f"| policy | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    order = [ranking(found, *setting) for setting in settings_of()]
    for policy in POLICIES:
        places = " | ".join(str(each.index(policy) + 1) for each in order)
        lines.append(f"| {f'**{policy}**' if policy == OURS else policy} | {places} |")
    return "\n".join(lines)


def rank_changes(found: Sequence[Outcome]) -> str:
    """Return how many pairs of policies change their order from the first world to another."""
    first, *others = (ranking(found, world, RIGHT_GRAPH) for world in WORLDS)
    names = list(WORLDS)
    n_pairs = len(first) * (len(first) - 1) // 2
    told = [
        f"{turned_pairs(first, other)} of {n_pairs} from *{names[0]}* to *{name}*"
        for name, other in zip(names[1:], others, strict=True)
    ]
    return " and ".join(told)


def turned_pairs(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(
        other.index(better) > other.index(worse)
        for place, better in enumerate(one)
        for worse in one[place + 1 :]
    )


if __name__ == "__main__":
    main()
