"""Response logs are read whole or refused with every fault, by row and column."""

import csv
import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.clock import to_microseconds
from manypaths.base.errors import Fault, Refused
from manypaths.evidence.models import Clock
from manypaths.interop.response_log import COLUMNS, MOST_FAULTS, engine_log, read_response_log
from manypaths.interop.response_text import careful_parts, fast_parts, read_header
from manypaths.interop.tests.response_logs import HEADER, log_of, written

SOUND = "u1,i1,10,1,K1\n"
SECOND = 1_000_000
NINE_THIRTY = to_microseconds(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))

AN_ID = "an id of 1 to 200 characters on one line"
A_SHARE = "a number from 0 (wrong) to 1 (right)"
A_TIME = "seconds, ISO 8601 with a zone (2026-03-02T09:30:00+01:00), or nothing"
CODES = "codes of 1 to 200 characters each, separated by ;"


def faults_of(path: Path) -> list[tuple[int | None, str | None, str | None, str]]:
    with pytest.raises(Refused) as refused:
        read_response_log(path)
    assert all(fault.file == path.name for fault in refused.value.faults)
    return [(f.row, f.column, f.value, f.allowed) for f in refused.value.faults]


def test_a_log_is_read_learner_by_learner(tmp_path: Path) -> None:
    log = read_response_log(
        written(tmp_path, HEADER + "u2,i1,5,1,K1\nu1,i2,6,0,K1;K2\nu2,i2,7,0.5,K1;K2\n")
    )
    assert log.learners == ["u2", "u1"]
    assert log.items == ["i1", "i2"]
    assert log.alignments == [("K1",), ("K1", "K2")]
    assert log.learner.tolist() == [0, 0, 1]
    assert log.item.tolist() == [0, 1, 1]
    assert log.shown.tolist() == [0, 1, 1]
    assert log.time.tolist() == [5 * SECOND, 7 * SECOND, 6 * SECOND]
    assert log.correct.tolist() == [1, 0.5, 0]
    assert log.row.tolist() == [2, 4, 3]
    assert log.notices == []


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",i,1,1,K", ("learner", "", AN_ID)),
        ("  ,i,1,1,K", ("learner", "", AN_ID)),
        ("u,,1,1,K", ("item", "", AN_ID)),
        (f"{'x' * 201},i,1,1,K", ("learner", "x" * 80, AN_ID)),
        (f"u,{'y' * 201},1,1,K", ("item", "y" * 80, AN_ID)),
        ("u\0v,i,1,1,K", ("learner", "u\0v", AN_ID)),
        ('u,"i\nj",1,1,K', ("item", "i\nj", AN_ID)),
        ("u,i,1,2,K", ("correct", "2", A_SHARE)),
        ("u,i,1,-0.01,K", ("correct", "-0.01", A_SHARE)),
        ("u,i,1,right,K", ("correct", "right", A_SHARE)),
        ("u,i,1,,K", ("correct", "", A_SHARE)),
        ("u,i,1,nan,K", ("correct", "nan", A_SHARE)),
        ("u,i,2026-03-02T09:30:00,1,K", ("time", "2026-03-02T09:30:00", A_TIME)),
        ("u,i,2026-03-02,1,K", ("time", "2026-03-02", A_TIME)),
        ("u,i,on Monday,1,K", ("time", "on Monday", A_TIME)),
        ("u,i,inf,1,K", ("time", "inf", A_TIME)),
        ("u,i,nan,1,K", ("time", "nan", A_TIME)),
        ("u,i,1772443800000,1,K", ("time", "1772443800000", A_TIME)),
        ("u,i,-99999999999,1,K", ("time", "-99999999999", A_TIME)),
        ("u,i,0001-01-01T00:00:00Z,1,K", ("time", "0001-01-01T00:00:00Z", A_TIME)),
        ("u,i,1,1,", ("competencies", "", CODES)),
        ("u,i,1,1,;", ("competencies", ";", CODES)),
        ("u,i,1,1", ("competencies", "", CODES)),
        (f"u,i,1,1,K;{'z' * 201}", ("competencies", f"K;{'z' * 78}", CODES)),
        ("u,i,1,1,K,more", (None, "6 fields", "5 fields, as the header")),
        ('u,"i"j,1,1,K', (None, None, "CSV with closed quotes (',' expected after '\"')")),
        ('u,"i,1,1,K', (None, None, "CSV with closed quotes (unexpected end of data)")),
        (b"u,Zo\xe9,1,1,K", ("item", "Zo\ufffd", "text in UTF-8")),
    ],
)
def test_a_fault_is_named_with_row_column_value_and_what_is_allowed(
    tmp_path: Path, row: str | bytes, fault: tuple[str | None, str | None, str]
) -> None:
    bad = row.encode() if isinstance(row, str) else row
    path = written(tmp_path, f"{HEADER}{SOUND}".encode() + bad + b"\n")
    assert faults_of(path) == [(3, *fault)]


