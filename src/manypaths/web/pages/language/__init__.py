"""The choice of a language at the foot of every page."""
