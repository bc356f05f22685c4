"""Tables of other programs: whatever encoding, delimiter, decimal mark and kind of date they have.

A table is text with names of columns in its first row. Which column is what is guessed from names
and contents, and said by a person; `columns` maps what we need (`FIELDS`) to names in the file.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from hashlib import sha256

from django.utils.translation import gettext as _

from manypaths.base.errors import Fault, Refused
from manypaths.base.spreadsheets import restored

MOST_COLUMNS, MOST_ROWS, MOST_FAULTS = 200, 200_000, 1_000
_LOOKED_AT = 20
_DELIMITERS = (",", ";", "\t")

# What we need of each kind of table; "?" may be missing.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "class list": ("given_name?", "family_name?", "name?", "id?"),
    "responses": ("learner", "item", "correct", "full_score?", "time?", "competencies"),
}
# Words by which columns of others are known, in lower case without blanks and signs.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "given_name": ("given", "first", "vorname", "nombre", "prenom", "forename"),
    "family_name": ("family", "last", "surname", "nachname", "apellido", "nomdefamille"),
    "name": ("fullname", "studentname", "learnername", "name", "alumno", "student"),
    "id": ("studentid", "sourcedid", "localid", "number", "id", "matricula"),
    "learner": ("learner", "studentid", "student", "pupil", "alumno", "userid", "user", "email"),
    "item": ("item", "question", "task", "problem", "pregunta", "frage", "assignment"),
    "correct": ("correct", "score", "points", "result", "right", "puntos", "punkte", "outcome"),
    "full_score": ("maxscore", "outof", "possible", "fullscore", "max", "maximum"),
    "time": ("time", "date", "submitted", "completed", "fecha", "datum", "when"),
    "competencies": (
        "competenc",
        "standard",
        "skill",
        "objective",
        "estandar",
        "kompetenz",
        "code",
    ),
}
_TRUE_FALSE = {
    **dict.fromkeys(("true", "yes", "right", "correct", "si", "sí", "ja", "y", "x", "✓"), 1.0),
    **dict.fromkeys(("false", "no", "wrong", "incorrect", "nein", "n", ""), 0.0),
}
_DAYS = {
    "day first": ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y"),
    "month first": ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y"),
}
_CLOCKS = ("", " %H:%M", " %H:%M:%S", ", %H:%M", " %I:%M %p")


@dataclass(frozen=True)
class ForeignTable:
    """A table as texts: names of columns, and each row with its number (the header is row 1)."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str
    delimiter: str

    @property
    def fingerprint(self) -> str:
        """Return what says that two tables have the same columns, whatever their rows."""
        plain = "\x1f".join(name.casefold() for name in self.header)
        return sha256(plain.encode()).hexdigest()

    @property
    def preview(self) -> list[tuple[str, ...]]:
        """Return the first five rows."""
        return [cells for _number, cells in self.rows[:5]]


def read_foreign(content: bytes, *, file: str) -> ForeignTable:
    """Return a table of another program. Raises Refused for what is none."""
    text, encoding = _decoded(content, file)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, tuple[str, ...]]] = []
    header: tuple[str, ...] = ()
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = tuple(cell.strip() for cell in cells)
                _require_header(header, file)
                continue
            if len(rows) == MOST_ROWS:
                raise _refused(file, None, _("at most %(most)s rows") % {"most": MOST_ROWS})
            rows.append((number, tuple(restored(cell.strip()) for cell in cells[: len(header)])))
    except csv.Error as error:
        allowed = _("well-formed CSV (%(error)s)") % {"error": error}
        raise _refused(file, number + 1, allowed) from None
    if not header or not rows:
        raise _refused(file, 1, _("names of columns, and rows below them"))
    return ForeignTable(file, header, tuple(rows), encoding, delimiter)


def guessed_kind(table: ForeignTable) -> str:
    """Return what a table rather is: responses where a column says how right something was."""
    guesses = guessed_columns(table, "responses")
    return "responses" if {"item", "correct"} <= guesses.keys() else "class list"


def guessed_columns(table: ForeignTable, kind: str) -> dict[str, str]:
    """Return which column is what, as far as names and contents say."""
    found: dict[str, str] = {}
    plain = {name: re.sub(r"[\W_]+", "", name.casefold()) for name in table.header}
    # A full score is called a score as well, so it is looked for first.
    for field in sorted(names_in(FIELDS[kind]), key=lambda name: name != "full_score"):
        for word in _WORDS[field]:
            free = [n for n in table.header if n not in found.values() and word in plain[n]]
            fitting = [name for name in free if _fits(table, name, field)]
            if fitting:
                found[field] = min(fitting, key=lambda name: len(plain[name]))
                break
    if "given_name" in found and "family_name" in found:
        found.pop("name", None)
    return found


