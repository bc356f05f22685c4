"""Check what the docs promise without running them: links lead somewhere, nothing is missing.

Every setting, command and package of ours must have its words in the docs; every link between
our pages must lead to a page that is there; no page names a file of others that is not shipped.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)(?:#[^)]*)?\)")


def dead_links() -> Iterator[str]:
    for page in PAGES:
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if "://" in target or target.startswith("mailto:"):
                continue
            if not (page.parent / target).exists():
                yield f"{page.relative_to(ROOT)}: the link {target} leads nowhere"


def unnamed_settings() -> Iterator[str]:
    source = (ROOT / "src/manypaths/settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r'"(MANYPATHS_[A-Z_]+)"', source)) - {"MANYPATHS_CONFORMANCE"}
    for page in (".env.example", "docs/reference/settings.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        yield from (f"{page}: the setting {name} is missing" for name in names if name not in text)


def unnamed_commands() -> Iterator[str]:
    source = (ROOT / "src/manypaths/cli/app.py").read_text(encoding="utf-8")
    commands = re.findall(r'(app|imports|exports|tokens)\.command\("([\w-]+)"\)', source)
    prefix = {"app": "", "imports": "import ", "exports": "export ", "tokens": "token "}
    text = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    for group, name in commands:
        if f"## manypaths {prefix[group]}{name}" not in text:
            yield f"docs/reference/commands.md: no heading for manypaths {prefix[group]}{name}"


def unplaced_rooms() -> Iterator[str]:
    text = (ROOT / "docs/ARCHITECTURE.md").read_text(encoding="utf-8")
    for folder in sorted((ROOT / "src/manypaths").iterdir()):
        if (folder / "__init__.py").exists() and f"`{folder.name}" not in text:
            yield f"docs/ARCHITECTURE.md: the room {folder.name} is missing"


def strange_names() -> Iterator[str]:
    for page in PAGES:
        if "MANYPATHS_CONFORMANCE" in page.read_text(encoding="utf-8"):
            yield f"{page.relative_to(ROOT)}: speaks of files that are not shipped"


def main() -> None:
    checks = (dead_links, unnamed_settings, unnamed_commands, unplaced_rooms, strange_names)
    found = [fault for check in checks for fault in check()]
    print("\n".join(found), end="\n" if found else "")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
