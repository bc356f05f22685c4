"""However a package is damaged: it is imported and comes back the same, or nothing changes."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.models import AuditEntry
from manypaths.frameworks.models import Association, Competency, Framework, Scale
from manypaths.interop.case import import_case, read_case, to_case
from manypaths.interop.tests.case_documents import (
    full_package,
    lax_package,
    scaled_package,
    written,
)
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["isChildOf", "manypaths", "\0", "\ud800", "x" * 600, 2**40, -0.0]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["identifier", "manypaths", "extensions", "x"]), inner)
    ),
    max_leaves=5,
)
PACKAGES = (full_package(), lax_package(), scaled_package())
DAMAGES = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=150,
    deadline=None,
)


def rows() -> tuple[int, ...]:
    tables = (Framework, Competency, Association, Scale, AuditEntry)
    return tuple(table.objects.count() for table in tables)


def check(content: bytes) -> None:
    """Import the content: either nothing changes, or it goes out and comes in the same."""
    before = rows()
    with transaction.atomic():
        report = import_case(content, file="x.json", by=OPERATOR, at=AT, dry_run=False)
        if report.faults:
            assert rows() == before
            assert json.dumps(report.as_json()).encode()
        else:
            draft = read_case(content, file="x.json").draft
            out = to_case(Framework.objects.get()).package
            assert read_case(json.dumps(out), file="out.json").draft == draft
        transaction.set_rollback(True)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if not isinstance(value, dict | list):
        return
    for step, part in dict(enumerate(value) if isinstance(value, list) else value).items():
        yield (*path, step)
        yield from paths(part, (*path, step))


@st.composite
def damaged(draw: st.DrawFn, package: Any) -> Any:
    """Draw a package with up to three parts dropped, replaced or put in each other's place."""
    package = copy.deepcopy(package)
    for _ in range(draw(st.integers(1, 3))):
        everywhere = list(paths(package))
        path = draw(st.sampled_from(everywhere))
        part = package
        for step in path[:-1]:
            part = part[step]
        match draw(st.sampled_from(["drop", "replace", "wrap", "text", "swap", "add"])):
            case "drop":
                del part[path[-1]]
            case "replace":
                part[path[-1]] = draw(JUNK)
            case "wrap":
                part[path[-1]] = [part[path[-1]]]
            case "text":
                part[path[-1]] = str(part[path[-1]])
            case "swap":
                other = package
                for step in draw(st.sampled_from(everywhere)):
                    other = other[step]
                part[path[-1]] = copy.deepcopy(other)
            case "add" if isinstance(part[path[-1]], dict):
                part[path[-1]][draw(st.text(st.characters(), max_size=4))] = draw(JUNK)
    return package


@DAMAGES
@given(package=st.one_of([damaged(package) for package in PACKAGES]))
def test_a_package_damaged_in_its_parts_is_imported_whole_or_not_at_all(
    district: Organization, package: Any
) -> None:
    check(json.dumps(package).encode())


@DAMAGES
@given(
    start=st.integers(0, len(written(full_package())) - 1),
    length=st.integers(0, 200),
    put=st.binary(max_size=4),
)
def test_a_file_damaged_in_its_bytes_is_imported_whole_or_not_at_all(
    district: Organization, start: int, length: int, put: bytes
) -> None:
    content = written(full_package())
    check(content[:start] + put + content[start + length :])


@DAMAGES
@given(end=st.integers(0, len(written(full_package())) - 1))
def test_a_file_cut_short_is_refused(district: Organization, end: int) -> None:
    content = written(full_package())
    report = import_case(content[:end], file="x.json", by=OPERATOR, at=AT, dry_run=False)
    assert report.faults
    assert not Framework.objects.exists()
