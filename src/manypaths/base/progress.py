"""How work that takes more than a moment tells how far it has come."""

from collections.abc import Callable

# Told what is done, how much of it, and of how much (0: nobody knows).
Tell = Callable[[str, int, int], None]


def silence(what: str, done: int, total: int) -> None:
    """Tell nobody."""
