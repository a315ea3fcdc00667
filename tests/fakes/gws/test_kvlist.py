"""Key-value lists, as GWS writes options."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxmock.fakes.gws import kvlist
from cxmock.wire.http import from_json, to_json

INTEGERS = st.integers(-(2**63), 2**63 - 1)
OPTIONS = st.recursive(
    st.dictionaries(st.text(), st.text() | INTEGERS),
    lambda inner: st.dictionaries(st.text(), inner | st.text() | INTEGERS),
    max_leaves=20,
)
JSON = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["key", "type", "value", "x"]), inner | st.sampled_from(["str", "int", "kvlist"])
        )
    ),
)


@settings(max_examples=50, deadline=None)
@given(OPTIONS)
def test_what_is_written_is_read_again(options: dict[str, Any]) -> None:
    """Also after a trip as JSON."""
    assert kvlist.to_dict(from_json(to_json(kvlist.to_list(options)))) == options


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_any_other_json_is_refused_by_a_value_error(data: object) -> None:
    """Nothing but ValueError comes out, and what is read can be written."""
    try:
        options = kvlist.to_dict(data)
    except ValueError as error:
        assert len(str(error)) < 200
        return
    assert kvlist.to_dict(kvlist.to_list(options)) == options


def test_sections_are_lists_in_lists() -> None:
    """The two levels of Genesys' options."""
    assert kvlist.to_list({"OCServer": {"CPNDigits": "100", "hold": 0}}) == [
        {
            "key": "OCServer",
            "type": "kvlist",
            "value": [
                {"key": "CPNDigits", "type": "str", "value": "100"},
                {"key": "hold", "type": "int", "value": 0},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ({}, 'the list is to be a list of {"key", "type", "value"}, not {}'),
        ([1], 'the list holds 1, which is not {"key", "type", "value"}'),
        (
            [{"key": "a", "type": "bool", "value": 1}],
            'a has the type "bool"; a key-value list holds str, int and kvlist',
        ),
        ([{"key": "a", "value": 1.5}], "a has the type None; a key-value list holds str, int and kvlist"),
        ([{"key": "a", "type": "int", "value": True}], "a is to be an int, not True"),
        (
            [{"key": "a", "type": "kvlist", "value": [{"key": "b", "type": "str", "value": 1}]}],
            "a.b is to be a str, not 1",
        ),
        ([{"key": "a", "type": "kvlist", "value": "x"}], 'a is to be a list of {"key", "type", "value"}, not "x"'),
    ],
)
def test_a_wrong_list_is_refused_with_its_place(items: object, message: str) -> None:
    """The error names the entry."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        kvlist.to_dict(items)


def test_a_list_without_end_is_refused() -> None:
    """Depth is bounded."""
    items: list[Any] = []
    for _ in range(1000):
        items = [{"key": "a", "type": "kvlist", "value": items}]
    with pytest.raises(ValueError, match="nested deeper than 32 lists"):
        kvlist.to_dict(items)


def test_what_a_list_cannot_hold_is_not_written() -> None:
    """The error names the place."""
    with pytest.raises(ValueError, match=r"^a\.b is a float; a key-value list holds str, int and kvlist$"):
        kvlist.to_list({"a": {"b": 1.5}})
