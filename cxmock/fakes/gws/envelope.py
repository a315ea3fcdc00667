"""The envelope around every GWS call but the token and userinfo ones.

Documented: the request is ``{"data": {...}, "operationId"?}``, the reply ``{"status": {"code", "message", "detail"},
"data", "errors", "path"}``, and code 603 comes with HTTP status 403. Observed: the other codes. Assumed: their HTTP
statuses, and every sentence.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, TypeVar

from cxmock.wire.http import Request, Response

T = TypeVar("T", str, int, list[Any], dict[str, Any])


class Code(IntEnum):
    """``status.code`` of a reply."""

    OK = 0
    ACCEPTED = 1
    PARTIAL = 2
    CONFLICT = 409
    FAILED = 500
    BACK_END = 515
    """Configuration Server or OCS did not do it."""
    UNAUTHORIZED = 601
    FORBIDDEN = 603
    NOT_FOUND = 604
    EXISTS = 609
    MISSING = 651
    """A parameter is missing."""
    INVALID = 652
    """A parameter is invalid."""

    @property
    def http(self) -> int:
        """The HTTP status of a reply with this code."""
        return _HTTP[self]


_HTTP = {
    Code.OK: 200,
    Code.ACCEPTED: 202,
    Code.PARTIAL: 207,
    Code.CONFLICT: 409,
    Code.FAILED: 500,
    Code.BACK_END: 502,
    Code.UNAUTHORIZED: 401,
    Code.FORBIDDEN: 403,
    Code.NOT_FOUND: 404,
    Code.EXISTS: 409,
    Code.MISSING: 400,
    Code.INVALID: 400,
}


class Refused(Exception):
    """The call is answered by an error.

    >>> Refused(Code.MISSING, "campaignId is missing.").response("/ocs/v3/servers/1/load-campaign").text
    '{"status":{"code":651,"message":"campaignId is missing.","detail":""},"path":"/ocs/v3/servers/1/load-campaign"}'
    """

    def __init__(self, code: Code, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail

    def response(self, path: str) -> Response:
        """Return the reply to a call of ``path``."""
        status = {"code": int(self.code), "message": self.message, "detail": self.detail}
        headers = {"WWW-Authenticate": 'Bearer, Basic realm="GWS"'} if self.code is Code.UNAUTHORIZED else None
        return Response.of({"status": status, "path": path}, self.code.http, headers)


def reply(data: object = None, code: Code = Code.OK) -> Response:
    """Return a good reply.

    >>> reply({"DBID": 101}).text
    '{"status":{"code":0},"data":{"DBID":101}}'
    """
    status = {"status": {"code": int(code)}}
    return Response.of(status if data is None else {**status, "data": data}, code.http)


def data_of(request: Request) -> dict[str, Any]:
    """Return the ``data`` of a request.

    Raises:
        Refused: the body is no JSON object that has an object named ``data``.
    """
    return field(body_of(request), "data", dict)


def body_of(request: Request) -> dict[str, Any]:
    """Return the body of a request.

    Raises:
        Refused: it is no JSON object.
    """
    try:
        body = request.json()
    except ValueError as error:
        raise Refused(Code.INVALID, "The body is not JSON.", f'Send {{"data": {{...}}}}. {error}') from error
    if not isinstance(body, dict):
        raise Refused(Code.INVALID, "The body is not a JSON object.", 'Send {"data": {...}}.')
    return body


def field(data: dict[str, Any], name: str, kind: type[T], default: T | None = None) -> T:
    """Return a field of a request.

    Raises:
        Refused: it is missing and has no default, or is of another kind.

    >>> field({"campaignId": 101}, "campaignId", int)
    101
    >>> field({"campaignId": "x"}, "campaignId", int)
    Traceback (most recent call last):
    cxmock.fakes.gws.envelope.Refused: campaignId is to be an integer.
    """
    value = data.get(name, default)
    if value is None:
        raise Refused(Code.MISSING, f"{name} is missing.", f"The fields here: {', '.join(data) or 'none'}.")
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Refused(Code.INVALID, f"{name} is to be {_KINDS[kind]}.", f"It is {str(value)[:80]}.")
    return value


_KINDS: dict[type, str] = {str: "text", int: "an integer", list: "a list", dict: "an object"}
