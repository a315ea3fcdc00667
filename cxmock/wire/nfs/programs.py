"""Every program that is spoken here, and which of their procedures a call means."""

from __future__ import annotations

from typing import Final

from cxmock.wire.nfs.mount import MOUNT
from cxmock.wire.nfs.nfs3 import NFS
from cxmock.wire.nfs.portmap import PORTMAP
from cxmock.wire.nfs.rpc import Call, Procedure

PROGRAMS: Final = {program.number: program for program in (NFS, MOUNT, PORTMAP)}


def procedure_of(call: Call) -> Procedure | None:
    """Return the procedure that is called; None when it is not spoken here."""
    program = PROGRAMS.get(call.program)
    return program.procedures.get(call.procedure) if program and program.version == call.version else None


def name_of(call: Call) -> str:
    """Return the name of what is called; program, version and number where that is not spoken here."""
    procedure = procedure_of(call)
    return procedure.name if procedure else f"{call.program}.{call.version}.{call.procedure}"
