"""A writer beside the program: it records answers, and notes outside what was acknowledged.

`python -m tests.acknowledged LEDGER` records answers of the learners that are there until it is
ended, one deed each, and writes the number of a row to LEDGER once that is saved for good.
`python -m tests.acknowledged --erase WHO` asks for an erasure as a leader, and prints its id;
`--carry-out` does confirmed ones as if their days were over.
"""

import os
import sys
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import django


def main(*words: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manypaths.settings")
    django.setup()

    from manypaths.base.scope import district_scope
    from manypaths.people.access import Operator
    from manypaths.people.queries import districts, zone_of

    district = districts(by=Operator())[0]
    with district_scope(district.pk, zone_of(district)):
        if words[0] == "--erase":
            _ask(words[1])
        elif words[0] == "--carry-out":
            _carry_out()
        else:
            _write(Path(words[0]))


def _write(ledger: Path) -> None:
    from manypaths.base.clock import now
    from manypaths.estimates.services import take_in
    from manypaths.evidence.drafts import ResponseDraft
    from manypaths.evidence.models import Task
    from manypaths.people.access import Operator
    from manypaths.people.models import Person

    tasks = list(Task.objects.order_by("pk"))
    with ledger.open("a", encoding="ascii", buffering=1) as file:
        for number, learner in enumerate(cycle(Person.objects.order_by("pk"))):
            at = now()
            draft = ResponseDraft(learner, tasks[number % len(tasks)], float(number % 2), at)
            row = take_in(draft, by=Operator(), at=at)
            file.write(f"{row.pk}\n")


def _ask(who: str) -> None:
    from manypaths.base.clock import now
    from manypaths.people.access import Operator
    from manypaths.people.models import Role
    from manypaths.people.queries import districts, learner_named
    from manypaths.people.tests.cast import make_person, user_of
    from manypaths.records.erasures import ask_erasure

    leader = make_person("Femi Adeyemi", districts(by=Operator())[0], Role.LEADER)
    person = learner_named(who, by=Operator())
    erasure = ask_erasure(person, reason="asked", by=user_of(leader), at=now())
    sys.stdout.write(f"{erasure.public_id}\n")


def _carry_out() -> None:
    from manypaths.base.clock import now
    from manypaths.people.access import Operator
    from manypaths.records.erasures import carry_out_erasures

    done = carry_out_erasures(by=Operator(), at=now() + timedelta(days=8))
    sys.stdout.write(f"{len(done)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
