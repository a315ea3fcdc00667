"""How CX Contact answers: the GWS envelope, and refusals in it.

The envelope and its codes are documented or observed for GWS; that CX Contact answers alike is assumed, and so is the
HTTP status beside each code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, TypeVar

from cxmock.errors.base import CxmockError, nearest
from cxmock.wire.http import Request, Response

T = TypeVar("T", str, int, bool)


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
        headers: sent along, such as ``Retry-After``.
    """

    def __init__(
        self,
        code: int,
        message: str,
        detail: str = "",
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail
        self.status = status or (STATUSES[Code(code)] if code in STATUSES else 500)
        self.headers = headers

    @classmethod
    def of(cls, error: CxmockError, code: Code) -> Refusal:
        """Return the refusal that tells ``error`` to a caller of the API."""
        parts = (error.expected, error.why, error.fix)
        return cls(code, error.what, " ".join(part for part in parts if part))

    def answer(self, path: str) -> Response:
        """Return the envelope that tells this refusal."""
        return Response.of(envelope(None, self.code, self.message, self.detail, path), self.status, self.headers)


RETRY_AFTER = 1
"""Seconds after which a caller whom no replica could answer may try again (assumed)."""


def nobody_ready(service: str, path: str) -> Response:
    """Return the answer to a request that no replica of a service is ready for.

    >>> answer = nobody_ready("Compliance Manager", "/ocs/validation")
    >>> answer.status, answer.headers["retry-after"]
    (503, '1')
    """
    refusal = Refusal(
        Code.BACK_END, f"No replica of {service} is ready.", "One is being started: try again in a moment."
    )
    answer = refusal.answer(path)
    answer.raw_headers.append((b"Retry-After", str(RETRY_AFTER).encode()))
    return answer


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


def data_of(request: Request) -> dict[str, Any]:
    """Return the JSON object that a request carries, bare or as an envelope's ``data``.

    Raises:
        Refusal: the body is no JSON object (652).
    """
    try:
        body = request.json() if request.body else {}
    except ValueError as error:
        raise Refusal(Code.INVALID, f"The body is not JSON: {error}.") from None
    if isinstance(body, dict) and isinstance(body.get("data"), dict):
        body = body["data"]
    if not isinstance(body, dict):
        raise Refusal(Code.INVALID, "The body is to be a JSON object.")
    return body


def needed(data: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """Return field ``name`` of a request's data.

    Raises:
        Refusal: it is missing or empty (651), or of another type (652).
    """
    if data.get(name) in (None, ""):
        raise Refusal(Code.MISSING, f'"{name}" is missing.', f"The body has: {', '.join(data) or 'nothing'}.")
    return _typed(name, data[name], kind)


def given(data: Mapping[str, Any], name: str, default: T) -> T:
    """Return field ``name`` of a request's data, or ``default``, whose type it has to have.

    Raises:
        Refusal: it is of another type (652).
    """
    value = data.get(name)
    return default if value is None else _typed(name, value, type(default))


def texts(data: Mapping[str, Any], name: str, most: int = 1000) -> list[str]:
    """Return field ``name`` of a request's data, a list of at most so many texts; an empty one where it is not there.

    Raises:
        Refusal: it is something else (652).
    """
    values = data.get(name)
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
        raise Refusal(Code.INVALID, f'"{name}" is to be a list of texts, not {values!r:.60}.')
    if len(values) > most:
        raise Refusal(Code.INVALID, f'"{name}" has {len(values)}.', f"At most {most} are taken at once.")
    return values


def one_of(name: str, value: str, known: Sequence[str]) -> str:
    """Return ``value`` if it is one of the ``known``.

    Raises:
        Refusal: it is not (652).
    """
    if value not in known:
        raise Refusal(Code.INVALID, f'"{name}" is "{value}".', nearest(value, list(known)))
    return value


def _typed(name: str, value: object, kind: type[T]) -> T:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise Refusal(Code.INVALID, f'"{name}" is to be {_KINDS[kind]}, not {value!r:.60}.')
    return value


_KINDS: dict[type, str] = {str: "text", int: "a whole number", bool: "true or false"}
