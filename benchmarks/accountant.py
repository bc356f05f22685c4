"""Run a command and write down what it cost, as JSON: accountant.py FILE COMMAND ...

The system counts as a process's own memory what the one that started it held until then. That is
why this small one starts whatever is measured.
"""

import json
import os
import sys
import time


def main() -> None:
    file, *command = sys.argv[1:]
    began = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(process, 0)
    cost = {
        "wall": time.perf_counter() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss / 1024,
    }
    with open(file, "w", encoding="utf-8") as bill:  # noqa: PTH123  # pathlib would weigh on it
        json.dump(cost, bill)
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
