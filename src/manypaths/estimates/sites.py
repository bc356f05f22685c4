"""Where the engine goes over many learners: in this process, or wherever a caller says."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from manypaths.mastery import Model, ResponseLog
    from manypaths.mastery.arrays import Columns
    from manypaths.mastery.batch import FinalBeliefs
    from manypaths.mastery.passes import Passes


class Site(Protocol):
    """A place where passes are made; figures are the same to the last bit at all of them."""

    def passes(self, columns: "Columns") -> "Passes":
        """Return passes over a log, for a fit."""
        ...

    def final_beliefs(self, model: "Model", log: "ResponseLog") -> "FinalBeliefs":
        """Return every learner's beliefs after their last event."""
        ...


class Here:
    """This process and its threads."""

    def passes(self, columns: "Columns") -> "Passes":
        """Return passes over a log, for a fit."""
        from manypaths.mastery.passes import LocalPasses  # brings the compiler, so only here

        return LocalPasses.over(columns)

    def final_beliefs(self, model: "Model", log: "ResponseLog") -> "FinalBeliefs":
        """Return every learner's beliefs after their last event."""
        from manypaths.mastery.batch import final_beliefs  # brings the compiler, so only here

        return final_beliefs(model, log)[0]


HERE = Here()
