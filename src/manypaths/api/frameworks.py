"""Calls that read frameworks and tasks, which are about nobody."""

from typing import Any
from uuid import UUID

from ninja import Router

from manypaths.api import shapes
from manypaths.api.door import Call, TokenWith, on_behalf, shows_nobody
from manypaths.api.paging import Cursor, Limit, page_of
from manypaths.api.statuses import answers
from manypaths.estimates.queries import estimated_competencies
from manypaths.evidence.task_pages import TaskListed, tasks_page
from manypaths.frameworks.access import framework_for
from manypaths.frameworks.browsing import FrameworkRow, frameworks_in_use
from manypaths.frameworks.models import Framework
from manypaths.frameworks.queries import Node, associations_of, levels_of, tree
from manypaths.people.access import TokenScope

router = Router(auth=TokenWith(TokenScope.READ_FRAMEWORKS), tags=["Frameworks"])


@router.get("/frameworks", response=answers(shapes.FrameworksShape), url_name="frameworks")
@on_behalf
@shows_nobody
def frameworks(request: Call, cursor: Cursor = None, limit: Limit = 100) -> shapes.FrameworksShape:
    """List the newest versions of the frameworks in use."""
    rows = sorted(frameworks_in_use(by=request.by), key=lambda row: row.framework.public_id)
    later = [row for row in rows if cursor is None or row.framework.public_id > cursor]
    page = later[:limit]
    following = page[-1].framework.public_id if len(later) > limit else None
    return shapes.FrameworksShape(items=[_row(row) for row in page], next=following)


@router.get(
    "/frameworks/{uuid:framework_id}", response=answers(shapes.FrameworkShape), url_name="framework"
)
@on_behalf
@shows_nobody
def framework(request: Call, framework_id: UUID) -> shapes.FrameworkShape:
    """Give one framework with its scale, its competencies and how they are tied."""
    found = framework_for(request.by, framework_id)
    levels = levels_of(found)
    estimated = {one.pk for one in estimated_competencies(found)}
    place = found.target_level
    return shapes.FrameworkShape(
        **_named(found),
        levels=[
            shapes.LevelShape(code=one.code, name=one.spoken.name, meaning=one.spoken.meaning)
            for one in levels
        ],
        target_level=levels[place].code if place is not None and levels else None,
        competencies=[_competency(node, estimated) for node in tree(found)],
        associations=[
            shapes.AssociationShape(
                identifier=tie.identifier,
                kind=tie.kind,
                origin=tie.origin_identifier,
                destination=tie.destination_identifier,
            )
            for tie in associations_of(found)
        ],
    )


@router.get(
    "/frameworks/{uuid:framework_id}/tasks", response=answers(shapes.TasksShape), url_name="tasks"
)
@on_behalf
@shows_nobody
def tasks(
    request: Call, framework_id: UUID, cursor: Cursor = None, limit: Limit = 100
) -> shapes.TasksShape:
    """List the tasks that show competencies of a framework; responses name one of them."""
    found = framework_for(request.by, framework_id)
    page, following = page_of(tasks_page(found, after=cursor, most=limit + 1), limit)
    return shapes.TasksShape(items=[_task(one) for one in page], next=following)


def _named(framework: Framework) -> dict[str, Any]:  # Any: fields of different kinds
    return {
        "id": framework.public_id,
        "identifier": framework.identifier,
        "title": framework.spoken.title,
        "version": framework.version,
        "published_at": framework.published_at,
    }


def _row(row: FrameworkRow) -> shapes.FrameworkRowShape:
    named = _named(row.framework)
    return shapes.FrameworkRowShape.model_validate(named | {"n_competencies": row.n_competencies})


def _competency(node: Node, estimated: set[int]) -> shapes.CompetencyShape:
    row = node.competency
    return shapes.CompetencyShape(
        id=row.public_id,
        identifier=row.identifier,
        code=row.code,
        title=row.spoken.title,
        statement=row.spoken.statement,
        kind=row.kind,
        parent=node.parent.public_id if node.parent else None,
        is_estimated=row.pk in estimated,
    )


def _task(listed: TaskListed) -> shapes.TaskShape:
    return shapes.TaskShape(
        id=listed.task.public_id,
        source_id=listed.task.source_id,
        kind=listed.task.kind,
        title=listed.task.spoken.title,
        competencies=list(listed.competencies),
        answers=[
            shapes.AnswerShape(place=one.position, text=one.spoken.text)
            for one in listed.task.answers.all()
        ],
    )
