"""PostgreSQL's values as JSON, from text and from binary."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.wire.postgres.values import from_wire


@pytest.mark.parametrize(
    ("oid", "data", "value"),
    [
        (16, b"t", True),
        (16, b"f", False),
        (23, b"-7", -7),
        (701, b"1.5", 1.5),
        (701, b"NaN", "NaN"),
        (1700, b"12.50", "12.50"),
        (3802, b'{"a": [1]}', {"a": [1]}),
        (17, b"\\x00ff", {"binary": 2}),
        (1184, b"2026-01-01 00:00:00+00", "2026-01-01 00:00:00+00"),
        (1009, b'{a,"b,\\"c",NULL,"NULL"}', ["a", 'b,"c', None, "NULL"]),
        (1007, b"{{1,2},{3,4}}", "{{1,2},{3,4}}"),
        (25, b"\xff", {"binary": 1}),
        (23, b"not a number", {"binary": 12}),
    ],
)
def test_text(oid: int, data: bytes, value: Any) -> None:
    assert from_wire(data, oid, False) == value


@pytest.mark.parametrize(
    ("oid", "data", "value"),
    [
        (16, b"\x01", True),
        (21, pack("!h", -2), -2),
        (20, pack("!q", 2**40), 2**40),
        (701, pack("!d", float("inf")), "Infinity"),
        (25, b"Ada", "Ada"),
        (1082, pack("!i", 9497), "2026-01-01"),
        (1114, pack("!q", 820_540_800_500_000), "2026-01-01 00:00:00.5"),
        (1184, pack("!q", 820_540_800_000_000), "2026-01-01 00:00:00+00"),
        (2950, bytes(16), "00000000-0000-0000-0000-000000000000"),
        (3802, b'\x01{"a": 1}', {"a": 1}),
        (1007, pack("!iiIii", 1, 1, 23, 2, 1) + pack("!ii", 4, 5) + pack("!i", -1), [5, None]),
        (1007, pack("!iiI", 0, 0, 23), []),
        (1007, pack("!iiIiiii", 2, 0, 23, 1, 1, 1, 1), {"binary": 28}),
        (1700, pack("!hhHh", 0, 0, 0, 2), "0.00"),
        (1700, pack("!hhHhhh", 2, 0, 0x4000, 2, 12, 5000), "-12.50"),
        (1700, pack("!hhHhh", 1, -2, 0, 6, 1200), "0.000012"),
        (1700, pack("!hhHhh", 1, 1, 0, 0, 3), "30000"),
        (1700, pack("!hhHh", 0, 0, 0xC000, 0), "NaN"),
        (1186, bytes(16), {"binary": 16}),
        (0, b"ab", {"binary": 2}),
        (23, b"abc", {"binary": 3}),
    ],
)
def test_binary(oid: int, data: bytes, value: Any) -> None:
    assert from_wire(data, oid, True) == value


def test_null_and_long_values() -> None:
    assert from_wire(None, 25, False) is None
    assert from_wire(b"x" * 5000, 25, False) == {"bytes": 5000}
    assert from_wire(b"x" * 5000, 25, False, longest=10_000) == "x" * 5000


@given(st.binary(max_size=80), st.sampled_from([0, 16, 17, 23, 701, 1007, 1082, 1114, 1700, 2950, 3802]), st.booleans())
def test_no_bytes_make_it_raise(data: bytes, oid: int, binary: bool) -> None:
    from_wire(data, oid, binary)
