"""Text to records: quotes, lines, and what is broken, in chunks of any size and in bounded memory."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from cxmock.reference.services.list_builder.layout import Layout
from cxmock.reference.services.list_builder.records import RECORD_LIMIT, Record, Records

CSV_TEXT = st.text(alphabet='ab,"\n\r ;é', max_size=120)


def split(text: str, chunk: int = 5) -> list[Record]:
    """Split a text that comes in small chunks."""
    records = Records()
    found = [one for at in range(0, len(text), chunk) for one in records.feed(text[at : at + chunk])]
    return found + records.feed("", last=True)


def fields(record: Record) -> tuple[str, ...]:
    """Return the fields of a record; what a bad one has instead is its problem."""
    if record.problem:
        return (record.problem,)
    try:
        return tuple(Layout(",").fields(record.text))
    except ValueError as error:
        return (f"broken row: {error}",)


def test_a_record_is_a_line() -> None:
    assert [(one.line, fields(one)) for one in split("a,b\nc,d")] == [(1, ("a", "b")), (2, ("c", "d"))]


def test_a_quoted_field_may_hold_commas_quotes_and_line_ends() -> None:
    (record, after) = split('"Smith, ""Jo""","1 Street\nTown"\nnext,x\n')
    assert fields(record) == ('Smith, "Jo"', "1 Street\nTown")
    assert (after.line, fields(after)) == (3, ("next", "x"))


def test_lines_end_in_any_of_the_three_ways() -> None:
    assert [fields(one) for one in split("a\r\nb\rc\nd", chunk=1)] == [("a",), ("b",), ("c",), ("d",)]


def test_lines_with_nothing_on_them_are_no_records() -> None:
    records = Records()
    assert [one.line for one in records.feed("a\n\n  \nb\n", last=True)] == [1, 4]
    assert records.blank == 2


def test_a_quote_that_is_never_closed_spoils_its_own_line_only() -> None:
    (first, broken, last) = split('a,b\n"c,d\ne,f\n')
    assert (broken.line, broken.problem) == (2, "broken row: a quote is not closed")
    assert (last.line, fields(last)) == (3, ("e", "f"))
    assert fields(first) == ("a", "b")


def test_an_open_quote_does_not_swallow_the_rest_of_a_long_file() -> None:
    lines = ['"open', *["x,y"] * (RECORD_LIMIT // 2)]
    records = Records()
    found = records.feed("\n".join(lines))
    assert found[0].problem == "broken row: a quote is not closed"
    found += records.feed("", last=True)
    assert [one.line for one in found[1:]] == list(range(2, len(lines) + 1))


def test_text_after_a_closing_quote_is_no_csv() -> None:
    (record,) = split('"a"b,c\n')
    assert fields(record)[0].startswith("broken row:")


def test_a_line_that_is_too_long_is_a_bad_record_and_is_not_kept() -> None:
    records = Records()
    for _ in range(100):
        assert records.feed("x" * RECORD_LIMIT) == []
        assert len(records._tail) <= RECORD_LIMIT
    (long, after) = records.feed("\nafter\n", last=True)
    assert (long.line, long.problem) == (1, f"broken row: longer than {RECORD_LIMIT} characters")
    assert len(long.text) <= 200
    assert (after.line, fields(after)) == (2, ("after",))


@given(CSV_TEXT, st.integers(1, 20))
def test_chunks_make_no_difference(text: str, chunk: int) -> None:
    assert split(text, chunk) == split(text, 1000)


@given(CSV_TEXT)
def test_every_line_is_accounted_for(text: str) -> None:
    """Each line belongs to exactly one record or is blank, in order, whatever the text."""
    records = Records()
    found = records.feed(text, last=True)
    assert sum(one.text.count("\n") + 1 for one in found) + records.blank == records.line
    assert [one.line for one in found] == sorted({one.line for one in found})
    assert all(1 <= one.line <= records.line for one in found)


@given(st.lists(st.lists(st.text(alphabet='ab, "\n', min_size=1, max_size=6), min_size=1, max_size=4), max_size=6))
def test_what_python_writes_as_csv_is_read_back(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    kept = [tuple(row) for row in rows if any(field.strip() or len(row) > 1 for field in row)]
    found = [fields(one) for one in split(text.getvalue())]
    assert [one for one in found if any(field.strip() for field in one)] == [
        one for one in kept if any(field.strip() for field in one)
    ]
