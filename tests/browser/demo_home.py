"""A demo district, built once for as long as what it is built from stays the same."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.installed import bare

_SOURCES = Path(__file__).parents[2] / "src" / "manypaths"
_DOORS = ("web", "cli", "locale")
_SECONDS = 300


def demo_home(cache: Path, into: Path, *, size: str = "small") -> Path:
    """Return a home of its own with the demo, copied from the cache; built where it is missing."""
    cache.mkdir(parents=True, exist_ok=True)
    kept = cache / f"demo-{size}-{_fingerprint()}"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for old in cache.glob(f"demo-{size}-*"):
                shutil.rmtree(old)
            _build(kept, size)
    shutil.copytree(kept, into)
    return into


def _build(kept: Path, size: str) -> None:
    draft = kept.with_name("draft")
    shutil.rmtree(draft, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "tests.browser.build", draft, size],
        cwd=Path(__file__).parents[2],
        env=bare(draft),
        check=True,
        timeout=_SECONDS,
    )
    draft.rename(kept)


def _fingerprint() -> str:
    """Return a name for what a demo of today would be built from."""
    found = hashlib.sha256(f"{datetime.now(UTC):%Y-%m-%d}".encode())
    found.update((Path(__file__).parent / "build.py").read_bytes())
    for file in sorted(_SOURCES.rglob("*")):
        parts = file.relative_to(_SOURCES).parts
        if file.suffix in (".py", ".yaml") and parts[0] not in _DOORS and "tests" not in parts:
            found.update("/".join(parts).encode() + file.read_bytes())
    return found.hexdigest()[:16]
