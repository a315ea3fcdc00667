"""Every message of every procedure survives the wire, and all bytes are a message or refused."""

from __future__ import annotations

import contextlib
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from cxmock.wire.http import to_json
from cxmock.wire.nfs.arguments import Creation, How
from cxmock.wire.nfs.facts import request_facts, response_facts
from cxmock.wire.nfs.programs import PROGRAMS
from cxmock.wire.nfs.rpc import Procedure
from cxmock.wire.nfs.values import ATTRIBUTES, Attributes, Before, FileType, Moment, NewAttributes, Status, Time
from cxmock.wire.nfs.xdr import Reader, XdrError, decode, encode

PROCEDURES = [procedure for program in PROGRAMS.values() for procedure in program.procedures.values()]
WORDS = st.integers(0, 2**32 - 1)
LONGS = st.integers(0, 2**64 - 1)
TIMES = st.integers(0, 2**32 * 10**9 - 1)
NEW = st.builds(
    NewAttributes,
    st.none() | WORDS,
    st.none() | WORDS,
    st.none() | WORDS,
    st.none() | LONGS,
    st.none() | st.just(Moment.NOW) | TIMES,
    st.none() | st.just(Moment.NOW) | TIMES,
)
CREATIONS = st.one_of(
    st.builds(Creation, st.sampled_from([How.UNCHECKED, How.GUARDED]), NEW),
    st.builds(lambda verifier: Creation(How.EXCLUSIVE, verifier=verifier), st.binary(min_size=8, max_size=8)),
)
KNOWN: dict[Any, st.SearchStrategy[Any]] = {
    Time: TIMES,
    int: WORDS,
    bool: st.booleans(),
    bytes: st.binary(min_size=8, max_size=8),
    bytes | memoryview: st.binary(max_size=40),
    str: st.binary(max_size=40).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
    tuple[int, ...]: st.lists(WORDS, max_size=3).map(tuple),
    NewAttributes: NEW,
    Creation: CREATIONS,
    Attributes: st.builds(Attributes, st.sampled_from(FileType), *[WORDS] * 4, *[LONGS] * 5, *[TIMES] * 3),
}


def messages(kind: Any) -> st.SearchStrategy[Any]:
    """Return any message of a structure."""
    if kind not in KNOWN:
        hints = get_type_hints(kind, include_extras=True)
        KNOWN[kind] = st.builds(kind, **{name: values(hint) for name, hint in hints.items()})
    return KNOWN[kind]


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return any value of a field."""
    if hint in KNOWN:
        return KNOWN[hint]
    if get_origin(hint) is Annotated:
        # What may be missing in Python, because a failure has none, must be there on success.
        required = hint.__metadata__[0] is ATTRIBUTES
        return KNOWN[Attributes] if required else values(get_args(hint)[0])
    if get_origin(hint) in (UnionType, Union):
        (inner,) = (one for one in get_args(hint) if one is not NoneType)
        return st.none() | values(inner)
    if get_origin(hint) is tuple:
        return st.lists(messages(get_args(hint)[0]), max_size=3).map(tuple)
    return messages(hint) if issubclass(hint, Struct) else st.sampled_from(list(hint))


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.name)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_messages_survive_the_wire(procedure: Procedure, data: st.DataObject) -> None:
    for kind in (procedure.arguments, procedure.result):
        message = data.draw(messages(kind))
        encoded = encode(message)
        source = Reader(encoded)
        again = decode(kind, source)
        assert source.left == 0
        assert encode(again) == encoded
        if getattr(message, "status", Status.OK) == Status.OK:
            assert again == message


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.name)
@settings(max_examples=20, deadline=None)
@given(noise=st.binary(max_size=200))
def test_any_bytes_are_a_message_or_refused(procedure: Procedure, noise: bytes) -> None:
    """What is a message can also be told as JSON."""
    with contextlib.suppress(XdrError):
        arguments = decode(procedure.arguments, Reader(noise))
        to_json(request_facts(procedure.name, arguments, lambda handle, name: f"/{name}"))
    with contextlib.suppress(XdrError):
        to_json(response_facts(decode(procedure.result, Reader(noise))))


def test_a_time_out_of_range_is_told_as_the_nearest() -> None:
    """32 bits of seconds end in 2106."""
    before = Before(1, -5, 2**80)
    assert decode(Before, Reader(encode(before))) == Before(1, 0, 2**32 * 10**9 - 1)
