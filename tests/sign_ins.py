"""Makes a school whose students all sign in by one password: `python -m tests.sign_ins HOME N`."""

import sys
from pathlib import Path

from manypaths.cli.session import set_up

PASSWORD = "river stone kettle"


def main(home: Path, n: int) -> None:
    set_up(home)

    from django.contrib.auth.hashers import make_password

    from manypaths.base.clock import now, today
    from manypaths.base.scope import district_scope
    from manypaths.people.access import Operator
    from manypaths.people.models import Organization, Role, User
    from manypaths.people.services import add_people, create_school, give_sign_in

    by, at = Operator(), now()
    district = Organization.every_district.get(parent=None)
    with district_scope(district.pk):
        school = create_school("Hill School", parent=district, by=by, at=at)
        people = add_people(
            [("Pupil", f"Number{number}") for number in range(n)],
            organization=school,
            role=Role.STUDENT,
            starts_on=today(),
            by=by,
            at=at,
        )
        for number, person in enumerate(people):
            give_sign_in(person, email=f"pupil{number}@school.example", by=by, at=at)
    # One hash for all: what is tried is checking it.
    User.objects.update(password=make_password(PASSWORD))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
