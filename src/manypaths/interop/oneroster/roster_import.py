"""Take a OneRoster bundle in: one roster, all or nothing."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.base.bulk import AT_ONCE
from manypaths.base.clock import date_of
from manypaths.base.progress import Tell, silence
from manypaths.demographics.access import may_bring_demographics
from manypaths.interop.models import OrgOfRoster
from manypaths.interop.oneroster.bundle import read_bundle
from manypaths.interop.oneroster.drafting import SOURCE, Draft
from manypaths.interop.oneroster.results import has_results, take_in_results
from manypaths.interop.oneroster.sealing import has_demographics, seal_demographics
from manypaths.interop.report import ImportReport
from manypaths.people.access import Actor
from manypaths.people.models import Organization
from manypaths.people.rostering import known_ids, take_in_roster

_TABLES_OF_IDS = {
    "orgs": "schools",
    "academicSessions": "terms",
    "classes": "groups",
    "users": "people",
}


def import_roster(
    path: Path,
    *,
    district: Organization,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Tell = silence,
    settle: Callable[[ImportReport], None] = lambda report: None,
) -> ImportReport:
    """Bring a OneRoster bundle into the district, or with `dry_run` say what that would change.

    `settle` is called with the report within the same transaction, unless it is a dry run. Raises
    Refused with every fault; then nothing was changed.
    """
    progress("Reading", 0, 2)
    known = known_ids(SOURCE)
    orgs = dict(OrgOfRoster.objects.values_list("value", "school"))
    known["schools"] |= orgs.keys()
    bundle = read_bundle(
        path, known=lambda file, one: one in known.get(_TABLES_OF_IDS.get(file, ""), ())
    )
    progress("Saving", 1, 2)
    on = date_of(at)
    draft = Draft(bundle, on, orgs, known["families"])
    with transaction.atomic():
        taken = take_in_roster(
            draft.roster(), district=district, by=by, at=at, on=on, sha256=_hash_of(path)
        )
        _remember_orgs(orgs, draft.orgs)
        changes, notices = dict(taken.changes), bundle.findings.notices()
        if has_demographics(bundle) and not may_bring_demographics(by):
            notices.append(_without_demographics())
        elif has_demographics(bundle):
            changes["demographics"] = seal_demographics(
                bundle, taken.people, district=district, by=by, at=at
            )
        if has_results(bundle):
            progress("Saving results and estimates", 1, 2)
            changes["results"], left_out = take_in_results(
                bundle, taken.people, district=district, by=by, at=at
            )
            notices += left_out
        report = ImportReport(dry_run, changes, notices=notices)
        if not dry_run:
            settle(report)
        transaction.set_rollback(dry_run)
    return report


def _without_demographics() -> str:
    return _(
        "demographics.csv was left out: only somebody with the right to read demographics "
        "brings them in."
    )


def _remember_orgs(known: Mapping[str, str | None], found: Mapping[str, str | None]) -> None:
    """Keep what the roster calls the district and parts of schools, for bundles that name them."""
    news = {one: school for one, school in found.items() if (one, school) not in known.items()}
    OrgOfRoster.objects.filter(value__in=list(news)).delete()
    OrgOfRoster.objects.bulk_create(
        [OrgOfRoster(value=org, school=school) for org, school in news.items()], AT_ONCE
    )


def _hash_of(path: Path) -> str:
    """Return the hash of a file, or of a folder's files by name."""
    digest = hashlib.sha256()
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    for file in files:
        if file.is_file():
            digest.update(file.name.encode() + b"\0")
            digest.update(file.read_bytes())
    return digest.hexdigest()