def guessed_order(table: ForeignTable, column: str | None) -> str:
    """Return whether days or months come first in dates of a column, from what can't be a month."""
    place = table.header.index(column) if column in table.header else -1
    for _number, cells in table.rows if place >= 0 else ():
        parts = re.findall(r"\d+", cells[place] if place < len(cells) else "")
        if len(parts) >= 3 and len(parts[0]) <= 2 and "." not in cells[place]:
            if int(parts[1]) > 12:
                return "month first"
            if int(parts[0]) > 12:
                return "day first"
    return "day first"


def require_columns(table: ForeignTable, kind: str, columns: Mapping[str, str]) -> None:
    """Raise Refused unless all that is needed is named, once, by a column of the table."""
    names = [name for name in columns.values() if name]
    for field, name in columns.items():
        if field not in {one.rstrip("?") for one in FIELDS[kind]}:
            raise Refused(_("A %(kind)s has no column for %(field)s.") % _told(kind, field))
        if name not in table.header or names.count(name) > 1:
            raise Refused(
                _("%(name)r is no column of the file, or stands for two things.") % {"name": name}
            )
    for wanted in FIELDS[kind]:
        if not wanted.endswith("?") and wanted not in columns:
            told = _("Say which column is the %(field)s of the %(kind)s.")
            raise Refused(told % _told(kind, wanted))
    if kind == "class list" and not {"given_name", "family_name", "name"} & columns.keys():
        raise Refused(_("Say which column holds the names."))


def as_response_log(
    table: ForeignTable, columns: Mapping[str, str], *, order: str, zone: tzinfo
) -> tuple[str, list[int]]:
    """Return the table as a log of ours, and the row of the file of each of its rows.

    Raises Refused with every cell that can't be read, by row and column of the file.
    """
    cell = _cells(table, columns)
    out, numbers, faults = io.StringIO(), [1], list[Fault]()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["learner", "item", "time", "correct", "competencies"])
    for number, cells in table.rows:
        try:
            score = _outcome(cell(cells, "correct"), cell(cells, "full_score"))
        except ValueError:
            told = _("a part from 0 to 1, points with their full score, or yes and no")
            faults.append(_fault(table, number, columns, "correct", cell(cells, "correct"), told))
            continue
        try:
            when = _moment(cell(cells, "time"), order, zone)
        except ValueError:
            told = _("a date such as 2026-08-31, or as in the rest of the column")
            faults.append(_fault(table, number, columns, "time", cell(cells, "time"), told))
            continue
        codes = ";".join(re.split(r"\s*[;,|]\s*", cell(cells, "competencies")))
        writer.writerow([cell(cells, "learner"), cell(cells, "item"), when, score, codes])
        numbers.append(number)
    if faults:
        raise Refused(_("%(file)s has faults.") % {"file": table.file}, faults[:MOST_FAULTS])
    return out.getvalue(), numbers


def as_names(
    table: ForeignTable, columns: Mapping[str, str]
) -> list[tuple[int, tuple[str, str], str]]:
    """Return each row's number, name as (given, family), and id, "" where there is none."""
    cell = _cells(table, columns)
    return [
        (
            number,
            _name(cell(cells, "name"), cell(cells, "given_name"), cell(cells, "family_name")),
            cell(cells, "id"),
        )
        for number, cells in table.rows
    ]


def in_terms_of(
    faults: Sequence[Fault], table: ForeignTable, columns: Mapping[str, str], numbers: Sequence[int]
) -> list[Fault]:
    """Return faults of a log of ours with the rows and columns of the file that it came from."""
    return [
        Fault(
            table.file,
            numbers[fault.row - 1] if fault.row and fault.row <= len(numbers) else fault.row,
            columns.get(fault.column, fault.column) if fault.column else None,
            fault.value,
            fault.allowed,
        )
        for fault in faults
    ]


def _decoded(content: bytes, file: str) -> tuple[str, str]:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                raise _refused(file, None, _("text in the encoding that it begins with")) from None
            break
    else:
        try:
            text, encoding = content.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            text, encoding = content.decode("cp1252", "replace"), "windows-1252"
    if "\0" in text:
        raise _refused(
            file, text.count("\n", 0, text.index("\0")) + 1, _("text without zero bytes")
        )
    return text, encoding


def _delimiter(text: str) -> str:
    """Return the sign that parts the most lines into the same number of cells."""
    lines = [line for line in text.splitlines()[:_LOOKED_AT] if line.strip()]

    def evenness(sign: str) -> tuple[int, int]:
        try:
            counts = [len(row) for row in csv.reader(lines, delimiter=sign)]
        except csv.Error:
            return 0, 0
        first = counts[0] if counts else 0
        return (sum(n == first for n in counts) if first > 1 else 0, first)

    return max(_DELIMITERS, key=evenness)


