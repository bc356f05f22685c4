"""What an uploaded file is, by its own content: never by its name or by what a browser says."""

import csv

from django.utils.translation import gettext as _

from manypaths.base.errors import Refused
from manypaths.interop.foreign_tables import read_foreign
from manypaths.interop.models import ImportKind
from manypaths.interop.response_log import COLUMNS

_LOOKED_AT = 4_096
_PACKED = b"\x1f\x8b"
_ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")
# A workbook is a zip as well; by these it begins.
_OF_WORKBOOKS = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis", b"xl/workbook.xml")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_FEWEST_COLUMNS = 2


def kind_of(content: bytes) -> ImportKind:
    """Return what a file holds. Raises Refused for one that is none of what we take."""
    if not content.strip():
        raise Refused(_("This file is empty."))
    if content.startswith(_PACKED):
        raise Refused(_("This file is packed. Unpack it first."))
    if content.startswith(_ZIPPED):
        if any(mark in content[:_LOOKED_AT] for mark in _OF_WORKBOOKS):
            raise Refused(_("This is a workbook. Save the sheet as CSV first."))
        return ImportKind.ROSTER
    if b"\0" in content[:_LOOKED_AT]:
        if content.startswith(_UTF_16):
            return _table(content)
        raise Refused(_none_of_ours())
    head = content[:_LOOKED_AT].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if head.startswith("{"):
        return ImportKind.CASE
    if _names_columns(head):
        return ImportKind.RESPONSES
    if any(
        line.startswith("framework:") for line in content.decode("utf-8", "replace").split("\n")
    ):
        return ImportKind.YAML
    return _table(content)


def _table(content: bytes) -> ImportKind:
    """Return that it is a table of another program. Raises Refused unless its rows are alike."""
    try:
        table = read_foreign(content, file="")
    except Refused:
        raise Refused(_none_of_ours()) from None
    width = len(table.header)
    alike = sum(len(cells) == width for _number, cells in table.rows)
    if width < _FEWEST_COLUMNS or alike * 2 < len(table.rows):
        raise Refused(_none_of_ours())
    return ImportKind.TABLE


def _names_columns(head: str) -> bool:
    first = head.partition("\n")[0]
    names = {name.strip() for name in next(csv.reader([first]), [])}
    return len(names & set(COLUMNS)) >= 3


def _none_of_ours() -> str:
    return _(
        "This is no file that we take. We take a CASE package (JSON), a framework (YAML), a "
        "log of responses or a class list as a table (CSV), and a OneRoster bundle (ZIP)."
    )
