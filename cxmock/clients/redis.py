"""A client of Redis that tells replies as they are: a simple string from a bulk string, nil from an empty array.

Libraries turn replies into Python's types and lose that; contracts promise it, and taps see it. RESP2, as CX Contact's
services speak it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.wire.resp import ErrorReply, Parser
from cxmock.wire.resp_encoding import encode_command
from cxmock.wire.resp_facts import response_facts

DEFAULT_PORT = 6379

_ENDS = {"MULTI": "DISCARD", "WATCH": "UNWATCH"}


class RedisClient:
    """One connection, opened when first needed and again when lost; one command at a time.

    Args:
        url: ``redis://[user]:password@host[:port][/database]``.
        name: how it calls itself (``CLIENT SETNAME``).
        within: seconds for one command.
    """

    def __init__(self, url: str, *, name: str = "cxmock", within: float = 5.0) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or DEFAULT_PORT
        self._login = unquote(parts.username or ""), unquote(parts.password or "")
        self._database = parts.path.strip("/") or "0"
        self._name = name
        self._within = within
        self._where = f"redis://{self._host}:{self._port}"
        self._turn = asyncio.Lock()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._parser = Parser()

    async def perform(self, operation: Mapping[str, Any]) -> dict[str, Any]:
        """Perform an operation in the shape of contracts and return what was observed; an error reply is returned too.

        Args:
            operation: ``{"argv": ["HSET", "key", "field", "value"]}``; before an ``EXEC``, the commands of its
                transaction under ``queued``.

        Returns:
            ``{"type": "integer", "value": 1}``.

        Raises:
            NotReachable: nobody listens, or the login is refused.
            NoAnswer: there was no answer in time, or the connection was closed.
        """
        words = [str(word) for word in operation["argv"]]
        if "queued" in operation:
            for queued in (("MULTI",), *operation["queued"]):
                await self.ask(*map(str, queued))
        answer = await self.ask(*words)
        if end := _ENDS.get(words[0]):  # each operation is alone: what begins a transaction ends with it
            await self.ask(end)
        return dict(response_facts(answer, [word.encode() for word in words]))

    async def ask(self, *words: str) -> Any:
        """Perform a command and return its value, in the types of :mod:`cxmock.wire.resp`.

        Raises:
            NotReachable: nobody listens, or the login is refused.
            NoAnswer: there was no answer in time, or the connection was closed.
        """
        try:
            async with self._turn, asyncio.timeout(self._within):
                if self._streams is None:
                    await self._connect()
                return await self._exchange(words)
        except NoAnswer:
            await self.aclose()
            raise
        except TimeoutError as error:
            await self.aclose()
            raise NoAnswer(f"{words[0]} at {self._where}", f"no answer within {self._within:g} s") from error
        except OSError as error:
            await self.aclose()
            if isinstance(error, NotReachable):
                raise
            raise NoAnswer(f"{words[0]} at {self._where}", "the connection was closed") from error
        except asyncio.CancelledError:
            await self.aclose()  # its answer would be taken for that of the next command
            raise

    async def aclose(self) -> None:
        """Close the connection; the next command would open another."""
        if self._streams is not None:
            _, writer = self._streams
            self._streams = None
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _connect(self) -> None:
        try:
            self._streams = await asyncio.open_connection(self._host, self._port)
        except OSError as error:
            raise NotReachable(self._where, (error.strerror or str(error)).lower()) from error
        self._parser = Parser()
        user, password = self._login
        introduction = [("AUTH", user, password) if user else ("AUTH", password)] if password else []
        for words in (*introduction, ("CLIENT", "SETNAME", self._name), ("SELECT", self._database)):
            answer = await self._exchange(words)
            if isinstance(answer, ErrorReply):
                raise NotReachable(self._where, answer.text)

    async def _exchange(self, words: tuple[str, ...]) -> Any:
        assert self._streams is not None
        reader, writer = self._streams
        writer.write(encode_command(*words))
        while True:
            data = await reader.read(65536)
            if not data:
                raise NoAnswer(f"{words[0]} at {self._where}", "the connection was closed")
            values = self._parser.feed(data)
            if self._parser.broken:
                raise NoAnswer(f"{words[0]} at {self._where}", f"what came is not RESP ({self._parser.broken})")
            if values:
                return values[0]
