"""Break the machine under the program while people write, and look whether anything is lost.

`world` makes a home in which learners sit down to tasks, `writers` answers as they do and keeps a
ledger outside, `machines` starts and kills servers and databases, `proxy` stands between and
loses what it is told to lose, `verdict` compares the ledger with what is on record, and
`scenarios` puts these together. The tests run a few rounds of each, `make faults` many.
"""
