# ruff: noqa: E501  # rows of CSV stand as they are
"""Rosters as others really write them, and rosters that are made to do harm, through the command."""

import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from manypaths.cli.tests.commands import answer, run
from manypaths.estimates.merging import merge_people
from manypaths.interop.tests.rosters import BUNDLE, HARMFUL_ZIPS, write_folder
from manypaths.interop.tests.test_oneroster import person
from manypaths.people.models import Group, Membership, Organization, Part, Person, SourceId
from manypaths.people.tests.cast import AT, OPERATOR, SINCE

Files = dict[str, str | bytes]
Spoil = Callable[[Files], Files]


def each(change: Callable[[str], str | bytes]) -> Spoil:
    """Return what spoils every file alike."""
    return lambda files: {
        name: change(text) if isinstance(text, str) else text for name, text in files.items()
    }


def one(name: str, old: str, new: str) -> Spoil:
    """Return what spoils one file by replacing a text in it."""

    def spoil(files: Files) -> Files:
        text = files[name]
        assert isinstance(text, str)
        assert old in text
        return files | {name: text.replace(old, new)}

    return spoil


def upper_header(text: str) -> str:
    first, _, rest = text.partition("\n")
    return f"{first.upper()}\n{rest}"


def quoted(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in lines) + "\n"


def wider(text: str) -> str:
    lines = text.splitlines()
    return "\n".join([f"{lines[0]},vendorNote", *(f"{line},x" for line in lines[1:])]) + "\n"


def shuffled_columns(text: str) -> str:
    return "\n".join(",".join(reversed(line.split(","))) for line in text.splitlines()) + "\n"


def without(*names: str) -> Spoil:
    return lambda files: {name: text for name, text in files.items() if name not in names}


def renamed_files(files: Files) -> Files:
    return {name.capitalize().replace(".csv", ".CSV"): text for name, text in files.items()}


# What others' exports do, and a word of the remark that each leaves (none where nothing is odd).
DIRT: dict[str, tuple[Spoil, str]] = {
    "header in capitals": (each(upper_header), "writes the column"),
    "TRUE and FALSE": (one("users.csv", ",true,", ",TRUE,"), "writes claims"),
    "blank lines": (each(lambda text: text.replace("\n", "\n\n")), "has blank rows"),
    "lines of commas": (each(lambda text: text + ",,,\n"), "has blank rows"),
    "byte order marks": (each(lambda text: b"\xef\xbb\xbf" + text.encode()), "byte order mark"),
    "lines of Windows": (each(lambda text: text.replace("\n", "\r\n")), ""),
    "quotes around all": (each(quoted), ""),
    "columns of their own": (each(wider), "the column vendorNote"),
    "columns in another order": (each(shuffled_columns), ""),
    "blanks around cells": (one("users.csv", "Ada,Okafor", " Ada , Okafor "), "blanks around"),
    "files in capitals": (renamed_files, "is called"),
    "no manifest and no courses": (without("manifest.csv", "courses.csv"), "no manifest.csv"),
    "a status in bulk": (one("orgs.csv", "s1,,,", "s1,active,,"), "has a status"),
    "rows that end early": (
        one("orgs.csv", "s1,,,Hill School,school,,d1", "s1,,,Hill School,school"),
        "end early",
    ),
    "moments for days": (
        one(
            "enrollments.csv",
            "e1,,,c1,s1,u1,student,,2026-08-17,",
            "e1,,,c1,s1,u1,student,,2026-08-17T00:00:00Z,",
        ),
        "moments",
    ),
    "a manifest of 1.1 with the files of 1.2": (
        one("manifest.csv", "oneroster.version,1.2", "oneroster.version,1.1"),
        "says 1.1",
    ),
    "no line end at the end": (each(lambda text: text.rstrip("\n")), ""),
}