def test_all_faults_of_a_file_are_reported_at_once_from_top_to_bottom(tmp_path: Path) -> None:
    rows = [
        b"u1,i1,10,1,K1",
        b",i1,10,1,K1",
        b"u1,i1,10,1,K1,more",
        b"u1,i1,soon,7,K1",
        b'u1,"i"1,10,1,K1',
        b"",
        b"u\xff,,10,1,K1",
        b"u1,i1,10,1,;",
        b'u1,"i1,10,1,K1',
    ]
    path = written(tmp_path, HEADER.encode() + b"\n".join(rows) + b"\n")
    assert [(row, column) for row, column, _, _ in faults_of(path)] == [
        (3, "learner"),
        (4, None),
        (5, "time"),
        (5, "correct"),
        (6, None),
        (8, "learner"),
        (8, "item"),
        (9, "competencies"),
        (10, None),
    ]


def test_a_fault_reads_as_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_response_log(written(tmp_path, f"{HEADER}u,i,1,2,K\n"))
    assert str(refused.value.faults[0]) == (
        "log.csv, row 2, column correct: '2' a number from 0 (wrong) to 1 (right)"
    )


def test_of_very_many_faults_the_first_are_named_and_the_others_counted(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "u,i,1,2,K\n" * (MOST_FAULTS + 7))
    faults = faults_of(path)
    assert len(faults) == MOST_FAULTS + 1
    assert faults[-1] == (None, None, None, "and 7 more faults")


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("learner,item,time", ["correct", "competencies"]),
        ("Learner;Item;Time;Correct;Competencies", list(COLUMNS)),
        ("learner,item,time,correct,competencies,learner", ["learner"]),
        ("", list(COLUMNS)),
    ],
)
def test_each_column_must_be_there_once(tmp_path: Path, header: str, missing: list[str]) -> None:
    assert faults_of(written(tmp_path, f"{header}\n{SOUND}" if header else "")) == [
        (1, name, None, f"one column named {name} is needed") for name in missing
    ]


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    for content in (HEADER, HEADER.strip(), f"{HEADER}\n\n", f"{HEADER},,,,\n"):
        assert faults_of(written(tmp_path, content)) == [
            (2, None, None, "at least one row below the header is needed")
        ]


def test_text_in_another_encoding_is_refused_at_its_header(tmp_path: Path) -> None:
    path = written(tmp_path, (HEADER + SOUND).encode("utf-16"))
    assert faults_of(path) == [(1, None, None, "text in UTF-8")]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + HEADER + SOUND,
        (HEADER + SOUND).replace("\n", "\r\n"),
        (HEADER + SOUND).replace("\n", "\r"),
        (HEADER + SOUND).strip(),
        f"{HEADER}\n{SOUND}\n\n",
        " learner,item , time ,correct, competencies\n u1 , i1, 10 ,1 , K1 \n",
        "competencies,note,correct,time,item,learner\nK1,hello,1,10,i1,u1\n",
        '"learner","item","time","correct","competencies"\n"u1","i1","10","1","K1"\n',
        f"{HEADER}u1,i1,1e1,1.0,K1;;K1; \n",
    ],
    ids=[
        "BOM",
        "CRLF",
        "CR",
        "no last line end",
        "blank rows",
        "spaces",
        "order",
        "quotes",
        "form",
    ],
)
def test_a_log_is_understood_in_each_usual_form(tmp_path: Path, content: str) -> None:
    log = read_response_log(written(tmp_path, content))
    assert (log.learners, log.items, log.alignments) == (["u1"], ["i1"], [("K1",)])
    assert (log.time.tolist(), log.correct.tolist()) == ([10 * SECOND], [1])


def test_blank_rows_are_counted_and_passed_over(tmp_path: Path) -> None:
    log = read_response_log(written(tmp_path, f"{HEADER}{SOUND}\n , ,,,\n{SOUND}\n"))
    assert log.row.tolist() == [2, 5]


