"""The engine is pure: light to import, and blind to files, clocks and chance."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import manypaths.mastery

ROOM = Path(manypaths.mastery.__file__).parent
MODULES = sorted(ROOM.glob("*.py"))

# What reaches outside: files, the process, the network, the clock, chance.
OUTSIDE = {
    *("io", "os", "pathlib", "shutil", "tempfile", "glob", "fileinput", "subprocess", "socket"),
    *("urllib", "http", "sqlite3", "pickle", "shelve", "importlib", "inspect", "logging", "sys"),
    *("time", "datetime", "calendar", "random", "secrets", "uuid", "threading"),
}
SPOKEN_OUTSIDE = {"open", "print", "input", "exec", "eval", "breakpoint", "__import__"}
NUMPY_FILES = {"load", "save", "savez", "loadtxt", "savetxt", "genfromtxt", "fromfile", "memmap"}
# Each with its reason: an evaluation says how long it took; the key of the compiled kernels holds
# a digest of the source of `steps`, at which numba would not look.
ALLOWED = {
    "__init__.py": {"importlib.import_module"},
    "evaluation.py": {"time.perf_counter", "time.process_time"},
    "kernels.py": {"inspect.getsource"},
}


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted names that a module imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def spoken(tree: ast.AST) -> Iterator[str]:
    """Yield every name, and every dotted name that begins with one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and rooted(node)):
            yield ast.unparse(node)


def rooted(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and rooted(node.value))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_module_reads_files_the_clock_or_global_chance(path: Path) -> None:
    tree = ast.parse(path.read_text())
    allowed = ALLOWED.get(path.name, set())
    reached = {name.split(".")[0] for name in imported(tree)} & OUTSIDE
    assert reached == {name.split(".")[0] for name in allowed}
    for name in spoken(tree):
        root, _, rest = name.partition(".")
        assert root not in SPOKEN_OUTSIDE, name
        assert not (root in reached and rest) or name in allowed, name
        assert not (root == "np" and rest.split(".")[0] in NUMPY_FILES), name


def test_chance_is_drawn_from_a_seed_alone() -> None:
    trees = [ast.parse(path.read_text()) for path in MODULES]
    drawn = {name for tree in trees for name in spoken(tree) if "random" in name.split(".")}
    assert drawn == {
        *("np.random", "np.random.RandomState"),
        *("np.random.Generator", "np.random.default_rng"),
        *("rng.random", "self.rng.random", "self.extra.random"),
    }
    makes = [
        ast.unparse(node)
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in drawn
    ]
    assert {make for make in makes if make.startswith("np.")} == {
        *("np.random.RandomState(seed)", "np.random.default_rng(seed)"),
        "np.random.default_rng([seed, 1])",
    }


HEAVY = ("django", "numba", "scipy", "polars", "pandas")
OF_THE_REST = ("django", "polars", "pandas", "manypaths.base", "manypaths.settings")
LIGHT = (
    *("", ".rules", ".explain", ".standing", ".next_steps", ".slips", ".stream", ".model"),
    *(".kinds", ".bkt_stream", ".pybkt"),
)


@pytest.mark.parametrize("module", LIGHT)
def test_what_pages_need_of_the_engine_imports_nothing_heavy(module: str) -> None:
    program = (
        f"import json, sys, manypaths.mastery{module}\n"
        f"print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []


def test_all_that_the_engine_offers_comes_without_the_rest() -> None:
    program = (
        "import json, sys, manypaths.mastery as engine\n"
        "from manypaths.mastery import *\n"
        "there = [name for name in engine.__all__ if name in globals()]\n"
        f"print(json.dumps([there, [name for name in {OF_THE_REST} if name in sys.modules]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [manypaths.mastery.__all__, []]


def test_the_engine_does_not_know_the_rooms_above_it() -> None:
    for path in MODULES:
        for name in imported(ast.parse(path.read_text())):
            assert not name.startswith("manypaths.") or name.startswith("manypaths.mastery"), name
