"""Which model speaks, what a new one would change for whom, and the word of the one who decides."""
