"""Archives that are made to do harm are refused with words, and the others read as they are."""

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from manypaths.base.archives import opened_files
from manypaths.base.errors import Refused
from manypaths.base.tests.packing import packed


def refused(path: Path) -> str:
    with pytest.raises(Refused) as refusal:
        read_all(path)
    return str(refusal.value)


def read_all(path: Path) -> dict[str, bytes]:
    with opened_files(path) as files:
        return {name: files.read(name) for name in files.names}


def test_a_folder_and_a_zip_of_it_read_alike(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a.csv").write_bytes(b"x,y\n1,2\n")
    zipped = packed(tmp_path / "f.zip", {"bundle/a.csv": b"x,y\n1,2\n", "__MACOSX/._a.csv": b""})
    for path in (tmp_path / "f", zipped):
        with opened_files(path) as files:
            assert files.names == ["a.csv"]
            assert files.read("a.csv") == b"x,y\n1,2\n"


@pytest.mark.parametrize(
    "name", ["../a.csv", "/etc/a.csv", "x/../../a.csv", "c:\\a.csv", "a\x01.csv"]
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    assert "no list has" in refused(packed(tmp_path / "a.zip", {name: b"1"}))


def test_what_grows_beyond_measure_is_refused(tmp_path: Path) -> None:
    assert "times larger" in refused(packed(tmp_path / "a.zip", {"a.csv": b"0" * 30_000_000}))


def test_an_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    assert "another archive" in refused(packed(tmp_path / "a.zip", {"b.zip": b"PK"}))


def test_a_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "a link" in refused(tmp_path / "a.zip")


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    assert "one name" in refused(packed(tmp_path / "a.zip", {"a.csv": b"1", "A.CSV": b"2"}))


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    entries = {f"{n}.csv": b"" for n in range(5_001)}
    assert "at most 5,000" in refused(packed(tmp_path / "a.zip", entries))


def test_entries_that_share_bytes_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.csv": b"x" * 2_000, "b.csv": b"y" * 2_000})
    raw = bytearray(path.read_bytes())
    second = raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02") + 4)
    # The second entry of the directory points to the first file's bytes.
    raw[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(raw)
    assert "overlap" in refused(path)


def test_sizes_that_lie_are_found_out(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.csv": bytes(range(256)) * 40})
    raw = bytearray(path.read_bytes())
    entry = raw.index(b"PK\x01\x02")
    raw[entry + 24 : entry + 28] = struct.pack("<I", 16)
    path.write_bytes(raw)
    assert refused(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_bytes_are_refused(tmp_path: Path, method: int) -> None:
    archive = tmp_path / "damaged.zip"
    with zipfile.ZipFile(archive, "w", method) as made:
        made.writestr("users.csv", "sourcedId,status\n" * 200)
        begin = len("users.csv") + 30
        end = made.start_dir
    contents = bytearray(archive.read_bytes())
    contents[begin + 12 : end] = bytes(0xFF - one for one in contents[begin + 12 : end])
    archive.write_bytes(contents)
    with (
        pytest.raises(Refused, match=r"users\.csv in the archive is damaged"),
        opened_files(archive) as files,
    ):
        files.read("users.csv")


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK but no more")
    assert "neither a folder nor a zip" in refused(tmp_path / "a.zip")