def test_a_quote_within_an_id_is_a_part_of_it(tmp_path: Path) -> None:
    content = f'{HEADER}u1,i"x,1,1,K\nu1,"i""y",2,1,K\n'
    assert read_response_log(written(tmp_path, content)).items == ['i"x', 'i"y']


@pytest.mark.parametrize("name", ["log.csv.gz", "LOG.CSV.GZ", "log.csv"])
def test_a_gzipped_log_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, gzip.compress((HEADER + SOUND).encode()), name)
    assert read_response_log(path).learners == ["u1"]


@pytest.mark.parametrize("name", ["log [1].csv", "a*b?.csv", "50 % of all.csv"])
def test_a_file_may_have_any_name_and_is_the_one_that_is_read(tmp_path: Path, name: str) -> None:
    for other in ("log 1.csv", "anybody.csv", "ab1.csv"):
        written(tmp_path, f"{HEADER}v9,i,1,1,K\n", other)
    assert read_response_log(written(tmp_path, HEADER + SOUND, name)).learners == ["u1"]


@pytest.mark.parametrize("end", ["", "\n", "\r\n" + SOUND])
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_row_without_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, end: str, is_packed: bool
) -> None:
    content = (HEADER + SOUND + "u1,i1,10,1," + "K" * 3_000_000 + end).encode()
    name = "log.csv.gz" if is_packed else "log.csv"
    path = written(tmp_path, gzip.compress(content) if is_packed else content, name)
    assert faults_of(path) == [(3, None, None, "a row of at most 1,048,576 bytes")]


def test_a_gz_file_that_is_none_is_refused(tmp_path: Path) -> None:
    for content in (HEADER + SOUND, ""):
        path = written(tmp_path, content, "log.csv.gz")
        assert faults_of(path) == [(None, None, None, "a gzip file, as its name says")]


