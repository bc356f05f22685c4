"""For whoever watches the server: whether it lives, and whether it can work."""
