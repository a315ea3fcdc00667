"""Redis in cluster mode, as CX Contact's chart has it: one node with all the slots, which tells the tap's address."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from cxmock.stores.redis.connection import Connection

RedisMode = Literal["standalone", "cluster"]
"""Whether it is a server by itself, or a node of a cluster that has no other."""

SLOTS = 16384
FORMED_WITHIN = 15.0
"""Seconds for a node to take all slots into service. A server always lets two pass: it might be one that returns."""


@dataclass(frozen=True, slots=True)
class Announced:
    """Where a node says that it is: clients follow what it says."""

    host: str
    port: int

    @property
    def settings(self) -> dict[str, str]:
        """What the server is told."""
        return {
            "cluster-enabled": "yes",
            "cluster-announce-ip": self.host,
            "cluster-announce-port": str(self.port),
        }


@contextmanager
def held_port(host: str) -> Iterator[int]:
    """Give a port of ``host`` to a server that starts meanwhile: nobody else gets it.

    Two sockets may have one address as long as only one of them listens.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((host, 0))
        yield held.getsockname()[1]


async def take_slots(node: Connection) -> None:
    """Have a new node serve every slot."""
    await node.call("CLUSTER", "ADDSLOTSRANGE", 0, SLOTS - 1)


async def formed(node: Connection) -> bool:
    """Whether the node serves."""
    told: bytes = await node.call("CLUSTER", "INFO")
    return b"cluster_state:ok" in told
