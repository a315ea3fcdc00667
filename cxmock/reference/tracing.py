"""One trace id from the browser to the last system that a request reaches."""

from __future__ import annotations

import secrets
from contextvars import ContextVar

TRACE_HEADER = "x-b3-traceid"
"""As GWS and Nexus document it."""

LONGEST = 64
"""Characters of a trace id that are kept of one that somebody else made."""

_trace: ContextVar[str] = ContextVar("trace", default="")


def begin_trace(given: str | None = None) -> str:
    """Begin to answer a request: go on with the trace id it carries, or make one. Holds for the running task."""
    trace = (given or "")[:LONGEST] or secrets.token_hex(8)
    _trace.set(trace)
    return trace


def current_trace() -> str:
    """Return the trace id of the request being answered; empty outside of one."""
    return _trace.get()


def trace_headers() -> dict[str, str]:
    """Return the headers with which a call goes on within the trace of the request being answered.

    >>> _ = begin_trace("463ac35c9f6413ad")
    >>> trace_headers()["x-b3-traceid"]
    '463ac35c9f6413ad'
    """
    return {TRACE_HEADER: _trace.get() or secrets.token_hex(8), "x-b3-spanid": secrets.token_hex(8)}
