"""Homes with a district, each built once for as long as what it is built from stays the same."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.installed import bare

_SOURCES = Path(__file__).parents[2] / "src" / "manypaths"
_BUILDERS = ("build.py", "districts.py")
_DOORS = ("web", "api", "cli", "locale")
_SECONDS = 900


def home_with(district: str, cache: Path, into: Path) -> Path:
    """Return a home of its own with a district, copied from the cache; built where it is not."""
    cache.mkdir(parents=True, exist_ok=True)
    kept = cache / f"{district}-{_fingerprint()}"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for old in cache.glob(f"{district}-*"):
                shutil.rmtree(old)
            _build(district, kept)
    shutil.copytree(kept, into)
    return into


def demo_home(cache: Path, into: Path, *, size: str = "small") -> Path:
    """Return a home of its own with a demo, a small one or the whole."""
    return home_with("demo" if size == "small" else "whole_demo", cache, into)


def _build(district: str, kept: Path) -> None:
    draft = kept.with_name("draft")
    shutil.rmtree(draft, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "tests.browser.build", draft, district],
        cwd=Path(__file__).parents[2],
        env=bare(draft),
        check=True,
        timeout=_SECONDS,
    )
    draft.rename(kept)


def _fingerprint() -> str:
    """Return a name for what a district of today would be built from."""
    found = hashlib.sha256(f"{datetime.now(UTC):%Y-%m-%d}".encode())
    for builder in _BUILDERS:
        found.update((Path(__file__).parent / builder).read_bytes())
    for file in sorted(_SOURCES.rglob("*")):
        parts = file.relative_to(_SOURCES).parts
        if file.suffix in (".py", ".yaml") and parts[0] not in _DOORS and "tests" not in parts:
            found.update("/".join(parts).encode() + file.read_bytes())
    return found.hexdigest()[:16]
