"""Take in a framework from our own YAML form."""

import hashlib
from datetime import datetime

from django.db import transaction

from manypaths.base.errors import Fault
from manypaths.base.worded import worded
from manypaths.frameworks.access import require_right_to_add
from manypaths.frameworks.services import save_framework
from manypaths.frameworks.yaml_form import read_yaml
from manypaths.interop.report import ImportReport, refused, report_of
from manypaths.people.access import Actor


def import_yaml(
    content: bytes, *, file: str, by: Actor, at: datetime, dry_run: bool
) -> ImportReport:
    """Save the framework of a YAML file, and report what that changed; all of it or nothing.

    Raises NotFound for somebody who may not add frameworks here, Refused with every fault.
    """
    require_right_to_add(by)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused(file, [Fault(file, None, None, None, worded("text in UTF-8"))]) from None
    draft = read_yaml(text, file=file)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        saved = save_framework(draft, by=by, at=at, sha256=digest)
        transaction.set_rollback(dry_run)
    return report_of(saved, (), dry_run=dry_run)
