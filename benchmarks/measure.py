"""Run a command as a whole process and read what the system says it cost."""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

COMMAND = Path(sys.executable).parent / "manypaths"
_ACCOUNTANT = Path(__file__).parent / "accountant.py"


@dataclass(frozen=True)
class Cost:
    """What one process cost: seconds on the wall, seconds of processor, most memory in MB."""

    wall: float
    cpu: float
    memory: float


def run(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    *,
    output: IO[str] | None = None,
) -> Cost:
    """Run a command to its end; keep its output where asked to.

    If it fails, shows what it complained of and raises CalledProcessError.
    """
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as bill:
        done = subprocess.run(
            [sys.executable, "-I", "-S", _ACCOUNTANT, bill.name, *command],
            env={**os.environ, **environment},
            stdout=output or subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.stderr.write(done.stderr)
            raise subprocess.CalledProcessError(done.returncode, command)
        return Cost(**json.load(bill))


def ask(command: Sequence[str | Path], environment: Mapping[str, str]) -> tuple[Cost, Any]:
    """Run a command that prints one JSON value; return its cost and the value."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        cost = run(command, environment, output=output)
        output.seek(0)
        return cost, json.load(output)


def median_of(times: int, command: Sequence[str | Path], environment: Mapping[str, str]) -> Cost:
    """Run a command several times and return the median of each figure."""
    costs = [run(command, environment) for _ in range(times)]
    return Cost(
        wall=statistics.median(cost.wall for cost in costs),
        cpu=statistics.median(cost.cpu for cost in costs),
        memory=statistics.median(cost.memory for cost in costs),
    )


def folder_megabytes(folder: Path) -> float:
    """Return the size of all files below a folder in MB (10^6 bytes), links not followed."""
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def machine() -> str:
    """Return what was measured on, without naming the machine."""
    cores = os.cpu_count()
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores} cores ({model}), {memory:.0f} GiB, {platform.system()} {platform.machine()}"


def python_version() -> str:
    """Return the version of Python, and whether it is Debian's: others may be built slower."""
    built = " as Debian builds it" if sys.base_prefix == "/usr" else ""
    return sys.version.split()[0] + built
