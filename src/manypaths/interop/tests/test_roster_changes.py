# ruff: noqa: E501  # rows of CSV stand as they are
"""Bundles that tell what changed: who moves is no longer where they were, whatever the list says."""

from datetime import date
from pathlib import Path

import pytest

from manypaths.base.errors import Refused
from manypaths.interop.report import ImportReport
from manypaths.interop.tests.rosters import BUNDLE, USERS_OF_1_1, write_folder
from manypaths.interop.tests.test_oneroster import AT, person, take_in
from manypaths.people.access import people_seen_by
from manypaths.people.models import (
    Group,
    Membership,
    Organization,
    Person,
    Relationship,
    RoleHeld,
    Term,
)
from manypaths.people.tests.cast import user_of

NOW = "2026-11-19T10:00:00Z"


def delta(*changes: str, version: str = "1.2") -> dict[str, str]:
    """Return a bundle that tells changes: each `table: row` below the columns of that table."""
    tables = BUNDLE | ({"users.csv": USERS_OF_1_1} if version == "1.1" else {})
    files: dict[str, str] = {}
    for change in changes:
        name, _, row = change.partition(": ")
        files.setdefault(f"{name}.csv", tables[f"{name}.csv"].splitlines()[0] + "\n")
        files[f"{name}.csv"] += (
            row.replace(",active,", f",active,{NOW}").replace(
                ",tobedeleted,", f",tobedeleted,{NOW}"
            )
            + "\n"
        )
    manifest = [f"file.{name.removesuffix('.csv')},delta" for name in files]
    files["manifest.csv"] = "\n".join(
        ["propertyName,value", f"oneroster.version,{version}", *manifest, ""]
    )
    return files


def first(folder: Path, district: Organization, changes: dict[str, str] | None = None) -> None:
    take_in(write_folder(folder / "bulk", BUNDLE | (changes or {})), district)


def then(folder: Path, district: Organization, *changes: str, version: str = "1.2") -> ImportReport:
    fresh = folder / f"delta-{len(list(folder.iterdir()))}"
    return take_in(write_folder(fresh, delta(*changes, version=version)), district)


def roles_of(source_id: str) -> set[tuple[str, str]]:
    rows = RoleHeld.objects.filter(person=person(source_id), ends_on=None)
    return set(rows.values_list("role", "organization__name"))


def groups_of(source_id: str) -> set[str]:
    rows = Membership.objects.filter(person=person(source_id), ends_on=None)
    return set(rows.values_list("group__name", flat=True))


OF_1_1 = {
    "users.csv": USERS_OF_1_1,
    "manifest.csv": BUNDLE["manifest.csv"].replace("1.2", "1.1").replace("file.roles,bulk\n", ""),
}


# --- who moves


def test_a_user_of_1_1_is_where_their_row_says_and_nowhere_else(
    district: Organization, tmp_path: Path
) -> None:
    take_in(
        write_folder(
            tmp_path / "bulk", {n: t for n, t in (BUNDLE | OF_1_1).items() if n != "roles.csv"}
        ),
        district,
    )
    assert roles_of("u3") == {("teacher", "Hill School"), ("teacher", "Lake School")}
    then(
        tmp_path,
        district,
        "users: u3,active,,TRUE,s2,teacher,u3,Ben,Silva,",
        version="1.1",
    )
    assert roles_of("u3") == {("teacher", "Lake School")}
    assert roles_of("u5") == {("teacher", "Hill School")}


def test_a_role_that_moves_to_another_school_has_left_the_first(
    district: Organization, tmp_path: Path
) -> None:
    first(tmp_path, district)
    report = then(tmp_path, district, "roles: r3,active,,u3,primary,teacher,,,s2")
    assert roles_of("u3") == {("teacher", "Lake School"), ("leader", "Lake School")}
    assert (report.changes["roles"].created, report.changes["roles"].retired) == (1, 1)


def test_an_enrollment_that_moves_to_another_class_has_left_the_first(
    district: Organization, tmp_path: Path
) -> None:
    first(tmp_path, district)
    then(tmp_path, district, "enrollments: e2,active,,c2,s2,u2,student,,2026-11-09,")
    assert groups_of("u2") == {"7B Mathematics"}
    assert person("u2") not in people_seen_by(user_of(person("u5")))
    assert groups_of("u1") == {"7A Mathematics"}


