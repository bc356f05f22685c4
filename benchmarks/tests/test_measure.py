"""What a process is said to have cost is its own, and pages say what was measured."""

import subprocess
import sys

import pytest

from benchmarks import run as bench
from benchmarks.growth import repeated
from benchmarks.measure import ask, run
from benchmarks.page import Page, section, table
from manypaths.mastery import School, simulate, trace
from manypaths.mastery.model import unfitted


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_a_process_is_not_charged_with_what_its_starter_holds() -> None:
    held = bytearray(b"x") * 300_000_000
    small = run(python("pass"), {})
    large = run(python("bytearray(b'x') * 200_000_000"), {})
    assert small.memory < 100 < 190 < large.memory < 300 < len(held)


def test_what_is_asked_is_answered_with_its_cost() -> None:
    cost, found = ask(python("import os; print([1, int(os.environ['TWO'])])"), {"TWO": "2"})
    assert found == [1, 2]
    assert cost.wall > 0


def test_a_command_that_fails_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run(python("raise SystemExit('no such log')"), {})
    assert failed.value.returncode == 1
    assert capsys.readouterr().err == "no such log\n"


def test_a_log_repeated_costs_and_predicts_the_same_for_each_copy() -> None:
    log, _ = simulate(School(n_learners=5), seed=0)
    thrice = repeated(log, 3)
    assert thrice.n_learners == 15
    once = trace(unfitted(), log).chance.tolist()
    assert trace(unfitted(), thrice).chance.tolist() == pytest.approx(once * 3)


def page() -> Page:
    def part() -> str:
        return section("A part", "What it is.", table(("what", "measured"), [("this", "1 s")]))

    return Page("A page", "About it.", ("numpy",), {"one": part, "two": part})


def test_a_page_in_part_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    bench.keep("a-page", page(), ["two"])
    printed = capsys.readouterr().out.splitlines()
    assert printed[:4] == ["two ...", "## A part", "", "What it is."]
    assert printed[5:8] == ["| what | measured |", "| --- | --- |", "| this | 1 s |"]


def test_a_part_that_there_is_not_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["run", "--only", "growth,speed"])
    with pytest.raises(SystemExit) as stopped:
        bench.main()
    assert stopped.value.code == 2
    assert "no such part: speed" in capsys.readouterr().err
