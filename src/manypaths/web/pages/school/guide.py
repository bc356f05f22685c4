"""What is there of a first class, and what comes next."""

from dataclasses import dataclass

from manypaths.frameworks.models import Framework
from manypaths.people.access import Actor
from manypaths.people.directory import FirstSteps, first_steps, place_named
from manypaths.people.models import Organization
from manypaths.plans.queries import framework_of_group

STEPS = ("school", "class", "learners", "framework", "teacher")


@dataclass(frozen=True)
class Guide:
    """The steps to a first class in their order, and which of them are done."""

    place: Organization
    found: FirstSteps
    framework: Framework | None

    @property
    def done(self) -> dict[str, bool]:
        """Return which steps are done."""
        found = self.found
        return {
            "school": found.school is not None or found.group is not None,
            "class": found.group is not None,
            "learners": found.has_learners,
            "framework": self.framework is not None,
            "teacher": found.lead is not None,
        }

    @property
    def next_step(self) -> str:
        """Return the first step that is not done, "" when all are."""
        return next((step for step in STEPS if not self.done[step]), "")


def guide_for(by: Actor) -> Guide:
    """Return how far the widest place that `by` leads is. Raises NotFound for who leads none."""
    place = place_named(None, by=by)
    found = first_steps(place, by=by)
    framework = framework_of_group(found.group, by=by) if found.group else None
    return Guide(place, found, framework)