def test_a_guardian_who_is_no_longer_named_is_tied_no_more(
    district: Organization, tmp_path: Path
) -> None:
    first(tmp_path, district)
    Relationship.objects.update(consented_on=date(2026, 9, 2))
    report = then(tmp_path, district, "users: u1,active,,true,u1,Ada,Okafor,")
    assert report.changes["relationships"].retired == 1
    assert person("u1") not in people_seen_by(user_of(person("u4")))


def test_a_list_without_agents_says_nothing_of_families(
    district: Organization, tmp_path: Path
) -> None:
    first(tmp_path, district)
    users = "\n".join(line.rpartition(",")[0] for line in BUNDLE["users.csv"].splitlines())
    take_in(write_folder(tmp_path / "again", BUNDLE | {"users.csv": users + "\n"}), district)
    assert Relationship.objects.get().ends_on is None


def test_a_sibling_who_comes_later_is_tied_to_the_family_on_record(
    district: Organization, tmp_path: Path
) -> None:
    first(tmp_path, district)
    then(
        tmp_path,
        district,
        "users: u6,active,,true,u6,Ife,Okafor,u4",
        "roles: r7,active,,u6,primary,student,,,s1",
    )
    assert {tie.learner for tie in Relationship.objects.filter(supporter=person("u4"))} == {
        person("u1"),
        person("u6"),
    }


def test_the_row_of_a_guardian_may_name_their_children(
    district: Organization, tmp_path: Path
) -> None:
    users = BUNDLE["users.csv"].replace("Ada,Okafor,u4", "Ada,Okafor,")
    users = users.replace("Eli,Okafor,", 'Eli,Okafor,"u1,u2"')
    first(tmp_path, district, {"users.csv": users})
    assert Relationship.objects.filter(supporter=person("u4"), ends_on=None).count() == 2
    then(tmp_path, district, "users: u4,active,,true,u4,Eli,Okafor,u1")
    assert not Relationship.objects.filter(learner=person("u2"), ends_on=None).exists()
    # The rename of a child, whose own row never named anybody, ends nothing.
    then(tmp_path, district, "users: u1,active,,true,u1,Ada,Lind,")
    assert Relationship.objects.get(learner=person("u1")).ends_on is None


def test_a_deleted_class_is_nobodys(district: Organization, tmp_path: Path) -> None:
    first(tmp_path, district)
    report = then(
        tmp_path,
        district,
        "classes: c1,tobedeleted,,7A Mathematics,math7,scheduled,s1,fall",
        "enrollments: e9,active,,c1,s1,u4,student,,2026-08-17,",
    )
    assert report.changes["memberships"].retired == 4
    assert groups_of("u1") == set()
    assert any("Enrollments in deleted classes" in notice for notice in report.notices)


def test_a_deleted_school_has_no_roles_and_no_classes(
    district: Organization, tmp_path: Path
) -> None:
    first(tmp_path, district)
    then(tmp_path, district, "enrollments: e6,active,,c2,s2,u2,student,,2026-08-17,")
    then(tmp_path, district, "orgs: s2,tobedeleted,,Lake School,school,,d1")
    assert roles_of("u3") == {("teacher", "Hill School")}
    assert groups_of("u2") == {"7A Mathematics"}


def test_deleting_what_was_never_there_does_no_harm(district: Organization, tmp_path: Path) -> None:
    first(tmp_path, district)
    report = then(
        tmp_path,
        district,
        "users: u99,tobedeleted,,true,u99,No,Body,u98",
        "roles: r99,tobedeleted,,u99,primary,student,,,s99",
        "enrollments: e99,tobedeleted,,c99,s9,u99,student,,2026-08-17,",
        "classes: c99,tobedeleted,,Gone,none,scheduled,s99,never",
    )
    assert sum(change.retired for change in report.changes.values()) == 0
    assert Person.objects.count() == 5


def test_what_ended_on_its_first_day_never_was(district: Organization, tmp_path: Path) -> None:
    first(tmp_path, district)
    assert RoleHeld.objects.get(person=person("u5")).starts_on == AT.date()
    then(tmp_path, district, "roles: r6,tobedeleted,,u5,primary,teacher,,,s1")
    assert not RoleHeld.objects.filter(person=person("u5")).exists()


