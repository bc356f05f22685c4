"""What learners can do to show what they know, and the append-only log of what they did.

Words: a *task* is anything that can yield evidence: an item, a check, a project, an observation,
a resource to learn from; it is *aligned* to competencies. An *answer* is one that a task knows,
right or wrong; a wrong one may show a *slip*, a named wrong idea. *Evidence* is one dated fact
about one learner: a *response*, a *rating* (a level, by a rater in a role) or an *artifact*. It is
*withdrawn* with a reason, never edited. Evidence without a clock keeps its order alone.
"""
