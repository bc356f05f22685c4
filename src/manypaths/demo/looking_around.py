"""Looking around in a demo district as one of its people, and putting it back as it was made."""

from dataclasses import dataclass
from datetime import datetime

from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import district_scope
from manypaths.demo.build import DemoDistrict, find_demo
from manypaths.demo.cast import CastMember, cast_of, user_of
from manypaths.demo.putting_back import is_copy_kept, put_back
from manypaths.people.access import Operator
from manypaths.people.models import Organization, User
from manypaths.people.queries import districts, zone_of


@dataclass(frozen=True)
class Demonstration:
    """A demo district that anybody may look around in, with its cast."""

    district: Organization
    cast: list[CastMember]


def demonstration() -> Demonstration | None:
    """Return the demo district; None where this installation holds anything else."""
    found = _demo()
    if found is None:
        return None
    with district_scope(found.district.pk, zone_of(found.district)):
        return Demonstration(found.district, list(cast_of(found)))


def enter_as(part: str, *, at: datetime) -> User:
    """Return the sign-in of one of the cast, made where it is missing.

    Raises NotFound where there is no demo district, or nobody in this part.
    """
    found = _demo()
    if found is None:
        raise NotFound
    with district_scope(found.district.pk, zone_of(found.district)):
        member = next((m for m in cast_of(found) if m.part == part), None)
        if member is None:
            raise NotFound
        return user_of(member.person, at=at)


def can_reset() -> bool:
    """Say whether the demo can be put back as it was made."""
    return is_copy_kept()


def reset() -> None:
    """Put the demo back as it was made, at once for everybody: all or nothing.

    Raises NotFound where there is no demo or no copy of it, and Refused where the copy is of an
    earlier version, or somebody else keeps writing.
    """
    if _demo() is None:
        raise NotFound
    put_back()


def _demo() -> DemoDistrict | None:
    found = districts(by=Operator())
    if not found or not all(district.is_demonstration for district in found):
        return None
    try:
        return find_demo(found[0])
    except Refused:
        return None