def test_a_damaged_gzip_file_is_refused(tmp_path: Path) -> None:
    rows = "".join(f"u{n * 7919 % 1000},i,{n},1,K\n" for n in range(5000))
    sound = gzip.compress((HEADER + rows).encode())
    flipped = bytearray(sound)
    flipped[len(sound) // 2] ^= 255
    wrong_sum = bytearray(sound)
    wrong_sum[-6] ^= 255
    for content in (sound[:-9], sound[: len(sound) // 2], bytes(flipped), bytes(wrong_sum)):
        faults = faults_of(written(tmp_path, content, "log.csv.gz"))
        assert faults[-1][:3] == (None, None, None)
        assert faults[-1][3].startswith("a whole file that can be read (")


def test_faults_before_the_damage_are_reported_as_well(tmp_path: Path) -> None:
    content = gzip.compress(f"{HEADER}u,i,1,2,K\n".encode() + os.urandom(40_000).hex().encode())
    faults = faults_of(written(tmp_path, content[:30_000], "log.csv.gz"))
    assert faults[0] == (2, "correct", "2", A_SHARE)
    assert faults[-1][0] is None


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == [(None, None, None, "a file, no folder and no pipe")]


def test_a_long_log_counts_its_rows_over_all_parts(tmp_path: Path) -> None:
    n = 250_000
    rows = "".join(f"u{k % 5},i{k // 100_000},,1,K\n" for k in range(n))
    log = read_response_log(written(tmp_path, HEADER + rows))
    assert log.items == ["i0", "i1", "i2"]
    assert sorted(log.row.tolist()) == list(range(2, n + 2))
    path = written(tmp_path, f"{HEADER}{rows}u0,i0,,8,K\n")
    assert faults_of(path) == [(n + 2, "correct", "8", A_SHARE)]


fields = st.text(st.sampled_from("aé;,\"' %\t€"), max_size=5)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(*[fields] * 5), min_size=1, max_size=8))
def test_reading_in_columns_and_row_by_row_are_the_same(
    tmp_path: Path, rows: list[tuple[str, ...]]
) -> None:
    path = tmp_path / "log.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("note", *COLUMNS[::-1])] + [("", *row) for row in rows])
    header = read_header(path)
    for parts in (fast_parts, careful_parts):
        found = [row for part in parts(path, header, COLUMNS) for row in part.texts.rows()]
        assert found == [row[::-1] for row in rows]


def test_falling_times_are_put_in_order_with_a_notice(tmp_path: Path) -> None:
    rows = "u1,i1,30,1,K\nu2,i1,5,1,K\nu1,i2,10,0,K\nu1,i3,20,1,K\nu2,i2,4,1,K\n"
    log = read_response_log(written(tmp_path, HEADER + rows))
    assert log.row.tolist() == [4, 5, 2, 6, 3]
    assert log.notices == [
        "The time falls within a learner 2 times; the rows were put in its order."
    ]


def test_equal_times_keep_the_order_of_the_file(tmp_path: Path) -> None:
    log = read_response_log(written(tmp_path, HEADER + "u,b,7,1,K\nu,a,7,0,K\nu,c,7,1,K\n"))
    assert log.row.tolist() == [2, 3, 4]
    assert log.notices == []


def test_without_a_clock_the_order_of_the_file_counts(tmp_path: Path) -> None:
    rows = "u1,b,,1,K\nu2,a,,1,K\nu1,a,,0,K\nu2,b,,1,K\n"
    log = read_response_log(written(tmp_path, HEADER + rows))
    assert log.row.tolist() == [2, 4, 3, 5]
    assert set(log.clock.tolist()) == {Clock.NONE}
    assert log.notices == []


def test_rows_without_a_time_come_before_those_with_one(tmp_path: Path) -> None:
    log = read_response_log(written(tmp_path, HEADER + "u,a,7,1,K\nu,b,,0,K\nu,c,8,1,K\n"))
    assert log.row.tolist() == [3, 2, 4]
    assert "once" in log.notices[0]
    log = read_response_log(written(tmp_path, HEADER + "u,b,,0,K\nu,a,7,1,K\nu,c,8,1,K\n"))
    assert log.notices == []


@pytest.mark.parametrize(
    ("text", "clock", "time"),
    [
        ("", Clock.NONE, None),
        ("0", Clock.RELATIVE, 0),
        ("12.5", Clock.RELATIVE, 12_500_000),
        ("-3", Clock.RELATIVE, -3 * SECOND),
        ("946684799", Clock.RELATIVE, 946_684_799 * SECOND),
        ("946684800", Clock.CALENDAR, 946_684_800 * SECOND),
        ("1772443800.25", Clock.CALENDAR, NINE_THIRTY + SECOND // 4),
        ("2026-03-02T09:30:00Z", Clock.CALENDAR, NINE_THIRTY),
        ("2026-03-02T10:30:00+01:00", Clock.CALENDAR, NINE_THIRTY),
        ("2026-03-02 09:30:00+00:00", Clock.CALENDAR, NINE_THIRTY),
        ("20260302T093000Z", Clock.CALENDAR, NINE_THIRTY),
    ],
)
def test_a_time_is_a_number_of_seconds_or_a_moment_with_a_zone(
    tmp_path: Path, text: str, clock: Clock, time: int | None
) -> None:
    log = read_response_log(written(tmp_path, f"{HEADER}u,i,{text},1,K\n"))
    assert log.clock.tolist() == [clock]
    assert time is None or log.time.tolist() == [time]


def test_an_item_that_is_aligned_in_two_ways_counts_as_two(tmp_path: Path) -> None:
    rows = ("u,i,1,1,K1", "u,j,2,1,K1", "u,i,3,1,K1;K2", "u,i,4,0,K1", "u,i,5,1,K2;K1")
    log = read_response_log(written(tmp_path, log_of(*rows)))
    pairs, place = log.instruments
    assert pairs == [(0, 0), (1, 0), (0, 1)]
    assert place.tolist() == [0, 1, 2, 0, 2]


def test_items_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = ("u1,a,1,1,K", "u2,d,1,1,K", "u2,c,2,1,K", "u1,c,3,1,K", "u1,b,2,1,K")
    log = read_response_log(written(tmp_path, log_of(*rows)))
    pairs, place = log.instruments
    assert [log.items[item] for item, _ in pairs] == ["a", "d", "c", "b"]
    assert [log.items[pairs[p][0]] for p in place.tolist()] == ["a", "b", "c", "d", "c"]


def test_the_engine_takes_days_and_no_time_without_a_clock(tmp_path: Path) -> None:
    log = engine_log(read_response_log(written(tmp_path, f"{HEADER}u,i,,1,K\nu,j,43200,0.5,K;L\n")))
    assert np.array_equal(log.time, [np.nan, 0.5], equal_nan=True)
    assert log.outcome.tolist() == [1, 0.5]
    assert log.alignment.competencies == ("K", "L")


def test_a_fault_has_one_form_in_json(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_response_log(written(tmp_path, f"{HEADER}u,i,1,2,K\n"))
    assert refused.value.as_json()["faults"] == [
        Fault("log.csv", 2, "correct", "2", A_SHARE).as_json()
    ]
