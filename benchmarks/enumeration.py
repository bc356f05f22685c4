"""Can a stranger tell by the clock what is not theirs from what is not there?

`python -m benchmarks.enumeration HOME PORT` asks a demo that is served there for learners of other
classes and for nobody, in turn, and prints the medians, their gap and how likely such a gap is by
chance (Mann & Whitney, 1947, The Annals of Mathematical Statistics 18, 50-60). It judges nothing: a
busy machine shows in it.
"""

import http.client
import statistics
import sys
import time
from pathlib import Path
from uuid import uuid4

from scipy.stats import mannwhitneyu

_EACH, _WARM = 2_000, 50


def main(home: Path, port: int, n_each: int = _EACH) -> None:
    """Ask so many times for each, in turn, and print what the clock says."""
    theirs, session = _visit(home)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(-_WARM, n_each):
        # Which comes first changes each time.
        for is_there in (number % 2 == 0, number % 2 == 1):
            learner = theirs[number % len(theirs)] if is_there else str(uuid4())
            begun = time.perf_counter()
            connection.request("GET", f"/path/{learner}/", headers={"Cookie": session})
            answer = connection.getresponse()
            answer.read()
            taken = time.perf_counter() - begun
            if answer.status != 404:
                raise RuntimeError(f"a path that is not theirs answered {answer.status}")
            if number >= 0:
                times[is_there].append(taken)
    connection.close()
    _tell(times[True], times[False])


def _visit(home: Path) -> tuple[list[str], str]:
    """Return learners whom the demo's teacher may not see, and the teacher's session."""
    from manypaths.cli.session import set_up

    set_up(home)

    from manypaths.base.scope import district_scope
    from manypaths.demo.build import find_demo
    from manypaths.people.models import Organization, Part, Person
    from manypaths.people.queries import zone_of
    from manypaths.web.tests.clients import client_of

    district = Organization.every_district.get(is_demonstration=True)
    with district_scope(district.pk, zone_of(district)):
        teacher = Person.objects.get(source_ids__value=find_demo(district).teacher)
        own = teacher.memberships.filter(part=Part.LEAD).values("group")
        others = Person.objects.filter(memberships__part=Part.LEARNER)
        theirs = others.exclude(memberships__group__in=own).order_by("pk")[:50]
        (cookie,) = client_of(teacher).cookies.values()
        # Without TLS the name has no prefix.
        name = cookie.key.removeprefix("__Host-")
        return [str(learner.public_id) for learner in theirs], f"{name}={cookie.value}"


def _tell(there: list[float], missing: list[float]) -> None:
    medians = [1000 * statistics.median(each) for each in (there, missing)]
    chance = mannwhitneyu(there, missing).pvalue
    sys.stdout.write(
        f"not theirs: median {medians[0]:.3f} ms; not there: median {medians[1]:.3f} ms, "
        f"of {len(there):,} each\n"
        f"gap {medians[0] - medians[1]:+.3f} ms; by chance: p = {chance:.3f}\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:4]))
