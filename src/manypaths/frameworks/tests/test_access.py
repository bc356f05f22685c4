from collections.abc import Callable

import pytest

from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import district_scope
from manypaths.frameworks.access import frameworks_seen_by
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.queries import framework_named
from manypaths.frameworks.services import (
    edit_competency,
    publish_framework,
    retire_competency,
    save_framework,
    set_rules,
    set_self_ratings_move,
    set_target,
    start_version,
)
from manypaths.frameworks.tests.drafts import (
    FOUR_LEVELS,
    competency,
    framework_of,
    named,
    saved,
)
from manypaths.people.access import Actor
from manypaths.people.models import Role
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_district, make_person, user_of

DRAFT = framework_of(competency("A"), scale=FOUR_LEVELS)

Deed = Callable[[Framework, Actor], object]
DEEDS: dict[str, Deed] = {
    "save": lambda framework, by: save_framework(DRAFT, by=by, at=AT),
    "start version": lambda framework, by: start_version(framework, version="9", by=by, at=AT),
    "publish": lambda framework, by: publish_framework(framework, by=by, at=AT),
    "edit": lambda framework, by: edit_competency(_node(framework), title="A", by=by, at=AT),
    "retire": lambda framework, by: retire_competency(_node(framework), by=by, at=AT),
    "set target": lambda framework, by: set_target(framework, level=2, by=by, at=AT),
    "set rules": lambda framework, by: set_rules(framework, {"tau": 0.7}, by=by, at=AT),
    "set self": lambda framework, by: set_self_ratings_move(framework, True, by=by, at=AT),
}


def _node(framework: Framework) -> Competency:
    return named(framework, "A")


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS.keys())
@pytest.mark.parametrize("name", ["ada", "ben", "cleo", "dana", "eli"])
def test_whoever_does_not_lead_the_district_gets_the_answer_for_a_missing_framework(
    cast: Cast, name: str, deed: Deed
) -> None:
    framework = saved(DRAFT)
    outsider = user_of(getattr(cast, name))
    before = list(Framework.objects.values()), list(Competency.objects.values())
    with pytest.raises(NotFound) as forbidden:
        deed(framework, outsider)
    with pytest.raises(NotFound) as missing:
        framework_named("no such framework", by=outsider)
    assert forbidden.value.as_json() == missing.value.as_json()
    assert (list(Framework.objects.values()), list(Competency.objects.values())) == before


@pytest.mark.parametrize("deed", ["save", "start version", "set target", "set rules", "set self"])
def test_a_leader_of_the_district_may_do_what_the_operator_may(cast: Cast, deed: str) -> None:
    leader = make_person("Femi Adeyemi", cast.district, Role.LEADER)
    DEEDS[deed](saved(DRAFT), user_of(leader))


def test_everybody_in_the_district_may_read_its_frameworks(cast: Cast) -> None:
    framework = saved(DRAFT)
    for person in (cast.ada, cast.ben, cast.cleo, cast.dana, cast.eli):
        assert list(frameworks_seen_by(user_of(person))) == [framework]


@pytest.mark.parametrize("deed", [name for name in DEEDS if name != "save"])
def test_what_is_published_above_is_not_changed_from_a_district(cast: Cast, deed: str) -> None:
    with district_scope(None):
        framework = saved(DRAFT)
    with pytest.raises(Refused, match="published above the districts"):
        DEEDS[deed](framework, OPERATOR)
    with pytest.raises(NotFound):
        DEEDS[deed](framework, user_of(cast.cleo))


def test_above_the_districts_the_operator_alone_may_add(cast: Cast) -> None:
    leader = user_of(make_person("Femi Adeyemi", cast.district, Role.LEADER))
    with district_scope(None), pytest.raises(NotFound):
        save_framework(DRAFT, by=leader, at=AT)


@pytest.mark.parametrize("deed", ["set rules", "start version", "publish"])
def test_another_districts_framework_is_not_there_to_change(cast: Cast, deed: str) -> None:
    framework = saved(DRAFT)
    with district_scope(make_district("Far Away").pk), pytest.raises(NotFound):
        DEEDS[deed](framework, OPERATOR)
