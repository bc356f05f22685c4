"""Tables of other programs by command: asked about once."""

from pathlib import Path

from manypaths.cli.tests.commands import answer, run
from manypaths.people.models import Membership, Part
from manypaths.people.tests.cast import Cast

ROWS = "First name;Last name;Room\nIris;Berg;3\nNoor;Aziz;3\n"
WORDS = ("--group", "7B Mathematics")
SAID = ("--column", "given_name=First name", "--column", "family_name=Last name")


def test_the_first_table_is_asked_about_and_the_next_is_not(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(ROWS, "cp1252")
    asked = run("import", "table", file, *WORDS)
    assert asked.exit_code == 1
    assert '--column given_name="First name" --column family_name="Last name"' in asked.stderr
    trial = answer("import", "table", file, *WORDS, *SAID, "--dry-run")
    assert trial["people"]["created"] == 2
    assert Membership.objects.filter(group=cast.ada_class, part=Part.LEARNER).count() == 1
    file.write_text(ROWS + "Jo;Lind;4\n", "utf-16")
    assert answer("import", "table", file, *WORDS)["people"]["created"] == 3
    assert Membership.objects.filter(group=cast.ada_class, part=Part.LEARNER).count() == 4


def test_what_is_no_pair_or_no_kind_is_refused_with_words(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(ROWS, "utf-8")
    assert "write FIELD=NAME" in run("import", "table", file, *WORDS, "--column", "x").stderr
    assert "--kind is" in run("import", "table", file, *WORDS, "--kind", "poem").stderr
