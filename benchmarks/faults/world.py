"""A home full of learners at work: `python -m benchmarks.faults.world N`, on the database at hand.

Prints as JSON the session of each learner with the tasks that they sit down to, and how many
achievements there are.
"""

import argparse
import json
from typing import TYPE_CHECKING, Any

from manypaths.cli.session import set_up

if TYPE_CHECKING:
    from manypaths.people.models import Organization, Person

_CLASS_SIZE = 25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("learners", type=int)
    parser.add_argument("--password", default="", help="of everybody; without one nobody has any")
    wanted = parser.parse_args()
    set_up()

    from manypaths.base.scope import district_scope
    from manypaths.people.models import Organization

    district = Organization.every_district.get(kind="district")
    with district_scope(district.pk):
        print(json.dumps(_made(district, wanted.learners, wanted.password)))


def _made(district: "Organization", n_learners: int, password: str) -> dict[str, Any]:
    from django.conf import settings
    from django.contrib.auth.hashers import make_password

    from manypaths.accounts.models import Session
    from manypaths.base.clock import now
    from manypaths.estimates.services import AchievementDraft, sign_off_many
    from manypaths.estimates.tests.world import make_world
    from manypaths.integrations.services import make_token
    from manypaths.people.access import Operator, TokenScope
    from manypaths.people.models import Role
    from manypaths.people.services import add_people, create_school
    from manypaths.people.tests.cast import SINCE, make_class

    world, by, at = make_world(), Operator(), now()
    school = create_school("Hill School", parent=district, by=by, at=at)
    names = [(f"Learner {number}", "Invented") for number in range(n_learners)]
    learners = add_people(
        names, organization=school, role=Role.STUDENT, starts_on=SINCE, by=by, at=at
    )
    (teacher,) = add_people(
        [("Ben", "Invented")],
        organization=school,
        role=Role.TEACHER,
        starts_on=SINCE,
        by=by,
        at=at,
    )
    for first in range(0, n_learners, _CLASS_SIZE):
        members = learners[first : first + _CLASS_SIZE]
        make_class(f"Class {first // _CLASS_SIZE}", school, lead=teacher, learners=members)
    drafts = [
        AchievementDraft(learner, world.competencies["F1"], at.date()) for learner in learners[:10]
    ]
    sign_off_many(drafts, organization=school, by=by, at=at)
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    secret = make_password(password) if password else ""
    tasks = [str(world.tasks[f"{code}-1"].public_id) for code in world.competencies]
    people = [
        {
            "cookie": _session_of(learner, secret),
            "tasks": tasks,
            "path": f"/path/{learner.public_id}/",
        }
        for learner in learners
    ]
    assert Session.objects.count() == n_learners
    made = make_token(
        school, "Quiz Program", scopes=[TokenScope.WRITE_EVIDENCE], days=30, by=by, at=at
    )
    return {
        "program": {
            "secret": made.secret,
            "learners": [str(learner.public_id) for learner in learners],
            "tasks": tasks,
        },
        "people": people,
        "names": [learner.user.username for learner in learners if learner.user],
        "n_achievements": len(drafts),
    }


def _session_of(learner: "Person", secret: str) -> str:
    from django.conf import settings
    from django.test import Client

    from manypaths.people.models import User

    name = f"learner-{learner.pk}"
    learner.user = User.objects.create(username=name, password=secret or "!")
    learner.save(update_fields=["user"])
    client = Client()
    client.force_login(learner.user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


if __name__ == "__main__":
    main()
