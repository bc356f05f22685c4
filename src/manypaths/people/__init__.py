"""Who learns, where and with whom, and who may therefore see what.

Words: an *organization* is a state, a district or a school; a *role* is held in an organization;
a *group* is a class, team or cohort with dated *memberships*, each as learner or as lead; a
*relationship* ties a person who supports to a learner. An *unnamed learner* came with a log of
responses and has an id in its source but no name yet.
"""
