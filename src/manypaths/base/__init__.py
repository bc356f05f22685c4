"""The ground under all rooms: ids, clock, district scope, audit, personal fields, errors, settings.

Words: a *scope* is the district that a piece of work is done in; a *deed* is one act of one actor,
with one audit entry; a *fault* is one thing wrong in what somebody handed in.
"""
