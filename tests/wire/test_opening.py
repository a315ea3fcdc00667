"""What a client's first bytes say about encryption."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from cxmock.wire.opening import HTTP, PLAIN, REDIS, TLS
from cxmock.wire.postgres.messages import startup
from cxmock.wire.postgres.opening import POSTGRES


@given(st.binary(min_size=1))
@example(b"\x16\x03\x01")
@example(bytes.fromhex("0000000804d2162f"))
def test_whatever_comes_first_it_is_either_encrypted_or_not(first: bytes) -> None:
    for sharing in (HTTP, REDIS, POSTGRES):
        opening = sharing.read(first[: sharing.needs])
        if opening.taken:
            assert sharing is POSTGRES
            assert opening.answer in (b"S", b"N")
        else:
            assert opening is (TLS if first[0] == 0x16 else PLAIN)


def test_a_session_of_postgresql_in_plain_text_is_one() -> None:
    assert POSTGRES.read(startup(user="cxc", database="cxcontact")[: POSTGRES.needs]) is PLAIN
