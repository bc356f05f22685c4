"""What the benchmark of pages asks for: `python -m benchmarks.visits`, on the database at hand.

Prints as JSON, for each kind of page, addresses of several learners or classes, a session that may
see them, and how many queries one takes.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from manypaths.cli.session import set_up

if TYPE_CHECKING:
    from manypaths.people.models import Group, Person, User

Visit = dict[str, Any]  # as it is printed

SIZES = (30, 100, 150)
_N_CLASSES, _N_LEARNERS = 8, 20
_SINCE = date(2020, 9, 1)


def main() -> None:
    set_up()

    from manypaths.base.scope import district_scope
    from manypaths.people.models import Organization
    from manypaths.people.queries import zone_of

    district = Organization.every_district.get(kind="district")
    with district_scope(district.pk, zone_of(district)):
        print(json.dumps(list(_visits())))


def _visits() -> Iterator[Visit]:
    from django.urls import reverse

    from manypaths.people.models import Group, Person

    learners = _learners_with_work()
    for size, teacher in zip(SIZES, _teachers(len(SIZES)), strict=True):
        groups = [_class_of(size, number, teacher, learners) for number in range(_N_CLASSES)]
        paths = [reverse("classes:one", args=[group.public_id]) for group in groups]
        yield _visit(f"My class, {size} learners", paths, teacher)
    group = Group.objects.get(name=_name(SIZES[-1], 0))
    seen = list(Person.objects.filter(memberships__group=group)[:_N_LEARNERS])
    seen = [learner for learner in seen if learner.pk != teacher.pk]
    yield _visit("My path", [reverse("path:of", args=[one.public_id]) for one in seen], teacher)
    yield _visit(
        "Why this level",
        [reverse("why:of", args=[one.public_id, _competency_of(one)]) for one in seen],
        teacher,
    )
    learner, paths = _question_of(seen)
    yield _visit("Do a task", paths, learner)


def _name(size: int, number: int) -> str:
    return f"Measured {size}-{number}"


def _teachers(n: int) -> list["Person"]:
    """Return teachers of a class each: one for the classes of each size."""
    from manypaths.people.models import Membership, Part, Person

    led = Membership.objects.filter(part=Part.LEAD, group__kind="class").order_by("pk")
    ids = list(dict.fromkeys(led.values_list("person", flat=True)))[:n]
    return [Person.objects.get(pk=one) for one in ids]


def _learners_with_work() -> list["Person"]:
    """Return students with evidence, in an order that mixes classes."""
    from manypaths.evidence.models import Response
    from manypaths.people.models import Person

    wanted = _N_CLASSES * SIZES[-1] + SIZES[-1]
    ids = Response.objects.order_by("learner_id").values_list("learner_id", flat=True).distinct()
    found = list(Person.objects.filter(pk__in=list(ids[: 4 * wanted])).order_by("public_id"))
    return found[:wanted]


def _class_of(size: int, number: int, teacher: "Person", learners: Sequence["Person"]) -> "Group":
    """Return a class of this size, made where it is missing, that the teacher leads."""
    from manypaths.base.clock import now
    from manypaths.people.access import Operator
    from manypaths.people.models import Group, Organization, Part
    from manypaths.people.services import create_group, enroll

    name, by = _name(size, number), Operator()
    found = Group.objects.filter(name=name).first()
    if found is not None:
        return found
    school = Organization.objects.filter(kind="school").order_by("pk")[0]
    group = create_group(school, name, by=by, at=now())
    first = (number * size) % max(len(learners) - size, 1)
    enroll(group, [teacher], part=Part.LEAD, starts_on=_SINCE, by=by, at=now())
    chosen = learners[first : first + size]
    enroll(group, chosen, part=Part.LEARNER, starts_on=_SINCE, by=by, at=now())
    return group


def _competency_of(learner: "Person") -> UUID:
    from manypaths.evidence.models import Response

    response = Response.objects.filter(learner=learner).order_by("-pk")[0]
    return response.task.alignments.order_by("pk")[0].competency.public_id


def _question_of(learners: Sequence["Person"]) -> tuple["Person", list[str]]:
    """Return a learner, and the address of a question that they have sat down to."""
    from random import Random

    from django.urls import reverse

    from manypaths.base.clock import now
    from manypaths.evidence.models import Response
    from manypaths.sittings.services import start_sitting

    learner = learners[0]
    response = Response.objects.filter(learner=learner).order_by("-pk")[0]
    competency = response.task.alignments.order_by("pk")[0].competency
    sitting = start_sitting(
        learner,
        competency,
        by=_user_of(learner),
        at=now(),
        rng=Random(1),
    )
    return learner, [reverse("doing:question", args=[sitting.public_id, 1])]


def _visit(name: str, paths: Sequence[str], visitor: "Person") -> Visit:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    client = Client()
    client.force_login(_user_of(visitor))
    asked = []
    for path in paths:
        client.get(path)  # a process keeps what it reads of a framework at the first look
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        asked.append(len(queries))
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return {"name": name, "paths": list(paths), "cookie": cookie, "queries": sorted(set(asked))}


def _user_of(person: "Person") -> "User":
    from manypaths.people.models import User

    if person.user is None:
        name = str(person.public_id)
        person.user = User.objects.create(username=name, email=f"{name}@example.org")
        person.save(update_fields=["user"])
    return person.user


if __name__ == "__main__":
    main()
