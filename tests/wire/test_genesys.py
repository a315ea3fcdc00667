"""The framing of connections 9 and 10, and what a tap makes of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.wire.genesys import GenesysDecoder, JsonFraming, Message, Pairing
from cxmock.wire.genesys.enumerations import CallResult, DialMode, OptimizeBy, RecordStatus, RecordType
from cxmock.wire.genesys.pairing import MESSAGES_KEPT, PENDING_LIMIT
from cxmock.wire.observed import Observed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
MESSAGES = st.builds(
    Message, st.text(max_size=30), st.dictionaries(st.text(max_size=8), JSON, max_size=4), st.integers(0, 2**31)
)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@given(st.lists(MESSAGES, max_size=5), st.lists(st.integers(0, 10_000), max_size=8))
def test_messages_survive_however_the_stream_is_cut(messages: list[Message], cuts: list[int]) -> None:
    data = b"".join(JsonFraming().encode(message) for message in messages)
    framing = JsonFraming()
    read = [message for piece in pieces(data, cuts) for message in framing.feed(piece)]
    assert (read, framing.broken) == (messages, "")


@given(st.lists(st.binary(max_size=200), max_size=8))
def test_garbage_breaks_the_framing_but_raises_nothing_and_keeps_little(chunks: list[bytes]) -> None:
    framing = JsonFraming(limit=64)
    for chunk in chunks:
        framing.feed(chunk)
        assert len(framing._kept) <= 64 + 4
    if framing.broken:
        assert framing.feed(JsonFraming().encode(Message("StopDialing"))) == []


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{}", "not a message"),
        (b"\xff\xfe", "not a message"),
        (b'{"name":1}', "not a message"),
        (b'{"name":"a","attributes":[]}', "not a message"),
        (b'{"name":"a","attributes":{"x":' + b"[" * 50_000 + b"}}", "not a message"),
    ],
)
def test_what_is_framed_but_no_message_is_named_as_such(body: bytes, why: str) -> None:
    framing = JsonFraming()
    assert framing.feed(len(body).to_bytes(4, "big") + body) == []
    assert why in framing.broken


def test_a_message_over_the_limit_is_refused_before_it_arrives() -> None:
    framing = JsonFraming(limit=1000)
    framing.feed((1001).to_bytes(4, "big"))
    assert framing.broken == "a message of 1001 bytes is announced, over the limit of 1000"


def test_batches_and_their_end_are_one_exchange() -> None:
    """ObjectsRead goes on, ObjectsSent ends the answer to ReadObjects."""
    pairing = Pairing(lambda: 7.5)
    pairing.asked(Message("Register", {"applicationName": "gws"}, 1))
    pairing.answered(Message("Authenticated", {}, 1))
    assert pairing.asked(Message("ReadObjects", {"objectType": "Campaign"}, 2)) == []
    assert pairing.answered(Message("ObjectsRead", {"objects": [{"DBID": 101}]}, 2)) == []
    assert pairing.answered(Message("ObjectsSent", {"count": 1}, 2)) == [
        Observed(
            "ReadObjects",
            {"message": "ReadObjects", "attributes": {"objectType": "Campaign"}},
            {
                "messages": [
                    {"message": "ObjectsRead", "attributes": {"objects": [{"DBID": 101}]}},
                    {"message": "ObjectsSent", "attributes": {"count": 1}},
                ]
            },
            True,
            "gws",
            7.5,
        )
    ]


def test_answers_find_their_requests_whatever_their_order() -> None:
    pairing = Pairing()
    pairing.asked(Message("StopDialing", {}, 1))
    pairing.asked(Message("GetCampaignStatus", {}, 2))
    [second] = pairing.answered(Message("CampaignStatus", {}, 2))
    [first] = pairing.answered(Message("Error", {"code": 3}, 1))
    assert (second.operation, second.ok) == ("GetCampaignStatus", True)
    assert (first.operation, first.ok) == ("StopDialing", False)


def test_an_event_is_an_exchange_with_an_empty_request() -> None:
    [seen] = Pairing().answered(Message("CampaignStatus", {"status": "Running"}))
    assert seen.request == {}
    assert seen.response == {"messages": [{"message": "CampaignStatus", "attributes": {"status": "Running"}}]}


def test_of_a_long_answer_the_beginning_and_the_end_are_kept() -> None:
    pairing = Pairing()
    pairing.asked(Message("ReadObjects", {}, 1))
    for batch in range(100):
        pairing.answered(Message("ObjectsRead", {"objects": [batch]}, 1))
    [seen] = pairing.answered(Message("ObjectsSent", {"count": 100}, 1))
    assert len(seen.response["messages"]) == MESSAGES_KEPT
    assert seen.response["messages"][-1]["message"] == "ObjectsSent"
    assert seen.response["omitted"] == 101 - MESSAGES_KEPT


def test_requests_that_are_never_answered_do_not_pile_up() -> None:
    pairing = Pairing()
    for number in range(1, PENDING_LIMIT + 10):
        pairing.asked(Message("ReadObjects", {}, number))
    assert len(pairing._pending) == PENDING_LIMIT


def test_the_decoder_sees_what_a_client_and_its_server_said() -> None:
    framing, decoder = JsonFraming(), GenesysDecoder()
    decoder.upstream(framing.encode(Message("Register", {"applicationName": "gws"}, 1)))
    decoder.downstream(framing.encode(Message("Authenticated", {}, 1)))
    decoder.upstream(framing.encode(Message("UnloadCampaign", {"campaignId": 101}, 2)))
    [seen] = decoder.downstream(framing.encode(Message("CampaignUnloaded", {}, 2)))
    assert (seen.operation, seen.source, seen.ok) == ("UnloadCampaign", "gws", True)


def test_a_decoder_that_lost_its_way_says_why_once() -> None:
    decoder = GenesysDecoder()
    [seen] = decoder.upstream(b"GET / HTTP/1.1\r\n\r\n")
    assert (seen.operation, seen.ok) == ("undecodable", False)
    assert "from the client: a message of" in seen.request["why"]
    assert decoder.upstream(b"GET / HTTP/1.1\r\n\r\n") == decoder.downstream(b"x") == []


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=60) | MESSAGES.map(JsonFraming().encode)), max_size=12))
def test_the_decoder_never_raises(chunks: list[tuple[bool, bytes]]) -> None:
    decoder = GenesysDecoder()
    for up, chunk in chunks:
        for seen in decoder.upstream(chunk) if up else decoder.downstream(chunk):
            assert set(seen.response) <= {"messages", "omitted"}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        (CallResult.BUSY, 6),
        (CallResult.UNKNOWN, 28),
        (CallResult.ANSWER, 33),
        (CallResult.DO_NOT_CALL, 51),
        (CallResult.WRONG_NUMBER, 53),
        (RecordStatus.CHAIN_READY, 9),
        (RecordType.NO_CALL, 7),
        (DialMode.POWER_GVP, 11),
        (OptimizeBy.DISTRIBUTION_TIME, 4),
    ],
)
def test_the_numbers_are_the_observed_ones(member: Any, value: int) -> None:
    assert int(member) == value
    assert len(CallResult) == 54
