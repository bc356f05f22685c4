"""People on record twice, and the end of a year, by command."""

from datetime import timedelta

import pytest

from manypaths.base.clock import today
from manypaths.cli.tests.commands import answer, run, said
from manypaths.people.models import Group, Merge, Person, Role
from manypaths.people.services import create_term
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person

DAY = timedelta(days=1)


@pytest.fixture
def twin(cast: Cast) -> Person:
    return make_person("Ada Okafor", cast.school, Role.STUDENT)


def test_duplicates_are_listed_merged_and_taken_apart(cast: Cast, twin: Person) -> None:
    (pair,) = answer("duplicates")["pairs"]
    assert pair["reasons"] == ["They have the same name."]
    assert {pair["one"]["id"], pair["other"]["id"]} == {
        str(cast.ada.public_id),
        str(twin.public_id),
    }
    done = answer("merge-people", twin.public_id, cast.ada.public_id)
    assert done["kept"] == {"id": str(cast.ada.public_id), "name": "Ada Okafor"}
    assert answer("duplicates") == {"pairs": []}
    back = answer("unmerge-people", cast.ada.public_id)
    assert back["other"]["id"] == str(twin.public_id)
    assert Merge.objects.get().undone_at is not None


def test_the_words_say_how_to_go_back(cast: Cast, twin: Person) -> None:
    told = said("merge-people", twin.public_id, cast.ada.public_id)
    assert f"`manypaths unmerge-people {cast.ada.public_id}` takes it back." in told
    assert "is apart from Ada Okafor again" in said("unmerge-people", cast.ada.public_id)
    assert run("unmerge-people", cast.ada.public_id).exit_code == 1


def test_a_year_is_rolled_over_and_brought_back(cast: Cast) -> None:
    create_term(cast.school, "New", starts_on=today(), ends_on=today() + DAY, by=OPERATOR, at=AT)
    old = create_term(
        cast.school, "Old", starts_on=SINCE, ends_on=today() - DAY, by=OPERATOR, at=AT
    )
    Group.objects.filter(pk=cast.ada_class.pk).update(term=old)
    words = ("roll-over", "New", "--ends", "Old", "--school", "Hill School")
    assert answer(*words, "--dry-run")["groups"] == [
        {"ends": "7B Mathematics", "begins": "8B Mathematics", "learners": 1, "leads": 1}
    ]
    assert Group.objects.filter(ends_on=None).count() == 2
    answer(*words)
    assert Group.objects.get(name="8B Mathematics").memberships.count() == 2
    undone = answer("undo-roll-over", "--school", "Hill School")
    assert undone == {"school": "Hill School", "groups": 1}
    assert not Group.objects.filter(name="8B Mathematics").exists()
    assert run("undo-roll-over", "--school", "Hill School").exit_code == 1
    assert run("roll-over", "Never", "--school", "Hill School").exit_code == 1
    assert run("roll-over", "New").exit_code == 1
