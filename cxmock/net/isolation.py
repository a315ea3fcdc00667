"""A network of one's own (Linux): loopback and nothing else, where an ordinary user may have every port."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from pathlib import Path

from cxmock.errors.addresses import NoIsolation
from cxmock.net.private_hosts import unshare

_NEW_NETWORK = 0x40000000
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1
_LOW_PORTS = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


def isolate() -> None:
    """Move this process, and whatever it starts from now on, into a network of its own.

    There, 127.0.0.0/8 is up and free, nothing else can be reached, and every port may be bound without rights. The user
    stays who he is. It cannot be undone, and has to be done before there are threads.

    Raises:
        NoIsolation: this system does not allow it, or it is too late.
    """
    if sys.platform != "linux":
        raise NoIsolation("it is a matter of Linux")
    if threading.active_count() > 1:
        raise NoIsolation("this process has threads already")
    try:
        unshare(_NEW_NETWORK)
        _LOW_PORTS.write_text("0")
        _bring_up(b"lo")
    except OSError as error:
        raise NoIsolation(str(error.strerror or error)) from error


def _bring_up(interface: bytes) -> None:
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        (flags,) = struct.unpack("16xh", fcntl.ioctl(any_socket, _GET_FLAGS, struct.pack("16sh", interface, 0)))
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh", interface, flags | _UP))
