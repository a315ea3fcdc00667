"""Plays Redis from a contract: RESP 2 and 3 around canned answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from cxmock.contracts.explaining import Explanation
from cxmock.contracts.model import Contract
from cxmock.contracts.stubbing.operation_stub import OperationStub
from cxmock.contracts.stubbing.situation import Situation
from cxmock.net.receiving import receive_in_pieces
from cxmock.serving import Site
from cxmock.serving.guard import one_line
from cxmock.topology import connection
from cxmock.wire.observed import Observed
from cxmock.wire.resp import ErrorReply, Limits, Parser, Push, SetReply
from cxmock.wire.resp_decoder import RespDecoder, is_exchange
from cxmock.wire.resp_encoding import encode
from cxmock.wire.resp_facts import request_facts

ROW = connection(5)
LIMITS = Limits(bulk=16 * 2**20, kept_bytes=16 * 2**20)
"""How much of a command is read."""


class RedisStub:
    """Redis, played from a contract. What a client library says to introduce itself is answered as Redis does.

    Logins are taken with the testbed's password; with another one the contract says how it is refused.

    Args:
        contract: its messages over ``redis`` are played.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._stub = OperationStub(contract, "redis")
        self._site: Site | None = None

    @property
    def states(self) -> Situation:
        """The provider states, which choose among answers to the same command."""
        return self._stub.states

    async def start(self, site: Site) -> None:
        """Serve on the documented port."""
        self._site = site
        self._stub = OperationStub(self._contract, "redis", seed=site.seed, now=site.clock.now)
        (place,) = ROW.listens
        await site.listen(place.port, lambda secure: _Connection(self._answer, partial(_record, site)))

    async def stop(self) -> None:
        """Stop serving."""
        if self._site is not None:
            await self._site.close()

    async def reset(self) -> None:
        """Forget the states that were chosen."""
        self._stub.reset()

    def _answer(self, words: list[bytes], version: int) -> Any:
        """Return the value that answers a command, and the version of RESP that is spoken from then on."""
        assert self._site is not None
        name = words[0].upper()
        if name in (b"AUTH", b"HELLO"):
            login = _login(words)
            if not login or login[-1] == self._site.directory.credentials.redis:
                return "OK" if name == b"AUTH" else _greeting(version)
            argv = ["AUTH", *login]
        elif name in _INTRODUCTIONS:
            return _INTRODUCTIONS[name]
        else:
            argv = request_facts(words)["argv"]
        answer = self._stub.perform({"argv": argv})
        if isinstance(answer, Explanation):
            return ErrorReply(f"ERR not promised: {one_line(str(answer))}")
        return _value(answer)


class _Connection(asyncio.Protocol):
    """One client."""

    def __init__(self, answer: Callable[[list[bytes], int], Any], record: Callable[[Observed, float], None]) -> None:
        self._answer = answer
        self._record = record
        self._parser = Parser(commands=True, limits=LIMITS)
        loop = asyncio.get_running_loop()
        self._now = loop.time
        self._decoder = RespDecoder(loop.time)
        self._version = 2
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        receive_in_pieces(transport)

    def pause_writing(self) -> None:
        """The client does not read its replies: make no more."""
        assert self._transport is not None
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The client reads again."""
        assert self._transport is not None
        self._transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Answer what is complete."""
        assert self._transport is not None
        seen = self._decoder.upstream(data)
        for command in self._parser.feed(data):
            words = [word if isinstance(word, bytes) else b"" for word in command]
            if words[0].upper() == b"HELLO" and words[1:2] in ([b"2"], [b"3"]):
                self._version = int(words[1])
            value = self._answer(words, self._version)
            if value is not _SILENCE:
                said = encode(value, version=self._version)
                self._transport.write(said)
                seen += self._decoder.downstream(said)
            if words[0].upper() == b"QUIT":
                self._transport.close()
        for one in seen:
            self._record(one, self._now())
        if self._parser.broken:
            self._transport.abort()


def _record(site: Site, seen: Observed, now: float) -> None:
    if is_exchange(seen):
        site.journal.record(
            ROW.number,
            "redis",
            seen.operation,
            seen.request,
            seen.response,
            seconds=now - seen.began,
            ok=seen.ok,
            source=seen.source,
        )


_SILENCE = object()
_INTRODUCTIONS: Mapping[bytes, Any] = {b"CLIENT": "OK", b"SELECT": "OK", b"PING": "PONG", b"QUIT": "OK", b"COMMAND": []}
"""What clients say before they do anything, and what is answered."""


def _login(words: list[bytes]) -> list[str]:
    """Return user and password of a login, whichever way it is said; nothing where HELLO has none."""
    texts = [word.decode("utf-8", "replace") for word in words]
    if texts[0].upper() == "AUTH":
        return texts[1:]
    place = next((place for place, text in enumerate(texts) if text.upper() == "AUTH"), len(texts))
    return texts[place + 1 : place + 3]


def _greeting(version: int) -> dict[bytes, Any]:
    return {
        b"server": b"redis",
        b"version": b"7.2.0",
        b"proto": version,
        b"id": 1,
        b"mode": b"standalone",
        b"role": b"master",
        b"modules": [],
    }


def _value(answer: Any) -> Any:
    """Return an observed reply, ``{"type": "bulk", "value": "1"}``, as the value that is sent."""
    if not isinstance(answer, Mapping):
        return ErrorReply("ERR the contract promises a reply that is none")
    value = answer.get("value")
    match answer.get("type"):
        case "none":
            return _SILENCE
        case "string":
            return str(value)
        case "error":
            return ErrorReply(str(value))
        case "set" if isinstance(value, list):
            return SetReply(map(_inner, value))
        case "push" if isinstance(value, list):
            return Push(map(_inner, value))
        case "double" if isinstance(value, (int, float)):
            return float(value)
        case _:
            return _inner(value)


def _inner(value: Any) -> Any:
    """Return a value inside a reply: text is a bulk string there."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, list):
        return [_inner(part) for part in value]
    if isinstance(value, dict):
        if set(value) == {"error"}:
            return ErrorReply(str(value["error"]))
        return {name.encode(): _inner(part) for name, part in value.items()}
    return value
