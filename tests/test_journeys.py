"""Journeys across rooms through the installed command, each step a process of its own."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import which

import pytest

from manypaths import __version__
from manypaths.interop.tests.case_documents import small_package, written
from manypaths.interop.tests.response_logs import log_of
from tests.installed import COMMAND, Environment, answer, bare, furnished, run

# Steps run on the second database as well, one of their own there.
pytestmark = pytest.mark.django_db


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Environment]:
    with furnished(tmp_path / "my home, 100 % mine") as found:
        yield found


def refusal(environment: Environment, *words: object, before: Sequence[str] = ()) -> str:
    """Return what a command says that is refused: on stderr, and as its error in JSON."""
    done = run(environment, *words, "--json", before=before)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    message = json.loads(done.stdout)["error"]["message"]
    assert done.stderr == f"{message}\n"
    return str(message)


# Not needed to read: the compiler, the optimiser and the reader of large files cost a second.
LARGE = {"numba", "scipy", "polars"}
SPIED_ON = """
import sys
import manypaths.cli
try:
    manypaths.cli.main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def read(environment: Environment, *words: object) -> str:
    """Run a command that reads, see that it loads nothing large, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", SPIED_ON, *(str(word) for word in words)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    loaded = set(done.stderr.split())
    assert "typer" in loaded
    assert not LARGE & loaded
    return done.stdout


ROWS = [
    f"u{learner},{code}-{number},{1000 * number},{int(number % 3 < learner)},{code}"
    for learner in range(1, 4)
    for number in range(8)
    for code in ("K1", "K2")
]


@pytest.mark.sweep
def test_from_a_log_of_answers_to_what_comes_next(environment: Environment, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(log_of(*ROWS), "utf-8")
    report = answer(environment, "import", "responses", log, "--group", "7C")
    assert report["responses"]["created"] == len(ROWS)

    found = json.loads(read(environment, "class", "--group", "7C", "--json"))
    names = [learner["name"] for learner in found["learners"]]
    assert names == ["Learner u1", "Learner u2", "Learner u3"]
    learner = found["learners"][0]
    assert json.loads(read(environment, "next", "--learner", "u1", "--json"))["offers"]
    words = ("--learner", learner["id"], "--competency", "K1", "--json")
    reasons = json.loads(read(environment, "why", *words))
    assert reasons["estimate"]["status"] == learner["status"]["K1"]
    total = reasons["prior"]["mean"] + sum(piece["shift_mean"] for piece in reasons["pieces"])
    assert total == pytest.approx(reasons["estimate"]["mean"], abs=1e-9)
    assert "What next, Learner u1? You choose." in read(environment, "next", "--learner", "u1")

    answer(environment, "estimate", "--rebuild")
    again = json.loads(read(environment, "why", *words))
    assert again["estimate"]["model"] == reasons["estimate"]["model"]
    assert again["estimate"]["mean"] == pytest.approx(reasons["estimate"]["mean"], abs=1e-9)
    assert answer(environment, "check")["ok"]


@pytest.mark.sweep
def test_a_framework_travels_from_home_to_home(tmp_path: Path) -> None:
    file, out, log = (tmp_path / name for name in ("numbers.json", "out.json", "log.csv"))
    package = small_package()
    package["CFItems"][1]["humanCodingScheme"] = "N.2"
    file.write_bytes(written(package))
    log.write_text(log_of("u,i,1,1,N.2"), "utf-8")
    with furnished(tmp_path / "one") as one, furnished(tmp_path / "other") as other:
        assert answer(one, "import", "case", file)["items"]["created"] == 3
        answer(one, "export", "case", "Numbers", "--output", out)
        assert answer(other, "import", "case", out)["items"]["created"] == 3
        exported = answer(other, "export", "case", "Numbers")
        assert exported == json.loads(out.read_text("utf-8"))
        words = ("import", "responses", log, "--group", "7C", "--framework", "Numbers")
        report = answer(other, *words)
    assert report["responses"]["created"] == 1


def test_without_a_home_reading_is_refused_and_makes_none(environment: Environment) -> None:
    nothing = "There is nothing here yet. Begin with `manypaths init` or `demo`."
    assert refusal(environment, "class", "--group", "7C") == nothing
    done = run(environment, "check")
    assert done.returncode == 1
    assert "WRONG  tables: there are none yet: run `manypaths init`" in done.stdout
    assert not Path(environment["MANYPATHS_HOME"]).exists()


def test_the_version_is_printed_without_a_home_and_without_the_rooms(tmp_path: Path) -> None:
    done = run(bare(tmp_path), "--version")
    assert (done.stdout, done.stderr) == (f"{__version__}\n", "")
    assert read(bare(tmp_path), "--version") == done.stdout


@pytest.mark.parametrize(
    "words", [("next",), ("next", "--lerner", "x"), ("import", "case", "nowhere.json"), ("fly",)]
)
def test_wrong_use_is_one_object_as_well(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(bare(tmp_path), *words, "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "wrong_use"
    assert done.stderr
    assert run(bare(tmp_path), *words).stdout == ""


@pytest.mark.sweep
def test_several_at_once_make_one_home(environment: Environment) -> None:
    started = [
        subprocess.Popen([COMMAND, "init", "--json"], env=environment, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    said = [process.communicate(timeout=120)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert len({json.loads(one)["district"] for one in said}) == 1
    assert answer(environment, "check")["ok"]
    assert answer(environment, "estimate") == {"estimated": []}  # refused where there are several


@pytest.mark.sweep
def test_letters_that_stdout_lacks_stop_nobody(environment: Environment, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(log_of("u,i,1,1,K"), "utf-8")
    answer(environment, "import", "responses", log, "--group", "Żółw 7")
    plain = environment | {"PYTHONIOENCODING": "latin-1"}
    assert answer(plain, "class", "--group", "Żółw 7")["group"] == "Żółw 7"
    words = [str(COMMAND), "class", "--group", "Żółw 7"]
    said = subprocess.run(words, env=plain, capture_output=True, timeout=120, check=True).stdout
    assert "?ó?w 7" in said.decode("latin-1")


@pytest.mark.sweep
def test_two_homes_of_one_seed_say_the_same(tmp_path: Path) -> None:
    homes = [bare(tmp_path / name) for name in ("one", "two")]
    demos = [answer(home, "demo") | {"home": ""} for home in homes]
    assert demos[0] == demos[1]
    student, educator = demos[0]["student"], demos[0]["educator"]
    for words in (
        ("class", "--group", demos[0]["class"]),
        ("next", "--learner", student),
        ("why", "--learner", student, "--competency", "N5"),
        ("next", "--learner", educator),
    ):
        one, two = (answer(home, *words) for home in homes)
        assert one == two


@pytest.mark.sweep
def test_a_dry_run_where_nothing_is_yet_makes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    log = tmp_path / "log.csv"
    log.write_text(log_of(*ROWS), "utf-8")
    report = answer(bare(home), "import", "responses", log, "--group", "7C", "--dry-run")
    assert report["dry_run"]
    assert report["responses"]["created"] == len(ROWS)
    assert not home.exists()


@pytest.mark.sweep
def test_a_new_home_is_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    answer(bare(home), "init")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()} == {0o600}


def test_a_home_that_can_not_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder", "utf-8")
    home = in_the_way / "home"
    assert refusal(bare(home), "init") == f"{home} can't be used: Not a directory."
    # Nobody may make a folder there, not even root.
    assert "/proc/home can't be used" in refusal(bare(Path("/proc/home")), "init")


def test_a_home_with_another_kind_of_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "manypaths.sqlite3"
    file.write_bytes(b"no database " * 500)
    message = refusal(bare(tmp_path), "class", "--group", "7C")
    assert message == f"The database {file} can't be used: file is not a database."


# Root writes where it may not, until it gives that right away.
WITHOUT_RIGHTS = (
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
    if os.geteuid() == 0
    else ()
)


@pytest.mark.sweep
@pytest.mark.skipif(
    bool(WITHOUT_RIGHTS) and not which("setpriv"), reason="root needs setpriv to be kept out"
)
def test_a_home_that_may_only_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    home = tmp_path / "home"
    answer(bare(home), "init")
    for path in (*home.iterdir(), home):
        path.chmod(path.stat().st_mode & ~0o222)
    message = refusal(bare(home), "init", before=WITHOUT_RIGHTS)
    home.chmod(0o700)
    assert message.startswith(f"The database {home / 'manypaths.sqlite3'} can't be used: ")


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("MANYPATHS_LOG_LEVEL", "LOUD", "DEBUG or INFO or WARNING or ERROR"),
        ("MANYPATHS_DEBUG", "perhaps", "1, true, yes, on, 0, false, no, off"),
        ("MANYPATHS_DATABASE_URL", "mysql://ada:hush@db/x", "sqlite:///PATH or postgresql://"),
    ],
)
def test_a_bad_setting_stops_the_start_and_says_what_is_allowed(
    tmp_path: Path, name: str, value: str, allowed: str
) -> None:
    done = run(bare(tmp_path) | {name: value}, "class", "--group", "7C", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "wrong_use"
    assert done.stderr.startswith(f"The setting {name} is ")
    assert allowed in done.stderr
    assert "hush" not in done.stderr
