"""Who visits: one of each role in the demo, signed in, with what they would open.

`python -m tests.browser.visitors HOME` signs each in on that home's database and prints them.
"""

import json
import sys
from pathlib import Path
from typing import Any

from manypaths.cli.session import set_up


def main(home: Path) -> None:
    set_up(home)

    from django.conf import settings

    from manypaths.base.scope import district_scope
    from manypaths.demo.build import find_demo
    from manypaths.people.models import Organization
    from manypaths.people.queries import zone_of

    district = Organization.every_district.get(is_demonstration=True)
    demo = find_demo(district)
    with district_scope(district.pk, zone_of(district)):
        roles = {role: _visitor(person) for role, person in _people(demo).items()}
        found = {"cookie": settings.SESSION_COOKIE_NAME, "roles": roles, "book": _book(demo)}
    print(json.dumps(found))  # noqa: T201


def _people(demo: Any) -> dict[str, Any]:  # Any: models, once Django is set up
    """Return one person of each role, around the demo's student."""
    from manypaths.people.models import Group, Part, Person, Relationship, Role, RoleHeld

    student = Person.objects.get(source_ids__value=demo.student)
    group = Group.objects.get(name=demo.class_name)
    tie = Relationship.objects.filter(learner=student, kind="guardian").first()
    if tie is None:  # not every household is known
        tie = Relationship.objects.filter(kind="guardian").order_by("pk").first()
    leader = RoleHeld.objects.filter(role=Role.LEADER).order_by("pk").first()
    return {
        "student": student,
        "educator": Person.objects.get(source_ids__value=demo.educator),
        "teacher": group.memberships.get(part=Part.LEAD).person,
        "family": tie.supporter if tie else None,
        "leader": leader.person if leader else None,
    }


def _visitor(person: Any) -> dict[str, str]:
    """Sign a person in, and return their session and id."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from manypaths.people.tests.cast import user_of

    user = user_of(person)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"session": str(session.session_key), "person_id": str(person.public_id)}


def _book(demo: Any) -> dict[str, str]:
    """Return what the arguments of addresses are filled with, by their names."""
    from tests.browser.book import book_of

    return {name: str(value) for name, value in book_of(demo).items()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