def test_two_times_in_one_class_are_two(district: Organization, tmp_path: Path) -> None:
    rows = "e2,,,c1,s1,u2,student,,2026-08-17,2026-10-02\ne7,,,c1,s1,u2,student,,2026-11-02,\n"
    lists = {"enrollments.csv": BUNDLE["enrollments.csv"].replace(
        "e2,,,c1,s1,u2,student,,2026-08-17,\n", rows
    )}  # fmt: skip
    backwards = {"enrollments.csv": "\n".join(
        [lists["enrollments.csv"].splitlines()[0], *reversed(lists["enrollments.csv"].splitlines()[1:])]
    ) + "\n"}  # fmt: skip
    first(tmp_path, district)
    for turn, changes in enumerate((lists, backwards, lists)):
        report = take_in(write_folder(tmp_path / str(turn), BUNDLE | changes), district)
        spells = Membership.objects.filter(person=person("u2")).order_by("starts_on")
        assert list(spells.values_list("starts_on", "ends_on")) == [
            (date(2026, 8, 17), date(2026, 10, 2)),
            (date(2026, 11, 2), None),
        ]
    assert report.changes["memberships"].unchanged == 5
    # A delta that adds a time beside one that is open moves nothing.
    then(tmp_path, district, "enrollments: e8,active,,c1,s1,u1,student,,2026-11-16,")
    assert Membership.objects.filter(person=person("u1")).count() == 2
    assert Membership.objects.filter(person=person("u1"), starts_on=date(2026, 8, 17)).exists()


def test_of_two_rows_that_say_the_same_one_is_enough(
    district: Organization, tmp_path: Path
) -> None:
    twice = BUNDLE["roles.csv"] + "r7,,,u5,secondary,teacher,,2026-12-18,s1\n"
    first(tmp_path, district, {"roles.csv": twice})
    held = RoleHeld.objects.get(person=person("u5"))
    assert held.ends_on is None
    then(tmp_path, district, "roles: r6,tobedeleted,,u5,primary,teacher,,,s1")
    held.refresh_from_db()
    assert held.ends_on == date(2026, 12, 18)
    then(tmp_path, district, "roles: r7,tobedeleted,,u5,primary,teacher,,,s1")
    assert not RoleHeld.objects.filter(person=person("u5")).exists()


# --- what a delta may name


def test_a_delta_may_name_the_district_and_an_old_course(
    district: Organization, tmp_path: Path
) -> None:
    first(tmp_path, district)
    then(
        tmp_path,
        district,
        "orgs: s3,active,,Bay School,school,,d1",
        "classes: c3,active,,8A Mathematics,math7,scheduled,s3,fall",
        "courses: art8,active,,Art 8,d1",
        "roles: r9,active,,u5,secondary,districtAdministrator,,,d1",
    )
    assert ("leader", district.name) in roles_of("u5")
    assert Group.objects.get(name="8A Mathematics").organization.name == "Bay School"


def test_a_class_may_be_of_the_district(district: Organization, tmp_path: Path) -> None:
    classes = BUNDLE["classes.csv"].replace("math7,scheduled,s2", "math7,scheduled,d1")
    first(tmp_path, district, {"classes.csv": classes})
    assert Group.objects.get(name="7B Mathematics").organization == district


def test_a_role_in_a_department_is_one_in_its_school(
    district: Organization, tmp_path: Path
) -> None:
    orgs = BUNDLE["orgs.csv"] + "m1,,,Mathematics,department,,s1\nx1,,,Transport,department,,d1\n"
    roles = BUNDLE["roles.csv"].replace("u5,primary,teacher,,,s1", "u5,primary,teacher,,,m1")
    roles += "r8,,,u5,secondary,principal,,,x1\n"
    report = take_in(
        write_folder(tmp_path / "b", BUNDLE | {"orgs.csv": orgs, "roles.csv": roles}), district
    )
    assert roles_of("u5") == {("teacher", "Hill School")}
    told = "Rows of orgs that are deleted or departments of no school were left out (once)."
    assert told in report.notices
    then(tmp_path, district, "roles: r9,active,,u2,primary,student,,,m1")
    assert roles_of("u2") == {("student", "Hill School")}
    assert Organization.objects.filter(parent=district).count() == 2


# --- which lists are whole


def only_users(manifest: str | None) -> dict[str, str]:
    users = BUNDLE["users.csv"].splitlines()[0] + f"\nu2,tobedeleted,{NOW},true,u2,Omar,Haddad,\n"
    return {"users.csv": users} | ({"manifest.csv": manifest} if manifest is not None else {})


