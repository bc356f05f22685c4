"""What the docs say can be done is done here: shell blocks are run, answers have the keys named."""

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from manypaths.cli.app import app
from manypaths.cli.demonstration import OpenedDemo
from manypaths.cli.tests.commands import answer
from manypaths.people.models import Role
from manypaths.people.tests.cast import AT, Cast, make_person, user_of
from manypaths.records.erasures import ask_erasure

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs/guide"
SAMPLES = GUIDE / "samples"
BIN = Path(sys.executable).parent

Json = dict[str, Any]


# --- Shell blocks


@dataclass(frozen=True)
class Run:
    """A page's blocks as they were run, one after the other in one shell."""

    exit_code: int
    n_begun: int
    stderr: str


def blocks(page: Path, language: str) -> list[str]:
    text = page.read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


def runnable(page: Path) -> list[str]:
    """Return the blocks to run; what needs the network or a copy of the repository is left out."""
    return [block for block in blocks(page, "sh") if not block.startswith(("make", "git"))]


def bare(folder: Path) -> dict[str, str]:
    """Return an environment with the installed command in it, a home, and nothing else."""
    return {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "MANYPATHS_HOME": str(folder / "home"),
    }


def carried_out(page: Path, folder: Path) -> Run:
    """Run a page's blocks where the samples lie beside, and below docs as in the repository."""
    shutil.copytree(SAMPLES, folder, dirs_exist_ok=True)
    shutil.copytree(SAMPLES, folder / SAMPLES.relative_to(ROOT))
    begun = folder / "begun"
    done = subprocess.run(
        ["sh", "-e", "-c", "".join(f"echo >>'{begun}'\n{block}\n" for block in runnable(page))],
        cwd=folder,
        env=bare(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Run(done.returncode, begun.read_text().count("\n"), done.stderr)


PAGES = [page for page in (ROOT / "README.md", *sorted(GUIDE.glob("*.md"))) if runnable(page)]


@pytest.mark.parametrize(
    "page",
    # The README's blocks are run each time, those of the guide with the long tests.
    [
        pytest.param(page, marks=[] if page.stem == "README" else pytest.mark.sweep)
        for page in PAGES
    ],
    ids=[page.stem for page in PAGES],
)
def test_every_shell_block_can_be_run_in_order(page: Path, tmp_path: Path) -> None:
    run = carried_out(page, tmp_path)
    last = runnable(page)[run.n_begun - 1]
    assert run.exit_code == 0, f"In {page.name} this block fails:\n{last}\n{run.stderr}"


def test_the_pages_that_promise_commands_have_blocks_to_run() -> None:
    assert {page.stem for page in PAGES} == {"README", "first-steps", "hosts"}


# --- Python blocks


TAUGHT = [page for page in sorted((ROOT / "docs").rglob("*.md")) if blocks(page, "python")]
RESEARCH = GUIDE / "research.md"
# Needs somebody to call: the tests of the API run it.
PROGRAMS = GUIDE / "api.md"
PICTURES = ROOT / "docs/pictures"
NUMBER = r"\d+(?:\.\d+)?"


def said_by_python(page: Path, folder: Path) -> str:
    """Run a page's blocks as one program in a folder that holds the samples; return its words."""
    shutil.copytree(SAMPLES, folder / SAMPLES.relative_to(ROOT))
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks(page, "python"))],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"In {page.name} a block fails:\n{done.stderr}"
    return done.stdout


def form_and_numbers(text: str) -> tuple[str, list[float]]:
    """Return a text without its numbers, and the numbers."""
    return re.sub(NUMBER, "#", text), [float(one) for one in re.findall(NUMBER, text)]


@pytest.mark.parametrize(
    "page", [page for page in TAUGHT if page not in (RESEARCH, PROGRAMS)], ids=lambda p: p.stem
)
def test_every_python_block_can_be_run_in_order(page: Path, tmp_path: Path) -> None:
    said_by_python(page, tmp_path)


