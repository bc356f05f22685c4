"""Run a command as a whole process and read what the system says it cost."""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What one process cost: seconds on the wall, seconds of processor, most memory in MB."""

    wall: float
    cpu: float
    memory: float


def run(command: Sequence[str | Path], environment: Mapping[str, str]) -> Cost:
    """Run a command to its end. Raises CalledProcessError with what it said if it fails."""
    began = time.perf_counter()
    with subprocess.Popen(
        list(map(str, command)),
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None  # asked for above
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    if process.returncode:
        raise subprocess.CalledProcessError(
            process.returncode, list(map(str, command)), stderr=said
        )
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


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
    """Return the version of Python."""
    return sys.version.split()[0]