def _require_header(header: tuple[str, ...], file: str) -> None:
    if len(header) > MOST_COLUMNS:
        raise _refused(file, 1, _("at most %(most)s columns") % {"most": MOST_COLUMNS})
    named = [name.casefold() for name in header if name]
    twice = next((name for name in header if name and named.count(name.casefold()) > 1), None)
    if twice is not None:
        raise _refused(file, 1, _("each column once; %(name)s stands twice") % {"name": twice[:80]})


def _refused(file: str, row: int | None, allowed: str) -> Refused:
    told = _("%(file)s can't be read as a table.") % {"file": file}
    return Refused(told, [Fault(file, row, None, None, allowed)])


def _told(kind: str, field: str) -> dict[str, str]:
    return {"kind": kind, "field": field.replace("_", " ")}


def _fits(table: ForeignTable, name: str, field: str) -> bool:
    """Say whether the contents of a column can be what its name says."""
    place = table.header.index(name)
    texts = [cells[place] for _n, cells in table.rows[:_LOOKED_AT] if place < len(cells)]
    filled = [text for text in texts if text]
    if not filled:
        return False
    checks: Mapping[str, Callable[[str], bool]] = {
        "correct": _is_outcome,
        "full_score": lambda text: _number(text) is not None,
        "time": lambda text: any(letter.isdigit() for letter in text),
        "given_name": lambda text: any(letter.isalpha() for letter in text),
        "family_name": lambda text: any(letter.isalpha() for letter in text),
        "name": lambda text: any(letter.isalpha() for letter in text) and "@" not in text,
    }
    check = checks.get(field)
    return check is None or sum(map(check, filled)) * 2 > len(filled)


def _cells(table: ForeignTable, columns: Mapping[str, str]) -> Callable[[Sequence[str], str], str]:
    places = {field: table.header.index(name) for field, name in columns.items() if name}

    def cell(cells: Sequence[str], field: str) -> str:
        place = places.get(field, -1)
        return cells[place] if 0 <= place < len(cells) else ""

    return cell


def _fault(
    table: ForeignTable, row: int, columns: Mapping[str, str], field: str, value: str, allowed: str
) -> Fault:
    return Fault(table.file, row, columns.get(field), value[:80], allowed)


def _number(text: str) -> float | None:
    """Return a number with a decimal point or comma; None for none."""
    plain = text.replace("\u00a0", "").replace(" ", "").removesuffix("%")
    if "," in plain and "." in plain:
        plain = plain.replace("," if plain.rindex(".") > plain.rindex(",") else ".", "")
    try:
        number = float(plain.replace(",", "."))
    except ValueError:
        return None
    if not abs(number) < 1e12:
        return None
    return number / 100 if text.strip().endswith("%") else number


def _is_outcome(text: str) -> bool:
    return _number(text) is not None or text.casefold() in _TRUE_FALSE


def _outcome(text: str, full: str) -> float:
    number, whole = _number(text), _number(full) if full else None
    if number is None:
        return _words_outcome(text)
    if full and (whole is None or whole <= 0):
        raise ValueError
    part = number if whole is None else number / whole
    if not 0 <= part <= 1:
        raise ValueError
    return part


def _words_outcome(text: str) -> float:
    if not text or text.casefold() not in _TRUE_FALSE:
        raise ValueError
    return _TRUE_FALSE[text.casefold()]


def _moment(text: str, order: str, zone: tzinfo) -> str:
    """Return a moment as our logs have it; a day alone is its noon. Raises ValueError."""
    if not text:
        return ""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = _by_order(text, order)
    if len(text) <= len("31.12.2026") and found.time() == time.min:
        found = datetime.combine(found.date(), time(12))
    return (found if found.tzinfo else found.replace(tzinfo=zone)).isoformat()


def _by_order(text: str, order: str) -> datetime:
    for day in _DAYS[order]:
        for clock in _CLOCKS:
            try:
                return datetime.strptime(text, f"{day}{clock}")  # noqa: DTZ007  # the zone comes after
            except ValueError:
                continue
    raise ValueError(text)


def _name(whole: str, given: str, family: str) -> tuple[str, str]:
    if given or family:
        return " ".join(given.split()), " ".join(family.split())
    if "," in whole:
        last, _comma, first = whole.partition(",")
        return " ".join(first.split()), " ".join(last.split())
    *first_names, last = whole.split() or [""]
    return (" ".join(first_names), last) if first_names else (last, "")


def names_in(fields: Iterable[str]) -> list[str]:
    """Return names of fields as they are asked for, without the mark of those that may miss."""
    return [field.rstrip("?") for field in fields]
