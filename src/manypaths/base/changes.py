"""What an import did to one kind of rows."""

from dataclasses import asdict, dataclass


@dataclass
class Changes:
    """How many rows of one kind were read, and what became of them and of those not read."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    retired: int = 0

    def as_json(self) -> dict[str, int]:
        """Return the counts as every import reports them."""
        return asdict(self)
