"""All evidence of a learner, its files, and what somebody says against a piece of it."""
