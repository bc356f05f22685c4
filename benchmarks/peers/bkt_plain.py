"""pyBKT as it comes."""

from benchmarks.peers.bkt import fit_bkt
from benchmarks.peers.exam import sit

if __name__ == "__main__":
    sit(fit_bkt(forgets=False))
