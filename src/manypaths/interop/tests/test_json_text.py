import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manypaths.base.errors import Fault
from manypaths.interop import json_text
from manypaths.interop.json_text import read_json, under


def fault_of(content: bytes | str) -> Fault:
    (fault,) = read_json(content, file="x.json").faults
    return fault


def test_json_is_read_with_and_without_a_byte_order_mark() -> None:
    assert read_json(b'{"a": [1, 2.5, null, true]}', file="x").value == {"a": [1, 2.5, None, True]}
    marked = read_json(b'\xef\xbb\xbf{"a": 1}\r\n', file="x")
    assert marked.value == {"a": 1}
    assert marked.notices == ("The file begins with a byte order mark, which JSON does not allow.",)


def test_a_break_is_said_with_its_line_and_column() -> None:
    fault = fault_of(b'{"a": 1,\n "b" 2}')
    assert (fault.row, fault.column, fault.value) == (2, "6", "2}")
    assert fault.allowed.startswith("JSON")


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1}}', b"'a'", b'{"a": "\n"}', b"nul"])
def test_what_is_no_json_is_refused(content: bytes) -> None:
    assert fault_of(content).allowed.startswith("JSON")


def test_what_is_not_utf_8_is_refused_with_the_byte() -> None:
    fault = fault_of(b'{"a": "\xe9"}')
    assert (fault.column, fault.value, fault.allowed) == ("byte 8", "0xe9", "text in UTF-8")
    assert fault_of('{"a": 1}'.encode("utf-16")).allowed == "text in UTF-8"
    assert fault_of('"\ud83d"').allowed == "text in UTF-8"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1e16", "9" * 5_000])
def test_a_number_that_no_table_keeps_is_refused(number: str) -> None:
    fault = fault_of(f'{{"a": [0, {number}]}}')
    assert fault.column == "a[1]"
    assert len(fault.value or "") <= 80


@pytest.mark.parametrize("text", ["\\u0000", "\\ud83d", "\\udc00x"])
def test_a_text_that_no_table_keeps_is_refused_with_its_place(text: str) -> None:
    assert fault_of(f'{{"a": {{"b": ["", "x{text}"]}}}}').column == "a.b[1]"
    assert fault_of(f'{{"a": {{"{text}": 1}}}}').allowed.startswith("a name without")


def test_a_name_that_stands_twice_is_refused() -> None:
    assert fault_of('{"a": {"b": 1, "b": 2}}').value == "b"


def test_all_that_can_not_be_kept_is_said_at_once() -> None:
    reading = read_json('{"a": "\\u0000", "b": [NaN, NaN], "b": 1}', file="x")
    assert [fault.column for fault in reading.faults] == ["b", "a"]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_what_is_nested_beyond_reason_is_refused(opening: str, closing: str) -> None:
    def nested(levels: int) -> str:
        return opening * levels + "1" + closing * levels

    assert read_json(nested(json_text.DEEPEST - 1), file="x").faults == ()
    for levels in (json_text.DEEPEST, 100_000):
        assert "100 levels" in fault_of(nested(levels)).allowed


def test_a_file_too_large_is_refused_before_it_is_read() -> None:
    reading = read_json(b'{"a": "12345"}', file="", most_bytes=10)
    assert [fault.allowed for fault in reading.faults] == ["a file of at most 10 bytes"]
    assert not read_json(b'{"a": "1"}', file="", most_bytes=10).faults


def test_a_place_is_named_as_a_path() -> None:
    assert under(under(under("", "CFItems"), 12), "fullStatement") == "CFItems[12].fullStatement"
    assert under("a", 'odd "name"') == 'a["odd \\"name\\""]'


@given(st.binary() | st.text())
def test_nothing_crashes_the_reader(content: bytes | str) -> None:
    reading = read_json(content, file="x.json")
    assert reading.faults or json.dumps(reading.value)