@pytest.mark.parametrize(
    "manifest",
    [
        "Name,Value\nfile.users,delta\n",
        "file.users,delta\noneroster.version,1.2\n",
        "propertyName,value\noneroster.version,1.2\n",
        "propertyName,value\nfile.user,delta\n",
        None,
    ],
)
def test_changes_whose_manifest_does_not_say_so_end_nothing(
    district: Organization, tmp_path: Path, manifest: str | None
) -> None:
    first(tmp_path, district)
    # Whole in all but the list of users: nothing else speaks against taking it as whole.
    files = {n: t for n, t in BUNDLE.items() if n != "manifest.csv"} | only_users(manifest)
    with pytest.raises(Refused) as refusal:
        take_in(write_folder(tmp_path / "delta", files), district)
    assert {fault.file for fault in refusal.value.faults} & {"manifest.csv", "users.csv"}
    assert groups_of("u1") == {"7A Mathematics"}


def test_a_manifest_may_name_lists_with_their_ending(
    district: Organization, tmp_path: Path
) -> None:
    first(tmp_path, district)
    files = only_users("propertyName,value\nfile.users.csv,delta\n")
    report = take_in(write_folder(tmp_path / "delta", files), district)
    assert groups_of("u2") == set()
    assert groups_of("u1") == {"7A Mathematics"}
    assert any("with .csv" in notice for notice in report.notices)


def test_a_list_that_the_manifest_leaves_out_is_whole_where_all_others_are(
    district: Organization, tmp_path: Path
) -> None:
    manifest = BUNDLE["manifest.csv"].replace("file.users,bulk\n", "")
    manifest = manifest.replace("file.courses,bulk", "file.courses,absent")
    report = take_in(write_folder(tmp_path / "b", BUNDLE | {"manifest.csv": manifest}), district)
    assert "The manifest does not name users.csv; it is taken as bulk (once)." in report.notices
    assert "The manifest calls courses.csv absent, and it is there (once)." in report.notices


def test_one_list_may_be_whole_and_another_tell_changes(
    district: Organization, tmp_path: Path
) -> None:
    first(tmp_path, district)
    files = delta("users: u1,active,,true,u1,Ada,Okafor,u4")
    files["enrollments.csv"] = BUNDLE["enrollments.csv"].replace(
        "e2,,,c1,s1,u2,student,,2026-08-17,\n", ""
    )
    files["manifest.csv"] += "file.enrollments,bulk\n"
    take_in(write_folder(tmp_path / "mixed", files), district)
    assert groups_of("u2") == set()
    assert roles_of("u2") == {("student", "Hill School")}


def test_who_is_missing_from_a_whole_list_of_people_is_nowhere(
    district: Organization, tmp_path: Path
) -> None:
    first(tmp_path, district)
    files = delta("enrollments: e1,active,,c1,s1,u1,student,,2026-08-17,")
    files["users.csv"] = "\n".join(
        line.rpartition(",")[0]
        for line in BUNDLE["users.csv"].splitlines()
        if not line.startswith("u2,")
    )
    files["manifest.csv"] += "file.users,bulk\n"
    take_in(write_folder(tmp_path / "mixed", files), district)
    assert not roles_of("u2")
    assert not groups_of("u2")
    assert groups_of("u1") == {"7A Mathematics"}
    assert Relationship.objects.get().ends_on is None


@pytest.mark.parametrize("name", ["users", "roles", "enrollments", "classes"])
def test_a_list_of_names_of_columns_alone_ends_nobody(
    district: Organization, tmp_path: Path, name: str
) -> None:
    first(tmp_path, district)
    bare = BUNDLE[f"{name}.csv"].splitlines()[0] + "\n"
    with pytest.raises(Refused) as refusal:
        take_in(write_folder(tmp_path / "c", BUNDLE | {f"{name}.csv": bare}), district)
    assert (f"{name}.csv", 2) in {(fault.file, fault.row) for fault in refusal.value.faults}
    assert roles_of("u1") == {("student", "Hill School")}


def test_a_whole_roster_of_1_2_without_roles_is_refused(
    district: Organization, tmp_path: Path
) -> None:
    first(tmp_path, district)
    files = {n: t for n, t in BUNDLE.items() if n != "roles.csv"}
    with pytest.raises(Refused) as refusal:
        take_in(write_folder(tmp_path / "c", files), district)
    assert [fault.file for fault in refusal.value.faults] == ["roles.csv"]
    assert roles_of("u1") == {("student", "Hill School")}


