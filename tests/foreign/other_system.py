"""Runs a command as if on another system, as far as Linux can play it: ``other_system.py COMMAND ...``, as a module.

There is one loopback address, 127.0.0.1, as on macOS; no folder in memory; and no ``/proc`` that would tell of
processes and ports.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys

from cxmock.net.isolation import isolate
from cxmock.net.private_hosts import unshare

_NEW_MOUNTS = 0x20000
READ_ONLY, RECURSIVE, PRIVATE = 1, 0x4000, 0x40000
_SET_MASK = 0x891C


def main(*command: str) -> None:
    isolate()
    one_address()
    unshare(_NEW_MOUNTS)
    mount(b"none", b"/", None, RECURSIVE | PRIVATE)
    mount(b"tmpfs", b"/dev/shm", b"tmpfs", READ_ONLY)
    mount(b"tmpfs", b"/proc", b"tmpfs", READ_ONLY)
    os.execvp(command[0], command)


def one_address() -> None:
    """Leave 127.0.0.1 of 127.0.0.0/8."""
    mask = struct.pack("16sHH4s8x", b"lo", socket.AF_INET, 0, socket.inet_aton("255.255.255.255"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_MASK, mask)


def mount(source: bytes, place: bytes, kind: bytes | None, flags: int) -> None:
    """Cover a place, in a mount namespace of one's own."""
    if ctypes.CDLL(None, use_errno=True).mount(source, place, kind, flags, None) != 0:
        raise OSError(ctypes.get_errno(), f"{place!r} cannot be covered")


if __name__ == "__main__":
    main(*sys.argv[1:])
