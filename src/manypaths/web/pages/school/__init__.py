"""A leader's first steps, from an empty district to the first class."""
