"""Print how well peers predict a response log, a JSON object a line.

    python -m benchmarks.peers FILE [--seed 0] [--only dkt,best_lr]

The file is one that `manypaths evaluate` reads; the scores are those that it prints.
"""

import argparse
import json
from pathlib import Path

from benchmarks.logs import read_log
from benchmarks.peers.asking import PEERS, peer_scores


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default=",".join(peer.module for peer in PEERS))
    wanted = parser.parse_args()
    log = read_log(wanted.file)
    for peer in PEERS:
        if peer.module not in wanted.only.split(",") or (peer.needs_clock and not log.has_clock):
            continue
        found = peer_scores(peer, log, seed=wanted.seed)
        print(json.dumps({"peer": peer.name, "seed": wanted.seed, **found}), flush=True)


if __name__ == "__main__":
    main()
