"""Doors for other systems' files: one module per standard, each two pure directions.

`read_X(document)` gives a draft with every fault and notice; `to_X(ours)` gives the document.
"""
