"""Whose command OCS carries out: a trace id that a request may carry, goes on to what it brings about, and is logged.

Assumed from end to end: the request has it as ``x-b3-traceid`` among its ``extensions``, as HTTP's header is called.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter

from cxmock.serving.json_lines import JsonLines
from cxmock.wire.genesys import Message

TRACE = "x-b3-traceid"
_TRACE_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
"""It becomes a header: nothing else does."""

command_trace: ContextVar[str] = ContextVar("command_trace", default="")
"""The trace id of the command that is being carried out; empty where none is, or nobody's."""


def trace_of(request: Message) -> str:
    """Return the trace id that a request carries; empty when it carries none, or what cannot be one.

    >>> trace_of(Message("StopDialing", {"extensions": {"x-b3-traceid": "463ac35c9f6413ad"}}))
    '463ac35c9f6413ad'
    >>> trace_of(Message("StopDialing", {"extensions": [1]})), trace_of(Message("StopDialing"))
    ('', '')
    """
    extensions = request.attributes.get("extensions")
    said = extensions.get(TRACE) if isinstance(extensions, dict) else None
    return said if isinstance(said, str) and _TRACE_ID.fullmatch(said) else ""


@dataclass(frozen=True, slots=True)
class OcsLog:
    """What OCS logs: commands that it was given, and campaign group states that it told; in the form of the services.

    Single attempts are not logged: the journal has them.
    """

    lines: JsonLines

    def commanded(self, application: str, message: str, began: float, why: str = "") -> None:
        """Log a command of an application that was carried out, or refused: ``why``."""
        told = {"application": application, "message": message, "ms": round((perf_counter() - began) * 1000, 3)}
        self._write("WARNING" if why else "INFO", "answered", told | ({"why": why} if why else {}))

    def told(self, path: str, state: str, status: int, trace: str) -> None:
        """Log a state that was told; status 0: there was no answer."""
        level = "INFO" if status else "WARNING"
        told = {"method": "POST", "path": path, "status": status, "state": state}
        self._write(level, "called", {"destination": "CX Contact", **told}, trace)

    def close(self) -> None:
        """Close the file."""
        self.lines.close()

    def _write(self, level: str, event: str, told: dict[str, object], trace: str = "") -> None:
        known = {"service": "ocs", "replica": "ocs", "trace": trace or command_trace.get(), "event": event}
        self.lines.write({"level": level, **known, **told})


SILENT = OcsLog(JsonLines(""))
"""Logs nothing."""
