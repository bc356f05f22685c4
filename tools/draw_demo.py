"""Draw the demo's page in the terminal as docs/pictures/demo.svg: one student's map and next steps.

Run it as `.venv/bin/python tools/draw_demo.py`, with a folder to make the demo district there or
to find it there, else in a new one. The picture carries its text as text, and nothing in it is
fetched from anywhere.
"""

import io
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from manypaths.cli.session import set_up

PICTURE = Path(__file__).resolve().parent.parent / "docs/pictures/demo.svg"
COLUMNS = 112
# Every colour stands out from the ground by 4.5 to 1 or more, dimmed text too.
THEME = TerminalTheme(
    (24, 26, 32),
    (222, 222, 218),
    [
        (24, 26, 32),
        (240, 130, 120),
        (150, 205, 110),
        (235, 200, 100),
        (125, 175, 240),
        (215, 150, 230),
        (110, 205, 215),
        (222, 222, 218),
    ],
)
# Fonts that stand on most machines and have the marks of the statuses; none is loaded.
TEMPLATE = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<title>The path of an invented student in the terminal, with what could come next</title>
<style>
.{unique_id}-matrix {{
  font-family: "DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace;
  font-size: {char_height}px;
}}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; }}
{styles}
</style>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    with TemporaryDirectory() as folder:
        home = Path(sys.argv[1] if len(sys.argv) > 1 else folder)
        set_up(home)
        picture = drawn()
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture, encoding="utf-8")
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")


def drawn() -> str:
    # The rooms can only be loaded once the home is known.
    from manypaths.base.clock import now
    from manypaths.base.progress import silence
    from manypaths.base.scope import district_scope
    from manypaths.cli.demonstration import open_demo
    from manypaths.cli.rendering import Page
    from manypaths.estimates.queries import estimates_of
    from manypaths.people.access import Operator
    from manypaths.people.queries import learner_named, zone_of
    from manypaths.plans.queries import framework_of_learner, next_steps

    demo = open_demo(seed=None, fresh=False, progress=silence).demo
    console = Console(
        record=True,
        width=COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="standard",
        highlight=False,
        markup=False,
        emoji=False,
    )
    operator, page = Operator(), Page(console)
    with district_scope(demo.district.pk, zone_of(demo.district)):
        learner = learner_named(demo.student, by=operator)
        framework = framework_of_learner(learner, by=operator)
        assert framework is not None  # the demo's student has a year of work behind them
        page.path(learner, estimates_of([learner], framework, by=operator, at=now()))
        page.next_steps(learner, next_steps(learner, framework, by=operator, at=now()))
    svg = console.export_svg(
        title="manypaths demo",
        theme=THEME,
        code_format=TEMPLATE,
        font_aspect_ratio=0.602,
        unique_id="demo",
    )
    return smaller(svg)


def smaller(svg: str) -> str:
    """Return the picture without a clip for each line, and with spaces of two bytes."""
    unclipped = re.sub(r' clip-path="[^"]*-line-\d+\)"', "", svg)
    unclipped = re.sub(r"<text[^>]*>\n</text>", "", unclipped)  # ends of lines
    plain = unclipped.replace("&#160;", "\u00a0").replace("</text><text", "</text>\n<text")
    return "".join(f"{line.strip()}\n" for line in plain.splitlines() if line.strip())


if __name__ == "__main__":
    main()