@pytest.mark.parametrize("dirt", DIRT)
def test_what_others_write_beside_the_standard_is_read_and_said(
    district: Organization, tmp_path: Path, dirt: str
) -> None:
    spoil, remark = DIRT[dirt]
    files: Files = dict(BUNDLE)
    result = run("import", "oneroster", write_folder(tmp_path / "b", spoil(files)), "--json")
    assert result.exit_code == 0, result.stdout
    assert {row.given_name for row in Person.objects.all()} == {"Ada", "Omar", "Ben", "Eli", "Cleo"}
    assert remark in result.stderr
    assert bool(result.stderr) == bool(remark)


def test_the_sample_of_others_is_taken_in(district: Organization, conformance: Path) -> None:
    sample = conformance / "data/oneroster/v1p2-minimal"
    if not sample.is_dir():
        pytest.skip("the sample is not here")
    run("import", "oneroster", sample, "--json")
    assert SourceId.objects.filter(source="oneroster").exists()


@pytest.mark.parametrize(
    "dirt",
    [
        d
        for d in DIRT
        if not d.startswith(("TRUE", "blanks", "a status", "rows", "moments", "a manifest"))
    ],
)
def test_the_sample_of_others_is_read_when_it_is_dirty(
    district: Organization, conformance: Path, tmp_path: Path, dirt: str
) -> None:
    sample = conformance / "data/oneroster/v1p2-minimal"
    if not sample.is_dir() or dirt == "no manifest and no courses":
        pytest.skip("the sample is not here, or says the same")
    files: Files = {path.name: path.read_text("utf-8") for path in sample.glob("*.csv")}
    if dirt in ("quotes around all", "columns in another order"):
        files = {n: t for n, t in files.items() if isinstance(t, str) and '"' not in t}
    run("import", "oneroster", write_folder(tmp_path / "b", DIRT[dirt][0](files)), "--json")
    assert SourceId.objects.filter(source="oneroster").exists()


# --- made to do harm


def refusal(path: Path) -> str:
    """Return the words of a refusal; nothing may have been taken in."""
    result = run("import", "oneroster", path)
    assert result.exit_code == 1
    assert not Person.objects.exists()
    return result.stderr


def with_users(raw: bytes) -> Files:
    return dict(BUNDLE) | {"users.csv": raw}


