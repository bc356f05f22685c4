"""Calls that read organizations, groups and who is in them."""

from uuid import UUID

from ninja import Router

from manypaths.api import shapes
from manypaths.api.door import Call, TokenWith, look, on_behalf, shows_nobody
from manypaths.api.paging import Cursor, Limit, page_of
from manypaths.api.statuses import answers
from manypaths.people.access import TokenScope, group_for
from manypaths.people.models import Group
from manypaths.people.roster_pages import (
    Member,
    groups_page,
    members_page,
    organizations_served,
)

router = Router(auth=TokenWith(TokenScope.READ_ROSTER), tags=["Roster"])


@router.get("/organizations", response=answers(shapes.OrganizationsShape), url_name="organizations")
@on_behalf
@shows_nobody
def organizations(request: Call) -> shapes.OrganizationsShape:
    """List the district or school that the token is for, with the schools of a district."""
    return shapes.OrganizationsShape(
        items=[
            shapes.OrganizationShape(
                id=one.public_id,
                kind=one.kind,
                name=one.name,
                parent=one.parent.public_id if one.parent else None,
                source_id=one.source_id,
            )
            for one in organizations_served(by=request.by)
        ]
    )


@router.get("/groups", response=answers(shapes.GroupsShape), url_name="groups")
@on_behalf
@shows_nobody
def groups(request: Call, cursor: Cursor = None, limit: Limit = 100) -> shapes.GroupsShape:
    """List the groups that still meet."""
    page, following = page_of(groups_page(by=request.by, after=cursor, most=limit + 1), limit)
    return shapes.GroupsShape(items=[_group(one) for one in page], next=following)


@router.get(
    "/groups/{uuid:group_id}/people", response=answers(shapes.PeopleShape), url_name="people"
)
@on_behalf
def people(
    request: Call, group_id: UUID, cursor: Cursor = None, limit: Limit = 100
) -> shapes.PeopleShape:
    """List who is in a group today: learners and those who lead them."""
    group = group_for(request.by, group_id)
    look(request, group)
    members = members_page(group, by=request.by, after=cursor, most=limit + 1)
    page, following = page_of(members, limit)
    return shapes.PeopleShape(items=[_person(one) for one in page], next=following)


def _group(group: Group) -> shapes.GroupShape:
    term = group.term
    return shapes.GroupShape(
        id=group.public_id,
        kind=group.kind,
        name=group.name,
        organization=group.organization.public_id,
        term=term.name if term else None,
        starts_on=term.starts_on if term else None,
        ends_on=group.ends_on or (term.ends_on if term else None),
        source_id=group.source_id,
    )


def _person(member: Member) -> shapes.PersonShape:
    person = member.person
    return shapes.PersonShape(
        id=person.public_id,
        given_name=person.given_name,
        family_name=person.family_name,
        name=person.name,
        parts=member.parts,
        source_ids=[
            shapes.SourceIdShape(source=source, value=value) for source, value in member.source_ids
        ],
    )
