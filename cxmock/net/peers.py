"""Whose program is at the other end of a connection from this machine."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

TABLE = Path("/proc/net/tcp")


def user_of(address: tuple[str, int], table: Path = TABLE) -> int | None:
    """Return the user id of who holds an IPv4 address and port here; None where that cannot be told.

    >>> import os
    >>> with socket.create_server(("127.0.0.1", 0)) as listening:
    ...     user_of(listening.getsockname()) in (os.getuid(), None)
    True
    """
    number, port = struct.unpack("=I", socket.inet_aton(address[0]))[0], address[1]
    wanted = f"{number:08X}:{port:04X}"
    try:
        lines = table.read_text("ascii").splitlines()
    except OSError:
        return None
    for line in lines[1:]:
        fields = line.split()
        if fields[1] == wanted:
            return int(fields[7])
    return None
