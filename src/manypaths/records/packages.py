"""Packages: zips with a manifest of every file's hash, signed by this installation.

`manifest.json` says what is in the package; `manifest.sig` is the Ed25519 signature of its bytes by
the key that the manifest names. So whoever gets one can tell whether it is as we gave it out.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from manypaths import __version__
from manypaths.base.archives import DAMAGED, Files
from manypaths.base.errors import Refused
from manypaths.base.signing_key import Signer, fingerprint, is_signed

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
FORM = 1
_AT_ONCE = 1 << 20


@dataclass
class _Hashed:
    """A file that counts and hashes what is written to it."""

    _file: IO[bytes]
    n_bytes: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)  # Any: hashlib names no type

    def write(self, part: bytes) -> int:
        self._digest.update(part)
        self.n_bytes += len(part)
        return self._file.write(part)

    @property
    def sha256(self) -> str:
        digest: str = self._digest.hexdigest()
        return digest


@dataclass
class PackageWriter:
    """A package on its way: files are added one by one and hashed as they go in."""

    _archive: zipfile.ZipFile
    _files: dict[str, dict[str, object]] = field(default_factory=dict)

    @contextmanager
    def opened(self, name: str) -> Iterator[_Hashed]:
        """Open a new file in the package for writing."""
        with self._archive.open(name, "w", force_zip64=True) as file:
            hashed = _Hashed(file)
            yield hashed
        self._files[name] = {"bytes": hashed.n_bytes, "sha256": hashed.sha256}

    def add(self, name: str, content: bytes | str) -> None:
        """Add a file."""
        with self.opened(name) as file:
            file.write(content.encode() if isinstance(content, str) else content)

    def copy(self, name: str, source: Path) -> None:
        """Add a file as it lies on the disk."""
        with self.opened(name) as file, source.open("rb") as opened:
            while part := opened.read(_AT_ONCE):
                file.write(part)

    def sign(self, kind: str, signer: Signer, *, at: datetime, counts: Mapping[str, int]) -> bytes:
        """Add the manifest and its signature; return the manifest."""
        manifest = {
            "form": FORM,
            "kind": kind,
            "made_at": at.isoformat(),
            "version": __version__,
            "public_key": signer.public_key,
            "counts": dict(sorted(counts.items())),
            "files": dict(sorted(self._files.items())),
        }
        content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        self._archive.writestr(MANIFEST, content)
        self._archive.writestr(SIGNATURE, signer.sign(content) + "\n")
        return content


@contextmanager
def new_package(target: IO[bytes] | Path) -> Iterator[PackageWriter]:
    """Open a new zip for writing a package."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        yield PackageWriter(archive)


@dataclass(frozen=True)
class Manifest:
    """What a package says of itself, once its signature was found to hold."""

    kind: str
    made_at: str
    version: str
    public_key: str
    counts: Mapping[str, int]
    files: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """Return what people compare of the key that signed it."""
        return fingerprint(self.public_key)


def check_package(path: Path, *, key: str | None = None) -> Manifest:
    """Read a package of any size through. Raises Refused for one that is not as it was signed."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist()]
            manifest = read_manifest(
                _read(archive, MANIFEST), _read(archive, SIGNATURE), file=path.name, key=key
            )
            require_named(names, manifest, path.name)
            for name, sha256 in manifest.files.items():
                digest = hashlib.sha256()
                with archive.open(name) as file:
                    while part := file.read(_AT_ONCE):
                        digest.update(part)
                require_same(digest.hexdigest(), sha256, name, path.name)
    except (*DAMAGED, KeyError) as error:
        raise Refused(_no_package(path.name)) from error
    return manifest


def signed_files(files: Files, *, file: str, key: str | None = None) -> Manifest:
    """Return the manifest of opened files. Raises Refused where they are not as it says."""
    names = files.names
    if MANIFEST not in names or SIGNATURE not in names:
        raise Refused(_no_package(file))
    manifest = read_manifest(files.read(MANIFEST), files.read(SIGNATURE), file=file, key=key)
    require_named(names, manifest, file)
    for name, sha256 in manifest.files.items():
        require_same(hashlib.sha256(files.read(name)).hexdigest(), sha256, name, file)
    return manifest


def read_manifest(content: bytes, signature: bytes, *, file: str, key: str | None) -> Manifest:
    """Return what a manifest says. Raises Refused unless it was signed by the key that it names.

    `key` is that key, or its fingerprint, where the reader knows whose package it should be.
    """
    try:
        said = json.loads(content)
        public_key = str(said["public_key"])
        sealed = signature.decode("ascii").strip()
        if not is_signed(content, signature=sealed, public_key=public_key):
            raise Refused(
                _("The signature of {file} does not hold: its manifest was changed.").format(
                    file=file
                )
            )
        _require_key(public_key, key, file)
        if said["form"] != FORM:
            raise Refused(
                _("{file} has form {form}; this version reads form {ours}.").format(
                    file=file, form=said["form"], ours=FORM
                )
            )
        return Manifest(
            kind=str(said["kind"]),
            made_at=str(said["made_at"]),
            version=str(said["version"]),
            public_key=public_key,
            counts=dict(said["counts"]),
            files={name: str(each["sha256"]) for name, each in said["files"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(_no_package(file)) from error


def require_named(names: list[str], manifest: Manifest, file: str) -> None:
    """Raise Refused where a package holds other files than its manifest names, or one twice."""
    wanted = sorted([*manifest.files, MANIFEST, SIGNATURE])
    if sorted(names) == wanted:
        return
    odd = sorted(set(names) ^ set(wanted)) or ["?"]
    told = _("{file} holds other files than its manifest names, such as {name}.")
    raise Refused(told.format(file=file, name=odd[0][:80]))


def require_same(found: str, wanted: str, name: str, file: str) -> None:
    """Raise Refused where a file's hash is not that of the manifest."""
    if found != wanted:
        raise Refused(
            _("{name} in {file} was changed after it was signed.").format(name=name, file=file)
        )


def _require_key(public_key: str, key: str | None, file: str) -> None:
    if key is None:
        return
    known = "".join(key.split()).lower()
    if known not in (public_key, "".join(fingerprint(public_key).split())):
        raise Refused(
            _("{file} was signed by another key, {found}.").format(
                file=file, found=fingerprint(public_key)
            )
        )


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    return archive.read(name)


def _no_package(file: str) -> str:
    return _("{file} is no package of ours, or a damaged one.").format(file=file)
