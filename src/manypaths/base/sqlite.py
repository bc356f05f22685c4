"""Which SQLite library is used, and which journal is safe with it.

SQLite 3.7.0 to 3.51.2 can lose commits or corrupt the file in WAL mode when two connections meet
a checkpoint (sqlite.org/wal.html#walresetbug). 3.51.3 mends it, as do the backports 3.44.6 and
3.50.7; 3.52.0 was withdrawn. On a library without the fix a rollback journal is used instead.
"""

import sqlite3
import sys

Version = tuple[int, int, int]

_REPAIRED = (3, 51, 3)
_BACKPORTS = ((3, 44, 6), (3, 50, 7))
_WITHDRAWN = (3, 52, 0)


def use_newest_library() -> None:
    """Let `import sqlite3` mean the packaged library where Python links an older one.

    Called before Django opens a database: it looks the module up by this name.
    """
    try:
        import pysqlite3
    except ImportError:  # only packaged for Linux; elsewhere Python's own library is used
        return
    if pysqlite3.sqlite_version_info > sqlite3.sqlite_version_info:
        sys.modules["sqlite3"] = pysqlite3
        sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def library_version() -> Version:
    """Return the version of the SQLite library that Django uses."""
    major, minor, patch = sys.modules["sqlite3"].sqlite_version_info
    return major, minor, patch


def has_repaired_wal(version: Version) -> bool:
    """Say whether write-ahead logging is safe with several connections on this library."""
    if version == _WITHDRAWN:
        return False
    if version >= _REPAIRED:
        return True
    return any(version[:2] == fix[:2] and version >= fix for fix in _BACKPORTS)


def safe_journal_mode(version: Version) -> str:
    """Return the journal mode to use with this library: WAL, or DELETE where WAL can lose data."""
    return "WAL" if has_repaired_wal(version) else "DELETE"
