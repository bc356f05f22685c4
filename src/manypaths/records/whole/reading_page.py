"""The page of a whole record that reads alone: without a server, without scripts.

Everything on it is escaped here: it is written as a file, and no template of ours is at hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

_POLICY = "default-src 'none'; style-src 'self' file:; img-src 'self' file:"
# The class of a status' mark, as on our pages.
_MARKED = ("demonstrated", "ready to show", "growing", "needs evidence", "worth a refresh")


@dataclass(frozen=True)
class Sheet:
    """One kind of rows as a table."""

    kind: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]]


def readable_page(name: str, content: dict[str, Any], sheets: Sequence[Sheet]) -> str:
    """Return the page: where the person stands, their files, then each kind of rows as a table."""
    return "\n".join(_lines(name, content, sheets))


def _lines(name: str, content: dict[str, Any], sheets: Sequence[Sheet]) -> Iterator[str]:
    yield "<!doctype html>"
    yield f'<html lang="{escape(get_language() or "en")}"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield f"<title>{escape(name)} · Manypaths</title>"
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield '<link rel="stylesheet" href="styles.css"></head><body><main>'
    yield f"<header><p class=crumb>{escape(content['district']['name'])}</p>"
    yield f"<h1>{escape(name)}</h1><p class=voice>{escape(_voice(content, sheets))}</p></header>"
    yield from _standing(content["estimates"])
    yield from _files(content)
    for sheet in sheets[1:]:
        yield from _table(sheet)
    yield f"<p class='small block'>{escape(_note(content))}</p></main></body></html>"


def _voice(content: dict[str, Any], sheets: Sequence[Sheet]) -> str:
    n_rows = sum(len(sheet.rows) for sheet in sheets[1:])
    told = _("This is all that was on record on {day}: {n} entries and {files} files.")
    return told.format(day=content["made_at"][:10], n=n_rows, files=len(content["files"]))


def _note(content: dict[str, Any]) -> str:
    told = _("Other people are left without their names. record.json holds the same for programs.")
    if "note" in content["left_out"]:
        told += " " + _("What educators wrote for each other alone is not in it.")
    return told


def _standing(estimates: Sequence[dict[str, Any]]) -> Iterator[str]:
    if not estimates:
        return
    yield f"<section class=block><h2>{escape(_('Where things stand'))}</h2><ul class=todo-list>"
    for row in estimates:
        mark = row["status"].replace(" ", "-") if row["status"] in _MARKED else "not-started"
        yield (
            f'<li><p class=who><span class=st><i class="wm {mark}"></i>'
            f"{escape(row['status'])}</span>"
            f" <b>{escape(row['competency_name'])}</b><br>{escape(row['framework_title'])},"
            f" {escape(row['certainty'])}</p></li>"
        )
    yield "</ul></section>"


def _files(content: dict[str, Any]) -> Iterator[str]:
    if not content["files"]:
        return
    yield f"<section class=block><h2>{escape(_('Files'))}</h2><ul>"
    for name in content["files"].values():
        yield f'<li><a href="{escape(name)}" download>{escape(name)}</a></li>'
    yield "</ul></section>"


def _table(sheet: Sheet) -> Iterator[str]:
    yield f"<details class=block><summary>{escape(sheet.kind)} ({len(sheet.rows)})</summary>"
    yield "<div class=wide><table class=t><thead><tr>"
    yield "".join(f"<th scope=col>{escape(name)}" for name in sheet.header)
    yield "</tr></thead><tbody>"
    for row in sheet.rows:
        yield "<tr>" + "".join(f"<td>{_shown(value)}" for value in row)
    yield "</tbody></table></div></details>"


def _shown(value: object) -> str:
    return "" if value is None else escape(str(value))
