"""A framework of more competencies than a page has room for."""

from manypaths.evidence.drafts import TaskDraft
from manypaths.evidence.models import TaskKind
from manypaths.evidence.services import save_tasks
from manypaths.frameworks.draft import AssociationDraft, CompetencyDraft, FrameworkDraft
from manypaths.frameworks.models import AssociationKind, Framework
from manypaths.frameworks.services import save_framework
from manypaths.people.tests.cast import AT, OPERATOR

AREAS, EACH = ("A", "B", "C", "D"), 20


def save_large_framework() -> Framework:
    """Save four areas of twenty competencies, with something to read for each."""
    codes = {area: [f"{area}{n:02}" for n in range(EACH)] for area in AREAS}
    parts = [CompetencyDraft(area, f"Area {area}", code=area) for area in AREAS]
    parts += [CompetencyDraft(c, f"Step {c}", code=c) for area in AREAS for c in codes[area]]
    ties = [
        AssociationDraft(f"{code}<{area}", AssociationKind.CHILD_OF, code, area)
        for area in AREAS
        for code in codes[area]
    ]
    draft = FrameworkDraft("large", "Everything", tuple(parts), tuple(ties))
    made = save_framework(draft, by=OPERATOR, at=AT).framework
    tasks = [
        TaskDraft(f"{code}-read", TaskKind.RESOURCE, ((code, 1.0),), title=f"About {code}")
        for area in AREAS
        for code in codes[area]
    ]
    save_tasks(made, tasks, slips=(), by=OPERATOR, at=AT)
    return made
