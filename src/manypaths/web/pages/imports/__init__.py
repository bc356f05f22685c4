"""Bring files in: a look at what they would change, then all or nothing, and the way back."""
