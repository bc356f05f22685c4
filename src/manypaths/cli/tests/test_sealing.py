"""Who reads demographics, and their keys, by command."""

from manypaths.cli.tests.commands import answer, run, said
from manypaths.demographics import keys
from manypaths.demographics.services import take_in_demographics
from manypaths.people.tests.cast import AT, OPERATOR, Cast


def test_the_right_is_given_and_taken_back(cast: Cast) -> None:
    assert answer("demographics", "give", "Dana Novak")["may_read"] is True
    assert run("demographics", "give", "Ben Silva").exit_code == 1
    assert answer("demographics", "end", "Dana Novak")["may_read"] is False
    assert run("demographics", "end", "Dana Novak").exit_code == 1


def test_keys_are_changed(cast: Cast) -> None:
    facts = {cast.ada.pk: {"sex": "other"}}
    take_in_demographics(facts, district=cast.district, by=OPERATOR, at=AT)
    before = keys.newest_key()
    assert answer("demographics", "rotate-keys") == {"districts": 1}
    assert keys.newest_key() != before
    assert "Copy the folder of keys." in said("demographics", "rotate-keys")
