"""Watches a connection that speaks NFS: pairs calls with replies, and names files by their paths.

The shapes of requests and responses are those of :mod:`cxmock.wire.nfs.facts`. A program that is not spoken here (NFS
version 4, locking) is still paired: ``{"proc": "100003.4.1"}`` is procedure 1 of version 4 of program 100003.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from msgspec.structs import replace

from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs.facts import TEXT_LIMIT, Facts, operation_of, request_facts, response_facts
from cxmock.wire.nfs.paths import Paths
from cxmock.wire.nfs.programs import name_of, procedure_of
from cxmock.wire.nfs.rpc import Accept, Procedure, Records, Reply, read_call, read_reply
from cxmock.wire.nfs.values import Status
from cxmock.wire.nfs.xdr import XdrError, decode
from cxmock.wire.observed import Observed

PENDING_LIMIT: Final = 1024
"""Calls whose replies are awaited; the oldest is forgotten first."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """A call that waits for its reply."""

    name: str
    procedure: Procedure | None
    arguments: Any
    """None where they could not be read."""
    source: str
    began: float


class NfsDecoder:
    """The :class:`~cxmock.wire.observed.Decoder` of NFS.

    Args:
        now: tells the time, for how long things took; without it nothing is said about that.
    """

    def __init__(self, now: Callable[[], float] = lambda: 0.0) -> None:
        self._now = now
        self._calls = Records()
        self._replies = Records()
        self._pending: dict[int, _Pending] = {}
        self._paths = Paths()
        self._lost = False

    def upstream(self, data: bytes) -> list[Observed]:
        """Take bytes on their way to the provider."""
        return self._follow(self._calls, data, self._called)

    def downstream(self, data: bytes) -> list[Observed]:
        """Take bytes on their way to the consumer; return the exchanges which they complete."""
        return self._follow(self._replies, data, self._replied)

    def _follow(self, records: Records, data: bytes, take: Callable[[bytes], Observed | None]) -> list[Observed]:
        seen: list[Observed] = []
        if self._lost:
            return seen
        try:
            records.feed(data)
            while (record := records.next()) is not None:
                if (exchange := take(record)) is not None:
                    seen.append(exchange)
        except XdrError as error:
            self._lost = True
            self._pending.clear()
            seen.append(Observed("undecodable", {"proc": "undecodable", "why": str(error)}, {}, ok=False))
        return seen

    def _called(self, record: bytes) -> None:
        call = read_call(record)
        procedure = procedure_of(call)
        arguments = None
        if procedure is not None:
            try:
                arguments = decode(procedure.arguments, call.arguments)
            except XdrError:
                procedure = None
        if isinstance(arguments, args.Write):
            # Only what will be told is kept while the call waits.
            arguments = replace(arguments, data=bytes(arguments.data[: TEXT_LIMIT + 1]))
        source = call.credentials.machine if call.credentials else ""
        self._pending[call.xid] = _Pending(name_of(call), procedure, arguments, source, self._now())
        if len(self._pending) > PENDING_LIMIT:
            del self._pending[next(iter(self._pending))]

    def _replied(self, record: bytes) -> Observed | None:
        reply = read_reply(record)
        call = self._pending.pop(reply.xid, None)
        if call is None:
            return None
        if call.procedure is None:
            request: Facts = {"proc": call.name}
        else:
            request = request_facts(call.name, call.arguments, self._paths.of)
        response = self._response(call, reply)
        ok = response["status"] == "OK"
        return Observed(operation_of(request), request, response, ok, call.source, call.began)

    def _response(self, call: _Pending, reply: Reply) -> Facts:
        if reply.accept is not Accept.SUCCESS:
            return {"status": "DENIED" if reply.accept is None else reply.accept.name}
        if call.procedure is None:
            return {"status": "OK"}
        result = decode(call.procedure.result, reply.result)
        if getattr(result, "status", Status.OK) == Status.OK:
            learn(self._paths, call.name, call.arguments, result)
        return response_facts(result)


def learn(paths: Paths, name: str, arguments: Any, result: Any) -> None:
    """Learn from a procedure that succeeded what handles are called."""
    match name:
        case "MNT":
            paths.mounted(result.file, arguments.path)
        case "LOOKUP":
            paths.found(result.file, arguments.folder, arguments.name)
        case "CREATE" | "MKDIR" | "SYMLINK" | "MKNOD":
            if result.file is not None:
                paths.found(result.file, arguments.folder, arguments.name)
        case "READDIRPLUS":
            for entry in result.entries:
                if entry.file is not None:
                    paths.found(entry.file, arguments.folder, entry.name)
        case "RENAME":
            paths.moved(arguments.folder, arguments.name, arguments.to_folder, arguments.to_name)
        case "REMOVE" | "RMDIR":
            paths.gone(arguments.folder, arguments.name)