@pytest.mark.sweep
def test_the_notebook_prints_and_draws_what_it_shows(tmp_path: Path) -> None:
    form, numbers = form_and_numbers(said_by_python(RESEARCH, tmp_path))
    shown_form, shown = form_and_numbers("".join(blocks(RESEARCH, "text")))
    assert form == shown_form
    # Machines differ in last digits, which a fit may carry further.
    assert numbers == pytest.approx(shown, rel=0.03, abs=0.03)
    for name in ("research-mastery.svg", "research-calibration.svg"):
        assert f"](../pictures/{name})" in RESEARCH.read_text("utf-8")
        form, places = form_and_numbers((tmp_path / name).read_text("utf-8"))
        shown_form, shown = form_and_numbers((PICTURES / name).read_text("utf-8"))
        assert form == shown_form
        assert places == pytest.approx(shown, abs=10)  # of 690


def test_the_pages_that_teach_by_example_have_blocks_to_run() -> None:
    assert {page.stem for page in TAUGHT} == {"api", "model-b", "research"}


# --- What commands.md says of each command


def sections() -> dict[str, str]:
    """Return what stands below each heading of a command, by the command's name."""
    text = (ROOT / "docs/reference/commands.md").read_text("utf-8")
    parts = re.split(r"^## manypaths (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def shared() -> str:
    """Return what commands.md says of all commands, before the first of them."""
    text = (ROOT / "docs/reference/commands.md").read_text("utf-8")
    return text.partition("\n## manypaths ")[0]


def options_by_command() -> dict[str, set[str]]:
    """Return the options of each command by its whole name, as its help lists them."""

    def below(group: TyperGroup, before: str) -> Iterator[tuple[str, set[str]]]:
        for name, command in group.commands.items():
            if isinstance(command, TyperGroup):
                yield from below(command, f"{before}{name} ")
            elif isinstance(command, TyperCommand):
                names = {name for option in command.params for name in option.opts}
                yield f"{before}{name}", {n for n in names if n.startswith("-")} | {"--help"}

    whole = get_command(app)
    assert isinstance(whole, TyperGroup)
    return dict(below(whole, ""))


COMMANDS = options_by_command()
SECTIONS = sections()
OPTION = re.compile(r"^- `(--?[a-z-]+)`(?:, `(--?[a-z-]+)`)?:?", re.MULTILINE)
EVERYWHERE = {"--json", "--quiet", "-q", "--district", "--help"}


def listed(text: str) -> set[str]:
    """Return the options that have a line of their own."""
    return {name for names in OPTION.findall(text) for name in names if name}


def test_every_command_has_a_section_and_no_other_has() -> None:
    assert SECTIONS.keys() == COMMANDS.keys() | {"--version"}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_lists_all_options_of_its_command_and_no_other(name: str) -> None:
    taken = COMMANDS[name]
    assert listed(SECTIONS[name]) == taken - EVERYWHERE
    synopsis = set(
        re.findall(r"--[a-z-]+", SECTIONS[name].partition("```text\n")[2].split("```")[0])
    )
    assert synopsis == {option for option in taken if option.startswith("--")} - {"--help"}


def test_what_all_commands_take_is_said_once() -> None:
    said = set(re.findall(r"`(--?[a-z]+)", shared().partition("**Everywhere.**")[2]))
    assert said == EVERYWHERE
    without_district = {name for name in COMMANDS if "--district" not in COMMANDS[name]}
    backups = {"backup", "check-backup", "restore"}
    of_the_home = {"init", "demo", "serve", "check", "evaluate", "verify-audit", "make-rounds"}
    assert without_district == backups | of_the_home | {"signing-key", "check-export"}
    told = shared().partition("Not for ")[2].partition(".\n")[0]
    assert set(re.findall("`([a-z-]+)`", told)) == without_district


# --- The keys of answers

GROUP, LEARNER = "5B Geography", "p03"
# In this order, in one home; each has its section by the name. A name in brackets stands for the id
# that the command of that name answered with.
WORDS = {
    "init": ("init",),
    "import case": ("import", "case", "maps.json"),
    "import responses": (
        *("import", "responses", "maps-log.csv"),
        *("--group", GROUP, "--framework", "Reading maps"),
    ),
    "check": ("check",),
    "export case": ("export", "case", "Reading maps", "--output", "maps-out.json"),
    "estimate": ("estimate",),
    "next": ("next", "--learner", LEARNER),
    "class": ("class", "--group", GROUP),
    "groups": ("groups", "--group", GROUP),
    "why": ("why", "--learner", LEARNER, "--competency", "M4"),
    "evaluate": ("evaluate", "maps-log.csv"),
    "fit-model": ("fit-model", "Reading maps"),
    "models": ("models", "Reading maps"),
    "switch-model": ("switch-model", "Reading maps", "--dry-run"),
    "discard-model": ("discard-model", "Reading maps"),
    "rules": ("rules", "Reading maps"),
    "calibration": ("calibration",),
    "import oneroster": ("import", "oneroster", "roster"),
    "invite-first-leader": (
        *("invite-first-leader", "--name", "Dana Novak", "--email", "dana@example.org"),
    ),
    "recover-leader": ("recover-leader", "--email", "dana@example.org"),
    "token make": ("token", "make", "Quiz program", "--scope", "read:roster"),
    "token list": ("token", "list"),
    "token renew": ("token", "renew", "<token make>"),
    "token revoke": ("token", "revoke", "<token make>"),
    "signing-key": ("signing-key",),
    "export person": ("export", "person", LEARNER, "--output", "p03.zip"),
    "check-export": ("check-export", "p03.zip"),
    "export district": ("export", "district", "--output", "district.zip"),
    "hold": ("hold", "--reason", "Case 7", "--person", LEARNER),
    "holds": ("holds",),
    "release-hold": ("release-hold", "<hold>"),
    "erase": ("erase", LEARNER, "--reason", "The family asks"),
    "erasures": ("erasures",),
    "withdraw-erasure": ("withdraw-erasure", "<erase>"),
    "retention": ("retention", "--people"),
    "make-rounds": ("make-rounds",),
    "verify-audit": ("verify-audit",),
    "backup": ("backup", "all.zip"),
    "check-backup": ("check-backup", "all.zip"),
}
# Afterwards, in a home of its own.
ELSEWHERE = {"import person": ("import", "person", "p03.zip")}
# They want two of somebody, or two years: src/manypaths/cli/tests/test_merging.py looks at them.
OF_PEOPLE = {
    "import table",
    "duplicates",
    "merge-people",
    "unmerge-people",
    "roll-over",
    "undo-roll-over",
} | {f"demographics {deed}" for deed in ("give", "end", "rotate-keys")}
# Before a candidate is fitted: with it there is something new to learn.
MORE = ("import", "responses", "more.csv", "--group", GROUP, "--framework", "Reading maps")
MORE_ROWS = [
    f"p{n:02},M{k}-1,2026-10-{20 + d}T09:00:00Z,{int(n < 3)},M{k}"
    for n in range(1, 13)
    for d in range(5)
    for k in range(1, 5)
]
REFUSED = ("class", "--group", "7C")
REFUSED_IMPORT = ("import", "responses", "faulty.csv", "--group", GROUP)
FAULTY = "learner,item,time,correct,competencies\np01,M1-1,,2,M1\n"
# By competency code, by table or by kind, so the keys are those of what there is.
KEYED_BY_CONTENT = {"status", "rows", "counts", "deleted"}


# Runs each list of words that stands on stdin by its name, all in this one process.
ASKED = """
import json, sys
from typer.testing import CliRunner
from manypaths.cli.app import app
found, ids = {}, {}
for name, words in json.load(sys.stdin).items():
    done = CliRunner().invoke(app, [ids.get(word, word) for word in words])
    found[name] = done.exit_code, done.stdout
    ids[f"<{name}>"] = json.loads(done.stdout).get("id")
print(json.dumps(found))
"""


def asked(
    commands: Mapping[str, tuple[str, ...]], folder: Path, *, home: str
) -> dict[str, tuple[int, Json]]:
    """Return how each command ends and what it prints, run one after the other in one home."""
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=folder,
        env={**bare(folder), "MANYPATHS_HOME": str(folder / home)},
        input=json.dumps({name: (*words, "--json") for name, words in commands.items()}),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    found = json.loads(done.stdout)
    assert all(said.count("\n") == 1 for _, said in found.values())
    return {name: (exit_code, json.loads(said)) for name, (exit_code, said) in found.items()}


def answers(folder: Path) -> dict[str, tuple[int, Json]]:
    """Return the answers of WORDS and ELSEWHERE, and those of the refused ones."""
    shutil.copytree(SAMPLES, folder, dirs_exist_ok=True)
    (folder / "faulty.csv").write_text(FAULTY, "utf-8")
    (folder / "more.csv").write_text("\n".join([FAULTY.split("\n")[0], *MORE_ROWS, ""]), "utf-8")
    commands = list(WORDS.items())
    commands.insert(list(WORDS).index("fit-model"), ("more", MORE))
    commands += [("refused", REFUSED), ("refused import", REFUSED_IMPORT)]
    found = asked(dict(commands), folder, home="home")
    assert found.pop("more")[0] == 0
    return found | asked(ELSEWHERE, folder, home="elsewhere")


def keys(value: object, place: str = "") -> set[str]:
    """Return the places of all keys in an answer; all objects of a list count as one."""
    if isinstance(value, list):
        return {key for one in value for key in keys(one, f"{place}[]")}
    if not isinstance(value, dict):
        return set()
    own = {f"{place}.{name}" for name in value}
    return own.union(
        *(
            keys(part, f"{place}.{name}")
            for name, part in value.items()
            if not (name in KEYED_BY_CONTENT and isinstance(part, dict))
        )
    )


def example(text: str) -> Json:
    (found,) = re.findall(r"^```json\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    shown: Json = json.loads(found)
    return shown


@pytest.mark.sweep
def test_answers_have_the_keys_that_their_examples_show(tmp_path: Path) -> None:
    found = answers(tmp_path)
    for name in WORDS | ELSEWHERE:
        exit_code, said = found[name]
        assert (exit_code, keys(said)) == (0, keys(example(SECTIONS[name]))), name
    assert found["refused"] == (1, example(shared()))
    exit_code, report = found["refused import"]
    assert exit_code == 1
    assert report.keys() == example(SECTIONS["import responses"]).keys()
    (fault,) = report["faults"]
    assert all(f"`{key}`" in shared() for key in fault)


def test_the_answer_of_the_demo_has_the_keys_that_its_example_shows() -> None:
    # To make a demo would cost more than all other tests here: this is where its answer is made.
    source = inspect.getsource(OpenedDemo.as_json)
    assert re.findall(r'"(\w+)":', source) == list(example(SECTIONS["demo"]))


def test_a_confirmed_erasure_answers_as_its_example_shows(cast: Cast) -> None:
    # It wants a leader who asked on the pages, so it is run where there are such.
    femi = make_person("Femi Adeyemi", cast.district, Role.LEADER)
    erasure = ask_erasure(cast.ada, reason="The family asks", by=user_of(femi), at=AT)
    said, shown = answer("confirm-erasure", erasure.public_id), example(SECTIONS["confirm-erasure"])
    assert keys(said) == keys(shown)
    assert said["state"] == shown["state"]


def test_every_command_has_its_answer_compared() -> None:
    # A restore wants an empty home; it answers as a backup does, see tests/test_backups.py.
    apart = {"demo", "serve", "restore", "confirm-erasure"}
    assert (WORDS | ELSEWHERE).keys() | apart | OF_PEOPLE == COMMANDS.keys()


# --- The pictures

WRITTEN = {
    "demo": "You choose.",
    "research-calibration": "expected chance",
    "research-mastery": "mastered from here",
}


@pytest.mark.parametrize("path", sorted(PICTURES.iterdir()), ids=lambda path: path.stem)
def test_a_picture_is_small_carries_its_text_and_fetches_nothing(path: Path) -> None:
    picture = path.read_text("utf-8")
    assert len(picture.encode()) < 60_000
    assert WRITTEN[path.stem] in picture.replace("\u00a0", " ")
    assert "<title>" in picture
    assert re.findall(r"https?://[^\"]*", picture) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"url\(|@import|<script|<image|<use", picture)
