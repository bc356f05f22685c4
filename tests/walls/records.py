"""How deeds and queries on whole records, and on how records end, are called."""

from io import BytesIO
from uuid import UUID

from manypaths.base.clock import to_microseconds
from manypaths.people.access import Actor
from manypaths.people.models import Person
from manypaths.records import erasures, exports, holds, retention
from manypaths.records.models import DistrictExport, Erasure, ErasureState, ExportState, Hold
from manypaths.records.whole.counting import counted
from manypaths.records.whole.writing import export_record, whole_record
from tests.stage import LATER, Records
from tests.walls.kinds import Open, Wall

_NOBODY = UUID("00000000-0000-4000-8000-000000000000")


def _is_there(records: Records) -> bool:
    return Person.objects.filter(pk=records.learner.pk).exists()


def _erasure(records: Records) -> Erasure:
    """Return an erasure of the learner that waits, or a ghost of one."""
    erasure = Erasure(
        person_number=records.learner.pk,
        person_hash="0" * 64,
        reason="asked",
        state=ErasureState.ASKED,
        asked_at=to_microseconds(LATER),
    )
    if _is_there(records):
        erasure.save()
    else:
        erasure.pk = 10**12
    return erasure


def _hold(records: Records) -> Hold:
    hold = Hold(
        scope="person", scope_id=records.learner.pk, reason="x", placed_at=to_microseconds(LATER)
    )
    if _is_there(records):
        hold.save()
    else:
        hold.pk = 10**12
    return hold


def _export(records: Records) -> UUID:
    if not _is_there(records):
        return _NOBODY
    made = DistrictExport.objects.create(
        state=ExportState.DONE, asked_at=to_microseconds(LATER), asked_by=0
    )
    return made.public_id


def _due(by: Actor) -> object:
    """Return the first kind with its people, which only those who lead the district may see."""
    due = retention.Due(retention.KINDS["evidence"], 365, {}, [], 0, None)
    return retention.people_due(due, by=by)


RECORDS = {
    "records.whole.writing.export_record": Wall(
        lambda by, r: export_record(r.learner, BytesIO(), by=by, at=LATER), "dana"
    ),
    "records.whole.writing.whole_record": Wall(
        lambda by, r: whole_record(r.learner, by=by, at=LATER), "eli"
    ),
    "records.whole.counting.counted": Wall(lambda by, r: counted(r.learner, by=by), "ada"),
    "records.erasures.ask_erasure": Wall(
        lambda by, r: erasures.ask_erasure(r.learner, reason="asked", by=by, at=LATER), "femi"
    ),
    "records.erasures.confirm_erasure": Wall(
        lambda by, r: erasures.confirm_erasure(_erasure(r), by=by, at=LATER), "femi"
    ),
    "records.erasures.withdraw_erasure": Wall(
        lambda by, r: erasures.withdraw_erasure(_erasure(r), by=by, at=LATER), "femi"
    ),
    "records.erasures.erasure_for": Wall(
        lambda by, r: erasures.erasure_for(_erasure(r).public_id, by=by), "femi"
    ),
    "records.erasures.erasures": Wall(
        lambda by, r: erasures.erasures(by=by), "femi", names_records=False
    ),
    "records.erasures.carry_out_erasures": Wall(
        lambda by, r: erasures.carry_out_erasures(by=by, at=LATER), "operator", names_records=False
    ),
    "records.holds.place_hold": Wall(
        lambda by, r: holds.place_hold(r.learner, reason="a case", until=None, by=by, at=LATER),
        "femi",
    ),
    "records.holds.release_hold": Wall(
        lambda by, r: holds.release_hold(_hold(r), by=by, at=LATER), "femi"
    ),
    "records.holds.hold_for": Wall(lambda by, r: holds.hold_for(_hold(r).public_id, by=by), "femi"),
    "records.holds.holds": Wall(lambda by, r: holds.holds(by=by), "femi", names_records=False),
    "records.retention.set_policy": Wall(
        lambda by, r: retention.set_policy({}, deletes_by_itself=False, by=by, at=LATER),
        "femi",
        names_records=False,
    ),
    "records.retention.what_is_due": Wall(
        lambda by, r: retention.what_is_due(by=by), "femi", names_records=False
    ),
    "records.retention.people_due": Wall(lambda by, r: _due(by), "femi", names_records=False),
    "records.retention.delete_due": Wall(
        lambda by, r: retention.delete_due(by=by, at=LATER), "operator", names_records=False
    ),
    "records.exports.district_export_for": Wall(
        lambda by, r: exports.district_export_for(_export(r), by=by), "femi"
    ),
    "records.exports.district_exports": Wall(
        lambda by, r: exports.district_exports(by=by),
        "femi",
        names_records=False,
    ),
    "records.exports.start_district_export": Wall(
        lambda by, r: exports.start_district_export(by=by, at=LATER), "femi", names_records=False
    ),
}

OPEN_RECORDS = {
    "records.districts.export_district": Open("needs the whole database at hand; see its tests"),
    "records.whole.reading.import_record": Open("takes a file in, for the operator alone"),
}
