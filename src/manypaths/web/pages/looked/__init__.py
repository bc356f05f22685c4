"""Who looked at a learner's record."""
