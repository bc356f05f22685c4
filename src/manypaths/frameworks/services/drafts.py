"""Deeds on single competencies of a version that is not published yet."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.errors import Fault, Refused
from manypaths.frameworks.access import require_right_to_change
from manypaths.frameworks.checks import longest_text, text_faults
from manypaths.frameworks.models import Competency, Framework
from manypaths.people.access import Actor


@transaction.atomic
def edit_competency(
    competency: Competency,
    *,
    statement: str | None = None,
    title: str | None = None,
    by: Actor,
    at: datetime,
) -> Competency:
    """Reword a competency of a draft. An empty title leaves the statement as its name.

    Raises Refused for a published version, and for a text that is empty or too long.
    """
    require_right_to_change(by, competency.framework)
    _require_draft(competency.framework)
    wording = {
        column: text
        for column, text in (("statement", statement), ("title", title))
        if text is not None
    }
    faults = [fault for column, text in wording.items() for fault in _faults(column, text)]
    if faults:
        raise Refused(gettext("A competency can't be worded like this."), faults)
    for column, text in wording.items():
        setattr(competency, column, text)
    competency.save(update_fields=list(wording))
    record_deed("edit competency", by=by, at=at, subject=("competency", competency.pk))
    return competency


@transaction.atomic
def retire_competency(competency: Competency, *, by: Actor, at: datetime) -> Competency:
    """Leave a competency out of a draft. Its row stays, as does evidence on earlier versions."""
    require_right_to_change(by, competency.framework)
    _require_draft(competency.framework)
    competency.retired_at = at
    competency.save(update_fields=["retired_at"])
    record_deed("retire competency", by=by, at=at, subject=("competency", competency.pk))
    return competency


def _require_draft(framework: Framework) -> None:
    if framework.published_at is not None:
        raise Refused(
            gettext(
                "{framework} is published, and evidence may refer to its words. Start a new "
                "version to change them."
            ).format(framework=framework)
        )


def _faults(column: str, text: str) -> list[Fault]:
    length = longest_text(Competency, column)
    return list(text_faults(text, column, longest=length, may_be_empty=column == "title"))