HEADER = (
    b"sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName,agentSourcedIds\n"
)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (BUNDLE["users.csv"].encode("utf-16"), "UTF-16; save it as UTF-8"),
        (
            BUNDLE["users.csv"].encode().replace(b"Omar", b"Om\0r"),
            "row 3: text; the file holds a zero byte",
        ),
        (BUNDLE["users.csv"].encode().replace(b"Omar", b"Om\xe4r"), "row 3: text in UTF-8"),
        (b"a," * 1_000_000 + b"b\n1\n" * 1000, "at most 1,000 columns"),
        (
            HEADER + b'u1,,,true,u1,"' + b"x" * 20_000_000 + b'",Okafor,\n',
            "row 2: cells of at most 131,072 characters",
        ),
        (
            HEADER.replace(b"username", b"givenName") + b"u1,,,true,Ada,Ada,Okafor,\n",
            "each column once",
        ),
        (HEADER + b'u1,,,true,u1,"Ada,Okafor,\n', "row 2: well-formed CSV"),
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
    ],
)
def test_tables_that_are_made_to_do_harm_are_refused_with_words(
    district: Organization, tmp_path: Path, raw: bytes, words: str
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert words in refusal(write_folder(tmp_path / "b", with_users(raw)))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300_000  # kilobytes


def test_a_cell_that_looks_like_a_formula_is_a_text(district: Organization, tmp_path: Path) -> None:
    raw = BUNDLE["users.csv"].replace("Omar", "=cmd()").encode()
    answer("import", "oneroster", write_folder(tmp_path / "b", with_users(raw)))
    assert person("u2").given_name == "=cmd()"
    raw = BUNDLE["users.csv"].replace("Omar", "'=cmd()").encode()
    answer("import", "oneroster", write_folder(tmp_path / "b", with_users(raw)))
    assert person("u2").given_name == "=cmd()"


@pytest.mark.parametrize(
    ("make", "words"),
    HARMFUL_ZIPS,
)
def test_archives_that_are_made_to_do_harm_are_refused_with_words(
    district: Organization, tmp_path: Path, make: Callable[[Path], Path], words: str
) -> None:
    assert words in refusal(make(tmp_path / "b.zip"))


def test_a_folder_with_a_link_or_two_names_alike_is_refused(
    district: Organization, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "b", dict(BUNDLE))
    (folder / "demographics.csv").symlink_to("/etc/passwd")
    assert "a link instead of a file" in refusal(folder)
    (folder / "demographics.csv").unlink()
    (folder / "USERS.csv").write_bytes(b"1")
    assert "two files of one name" in refusal(folder)


# --- people whom a roster names in several ways


def test_one_who_was_added_by_hand_on_the_same_day_stays_once(
    district: Organization, tmp_path: Path
) -> None:
    path = write_folder(tmp_path / "b", dict(BUNDLE))
    answer("import", "oneroster", path)
    Membership.objects.filter(person=person("u5")).update(source="")
    again = answer("import", "oneroster", path)
    assert (again["memberships"]["created"], again["memberships"]["updated"]) == (0, 0)
    assert Membership.objects.filter(person=person("u5")).count() == 1


def test_who_leaves_takes_nobody_along_whose_class_has_the_same_number(
    district: Organization, tmp_path: Path
) -> None:
    answer("import", "oneroster", write_folder(tmp_path / "b", dict(BUNDLE)))
    omar, school = person("u2"), Organization.objects.get(name="Hill School")
    group = Group.objects.filter(pk=omar.pk).first()
    group = group or Group.objects.create(pk=omar.pk, organization=school, name="Chess")
    there, _made = Membership.objects.get_or_create(
        group=group,
        person=person("u1"),
        part=Part.LEARNER,
        defaults={"starts_on": SINCE, "source": "oneroster"},
    )
    manifest = BUNDLE["manifest.csv"].replace("bulk", "absent")
    header, _ada, omars, *_others = BUNDLE["users.csv"].splitlines()
    deleted = omars.replace("u2,,,", "u2,tobedeleted,2026-10-01T00:00:00Z,")
    delta: Files = {
        "manifest.csv": manifest.replace("file.users,absent", "file.users,delta"),
        "users.csv": f"{header}\n{deleted}\n",
    }
    answer("import", "oneroster", write_folder(tmp_path / "d", delta))
    there.refresh_from_db()
    assert there.ends_on is None
    assert Membership.objects.get(person=omar).ends_on is not None


def test_two_ids_of_a_merged_person_name_one_and_change_nothing_the_next_time(
    district: Organization, tmp_path: Path
) -> None:
    path = write_folder(tmp_path / "b", dict(BUNDLE))
    answer("import", "oneroster", path)
    ada, omar = person("u1"), person("u2")
    merge_people(omar, ada, by=OPERATOR, at=AT)
    again = answer("import", "oneroster", path)
    assert {
        kind: (n["created"], n["updated"], n["retired"])
        for kind, n in again.items()
        if isinstance(n, dict)
    } == dict.fromkeys(
        ("schools", "terms", "groups", "people", "roles", "memberships", "relationships"), (0, 0, 0)
    )
    assert person("u2") == ada
    ada.refresh_from_db()
    assert ada.given_name == "Ada"
    # One of the two ids leaves: the person stays, for the other is still listed.
    fewer = {
        name: "".join(
            line for line in text.splitlines(keepends=True) if "u2" not in line.split(",")
        )
        for name, text in BUNDLE.items()
    }
    answer("import", "oneroster", write_folder(tmp_path / "c", fewer))
    assert Membership.objects.filter(person=ada, ends_on=None).count() == 1
