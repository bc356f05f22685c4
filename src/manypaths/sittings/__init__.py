"""Doing a step that was chosen: a learner sits down to a few tasks, and sees what that moved.

Words: a *sitting* is one set of tasks on one competency, kept so that a reload, the back button or
a lost answer changes nothing. Its *places* hold a task each, in order; a place is *answered* once.
An answer *waits* where no key can score it: until a teacher marks it.
"""
