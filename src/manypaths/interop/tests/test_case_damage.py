"""However a package is damaged: it is imported and comes back the same, or nothing changes."""

import json
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
from manypaths.interop.tests.damages import damaged
from manypaths.people.models import Organization
from manypaths.people.tests.cast import AT, OPERATOR

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
