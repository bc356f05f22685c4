"""Numbers as children type them, read by value: 0.5, 0,5, ½, 1/2, 50 %, 1 234, 1,234.50, −3 cm."""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

# A longer text is no number that anybody means, and would only cost time.
LONGEST = 60

_MINUS = "-−–—‐‑‒﹣－"
_SLASH = "/⁄∕／"
_POINT = ".．·٫"
_COMMA = ",，"
_PLUS = "+＋"
_CURRENCY = "$€£¥₹"

_SIGN = r"(?P<sign>[+-]?) ?"
_MIXED = re.compile(rf"{_SIGN}(?P<whole>\d+) (?P<over>\d+) ?/ ?(?P<under>\d+)")
_FRACTION = re.compile(rf"{_SIGN}(?P<over>\d+) ?/ ?(?P<under_sign>-?)(?P<under>\d+)")
_GROUPED = re.compile(rf"{_SIGN}(?P<whole>\d{{1,3}}(?P<group>[ ,.'])\d{{3}}(?:(?P=group)\d{{3}})*)"
                      r"(?:(?P<mark>[.,])(?P<part>\d*))?")  # fmt: skip
_DECIMAL = re.compile(rf"{_SIGN}(?P<whole>\d*)(?:[.,](?P<part>\d*))?")


@dataclass(frozen=True)
class NumberRead:
    """What a typed number can mean: its values, the likeliest first, and what stood around it.

    `values` holds two only for a comma before three digits, which is 1234 here and 1.234 there.
    `unit` is what stood behind the number, or a currency before it; a percent sign is told apart.
    """

    values: tuple[Fraction, ...]
    is_percent: bool = False
    unit: str = ""

    def means(self, other: "NumberRead") -> bool:
        """Say whether the two can be the same number.

        Where one of them alone carries a percent sign, 25 % is 25 as well as 0.25.
        """
        if self.unit and other.unit and self.unit != other.unit:
            return False
        mine, others = set(self._by_value()), set(other._by_value())
        if self.is_percent != other.is_percent:
            mine, others = mine | set(self.values), others | set(other.values)
        return bool(mine & others)

    def _by_value(self) -> tuple[Fraction, ...]:
        return tuple(v / 100 for v in self.values) if self.is_percent else self.values


def read_number(text: str) -> NumberRead | None:
    """Return what a typed text means as a number, None where it is none."""
    plain = _plain(text)
    if not plain or len(plain) > LONGEST:
        return None
    unit = ""
    if plain[0] in _CURRENCY or (plain[0] in "+-" and plain[1:2] and plain[1] in _CURRENCY):
        at = 0 if plain[0] in _CURRENCY else 1
        unit, plain = plain[at], f"{plain[:at]}{plain[at + 1 :]}".strip()
    number, behind = _split(plain)
    if behind and unit:
        return None
    values = _values(number)
    if not values:
        return None
    if behind == "%":
        return NumberRead(values, is_percent=True)
    return NumberRead(values, unit=behind or unit)


def _plain(text: str) -> str:
    """Return the text in lower case with one sign for each minus, slash, point, digit and blank."""
    found = "".join(_plain_sign(sign) for sign in text.casefold())
    return re.sub(r"\s+", " ", found).strip()


def _plain_sign(sign: str) -> str:
    for signs, plain in ((_MINUS, "-"), (_SLASH, "/"), (_POINT, "."), (_COMMA, ","), (_PLUS, "+")):
        if sign in signs:
            return plain
    if sign in "’'ʼ":
        return "'"
    if unicodedata.decomposition(sign).startswith("<fraction>"):
        over, _, under = unicodedata.normalize("NFKC", sign).partition("⁄")
        return f" {over}/{under}"
    if unicodedata.category(sign) == "Nd":
        return str(unicodedata.decimal(sign))
    if sign.isspace() or unicodedata.category(sign) in ("Zs", "Cf"):
        return " " if sign.isspace() or unicodedata.category(sign) == "Zs" else ""
    return sign


def _split(plain: str) -> tuple[str, str]:
    """Return the number and what stands behind it."""
    end = len(plain)
    while end and not (plain[end - 1].isdigit() or plain[end - 1] in ".,"):
        end -= 1
    behind = plain[end:].strip()
    # The number itself ends in a digit or in the point of "5."; "5 sq. m" has one in its unit.
    found = re.match(r"[-+ \d/.,']*[\d.,]", plain)
    if found and found.end() < end:
        return plain[: found.end()].strip(), plain[found.end() :].strip()
    return plain[:end].strip(), behind


def _values(number: str) -> tuple[Fraction, ...]:
    if found := _MIXED.fullmatch(number):
        part = _ratio(found["over"], found["under"])
        return () if part is None else (_signed(found["sign"], int(found["whole"]) + part),)
    if found := _FRACTION.fullmatch(number):
        ratio = _ratio(found["over"], found["under"])
        sign = -1 if found["under_sign"] else 1
        return () if ratio is None else (_signed(found["sign"], sign * ratio),)
    if found := _GROUPED.fullmatch(number):
        grouped = _grouped(found, number)
        if grouped:
            return grouped
    found = _DECIMAL.fullmatch(number)
    if not found or not (found["whole"] or found["part"]):
        return ()
    return (_signed(found["sign"], _decimal(found["whole"], found["part"])),)


def _grouped(found: re.Match[str], number: str) -> tuple[Fraction, ...]:
    """Return the values of a number with thousands set apart; none where it is a plain decimal."""
    group, mark = found["group"], found["mark"]
    if mark == group:
        return ()
    digits = found["whole"].replace(group, "")
    value = _signed(found["sign"], _decimal(digits, found["part"]))
    is_single = found["whole"].count(group) == 1 and mark is None
    if group == "." and is_single:
        return ()  # 1.234: one and a bit, as keys are written
    if group == "," and is_single:
        whole, _, part = found["whole"].partition(",")
        return (value, _signed(found["sign"], _decimal(whole, part)))
    return (value,)


def _ratio(over: str, under: str) -> Fraction | None:
    return Fraction(int(over), int(under)) if int(under) else None


def _decimal(whole: str, part: str | None) -> Fraction:
    digits = part or ""
    return Fraction(int(f"{whole or 0}{digits}"), 10 ** len(digits))


def _signed(sign: str, value: Fraction) -> Fraction:
    return -value if sign == "-" else value
