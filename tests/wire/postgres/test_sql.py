"""Statements are told apart, whatever is quoted or commented in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.wire.postgres.sql import operation, split


@pytest.mark.parametrize(
    ("sql", "statements"),
    [
        ("SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"]),
        ("SELECT 'it''s; one'; x", ["SELECT 'it''s; one'", "x"]),
        (r"SELECT E'a\'; b'; x", [r"SELECT E'a\'; b'", "x"]),
        ('SELECT "a;""b"; x', ['SELECT "a;""b"', "x"]),
        ("SELECT 1 /* ; */; x -- ;\n; y", ["SELECT 1 /* ; */", "x -- ;", "y"]),
        ("DO $x$ ; $$ ; $x$; y", ["DO $x$ ; $$ ; $x$", "y"]),
        ("SELECT 'open; x", ["SELECT 'open; x"]),
        ("SELECT $a$ open; x", ["SELECT $a$ open; x"]),
        (" ; ;", []),
    ],
)
def test_statements_are_split_at_their_semicolons(sql: str, statements: list[str]) -> None:
    assert split(sql) == statements


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("-- why\n  insert into x", "INSERT"),
        ("SET search_path = x", "SET SEARCH"),
        ("drop", "DROP"),
        ("42", "EMPTY"),
    ],
)
def test_a_statement_is_named_by_its_first_words(sql: str, name: str) -> None:
    assert operation(sql) == name


@given(st.text("';\"$-/*eE\\a \n(", max_size=60))
def test_no_text_makes_it_raise_or_lose_anything(sql: str) -> None:
    operation(sql)
    assert sum(map(len, split(sql))) <= len(sql)


def test_hostile_text_takes_no_long_time() -> None:
    """Sixteen kilobytes of quotes and comments are read at once."""
    for piece in ("'", '"', "$a$", "$a$b", "/*", "/* */ ", "( ", "-- \n", "E'\\"):
        split(piece * (16_000 // len(piece)))
        operation(piece * (16_000 // len(piece)))
