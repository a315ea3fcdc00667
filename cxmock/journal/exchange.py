"""A fact: one request and its answer, seen on one connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from cxmock.wire.observed import Message, facts_of


# A struct, not a dataclass: there is one for whatever passes, and it costs a tenth.
class Exchange(Struct, frozen=True, gc=False):
    """One request and its answer.

    >>> print(Exchange(0, 5, 0.0, 0.0004, "redis", "GET", {"argv": ["GET", "a"]}, {"value": None}, source="cxc"))
    5 redis GET (0.4 ms)
    """

    index: int
    """Its place in the journal, counted from 0 and never reused."""
    connection: int | None
    """The row of the table; None for what the table does not list."""
    at: float
    """When the request was seen, in UTC seconds by the testbed's clock."""
    seconds: float
    """From the request to its answer."""
    transport: str
    """``http``, ``redis``, ``postgresql``, ``sftp``, ``ftp``, ``nfs``, ``ocs``, ``confserv``; ``tcp``: sizes only,
    or why a TLS handshake failed."""
    operation: str
    """Short, for people."""
    request_message: Message
    response_message: Message
    ok: bool = True
    """False when the answer is an error of the protocol (an HTTP status of 400 or more, a Redis error reply, ...)."""
    source: str = ""
    """Who asked, as far as the protocol tells."""
    secure: bool = False
    """Whether it was encrypted on the way."""

    @property
    def request(self) -> Mapping[str, Any]:
        """The request in the shape that contracts use."""
        return facts_of(self.request_message)

    @property
    def response(self) -> Mapping[str, Any]:
        """The response in the shape that contracts use."""
        return facts_of(self.response_message)

    def __str__(self) -> str:
        number = "-" if self.connection is None else self.connection
        failed = "" if self.ok else " FAILED"
        return f"{number} {self.transport} {self.operation}{failed} ({self.seconds * 1000:.1f} ms)"
