"""How PostgreSQL agrees on encryption: the client asks first, one byte answers, then TLS begins on the same port.

A client of version 17 or later may also begin with TLS at once (``sslnegotiation=direct``).
"""

from __future__ import annotations

from typing import Final

from cxmock.wire.opening import PLAIN, Opening, Sharing, by_first_byte
from cxmock.wire.postgres.framing import GSS_REQUEST, SSL_REQUEST

REQUEST_SIZE: Final = 8

_SIZE = REQUEST_SIZE.to_bytes(4)
_REQUESTS: Final = {
    _SIZE + SSL_REQUEST.to_bytes(4): Opening(secure=True, taken=REQUEST_SIZE, answer=b"S"),
    _SIZE + GSS_REQUEST.to_bytes(4): Opening(secure=None, taken=REQUEST_SIZE, answer=b"N"),
}


def by_request(first: bytes) -> Opening:
    """Tell by the client's request: TLS is granted, GSSAPI is not, and all else is a session in plain text.

    >>> by_request(bytes.fromhex("00000008 04d2162f")).answer
    b'S'
    """
    return _REQUESTS.get(first[:REQUEST_SIZE]) or (by_first_byte(first) if first else PLAIN)


# A client that begins with TLS at once insists on the protocol's name.
POSTGRES: Final = Sharing(by_request, needs=REQUEST_SIZE, protocols=("postgresql",))
