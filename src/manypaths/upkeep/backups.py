"""Write a backup, check it, bring it back."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from manypaths import __version__
from manypaths.base.append_only import clearing_logs
from manypaths.base.archives import DAMAGED
from manypaths.base.errors import Refused
from manypaths.base.migrating import migrate
from manypaths.base.progress import Tell, silence
from manypaths.upkeep.tables import (
    TableShape,
    Written,
    insert_rows,
    one_moment,
    read_rows,
    set_last_ids,
    shapes,
    write_table,
)

FORM = 1
_MANIFEST = "manifest.json"
_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Backup:
    """What a backup says of itself: when and by which version, its tables and files by hash."""

    made_at: str
    version: str
    migrations: Sequence[tuple[str, str]]
    tables: Mapping[str, TableShape]
    written: Mapping[str, Written]
    last_ids: Mapping[str, int]
    files: Mapping[str, str]

    @property
    def n_rows(self) -> int:
        """Return how many rows it holds."""
        return sum(written.n_rows for written in self.written.values())


def write_backup(path: Path, *, at: datetime, progress: Tell = silence) -> Backup:
    """Write everything to a new file, which appears whole or not at all.

    Others go on writing meanwhile; the backup holds one moment. Raises Refused where there is a
    file of this name.
    """
    if path.exists():
        raise Refused(f"{path} is there already; a backup never overwrites another.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    passing = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        passing.touch(mode=0o600)
        with zipfile.ZipFile(passing, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            backup = _written(archive, at, progress)
            archive.writestr(_MANIFEST, json.dumps(_as_json(backup), indent=1, sort_keys=True))
        _flush(passing)
        passing.rename(path)
    finally:
        passing.unlink(missing_ok=True)
    return backup


def check_backup(path: Path, *, progress: Tell = silence) -> Backup:
    """Read a backup through. Raises Refused with what does not agree with its manifest."""
    with _opened(path) as archive:
        backup = _manifest(archive, path)
        wanted = {_table_file(name): written.sha256 for name, written in backup.written.items()}
        wanted |= {f"files/{name}": sha256 for name, sha256 in backup.files.items()}
        for number, (name, sha256) in enumerate(wanted.items()):
            progress("Checking", number, len(wanted))
            if not _is_whole(archive, name, sha256):
                raise Refused(f"{name} in {path.name} is damaged; use another backup.")
    return backup


def restore_backup(path: Path, *, progress: Tell = silence) -> Backup:
    """Bring a backup into an empty installation, and up to this version.

    Raises Refused for an installation that holds records, a damaged backup, and one that a newer
    version wrote; then nothing was changed but that the tables are there.
    """
    backup = restorable_backup(path, progress=progress)
    load_backup(path, backup, progress=progress)
    return backup


def restorable_backup(path: Path, *, progress: Tell = silence) -> Backup:
    """Return what a backup holds once it was read through. Raises Refused, as a restore would.

    Nothing is changed.
    """
    backup = check_backup(path, progress=progress)
    _require_known(backup)
    _require_empty()
    return backup


def load_backup(path: Path, backup: Backup, *, progress: Tell = silence) -> None:
    """Bring a backup that was found restorable into the empty tables, and up to this version."""
    with _opened(path) as archive:
        _make_tables_of(backup)
        with transaction.atomic():
            for number, (name, shape) in enumerate(backup.tables.items()):
                progress("Restoring", number, len(backup.tables))
                with archive.open(_table_file(name)) as file:
                    insert_rows(shape, read_rows(file, shape))
            set_last_ids(backup.last_ids)
            connection.check_constraints()
        _require_same(backup)
        _restore_files(archive, backup)
    migrate()


def drop_older(path: Path, *, keep: int) -> list[Path]:
    """Delete the oldest backups in the folder of this one until `keep` are left; return them.

    Only files that are backups by their manifest count, and this one stays.
    """
    return _dropped([file for _, file in _dated(path.parent)[keep:] if file != path])


def drop_before(path: Path, *, before: datetime) -> list[Path]:
    """Delete the backups beside this one that were made before a moment; return them."""
    found = _dated(path.parent)
    return _dropped([file for made_at, file in found if made_at < before and file != path])


def _dated(folder: Path) -> list[tuple[datetime, Path]]:
    """Return the backups in a folder with when they were made, the newest first."""
    dated = []
    for file in folder.glob("*.zip"):
        try:
            with _opened(file) as archive:
                dated.append((datetime.fromisoformat(_manifest(archive, file).made_at), file))
        except Refused:
            continue
    return sorted(dated, reverse=True)


def _dropped(files: list[Path]) -> list[Path]:
    for file in files:
        file.unlink()
    return files


def _written(archive: zipfile.ZipFile, at: datetime, progress: Tell) -> Backup:
    tables = {shape.name: shape for shape in shapes()}
    written, last_ids = {}, {}
    with one_moment() as reader:
        for number, (name, shape) in enumerate(tables.items()):
            progress("Backing up", number, len(tables))
            with archive.open(_table_file(name), "w", force_zip64=True) as file:
                written[name] = write_table(reader, shape, file)
            last_ids[name] = reader.last_id(name)
        migrations = sorted(MigrationRecorder(connection).applied_migrations())
    return Backup(
        made_at=at.isoformat(),
        version=__version__,
        migrations=migrations,
        tables=tables,
        written=written,
        last_ids=last_ids,
        # After the tables: every file that a row names is older than the row.
        files=_write_files(archive),
    )


def _files_root() -> Path:
    return Path(settings.MEDIA_ROOT) if settings.MEDIA_ROOT else settings.HOME / "files"


def _write_files(archive: zipfile.ZipFile) -> dict[str, str]:
    root = _files_root()
    hashes = {}
    for found in sorted(path for path in root.rglob("*") if path.is_file()):
        # One that waited for its row may have got its name for good since it was found.
        for file in (found, found.with_suffix("")):
            name = file.relative_to(root).as_posix()
            with suppress(FileNotFoundError):
                content = file.read_bytes()
                archive.writestr(f"files/{name}", content)
                hashes[name] = hashlib.sha256(content).hexdigest()
                break
    return hashes


def _restore_files(archive: zipfile.ZipFile, backup: Backup) -> None:
    root = _files_root().resolve()
    for name in backup.files:
        target = (root / name).resolve()
        if not target.is_relative_to(root):
            raise Refused(f"The backup holds a file with the name {name!r}, which no backup has.")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.write_bytes(archive.read(f"files/{name}"))


def _require_known(backup: Backup) -> None:
    known = MigrationExecutor(connection).loader.disk_migrations
    newer = [f"{app}.{name}" for app, name in backup.migrations if (app, name) not in known]
    if newer:
        raise Refused(
            f"This backup was written by version {backup.version}, which is newer than "
            f"{__version__}: it needs {newer[0]}. Bring the program up to date first."
        )


def _require_empty() -> None:
    with connection.cursor() as cursor:
        if "people_organization" not in connection.introspection.table_names(cursor):
            return
        cursor.execute("SELECT count(*) FROM people_organization")
        if cursor.fetchone()[0]:
            raise Refused(
                "There are records here already. A backup is restored into an empty home."
            )


def _make_tables_of(backup: Backup) -> None:
    """Make the tables as they were: those of this version get the later migrations afterwards."""
    executor = MigrationExecutor(connection)
    applied = set(backup.migrations) & set(executor.loader.disk_migrations)
    last = {key for key in applied if not _children(executor, key) & applied}
    ahead = set(executor.loader.applied_migrations) - applied
    if ahead:
        # Empty tables of this version are taken back to the state that the rows are of.
        with clearing_logs():
            call_command("flush", verbosity=0, interactive=False)
    executor.migrate(sorted(last))


def _children(executor: MigrationExecutor, key: tuple[str, str]) -> set[tuple[str, str]]:
    nodes = executor.loader.graph.node_map[key].children
    return {node.key for node in nodes if node.key[0] == key[0]}


def _require_same(backup: Backup) -> None:
    """Read every table back and compare its hash: what was restored is what was written."""
    with one_moment() as reader:
        for name, shape in backup.tables.items():
            with Path(os.devnull).open("wb") as nowhere:
                if write_table(reader, shape, nowhere) != backup.written[name]:
                    raise Refused(f"The table {name} differs from the backup after restoring.")


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGED as error:
        raise Refused(_no_backup(path)) from error
    with archive:
        yield archive


def _no_backup(path: Path) -> str:
    return f"{path} is no backup, or a damaged one."


def _manifest(archive: zipfile.ZipFile, path: Path) -> Backup:
    try:
        said = json.loads(archive.read(_MANIFEST))
        form = said["form"]
        if form != FORM:
            raise Refused(f"This backup has form {form}; this version reads form {FORM}.")
        return _as_said(said)
    except (*DAMAGED, KeyError, TypeError, AttributeError) as error:
        raise Refused(_no_backup(path)) from error


def _as_said(said: dict[str, Any]) -> Backup:
    tables = {
        name: TableShape(name, tuple((column, kind) for column, kind in table["columns"]))
        for name, table in said["tables"].items()
    }
    return Backup(
        made_at=said["made_at"],
        version=said["version"],
        migrations=[(app, name) for app, name in said["migrations"]],
        tables=tables,
        written={n: Written(t["rows"], t["sha256"]) for n, t in said["tables"].items()},
        last_ids={n: t["last_id"] for n, t in said["tables"].items()},
        files=said["files"],
    )


def _as_json(backup: Backup) -> dict[str, Any]:
    return {
        "form": FORM,
        "made_at": backup.made_at,
        "version": backup.version,
        "migrations": [list(key) for key in backup.migrations],
        "tables": {
            name: {
                "columns": [list(column) for column in shape.columns],
                "rows": backup.written[name].n_rows,
                "sha256": backup.written[name].sha256,
                "last_id": backup.last_ids[name],
            }
            for name, shape in backup.tables.items()
        },
        "files": dict(backup.files),
    }


def _table_file(name: str) -> str:
    return f"tables/{name}.csv"


def _is_whole(archive: zipfile.ZipFile, name: str, sha256: str) -> bool:
    digest = hashlib.sha256()
    try:
        with archive.open(name) as file:
            while part := file.read(_AT_ONCE):
                digest.update(part)
    except (*DAMAGED, KeyError):
        return False
    return digest.hexdigest() == sha256


def _flush(path: Path) -> None:
    """Wait until the file is on the disk: a backup that a power cut takes is none."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
