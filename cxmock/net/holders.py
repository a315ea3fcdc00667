"""Who holds a TCP port, as far as the system tells (Linux: /proc)."""

from __future__ import annotations

import contextlib
import socket
import struct
from pathlib import Path

_LISTEN = "0A"


def holder_of(host: str, port: int, proc: Path = Path("/proc")) -> str:
    """Return a phrase that names the process which listens at ``host:port``, such as ``postgres (pid 812)``.

    A listener on 0.0.0.0 or [::] counts, since it blocks every address. Empty when the system does not tell.
    """
    wanted = {struct.unpack("=I", socket.inet_aton(host))[0], 0}
    inodes: dict[str, str] = {}
    for table in ("net/tcp", "net/tcp6"):
        with contextlib.suppress(OSError):
            for line in (proc / table).read_text().splitlines()[1:]:
                columns = line.split()
                address, _, number = columns[1].partition(":")
                if columns[3] == _LISTEN and int(number, 16) == port and int(address[-8:], 16) in wanted:
                    where = "every address" if int(address, 16) == 0 else host
                    inodes[columns[9]] = where
    for inode, where in inodes.items():
        for fd in proc.glob("[0-9]*/fd/*"):
            with contextlib.suppress(OSError):
                if fd.readlink().name == f"socket:[{inode}]":
                    pid = fd.parent.parent.name
                    name = (proc / pid / "comm").read_text().strip()
                    return f"{name} (pid {pid}) on {where}"
    return f"another process on {next(iter(inodes.values()))}" if inodes else ""
