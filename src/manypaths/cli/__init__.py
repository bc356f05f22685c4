"""The command line: a door. It parses, calls one service or query, and prints.

With `--json` a command prints one object on stdout and nothing else there; progress and notes go to
stderr. Exit 0: done; 1: refused, with faults; 2: wrong use. No command ever asks a question.
"""

import gc
import sys
from io import TextIOWrapper

_WRONG_USE = {
    "error": {"code": "wrong_use", "message": "The command can't be used so; stderr says why."},
    "faults": [],
}


def main() -> None:
    """Run the command line."""
    from manypaths.cli.app import app  # typer and rich are only needed here
    from manypaths.cli.session import WRONG_USE, print_json

    # A command lives for seconds and may hold millions of small rows: looking through all of them
    # for cycles again and again costs a fifth of its time and finds next to nothing.
    gc.set_threshold(1_000_000, 50, 50)
    # What a terminal has no letter for is no reason to stop.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except SystemExit as ended:
        if ended.code == WRONG_USE and "--json" in sys.argv:
            print_json(_WRONG_USE)
        raise
