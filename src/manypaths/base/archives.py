"""Folders and zip files that others hand in, opened so that neither can do harm.

A zip is refused that is encrypted, nested, linked, overlapping, or larger than it looks: sizes are
counted while reading, for what an archive says of itself proves nothing. (Python 3.11.7 itself
reads overlapping entries, CVE-2024-0450.)
"""

import stat
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO
from zlib import error as DeflateError

from django.utils.translation import gettext as _

from manypaths.base.errors import Refused

MOST_FILES, MOST_BYTES, MOST_TIMES_LARGER = 5_000, 200_000_000, 100
# A small file may well shrink more than a hundredfold; only what grows large is suspicious.
_HARMLESS_BYTES = 1_000_000
_LOCAL_HEADER = 30
_AT_ONCE = 1 << 20
_UNIX_MODE_SHIFT = 16
_ENCRYPTED = 0x1
# What reading a zip raises where its bytes are not as they were written.
DAMAGED = (
    zipfile.BadZipFile,
    DeflateError,
    LZMAError,
    EOFError,
    RuntimeError,
    OSError,
    ValueError,
)


@dataclass(frozen=True)
class Files:
    """The files of a folder or archive, by name; no folders within."""

    _found: Mapping[str, Path | zipfile.ZipInfo]
    _archive: zipfile.ZipFile | None

    @property
    def names(self) -> list[str]:
        """Return the names of all files, sorted."""
        return sorted(self._found)

    def read(self, name: str) -> bytes:
        """Return the contents of a file. Raises Refused for one that is damaged or too large."""
        found = self._found[name]
        if isinstance(found, Path):
            return found.read_bytes()
        assert self._archive is not None
        try:
            with self._archive.open(found) as opened:
                return _read_bounded(opened, found)
        except DAMAGED as error:
            raise Refused(_("{file} in the archive is damaged.").format(file=name)) from error


@contextmanager
def opened_files(path: Path) -> Iterator[Files]:
    """Open a folder, or a zip file with everything at its root or in one folder.

    Raises Refused for what is neither, or is not safe to read.
    """
    if path.is_dir():
        found = {file.name: file for file in sorted(path.iterdir()) if file.is_file()}
        for file in found.values():
            if file.is_symlink():
                raise Refused(
                    _("{archive} holds a link instead of a file: {file}.").format(
                        archive=path.name, file=repr(file.name)
                    )
                )
        if len({name.casefold() for name in found}) < len(found):
            raise Refused(_("{archive} holds two files of one name.").format(archive=path.name))
        _require_bytes(sum(file.stat().st_size for file in found.values()), path.name)
        yield Files(found, None)
        return
    with _opened_zip(path) as archive:
        yield Files(_entries(archive, path), archive)


@contextmanager
def _opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Refused(
            _("{archive} is neither a folder nor a zip file.").format(archive=path.name)
        ) from error
    with archive:
        yield archive


def _entries(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    infos = require_harmless(archive, path.name)
    files = [info for info in infos if not info.is_dir() and not _is_of_the_system(info)]
    names = [_name_in_root(info, files) for info in files]
    if len({name.casefold() for name in names}) < len(names):
        raise Refused(_("{archive} holds two files of one name.").format(archive=path.name))
    return dict(zip(names, files, strict=True))


def require_harmless(archive: zipfile.ZipFile, file: str) -> list[zipfile.ZipInfo]:
    """Return the entries of an archive. Raises Refused where one of them could do harm."""
    infos = archive.infolist()
    if len(infos) > MOST_FILES:
        raise Refused(
            _("{archive} holds {n} files; at most {most} are read.").format(
                archive=file, n=len(infos), most=f"{MOST_FILES:,}"
            )
        )
    for info in infos:
        _require_harmless(info, file)
    _require_apart(archive, infos, file)
    _require_bytes(sum(info.file_size for info in infos), file)
    return infos


def _is_of_the_system(info: zipfile.ZipInfo) -> bool:
    """Say whether a file was added by the system that packed it, as some do unasked."""
    parts = PurePosixPath(info.filename).parts
    return parts[0] == "__MACOSX" or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini")


def _name_in_root(info: zipfile.ZipInfo, files: list[zipfile.ZipInfo]) -> str:
    parts = PurePosixPath(info.filename).parts
    roots = {PurePosixPath(file.filename).parts[:-1] for file in files}
    if len(roots) > 1 or len(parts) > 2:
        raise Refused(_("The files of the archive lie in several folders; put them into one."))
    return parts[-1]


def _require_harmless(info: zipfile.ZipInfo, file: str) -> None:
    name = info.filename
    parts = PurePosixPath(name).parts
    is_odd = not parts or name.startswith("/") or ".." in parts or "\\" in name or ":" in name
    # zipfile cuts names at a NUL; what stands there is what others would see.
    if is_odd or not name.isprintable() or not info.orig_filename.isprintable():
        raise Refused(
            _("{archive} holds a file with the name {file}, which no list has.").format(
                archive=file, file=repr(name[:80])
            )
        )
    if stat.S_ISLNK(info.external_attr >> _UNIX_MODE_SHIFT):
        raise Refused(
            _("{archive} holds a link instead of a file: {file}.").format(
                archive=file, file=repr(name[:80])
            )
        )
    if info.flag_bits & _ENCRYPTED:
        raise Refused(
            _("{archive} is locked with a password; pack it without one.").format(archive=file)
        )
    if name.casefold().endswith((".zip", ".gz", ".7z", ".rar")):
        raise Refused(
            _("{archive} holds another archive, {file}; unpack that first.").format(
                archive=file, file=repr(name[:80])
            )
        )
    if info.file_size > max(_HARMLESS_BYTES, MOST_TIMES_LARGER * info.compress_size):
        raise Refused(
            _("{file} in {archive} would become over {times} times larger.").format(
                file=repr(name[:80]), archive=file, times=MOST_TIMES_LARGER
            )
        )


def _require_apart(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], file: str) -> None:
    """Refuse entries that share bytes: such archives unpack to far more than they hold."""
    spans = sorted(
        (i.header_offset, i.header_offset + _LOCAL_HEADER + i.compress_size) for i in infos
    )
    starts = [start for start, _end in spans[1:]] + [archive.start_dir]
    if any(end > start for (_start, end), start in zip(spans, starts, strict=True)):
        raise Refused(
            _("{archive} holds files that overlap, as no program packs them.").format(archive=file)
        )


def _require_bytes(n_bytes: int, file: str) -> None:
    if n_bytes > MOST_BYTES:
        raise Refused(
            _("{archive} holds {n} bytes; at most {most} are read.").format(
                archive=file, n=f"{n_bytes:,}", most=f"{MOST_BYTES:,}"
            )
        )


def _read_bounded(opened: IO[bytes], info: zipfile.ZipInfo) -> bytes:
    contents = BytesIO()
    while part := opened.read(_AT_ONCE):
        contents.write(part)
        if contents.tell() > info.file_size:
            raise Refused(
                _("{file} is larger than the archive says.").format(file=repr(info.filename[:80]))
            )
    return contents.getvalue()
