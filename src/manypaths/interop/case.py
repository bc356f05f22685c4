"""CASE, the exchange format of competency frameworks, in (1.0 and 1.1, lax) and out (1.1, strict).

Standard: Competencies and Academic Standards Exchange 1.1, 1EdTech,
https://www.imsglobal.org/spec/case/v1p1. A package holds one CFDocument (our framework), CFItems
(competencies), CFAssociations, CFDefinitions and CFRubrics. Whatever its publisher says is kept in
`source`, so what comes in goes out again; what CASE has no place for travels under `extensions`
with the key `manypaths` (see `case_strict`).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from manypaths.base.changes import Changes
from manypaths.base.errors import Fault
from manypaths.base.worded import worded
from manypaths.frameworks.access import require_right_to_add
from manypaths.frameworks.draft import FrameworkDraft
from manypaths.frameworks.models import Association, Competency
from manypaths.frameworks.services import save_framework
from manypaths.interop.case_reading import CaseReading, read_case
from manypaths.interop.case_writing import CaseWriting, to_case, to_case_document
from manypaths.interop.report import ImportReport, report_of
from manypaths.people.access import Actor

__all__ = ["CaseReading", "CaseWriting", "import_case", "read_case", "to_case", "to_case_document"]


def import_case(
    content: bytes, *, file: str, by: Actor, at: datetime, dry_run: bool
) -> ImportReport:
    """Save the framework of a CASE package, and report what that changed; all of it or nothing.

    With faults, or in a dry run, nothing is changed. Raises NotFound for somebody who may not add
    frameworks here, Refused where the framework can't change as the package wants.
    """
    require_right_to_add(by)
    reading = read_case(content, file=file)
    nothing = {"items": Changes(), "associations": Changes()}
    if reading.draft is None:
        return ImportReport(dry_run, nothing, reading.faults, reading.notices)
    lost = _lost_by_absence(reading.draft, reading.absent, file)
    if lost:
        return ImportReport(dry_run, nothing, lost, reading.notices)
    with transaction.atomic():
        digest = hashlib.sha256(content).hexdigest()
        saved = save_framework(reading.draft, by=by, at=at, sha256=digest)
        transaction.set_rollback(dry_run)
    return report_of(saved, reading.notices, dry_run=dry_run)


def _lost_by_absence(draft: FrameworkDraft, absent: Sequence[str], file: str) -> tuple[Fault, ...]:
    """Return a fault for each list that a package lacks while we hold something of it.

    To retire all of it an empty list says so; a list that is missing is more likely cut off.
    """
    of_framework = {"framework__identifier": draft.identifier, "retired_at": None}
    held = {
        "CFItems": Competency.objects.filter(**of_framework),
        "CFAssociations": Association.objects.filter(**of_framework),
    }
    allowed = worded("a list, for it holds something here; an empty one retires all of that")
    return tuple(Fault(file, None, name, None, allowed) for name in absent if held[name].exists())
