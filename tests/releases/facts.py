"""What a kept database says: as many rows as it had, and the estimates that it gave on one day.

Run as a program, it prints this of the database that the environment leads to.
"""

import json
import os
import sys
from datetime import UTC, date, datetime
from typing import Any

import django

LAST_DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


def facts() -> dict[str, Any]:
    """Return the rows by table, and what is said of the class, the student and the educator."""
    from django.apps import apps

    from manypaths.base.scope import district_scope
    from manypaths.demo.build import find_demo
    from manypaths.people.access import Operator
    from manypaths.people.queries import districts, zone_of

    demo = find_demo(districts(by=Operator())[0])
    models = [m for m in apps.get_models() if m.__module__.startswith("manypaths.")]
    with district_scope(demo.district.pk, zone_of(demo.district)):
        found = {
            "rows": {
                model._meta.db_table: getattr(
                    model, "every_district", model._default_manager
                ).count()
                for model in models
            },
            "class": _class(demo.class_name),
            "learners": {name: _learner(name) for name in (demo.student, demo.educator)},
        }
    without: dict[str, Any] = _without_ids(found)
    return without


def _without_ids(value: Any) -> Any:
    """Leave out ids that are drawn at random, and differ from one database to the other."""
    if isinstance(value, dict):
        return {k: _without_ids(v) for k, v in value.items() if k not in ("id", "learner")}
    if isinstance(value, list):
        return [_without_ids(each) for each in value]
    return value


def _class(name: str) -> dict[str, Any]:
    from manypaths.cli.answers import class_answer
    from manypaths.people.access import Operator
    from manypaths.people.queries import group_named
    from manypaths.plans.queries import class_overview, framework_of_group

    group = group_named(name, by=Operator())
    framework = framework_of_group(group, by=Operator())
    assert framework is not None
    return class_answer(class_overview(group, framework, by=Operator(), at=AT))


def _learner(name: str) -> dict[str, Any]:
    from manypaths.cli.answers import offers_answer, why_answer
    from manypaths.estimates.queries import estimates_of, why
    from manypaths.people.access import Operator
    from manypaths.people.queries import learner_named
    from manypaths.plans.queries import framework_of_learner, next_steps

    learner = learner_named(name, by=Operator())
    framework = framework_of_learner(learner, by=Operator())
    assert framework is not None
    estimates = estimates_of([learner], framework, by=Operator(), at=AT)
    most = estimates.pairs.competencies[int(estimates.n_pieces.argmax())]
    return {
        "mean": estimates.numbers.mean.tolist(),
        "sd": estimates.numbers.sd.tolist(),
        "offers": offers_answer(learner, next_steps(learner, framework, by=Operator(), at=AT)),
        "why": why_answer(why(learner, most, by=Operator(), at=AT)),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manypaths.settings")
    django.setup()
    sys.stdout.write(json.dumps(facts()))