# --- terms and names

SESSIONS = BUNDLE["academicSessions.csv"] + "spring,,,Spring,term,2027-01-11,2027-06-11,2027\n"


@pytest.mark.parametrize("terms", ["fall,spring", "spring,fall"])
def test_a_class_of_two_terms_is_in_that_of_today_and_began_with_the_first(
    district: Organization, tmp_path: Path, terms: str
) -> None:
    classes = BUNDLE["classes.csv"].replace("s1,fall", f's1,"{terms}"')
    enrollments = BUNDLE["enrollments.csv"].replace(
        "e2,,,c1,s1,u2,student,,2026-08-17,", "e2,,,c1,s1,u2,student,,,"
    )
    first(
        tmp_path,
        district,
        {"classes.csv": classes, "academicSessions.csv": SESSIONS, "enrollments.csv": enrollments},
    )
    assert Group.objects.get(name="7A Mathematics").term == Term.objects.get(name="Fall")
    assert Membership.objects.get(person=person("u2")).starts_on == date(2026, 8, 17)


def names_of_schools() -> dict[str, str]:
    rows = Organization.objects.exclude(source_id="")
    return dict(rows.values_list("source_id", "name"))


def test_schools_of_one_name_are_told_apart_and_stay_so(
    district: Organization, tmp_path: Path
) -> None:
    Organization.objects.create(kind="school", name="Hill School", parent=district)
    orgs = BUNDLE["orgs.csv"].replace("Lake School", "Hill School")
    first(tmp_path, district, {"orgs.csv": orgs})
    names = {"s1": "Hill School", "s2": "Hill School (s2)"}
    assert names_of_schools() == names
    header, top, one, other = orgs.splitlines()
    turned = "\n".join((header, top, other, one, ""))
    report = take_in(write_folder(tmp_path / "c", BUNDLE | {"orgs.csv": turned}), district)
    assert names_of_schools() == names
    assert report.changes["schools"].unchanged == 2


def test_schools_and_classes_may_exchange_their_names(
    district: Organization, tmp_path: Path
) -> None:
    classes = BUNDLE["classes.csv"].replace("math7,scheduled,s2", "math7,scheduled,s1")
    first(tmp_path, district, {"classes.csv": classes})
    swapped = {
        "orgs.csv": BUNDLE["orgs.csv"]
        .replace("Hill", "?")
        .replace("Lake", "Hill")
        .replace("?", "Lake"),
        "classes.csv": classes.replace("7A", "?").replace("7B", "7A").replace("?", "7B"),
    }
    for turn in ("once", "again"):
        report = take_in(write_folder(tmp_path / turn, BUNDLE | swapped), district)
        assert names_of_schools() == {"s1": "Lake School", "s2": "Hill School"}
        assert dict(Group.objects.values_list("source_id", "name")) == {
            "c1": "7B Mathematics",
            "c2": "7A Mathematics",
        }
    assert report.changes["groups"].unchanged == 2


def test_long_titles_are_cut_and_still_told_apart(district: Organization, tmp_path: Path) -> None:
    long = "Mathematics  " * 25
    classes = BUNDLE["classes.csv"].replace("7A Mathematics", long).replace("7B Mathematics", long)
    changes = {
        "classes.csv": classes.replace("scheduled,s2", "scheduled,s1"),
        "orgs.csv": BUNDLE["orgs.csv"].replace("Hill School", f"Hill  School {long}"),
    }
    first(tmp_path, district, changes)
    names = list(Group.objects.order_by("source_id").values_list("name", flat=True))
    assert len(set(names)) == 2
    assert names[1].endswith(" (c2)")
    assert max(map(len, names)) <= 200
    again = take_in(write_folder(tmp_path / "c", BUNDLE | changes), district)
    assert again.changes["schools"].unchanged == again.changes["groups"].unchanged == 2


# --- what never was, and what is told


def test_what_ends_before_it_begins_never_was(district: Organization, tmp_path: Path) -> None:
    first(tmp_path, district)
    lists = BUNDLE["enrollments.csv"].replace(
        "e2,,,c1,s1,u2,student,,2026-08-17,", "e2,,,c1,s1,u2,student,,,2026-08-03"
    )
    take_in(write_folder(tmp_path / "c", BUNDLE | {"enrollments.csv": lists}), district)
    assert groups_of("u2") == set()


