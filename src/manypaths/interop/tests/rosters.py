# ruff: noqa: E501  # rows of CSV stand as they are
"""A small OneRoster bundle of our own, for tests to spoil: file by file, as rows of text."""

import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from manypaths.base.tests.packing import packed

BUNDLE: dict[str, str] = {
    "manifest.csv": """propertyName,value
manifest.version,1.0
oneroster.version,1.2
file.orgs,bulk
file.academicSessions,bulk
file.courses,bulk
file.classes,bulk
file.users,bulk
file.roles,bulk
file.enrollments,bulk
""",
    "orgs.csv": """sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
d1,,,Wide Valley,district,,
s1,,,Hill School,school,,d1
s2,,,Lake School,school,,d1
""",
    "academicSessions.csv": """sourcedId,status,dateLastModified,title,type,startDate,endDate,schoolYear
fall,,,Fall,term,2026-08-17,2026-12-18,2027
""",
    "courses.csv": """sourcedId,status,dateLastModified,title,orgSourcedId
math7,,,Mathematics 7,d1
""",
    "classes.csv": """sourcedId,status,dateLastModified,title,courseSourcedId,classType,schoolSourcedId,termSourcedIds
c1,,,7A Mathematics,math7,scheduled,s1,fall
c2,,,7B Mathematics,math7,scheduled,s2,fall
""",
    "users.csv": """sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName,agentSourcedIds
u1,,,true,u1,Ada,Okafor,u4
u2,,,true,u2,Omar,Haddad,
u3,,,true,u3,Ben,Silva,
u4,,,true,u4,Eli,Okafor,
u5,,,true,u5,Cleo,Marsh,
""",
    "roles.csv": """sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId
r1,,,u1,primary,student,,,s1
r2,,,u2,primary,student,,,s1
r3,,,u3,primary,teacher,,,s1
r4,,,u4,primary,guardian,,,s1
r5,,,u3,secondary,principal,,,s2
r6,,,u5,primary,teacher,,,s1
""",
    "enrollments.csv": """sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
e1,,,c1,s1,u1,student,,2026-08-17,
e2,,,c1,s1,u2,student,,2026-08-17,
e3,,,c1,s1,u3,teacher,true,2026-08-17,
e4,,,c1,s1,u5,teacher,false,2026-08-17,
""",
}
# The same roster as OneRoster 1.1 has it: roles and schools stand with the users.
USERS_OF_1_1 = """sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName,agentSourcedIds
u1,,,TRUE,s1,student,u1,Ada,Okafor,u4
u2,,,TRUE,s1,student,u2,Omar,Haddad,
u3,,,TRUE,"s1,s2",teacher,u3,Ben,Silva,
u4,,,TRUE,s1,parent,u4,Eli,Okafor,
u5,,,TRUE,s1,teacher,u5,Cleo,Marsh,
"""


def write_folder(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, contents in files.items():
        raw = contents if isinstance(contents, bytes) else contents.encode()
        (folder / name).write_bytes(raw)
    return folder


def write_zip(path: Path, files: dict[str, str]) -> Path:
    """Write files into a zip and return it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in files.items():
            archive.writestr(name, contents)
    return path


def changed(name: str, old: str, new: str) -> dict[str, str]:
    """Return the bundle with a text in one of its files replaced."""
    assert old in BUNDLE[name], (name, old)
    return BUNDLE | {name: BUNDLE[name].replace(old, new)}


def overlapping(path: Path) -> Path:
    raw = bytearray(write_zip(path, BUNDLE).read_bytes())
    second = raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02") + 4)
    raw[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(raw)
    return path


def lying(path: Path) -> Path:
    raw = bytearray(write_zip(path, BUNDLE).read_bytes())
    entry = raw.index(b"PK\x01\x02")
    raw[entry + 24 : entry + 28] = struct.pack("<I", 16)
    path.write_bytes(raw)
    return path


def cut_name(path: Path) -> Path:
    raw = packed(path, {"users.csv-exe": b"1"}).read_bytes()
    path.write_bytes(raw.replace(b"users.csv-exe", b"users.csv\0exe"))
    return path


# What a zip is that is made to do harm, and the words that refuse it.
HARMFUL_ZIPS: list[tuple[Callable[[Path], Path], str]] = [
    (overlapping, "overlap"),
    (lying, "manifest.csv in the archive is damaged"),
    (cut_name, "which no list has"),
    (lambda path: packed(path, {"users.csv": b"0" * 30_000_000}), "times larger"),
    (lambda path: packed(path, {"more.zip": b"PK"}), "another archive"),
    (lambda path: packed(path, {"../users.csv": b"1"}), "which no list has"),
    (lambda path: packed(path, {"/users.csv": b"1"}), "which no list has"),
    (lambda path: packed(path, {"users.csv": b"1", "USERS.csv": b"2"}), "two files of one name"),
    (lambda path: packed(path, {f"{n}.csv": b"" for n in range(5_001)}), "at most 5,000"),
]
