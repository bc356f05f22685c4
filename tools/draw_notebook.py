"""Run docs/guide/research.md and put what it prints and draws where the page shows it."""

import contextlib
import io
import re
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "guide" / "research.md"
SAMPLES = Path("docs") / "guide" / "samples"
BLOCK = re.compile(r"```(python|text)\n(.*?)```\n", re.DOTALL)


def main() -> None:
    page = PAGE.read_text("utf-8")
    names: dict[str, object] = {"__name__": "__main__"}
    said = ""

    def redrawn(block: re.Match[str]) -> str:
        nonlocal said
        kind, content = block.groups()
        if kind == "text":
            shown, said = said, ""
            return f"```text\n{shown}```\n"
        words = io.StringIO()
        with contextlib.redirect_stdout(words):
            exec(content, names)  # noqa: S102  # the page's own code
        said += words.getvalue()
        return block.group()

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        shutil.copytree(ROOT / SAMPLES, SAMPLES)
        PAGE.write_text(BLOCK.sub(redrawn, page), encoding="utf-8")
        for picture in sorted(Path().glob("*.svg")):
            shutil.copy(picture, ROOT / "docs" / "pictures" / picture.name)
    assert not said, f"The page does not show this: {said}"


if __name__ == "__main__":
    main()
