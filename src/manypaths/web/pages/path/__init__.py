"""My path: where a learner stands, and what they choose next."""
