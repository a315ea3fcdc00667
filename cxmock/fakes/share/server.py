"""The share as a server of calls: a record in, a record out, and what is seen of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from cxmock.fakes.share.folder import Folder
from cxmock.fakes.share.mounts import Mounts
from cxmock.fakes.share.operations import CHANGING, OPERATIONS
from cxmock.fakes.share.refused import Refused, status_of
from cxmock.wire.nfs import rpc
from cxmock.wire.nfs.facts import Facts, operation_of, request_facts, response_facts
from cxmock.wire.nfs.nfs3 import NFS
from cxmock.wire.nfs.programs import PROGRAMS, name_of, procedure_of
from cxmock.wire.nfs.rpc import Accept, Call, Flavor
from cxmock.wire.nfs.values import Status
from cxmock.wire.nfs.xdr import XdrError, decode
from cxmock.wire.observed import Observed

_INTRODUCTIONS: Final = frozenset(("NULL", "FSINFO", "PATHCONF"))
"""What clients ask of a server when they mount: nobody objects to that, nor to mounting itself."""


@dataclass(slots=True)
class Refusal:
    """How the next calls of a procedure are answered, whatever they ask."""

    status: Status
    times: int | None
    """How often; None for always."""


class Server:
    """Performs calls on a folder.

    Args:
        folder: what is served.
        observe: told of each call with its answer, and the seconds it took.
        read_only: whether changes are refused.
        objection: told what a call asks; returns why it is not to be performed, else nothing.
    """

    def __init__(
        self,
        folder: Folder,
        observe: Callable[[Observed, float], None],
        *,
        read_only: bool = False,
        objection: Callable[[Facts], str] = lambda request: "",
    ) -> None:
        self.folder = folder
        self.mounts = Mounts(folder)
        self.read_only = read_only
        self.refusals: dict[str, Refusal] = {}
        """By the procedure's name."""
        self._observe = observe
        self._objection = objection

    def answer(self, record: bytes) -> bytearray:
        """Return the record that answers a record.

        Raises:
            XdrError: it is no call.
        """
        began = time.perf_counter()
        call = rpc.read_call(record)
        request, response, answer = self._answer(call)
        ok = response["status"] == "OK"
        source = call.credentials.machine if call.credentials else ""
        seconds = time.perf_counter() - began
        self._observe(Observed(operation_of(request), request, response, ok, source), seconds)
        return answer

    def _answer(self, call: Call) -> tuple[Facts, Facts, bytearray]:
        procedure = procedure_of(call)
        if call.rpc_version != rpc.RPC_VERSION:
            return _unread(call, "DENIED", rpc.wrong_rpc_version(call.xid))
        if call.flavor not in (Flavor.NONE, Flavor.SYS):
            return _unread(call, "DENIED", rpc.unknown_flavor(call.xid))
        if procedure is None:
            return _refuse(call, _reason(call))
        try:
            arguments = decode(procedure.arguments, call.arguments)
        except XdrError:
            return _refuse(call, Accept.GARBAGE_ARGS)
        # Told before it is performed: afterwards a renamed file has its new path.
        request = request_facts(procedure.name, arguments, self.folder.path_of)
        introducing = call.program != NFS.number or procedure.name in _INTRODUCTIONS
        if not introducing and (why := self._objection(request)):
            # NFS has no place for a text: it is for those who read the journal.
            result = procedure.result(Status.NOTSUPP)
            return request, {**response_facts(result), "why": why}, rpc.success(call.xid, result)
        try:
            result = self._perform(procedure.name, arguments, call)
        except Refused as refused:
            result = procedure.result(refused.status)
        except OSError as error:
            result = procedure.result(status_of(error))
        return request, response_facts(result), rpc.success(call.xid, result)

    def _perform(self, name: str, arguments: Any, call: Call) -> Any:
        if call.program != NFS.number:
            return self.mounts.operations[call.program, name](arguments, call)
        if (refusal := self.refusals.get(name)) is not None:
            if refusal.times is not None:
                refusal.times -= 1
                if refusal.times == 0:
                    del self.refusals[name]
            raise Refused(refusal.status)
        if self.read_only and name in CHANGING:
            raise Refused(Status.ROFS)
        return OPERATIONS[name](self.folder, arguments)


def _unread(call: Call, status: str, answer: bytearray) -> tuple[Facts, Facts, bytearray]:
    return {"proc": name_of(call)}, {"status": status}, answer


def _refuse(call: Call, accept: Accept) -> tuple[Facts, Facts, bytearray]:
    version = PROGRAMS[call.program].version if accept is Accept.PROG_MISMATCH else 0
    return _unread(call, accept.name, rpc.refusal(call.xid, accept, low=version, high=version))


def _reason(call: Call) -> Accept:
    """Return why a call means no procedure that is spoken here."""
    program = PROGRAMS.get(call.program)
    if program is None:
        return Accept.PROG_UNAVAIL
    return Accept.PROC_UNAVAIL if program.version == call.version else Accept.PROG_MISMATCH
