"""Calls to an RPC server over one TCP connection, as many at a time as one likes."""

from __future__ import annotations

import asyncio
import itertools
import os
from typing import Any

from cxmock.errors.nfs import NfsError, NfsTooSlow, NfsUnreachable
from cxmock.wire.nfs import rpc
from cxmock.wire.nfs.rpc import Accept, Credentials, Program, Records, Reply
from cxmock.wire.nfs.xdr import XdrError, decode


class RpcClient(asyncio.Protocol):
    """One connection; made by :meth:`connect`."""

    def __init__(self, host: str, port: int, credentials: Credentials, within: float) -> None:
        self.host = host
        self.port = port
        self._credentials = credentials
        self._within = within
        self._xids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._records = Records()
        self._ended = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def connect(cls, host: str, port: int, credentials: Credentials, *, within: float) -> RpcClient:
        """Connect.

        Args:
            host: where.
            port: where.
            credentials: who calls, as the server is told.
            within: seconds for the connection, and for each answer.

        Raises:
            NfsUnreachable: nobody listens there.
            NfsTooSlow: it was not accepted in time.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(within):
                _, client = await loop.create_connection(lambda: cls(host, port, credentials, within), host, port)
        except TimeoutError as error:
            raise NfsTooSlow(host, port, "a connection", within) from error
        except OSError as error:
            raise NfsUnreachable(host, port, os.strerror(error.errno) if error.errno else str(error)) from error
        return client

    @property
    def closed(self) -> bool:
        """Whether the connection is gone."""
        return self._transport is None or self._transport.is_closing()

    async def call(self, program: Program, name: str, arguments: Any, *, path: str) -> Any:
        """Call a procedure and return its result, whatever its status.

        Args:
            program: whose procedure it is.
            name: the procedure's.
            arguments: what it takes.
            path: what errors are to name.

        Raises:
            NfsError: RPC itself refused the call: ``PROG_UNAVAIL``, ``DENIED`` and the like.
            NfsUnreachable: the connection is gone.
            NfsTooSlow: no answer came in time.
        """
        if self.closed or self._transport is None:
            raise NfsUnreachable(self.host, self.port, "the connection is closed")
        xid = next(self._xids) & 0xFFFF_FFFF
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[xid] = answer
        self._transport.write(rpc.call(xid, program, name, arguments, self._credentials))
        try:
            async with asyncio.timeout(self._within):
                reply = await answer
        except TimeoutError as error:
            raise NfsTooSlow(self.host, self.port, name, self._within) from error
        finally:
            self._waiting.pop(xid, None)
        if reply.accept is not Accept.SUCCESS:
            raise NfsError(reply.accept.name if reply.accept else "DENIED", name, path)
        procedure = program.procedures[program.number_of(name)]
        try:
            return decode(procedure.result, reply.result)
        except XdrError as error:
            raise self._nonsense(error) from error

    async def close(self) -> None:
        """Hang up. Harmless when repeated."""
        if self._transport is not None:
            self._transport.abort()
            async with asyncio.timeout(self._within):
                await asyncio.shield(self._ended)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The server accepted."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Give the answers to whom they belong; one that nobody waits for any more is dropped."""
        self._records.feed(data)
        try:
            while (record := self._records.next()) is not None:
                reply = rpc.read_reply(record)
                answer = self._waiting.get(reply.xid)
                if answer is not None and not answer.done():
                    answer.set_result(reply)
        except XdrError as error:
            self._end(self._nonsense(error))

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up."""
        self._end(NfsUnreachable(self.host, self.port, str(exc) if exc else "it closed the connection"))
        if not self._ended.done():
            self._ended.set_result(None)

    def _end(self, error: NfsUnreachable) -> None:
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(error)
        if self._transport is not None:
            self._transport.abort()

    def _nonsense(self, error: XdrError) -> NfsUnreachable:
        return NfsUnreachable(self.host, self.port, f"what it sends is not NFS ({error})")
