"""What the engine believes now, kept up to date as evidence comes, goes or arrives late.

Words: a *fitted model* holds the numbers that the engine learned from a district's evidence on one
family of frameworks; one is *in force*. A *general belief* is what is believed of a learner on the
whole family, a *belief* what is believed on one competency; an *estimate* is what a belief says at
a moment. An *achievement* is a level demonstrated on a date and signed off: it never vanishes.
*Status* is one function of estimate, achievement and evidence. To *replay* is to go through a
learner's evidence again in the order in which the work was done.
"""
