"""JSON Web Tokens, signed with HMAC-SHA256: all that GWS needs of them here.

Documented: that ``/jwt-userinfo`` answers with one and that the ``jwt-bearer`` grant takes one. Assumed: the algorithm,
and that the key is the OAuth client's secret.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cxmock.wire.http import from_json, to_json


def sign(claims: Mapping[str, Any], secret: str) -> str:
    """Return a token that carries ``claims``.

    >>> verify(sign({"sub": "supervisor"}, "key"), "key")
    {'sub': 'supervisor'}
    """
    head = f"{_encode(to_json({'alg': 'HS256', 'typ': 'JWT'}))}.{_encode(to_json(claims))}"
    return f"{head}.{_encode(_signature(head, secret))}"


def verify(token: str, secret: str) -> dict[str, Any]:
    """Return the claims of ``token``.

    Raises:
        ValueError: it is no such token, or was signed with another key.
    """
    head, _, signature = token.rpartition(".")
    header, _, payload = head.partition(".")
    try:
        algorithm, claims = from_json(_decode(header)), from_json(_decode(payload))
        signed = _decode(signature)
    except (binascii.Error, ValueError) as error:
        raise ValueError("it is not a JSON Web Token") from error
    if not isinstance(algorithm, dict) or algorithm.get("alg") != "HS256":
        raise ValueError("it is not signed by HS256")
    if not hmac.compare_digest(signed, _signature(head, secret)):
        raise ValueError("its signature was not made with the client's secret")
    if not isinstance(claims, dict):
        raise ValueError("its claims are not an object")
    return claims


def _signature(head: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), head.encode(), hashlib.sha256).digest()


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
