"""What a call can be answered, for the document."""

from pydantic import BaseModel

from manypaths.api.problems import ProblemShape
from manypaths.api.shapes import Shape


def answers(shape: type[Shape], *more: int) -> dict[int, type[BaseModel]]:
    """Return what a call answers by status: its shape, and problems for everything else."""
    failing = {401, 403, 404, 405, 422, 429, 500, 503, *more}
    return {200: shape, **dict.fromkeys(sorted(failing), ProblemShape)}
