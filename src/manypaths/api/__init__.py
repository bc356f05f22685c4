"""The door of programs: JSON over HTTP. Parses, calls one service or query, answers.

Each call shows the token of an integration and acts as it: in its district, through the same access
as people. A call that reads a learner's record leaves its row in the access log.
"""
