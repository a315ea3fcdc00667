"""How CX Contact answers: the GWS envelope, and refusals in it.

The envelope and its codes are documented or observed for GWS; that CX Contact answers alike is assumed, and so is the
HTTP status beside each code.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from cxmock.errors.base import CxmockError
from cxmock.wire.http import Response


class Code(IntEnum):
    """What became of a request."""

    DONE = 0
    ACCEPTED = 1
    CONFLICT = 409
    FAILED = 500
    BACK_END = 515
    UNAUTHORIZED = 601
    FORBIDDEN = 603
    NOT_FOUND = 604
    EXISTS = 609
    MISSING = 651
    INVALID = 652


STATUSES = {
    Code.DONE: 200,
    Code.ACCEPTED: 202,
    Code.CONFLICT: 409,
    Code.FAILED: 500,
    Code.BACK_END: 503,
    Code.UNAUTHORIZED: 401,
    Code.FORBIDDEN: 403,
    Code.NOT_FOUND: 404,
    Code.EXISTS: 409,
    Code.MISSING: 400,
    Code.INVALID: 400,
}
"""The HTTP status that goes with a code."""


class Refusal(Exception):
    """A request that is not done. The caller gets ``message`` and ``detail`` in an envelope.

    Args:
        code: why.
        message: what happened.
        detail: what was expected, or how to put it right.
        status: the HTTP status where it is not the usual one of the code.
    """

    def __init__(self, code: int, message: str, detail: str = "", *, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail
        self.status = status or (STATUSES[Code(code)] if code in STATUSES else 500)

    @classmethod
    def of(cls, error: CxmockError, code: Code) -> Refusal:
        """Return the refusal that tells ``error`` to a caller of the API."""
        parts = (error.expected, error.why, error.fix)
        return cls(code, error.what, " ".join(part for part in parts if part))

    def answer(self, path: str) -> Response:
        """Return the envelope that tells this refusal."""
        return Response.of(envelope(None, self.code, self.message, self.detail, path), self.status)


def done(
    data: object = None, *, code: Code = Code.DONE, status: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the answer to a request that was done (or accepted).

    >>> done({"name": "leads"}).json()["data"]
    {'name': 'leads'}
    """
    return Response.of(envelope(data, code), status or STATUSES[code], headers)


def envelope(data: object, code: int = 0, message: str = "", detail: str = "", path: str = "") -> dict[str, object]:
    """Return the envelope as data.

    >>> envelope(None, 604, "No such list.", path="/cx-contact/v3/contact-lists/x")["status"]
    {'code': 604, 'message': 'No such list.', 'detail': ''}
    """
    reply: dict[str, object] = {
        "status": {"code": int(code), "message": message or "OK", "detail": detail},
        "data": data,
    }
    if code not in (Code.DONE, Code.ACCEPTED):
        reply["errors"] = [{"code": int(code), "message": message}]
    if path:
        reply["path"] = path
    return reply