def test_an_end_in_the_year_9999_is_none(district: Organization, tmp_path: Path) -> None:
    lists = BUNDLE["enrollments.csv"].replace(
        "u2,student,,2026-08-17,", "u2,student,,2026-08-17,9999-12-31"
    )
    report = take_in(write_folder(tmp_path / "b", BUNDLE | {"enrollments.csv": lists}), district)
    assert Membership.objects.get(person=person("u2")).ends_on is None
    assert any("9999-12-31 where no last day is meant" in notice for notice in report.notices)


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "column"),
    [
        ("academicSessions.csv", "2026-12-18", "9999-12-31", 2, "endDate"),
        ("academicSessions.csv", "2026-08-17", "20260817", 2, "startDate"),
        ("academicSessions.csv", "2026-08-17", "2026-08-175", 2, "startDate"),
        ("academicSessions.csv", "2026-08-17", "2026-W50-1", 2, "startDate"),
        ("academicSessions.csv", "2026-08-17", "0001-01-01", 2, "startDate"),
        ("classes.csv", "s2,fall", 's2,","', 3, "termSourcedIds"),
    ],
)
def test_days_and_terms_that_are_none_are_faults(
    district: Organization, tmp_path: Path, file: str, old: str, new: str, row: int, column: str
) -> None:
    files = BUNDLE | {file: BUNDLE[file].replace(old, new, 1)}
    with pytest.raises(Refused) as refusal:
        take_in(write_folder(tmp_path / "b", files), district)
    found = [(fault.file, fault.row, fault.column) for fault in refusal.value.faults]
    assert found == [(file, row, column)]


def test_who_sees_no_records_here_is_told(district: Organization, tmp_path: Path) -> None:
    changes = {
        "enrollments.csv": BUNDLE["enrollments.csv"].replace("u5,teacher", "u5,aide"),
        "roles.csv": BUNDLE["roles.csv"].replace("u5,primary,teacher", "u5,primary,proctor"),
        "orgs.csv": BUNDLE["orgs.csv"].replace("Hill School,school", "Hill School,School"),
    }
    report = take_in(write_folder(tmp_path / "b", BUNDLE | changes), district)
    assert {
        "Enrollments as aide, who sees no records here, were left out (once).",
        "Roles as proctor, who sees no records here, were left out (once).",
        "orgs.csv writes School for school (once).",
    } <= set(report.notices)


def test_names_of_any_script_and_with_odd_blanks_are_read(
    district: Organization, tmp_path: Path
) -> None:
    users = BUNDLE["users.csv"].replace("Ada,Okafor", "Ada\u00a0Marie,\u200bO\u3000kafor")
    users = users.replace("Omar,Haddad", "مریم\u200cالسادات,کریمی")
    report = take_in(write_folder(tmp_path / "b", BUNDLE | {"users.csv": users}), district)
    ada, maryam = person("u1"), person("u2")
    assert (ada.given_name, ada.family_name) == ("Ada Marie", "O kafor")
    assert maryam.given_name == "مریم\u200cالسادات"
    assert any("unusual blanks" in notice for notice in report.notices)
    turned = BUNDLE["users.csv"].replace("Ada", "Ada\u202e")
    with pytest.raises(Refused) as refusal:
        take_in(write_folder(tmp_path / "c", BUNDLE | {"users.csv": turned}), district)
    assert [(fault.row, fault.column) for fault in refusal.value.faults] == [(2, "givenName")]


def test_a_file_that_cannot_be_read_is_the_only_fault(
    district: Organization, tmp_path: Path
) -> None:
    files: dict[str, str | bytes] = {**BUNDLE, "users.csv": BUNDLE["users.csv"].encode("utf-16")}
    with pytest.raises(Refused) as refusal:
        take_in(write_folder(tmp_path / "b", files), district)
    assert [fault.file for fault in refusal.value.faults] == ["users.csv"]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_the_role_of_1_1_is_seen_whatever_ends_its_line(
    district: Organization, tmp_path: Path, end: str
) -> None:
    files = {n: t for n, t in (BUNDLE | OF_1_1).items() if n != "roles.csv"}
    rows = [line.split(",") for line in USERS_OF_1_1.replace('"s1,s2"', "s1").splitlines()]
    last = [",".join([*row[:5], *row[6:], row[5]]) for row in rows]
    files["users.csv"] = end + end.join(last) + end
    report = take_in(write_folder(tmp_path / "b", files), district)
    assert report.changes["roles"].created == 5
