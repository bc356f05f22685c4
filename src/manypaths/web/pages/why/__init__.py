"""Why this level: what an estimate rests on, and ways to answer back."""
