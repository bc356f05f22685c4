"""Best-LR: a logistic regression on counts of successes and failures."""

from benchmarks.peers.exam import sit
from benchmarks.peers.features import best_lr
from benchmarks.peers.regression import fit_on

if __name__ == "__main__":
    sit(fit_on(best_lr))
