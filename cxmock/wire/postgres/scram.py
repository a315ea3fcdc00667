"""SCRAM-SHA-256 (RFC 5802, RFC 7677), as PostgreSQL uses it: the client's side, and what a server stores."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

MECHANISM: Final = "SCRAM-SHA-256"
ITERATIONS: Final = 4096
"""Some client libraries refuse fewer."""
_MOST_ITERATIONS = 1_000_000


def stored(password: str) -> str:
    """Return what ``ALTER ROLE ... PASSWORD`` stores, so that the server neither computes nor sees the password.

    >>> stored("x").startswith("SCRAM-SHA-256$4096:")
    True
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored_key = hashlib.sha256(_hmac(salted, b"Client Key")).digest()
    server_key = _hmac(salted, b"Server Key")
    return f"{MECHANISM}${ITERATIONS}:{_base64(salt)}${_base64(stored_key)}:{_base64(server_key)}"


class ScramClient:
    """One login: :meth:`first`, then :meth:`final` with what the server answers, then :meth:`check`.

    Args:
        password: only ASCII, so that it needs no preparation.
    """

    def __init__(self, password: str) -> None:
        self._password = password.encode("ascii")
        self._nonce = secrets.token_urlsafe(18)
        self._first = f"n=,r={self._nonce}"
        self._proof = b""

    def first(self) -> bytes:
        """Return the client's first message."""
        return f"n,,{self._first}".encode()

    def final(self, challenge: bytes) -> bytes:
        """Return the client's final message, given the server's first.

        Raises:
            ValueError: the server's message is not one of SCRAM.
        """
        fields = dict(part.split("=", 1) for part in challenge.decode("ascii").split(","))
        nonce, salt, iterations = fields.get("r", ""), fields.get("s", ""), int(fields.get("i", "0"))
        if not nonce.startswith(self._nonce) or not 0 < iterations <= _MOST_ITERATIONS:
            raise ValueError("the server does not speak SCRAM")
        salted = hashlib.pbkdf2_hmac("sha256", self._password, base64.b64decode(salt), iterations)
        client_key = _hmac(salted, b"Client Key")
        bare = f"c=biws,r={nonce}"
        signed = ",".join((self._first, challenge.decode("ascii"), bare)).encode()
        signature = _hmac(hashlib.sha256(client_key).digest(), signed)
        self._proof = _hmac(_hmac(salted, b"Server Key"), signed)
        proof = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
        return f"{bare},p={_base64(proof)}".encode()

    def check(self, ending: bytes) -> None:
        """Check the server's final message: it knows the password too.

        Raises:
            ValueError: it does not.
        """
        if not hmac.compare_digest(ending, b"v=" + _base64(self._proof).encode()):
            raise ValueError("the server does not know the password")


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
