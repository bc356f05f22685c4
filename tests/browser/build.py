"""Makes a demo district in a home: `python -m tests.browser.build HOME small`, or `whole`."""

import sys
from pathlib import Path

from manypaths.cli.session import set_up


def main(home: Path, size: str) -> None:
    set_up(home)

    from manypaths.base.clock import now
    from manypaths.base.progress import silence
    from manypaths.base.secret_key import keep_secret
    from manypaths.cli.home import make_tables
    from manypaths.demo.build import build_demo
    from manypaths.demo.roster import ONE_CLASS_A_GRADE, WHOLE_DISTRICT
    from manypaths.demo.school_days import last_school_day_before
    from manypaths.people.access import Operator

    keep_secret(home)
    make_tables()
    build_demo(
        seed=1,
        last_day=last_school_day_before(now().date()),
        by=Operator(),
        progress=silence,
        size=WHOLE_DISTRICT if size == "whole" else ONE_CLASS_A_GRADE,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
