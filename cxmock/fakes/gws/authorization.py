"""Reading the ``Authorization`` header."""

from __future__ import annotations

import binascii
from base64 import b64decode

from cxmock.wire.http import Request


def bearer(request: Request) -> str:
    """Return the bearer token; empty when there is none.

    >>> bearer(Request("GET", "/", {"Authorization": "bearer a4b5"}))
    'a4b5'
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def basic(request: Request) -> tuple[str, str] | None:
    """Return name and password of HTTP Basic authentication; None when there is none that can be read.

    >>> basic(Request("GET", "/", {"Authorization": "Basic b3BzOnNlY3JldA=="}))
    ('ops', 'secret')
    """
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return (name, password) if colon else None
