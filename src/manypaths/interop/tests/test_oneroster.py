# ruff: noqa: E501  # rows of CSV stand as they are
"""Rosters from OneRoster files: what is taken in, tolerated, refused, ended."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from manypaths.base.errors import Refused
from manypaths.base.models import AuditEntry
from manypaths.demographics.models import Demographics
from manypaths.demographics.vault import opened
from manypaths.interop.oneroster.roster_import import import_roster
from manypaths.interop.report import ImportReport
from manypaths.interop.tests.rosters import (
    BUNDLE,
    USERS_OF_1_1,
    changed,
    write_folder,
    write_zip,
)
from manypaths.people.access import people_seen_by, supports
from manypaths.people.models import (
    Group,
    Membership,
    Organization,
    Part,
    Person,
    Relationship,
    RelationshipKind,
    RoleHeld,
    SourceId,
)
from manypaths.people.tests.cast import OPERATOR, user_of

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def take_in(path: Path, district: Organization, *, dry_run: bool = False) -> ImportReport:
    return import_roster(path, district=district, by=OPERATOR, at=AT, dry_run=dry_run)


def person(source_id: str) -> Person:
    return SourceId.objects.get(source="oneroster", value=source_id).person


def test_schools_classes_people_and_who_is_where_are_taken_in(
    district: Organization, tmp_path: Path
) -> None:
    report = take_in(write_folder(tmp_path / "b", BUNDLE), district)
    assert {kind: c.created for kind, c in report.changes.items()} == {
        "schools": 2,
        "terms": 1,
        "groups": 2,
        "people": 5,
        "roles": 6,
        "memberships": 4,
        "relationships": 1,
    }
    ada, ben = person("u1"), person("u3")
    assert ada in people_seen_by(user_of(ben))
    # Two teachers of one class, and one person in two roles at two schools.
    leads = Membership.objects.filter(group__name="7A Mathematics", part=Part.LEAD)
    assert {m.person for m in leads} == {ben, person("u5")}
    held = RoleHeld.objects.filter(person=ben).values_list("role", "organization__name")
    assert set(held) == {("teacher", "Hill School"), ("leader", "Lake School")}
    # A family sees nothing before somebody has checked who they are.
    assert not supports(user_of(person("u4")), ada, RelationshipKind.GUARDIAN)


@pytest.mark.parametrize("packed", [False, True])
def test_the_same_bundle_again_changes_nothing(
    district: Organization, tmp_path: Path, packed: bool
) -> None:
    path = write_zip(tmp_path / "b.zip", BUNDLE) if packed else write_folder(tmp_path / "b", BUNDLE)
    take_in(path, district)
    again = take_in(path, district)
    assert all(
        (c.created, c.updated, c.retired) == (0, 0, 0) and c.unchanged == c.read
        for c in again.changes.values()
    )


def test_a_dry_run_says_the_same_and_changes_nothing(
    district: Organization, tmp_path: Path
) -> None:
    path = write_folder(tmp_path / "b", BUNDLE)
    before = AuditEntry.objects.count()
    trial = take_in(path, district, dry_run=True)
    assert not Person.objects.exists()
    assert AuditEntry.objects.count() == before
    assert trial.changes == take_in(path, district).changes


def test_a_roster_of_1_1_says_the_same_people(district: Organization, tmp_path: Path) -> None:
    files = {n: t for n, t in BUNDLE.items() if n not in ("roles.csv", "manifest.csv")}
    report = take_in(write_folder(tmp_path / "b", files | {"users.csv": USERS_OF_1_1}), district)
    assert report.changes["roles"].created == 6
    assert {r.role for r in RoleHeld.objects.filter(person=person("u3"))} == {"teacher"}
    assert RoleHeld.objects.get(person=person("u4")).role == "family"


def test_who_is_no_longer_listed_has_left_and_keeps_their_record(
    district: Organization, tmp_path: Path
) -> None:
    take_in(write_folder(tmp_path / "b", BUNDLE), district)
    without = BUNDLE["enrollments.csv"].replace("e2,,,c1,s1,u2,student,,2026-08-17,\n", "")
    report = take_in(write_folder(tmp_path / "c", BUNDLE | {"enrollments.csv": without}), district)
    assert report.changes["memberships"].retired == 1
    assert Membership.objects.get(person=person("u2")).ends_on is not None
    assert person("u2") not in people_seen_by(user_of(person("u5")))
    assert Person.objects.filter(given_name="Omar").exists()


def test_a_move_in_mid_year_ends_here_and_starts_there(
    district: Organization, tmp_path: Path
) -> None:
    take_in(write_folder(tmp_path / "b", BUNDLE), district)
    moved = changed(
        "enrollments.csv", "e2,,,c1,s1,u2,student,,2026-08-17", "e2,,,c2,s2,u2,student,,2026-11-09"
    )
    take_in(write_folder(tmp_path / "c", moved), district)
    spells = Membership.objects.filter(person=person("u2")).order_by("starts_on")
    first, second = spells
    assert first.ends_on is not None
    assert second.ends_on is None
    assert second.starts_on == date(2026, 11, 9)


def test_who_comes_back_is_a_member_again(district: Organization, tmp_path: Path) -> None:
    take_in(write_folder(tmp_path / "b", BUNDLE), district)
    without = BUNDLE["enrollments.csv"].replace("e2,,,c1,s1,u2,student,,2026-08-17,\n", "")
    take_in(write_folder(tmp_path / "c", BUNDLE | {"enrollments.csv": without}), district)
    take_in(write_folder(tmp_path / "d", BUNDLE), district)
    assert Membership.objects.get(person=person("u2")).ends_on is None


def test_a_delta_changes_what_it_names_and_nothing_else(
    district: Organization, tmp_path: Path
) -> None:
    take_in(write_folder(tmp_path / "b", BUNDLE), district)
    now = "2026-11-19T10:00:00Z"
    delta = {
        "manifest.csv": BUNDLE["manifest.csv"].replace(",bulk", ",delta"),
        "users.csv": BUNDLE["users.csv"].splitlines()[0]
        + f"\nu1,active,{now},true,u1,Ada,Okafor-Lind,u4\nu2,tobedeleted,{now},true,u2,Omar,Haddad,\n",
    }
    report = take_in(write_folder(tmp_path / "c", delta), district)
    assert person("u1").family_name == "Okafor-Lind"
    assert report.changes["memberships"].retired == 1
    assert Membership.objects.get(person=person("u1")).ends_on is None
    assert Group.objects.count() == 2


def test_what_people_did_here_by_hand_is_not_ended_by_a_roster(
    district: Organization, tmp_path: Path
) -> None:
    take_in(write_folder(tmp_path / "b", BUNDLE), district)
    group = Group.objects.get(name="7B Mathematics")
    Membership.objects.create(
        group=group, person=person("u5"), part=Part.LEAD, starts_on=date(2026, 9, 1)
    )
    take_in(write_folder(tmp_path / "b", BUNDLE), district)
    assert Membership.objects.get(group=group, person=person("u5")).ends_on is None


def test_consent_that_was_given_here_stays(district: Organization, tmp_path: Path) -> None:
    take_in(write_folder(tmp_path / "b", BUNDLE), district)
    Relationship.objects.update(consented_on=date(2026, 9, 2))
    take_in(write_folder(tmp_path / "b", BUNDLE), district)
    assert Relationship.objects.get().consented_on == date(2026, 9, 2)


def test_dirty_exports_are_taken_in_and_what_was_tolerated_is_named(
    district: Organization, tmp_path: Path
) -> None:
    users = BUNDLE["users.csv"].replace("enabledUser", "ENABLEDUSER").replace(",true,", ",TRUE,")
    files: dict[str, str | bytes] = {
        n: t for n, t in BUNDLE.items() if n not in ("manifest.csv", "courses.csv")
    }
    files["users.csv"] = b"\xef\xbb\xbf" + users.replace("\nu3,,", "\n\n,,,,,,,\nu3,,").encode()
    del files["orgs.csv"]
    files["Orgs.CSV"] = BUNDLE["orgs.csv"].replace(",school,", ",School,")
    report = take_in(write_folder(tmp_path / "b", files), district)
    assert report.changes["people"].created == 5
    said = " ".join(report.notices)
    for part in (
        "byte order mark",
        "enabledUser as ENABLEDUSER",
        "blank rows",
        "no manifest.csv",
        "orgs.csv is called Orgs.CSV",
    ):
        assert part in said


# What is planted in one file, and where the fault must be found.
FAULTS = [
    ("orgs.csv", "s1,,,Hill School,school", "s1,,,Hill School,college", 3, "type", "college"),
    ("orgs.csv", "s2,,,Lake School", "s1,,,Lake School", 4, "sourcedId", "s1"),
    ("orgs.csv", "s2,,,Lake School,school,,d1", "s2,,,Lake School,school,,d9", 4, "parentSourcedId", "d9"),
    ("orgs.csv", "s2,,,Lake School", "s2,,,", 4, "name", ""),
    ("orgs.csv", "s2,,,Lake", ",,,Lake", 4, "sourcedId", ""),
    ("orgs.csv", "sourcedId,status", "id,status", 1, "sourcedId", None),
    ("academicSessions.csv", "2026-08-17", "17.08.2026", 2, "startDate", "17.08.2026"),
    ("academicSessions.csv", "2026-12-18", "2026-07-18", 2, "endDate", "2026-07-18"),
    ("academicSessions.csv", ",term,", ",week,", 2, "type", "week"),
    ("academicSessions.csv", "2026-12-18", "", 2, "endDate", ""),
    ("classes.csv", "math7,scheduled,s2", "math7,scheduled,s7", 3, "schoolSourcedId", "s7"),
    ("classes.csv", "s2,fall", "s2,spring", 3, "termSourcedIds", "spring"),
    ("classes.csv", "s2,fall", 's2,"fall,spring"', 3, "termSourcedIds", "spring"),
    ("classes.csv", "s2,fall", "s2,", 3, "termSourcedIds", ""),
    ("classes.csv", "c2,,,7B Mathematics,math7", "c2,,,7B Mathematics,art", 3, "courseSourcedId", "art"),
    ("classes.csv", "c2,", "c1,", 3, "sourcedId", "c1"),
    ("users.csv", "u2,,,true", "u2,,,maybe", 3, "enabledUser", "maybe"),
    ("users.csv", "Omar,Haddad,", "Omar,,", 3, "familyName", ""),
    ("users.csv", "Omar,Haddad,", "Omar,Haddad,u77", 3, "agentSourcedIds", "u77"),
    ("users.csv", "u2,,,true,u2,Omar,Haddad,", "u2,,,true,u2,Omar,Haddad,,1,2", 3, None, "10"),
    ("users.csv", "u5,", "u2,", 6, "sourcedId", "u2"),
    ("users.csv", "u2,,,", "u2,gone,,", 3, "status", "gone"),
    ("users.csv", "u2,,,", "u2,,yesterday,", 3, "dateLastModified", "yesterday"),
    ("roles.csv", "primary,teacher,,,s1\nr4", "primary,wizard,,,s1\nr4", 4, "role", "wizard"),
    ("roles.csv", "r2,,,u2", "r2,,,u22", 3, "userSourcedId", "u22"),
    ("roles.csv", "student,,,s1\nr3", "student,2026-09-01,2026-08-01,s1\nr3", 3, "endDate", "2026-08-01"),
    ("roles.csv", "r5,,,u3,secondary,principal,,,s2", "r5,,,u3,secondary,principal,,,", 6, "orgSourcedId", ""),
    ("enrollments.csv", "e2,,,c1", "e2,,,c9", 3, "classSourcedId", "c9"),
    ("enrollments.csv", "u2,student", "u2,visitor", 3, "role", "visitor"),
    ("enrollments.csv", "e3,,,c1,s1,u3,teacher,true,2026-08-17", "e3,,,c1,s1,u3,teacher,true,August", 4, "beginDate", "August"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "row", "column", "value"), FAULTS)
def test_a_planted_fault_is_found_where_it_stands_and_nothing_is_taken_in(
    district: Organization,
    tmp_path: Path,
    file: str,
    old: str,
    new: str,
    row: int,
    column: str | None,
    value: str | None,
) -> None:
    path = write_folder(tmp_path / "b", changed(file, old, new))
    with pytest.raises(Refused) as refusal:
        take_in(path, district)
    found = {(f.file, f.row, f.column, f.value) for f in refusal.value.faults}
    assert (file, row, column, value) in found
    assert not Person.objects.exists()
    assert not Group.objects.exists()


def test_thirty_faults_are_told_together(district: Organization, tmp_path: Path) -> None:
    files = dict(BUNDLE)
    planted = set()
    for file, old, new, row, column, value in FAULTS:
        if column != "sourcedId" and old in files[file] and files[file].count(old) == 1:
            files[file] = files[file].replace(old, new)
            planted.add((file, row, column, value))
    with pytest.raises(Refused) as refusal:
        take_in(write_folder(tmp_path / "b", files), district)
    found = {(f.file, f.row, f.column, f.value) for f in refusal.value.faults}
    assert len(planted) > 12
    # A row that is refused whole, or whose cell two faults share, names the last of them.
    assert {f[:2] for f in planted} <= {f[:2] for f in found}


@pytest.mark.parametrize("name", ["orgs", "users", "classes", "enrollments", "academicSessions"])
def test_a_file_that_a_roster_needs_is_missed(
    district: Organization, tmp_path: Path, name: str
) -> None:
    files = {n: t for n, t in BUNDLE.items() if n != f"{name}.csv"}
    with pytest.raises(Refused) as refusal:
        take_in(write_folder(tmp_path / "b", files), district)
    assert f"{name}.csv" in {f.file for f in refusal.value.faults}


@pytest.mark.parametrize(
    "spoiled",
    [
        BUNDLE["users.csv"].encode("utf-16"),
        BUNDLE["users.csv"].replace("Ada", "Ad\0a").encode(),
        BUNDLE["users.csv"].encode() + b"\xff\xfe",
        BUNDLE["users.csv"].replace("Ada", '"Ada').encode(),
        b"",
    ],
)
def test_what_is_no_csv_in_utf_8_is_refused(
    district: Organization, tmp_path: Path, spoiled: bytes
) -> None:
    files: dict[str, str | bytes] = {**BUNDLE, "users.csv": spoiled}
    with pytest.raises(Refused) as refusal:
        take_in(write_folder(tmp_path / "b", files), district)
    assert any(f.file == "users.csv" for f in refusal.value.faults)


def test_the_sample_of_the_standard_is_taken_in(district: Organization, conformance: Path) -> None:
    report = take_in(conformance / "data" / "oneroster" / "v1p2-minimal", district)
    assert report.changes["people"].created == 2


def test_demographics_are_sealed_apart_and_counted(district: Organization, tmp_path: Path) -> None:
    files = BUNDLE | {
        "demographics.csv": "sourcedId,status,dateLastModified,birthDate,sex,asian,metadata.el,lunch\n"
        "u1,,,2014-03-01,Female,TRUE,no,free\nu2,,,2013-11-30,,,,\n"
    }
    path = write_folder(tmp_path / "b", files)
    report = take_in(path, district)
    assert report.changes["demographics"].created == 2
    raw = bytes(Demographics.objects.get(person=person("u1")).sealed)
    assert b"2014" not in raw
    facts = {"birthDate": "2014-03-01", "sex": "female", "asian": "true", "metadata.el": "no"}
    assert opened(Demographics.objects.get(person=person("u1"))) == facts
    assert take_in(path, district).changes["demographics"].unchanged == 2


def test_a_birth_date_that_is_none_is_a_fault_with_its_place(
    district: Organization, tmp_path: Path
) -> None:
    files = BUNDLE | {
        "demographics.csv": "sourcedId,status,dateLastModified,birthDate,sex\nu1,,,31.2.2014,girl\n"
    }
    with pytest.raises(Refused) as refusal:
        take_in(write_folder(tmp_path / "b", files), district)
    places = [(f.file, f.row, f.column, f.value) for f in refusal.value.faults]
    assert places == [
        ("demographics.csv", 2, "birthDate", "31.2.2014"),
        ("demographics.csv", 2, "sex", "girl"),
    ]
    assert not Person.objects.exists()
