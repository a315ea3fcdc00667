"""PostgreSQL's side of the gate: the roles and the database that clients name become those on somebody's server."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from cxmock.wire.postgres.framing import GSS_REQUEST, LONGEST_STARTUP, SSL_REQUEST
from cxmock.wire.postgres.messages import PROTOCOL

_HEAD = struct.Struct("!II")
_MAJOR = PROTOCOL >> 16


class Renaming:
    """Renames in the message that starts a session. Requests for encryption are refused: the tap sees to that.

    Args:
        renamed: parameter (``user``, ``database``) -> what clients say -> what the server is told.
    """

    def __init__(self, renamed: Mapping[str, Mapping[str, str]]) -> None:
        self._renamed = renamed
        self._begun = False
        self._rest = b""

    def upstream(self, data: bytes) -> tuple[bytes, bytes]:
        """Take what the client says; return what goes to the server, and what the client is told at once."""
        if self._begun:
            return data, b""
        self._rest += data
        told = b""
        while len(self._rest) >= _HEAD.size:
            length, code = _HEAD.unpack_from(self._rest)
            sound = _HEAD.size <= length <= LONGEST_STARTUP
            if sound and len(self._rest) < length:
                break
            if sound and code in (SSL_REQUEST, GSS_REQUEST):
                told += b"N"
                self._rest = self._rest[length:]
                continue
            self._begun = True
            if sound and code >> 16 == _MAJOR:
                return self._start(self._rest[:length]) + self._rest[length:], told
            return self._rest, told  # a request to cancel, or nothing that we know
        return b"", told

    def _start(self, message: bytes) -> bytes:
        words = message[_HEAD.size :].split(b"\0")
        for at in range(0, len(words) - 1, 2):
            renamed = self._renamed.get(words[at].decode("utf-8", "replace"), {})
            said = words[at + 1].decode("utf-8", "replace")
            if said in renamed:
                words[at + 1] = renamed[said].encode()
        body = message[4 : _HEAD.size] + b"\0".join(words)
        return struct.pack("!I", len(body) + 4) + body
