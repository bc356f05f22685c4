"""Fits and rebuilds over several processes or machines, by Dask, with the engine's own passes.

A *cluster* is a scheduler with *workers*. A *partition* is the file of some learners' events, whole
learners each; workers read it, and read it again where another worker died with it. Whatever is
asked for is the same to the last bit as in one process: parts are divided by their size alone, and
their sums are added in their order. Workers run `manypaths.mastery` and `partitions`: they see no
database and need no settings.
"""
