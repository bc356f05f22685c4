"""Archives for tests, with whatever names and contents."""

import zipfile
from pathlib import Path


def packed(path: Path, entries: dict[str, bytes]) -> Path:
    """Write a zip of these entries, and return where."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in entries.items():
            archive.writestr(name, contents)
    return path
