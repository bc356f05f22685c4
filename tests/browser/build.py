"""Makes a district in a home: `python -m tests.browser.build HOME DISTRICT`."""

import sys
from pathlib import Path

from manypaths.cli.session import set_up
from tests.browser.districts import DISTRICTS


def main(home: Path, district: str) -> None:
    set_up(home)

    from manypaths.base.secret_key import keep_secret
    from manypaths.cli.home import make_tables

    keep_secret(home)
    make_tables()
    DISTRICTS[district]()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
