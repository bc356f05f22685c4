"""DAS3H: a logistic regression on counts of successes and tries in windows of time."""

from benchmarks.peers.exam import sit
from benchmarks.peers.features import das3h
from benchmarks.peers.regression import fit_on

if __name__ == "__main__":
    sit(fit_on(das3h))
