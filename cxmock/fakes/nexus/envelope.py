"""How Nexus answers: data in an envelope whose status is a word."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from cxmock.wire.http import Response


class Status(StrEnum):
    """What became of a request (documented words)."""

    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    INVALID_CLIENT_TOKEN = "INVALID_CLIENT_TOKEN"
    INVALID_CONTACT_CENTER = "INVALID_CONTACT_CENTER"
    INVALID_SESSION = "INVALID_SESSION"
    INVALID_PARTICIPANT = "INVALID_PARTICIPANT"
    INVALID_TRANSPORT = "INVALID_TRANSPORT"
    INVALID_PARAMETER = "INVALID_PARAMETER"
    INVALID_ENDPOINT = "INVALID_ENDPOINT"
    INVALID_NICKNAME = "INVALID_NICKNAME"
    INVALID_FILE_TYPE = "INVALID_FILE_TYPE"


class Refused(Exception):
    """A request is not done.

    Args:
        status: why, as a word.
        detail: why, as a sentence.
        http: the HTTP status.
        headers: sent along.
    """

    def __init__(self, status: Status, detail: str, http: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.http = http
        self.headers = headers

    def response(self) -> Response:
        """Return the answer that says so."""
        return Response.of({"status": self.status, "detail": self.detail}, self.http, self.headers)


def success(data: object) -> Response:
    """Return the answer to a request that was done.

    >>> success({"batchId": "b1"}).json()
    {'status': 'SUCCESS', 'data': {'batchId': 'b1'}}
    """
    return Response.of({"status": Status.SUCCESS, "data": data})
