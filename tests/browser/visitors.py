"""Who visits: one of each role in a district, signed in, with what they would open.

`python -m tests.browser.visitors HOME` signs each in on that home's database and prints them.
"""

import json
import sys
from pathlib import Path
from typing import Any

from manypaths.cli.session import set_up
from tests.browser.book import Scene, book_of


def main(home: Path) -> None:
    set_up(home)

    from django.conf import settings

    from manypaths.base.scope import district_scope
    from manypaths.demo.build import find_demo
    from manypaths.people.models import Organization
    from manypaths.people.queries import zone_of

    district = Organization.every_district.get(kind="district")
    is_demo = district.is_demonstration
    with district_scope(district.pk, zone_of(district)):
        scenes = _scenes_of(find_demo(district)) if is_demo else _scenes()
        roles = {role: _visitor(scene, is_demo) for role, scene in scenes.items()}
        found = {
            "cookie": settings.SESSION_COOKIE_NAME,
            "roles": roles,
            "written": sorted(_written()),
        }
    print(json.dumps(found))  # noqa: T201


def _written() -> set[str]:
    """Return what people of the demo wrote or are called, in whatever language."""
    from manypaths.estimates.models import TeachersWord
    from manypaths.evidence.models import Artifact, Contest, Draft, Look, Rating, Withdrawal
    from manypaths.people.models import Group, Organization, Person, Term
    from manypaths.plans.models import FamilyNote, HelpRequest, Note, Support

    found: set[str] = set()
    for model, fields in (
        (Person, ("given_name", "family_name", "label")),
        (Organization, ("name",)),
        (Group, ("name",)),
        (Term, ("name",)),
        (Artifact, ("title", "text", "file_name")),
        (Rating, ("note",)),
        (Contest, ("words", "answer")),
        (TeachersWord, ("reason",)),
        (Draft, ("title", "text")),
        (Look, ("words",)),
        (Withdrawal, ("reason",)),
        (FamilyNote, ("words",)),
        (HelpRequest, ("words",)),
        (Note, ("text",)),
        (Support, ("title", "given_by")),
    ):
        for row in model.objects.values_list(*fields).distinct():
            found.update(row)
    # Pages show what was written line by line.
    lines = {" ".join(line.split()) for text in found for line in text.splitlines()}
    return (found | lines) - {""}


def _scenes() -> dict[str, Scene]:
    """Return whoever there is around the first learner of the first class."""
    from manypaths.people.models import Group, Part, Relationship, Role, RoleHeld

    group = Group.objects.order_by("pk").first()
    parts = {
        part: group.memberships.filter(part=part).order_by("pk")[0].person
        for part in (Part.LEARNER, Part.LEAD)
        if group
    }
    student = parts.get(Part.LEARNER)
    tie = Relationship.objects.filter(kind="guardian").order_by("pk").first()
    visitors = {
        "student": student,
        "teacher": parts.get(Part.LEAD),
        "family": tie and tie.supporter,
        "leader": RoleHeld.objects.filter(role=Role.LEADER).order_by("pk")[0].person,
    }
    return {role: Scene(one, student, group) for role, one in visitors.items() if one}


def _scenes_of(demo: Any) -> dict[str, Scene]:  # Any: models, once Django is set up
    """Return one person of each role around the demo's student, with what they would open."""
    from manypaths.people.models import Group, Part, Person, Relationship, Role, RoleHeld

    student = Person.objects.get(source_ids__value=demo.student)
    educator = Person.objects.get(source_ids__value=demo.educator)
    group = Group.objects.get(name=demo.class_name)
    teacher = group.memberships.get(part=Part.LEAD).person
    ties = Relationship.objects.filter(kind="guardian").order_by("pk")
    # Not every household is known.
    tie = ties.filter(learner=student).first() or ties.get(pk=ties[0].pk)
    leads = RoleHeld.objects.filter(role=Role.LEADER).order_by("pk")
    leader, head = leads[0].person, leads.get(organization=demo.district).person
    return {
        "student": Scene(student, student, group),
        "educator": Scene(educator, educator, group),
        "teacher": Scene(teacher, student, group),
        "family": Scene(tie.supporter, tie.learner, group),
        "leader": Scene(leader, student, group),
        "head": Scene(head, student, group),
        # The same student on another computer, for tests that end the session.
        "leaving": Scene(student, student, group),
    }


def _visitor(scene: Scene, is_demo: bool) -> dict[str, Any]:
    """Sign somebody in, and return their session and what fills their addresses."""
    from django.conf import settings

    from manypaths.web.tests.clients import client_of

    session = client_of(scene.visitor).cookies[settings.SESSION_COOKIE_NAME].value
    book = {name: str(value) for name, value in book_of(scene, is_whole=is_demo).items()}
    return {"session": session, "book": book}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
