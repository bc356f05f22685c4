"""Work that breaks at once, for a process of its own."""

import os


def tell_and_break() -> None:
    """Write a sign of life into a pipe, and break."""
    os.write(os.open(os.environ["MANYPATHS_TEST_SIGNS"], os.O_WRONLY), b".")
    os._exit(1)
