"""The table of thirteen: who opens which connection to whom. Everything else derives from it."""

from cxmock.topology.components import Component
from cxmock.topology.connections import (
    CONNECTIONS,
    UNLISTED,
    Connection,
    Listening,
    connection,
    listening_ports,
    rows_of,
)

__all__ = [
    "CONNECTIONS",
    "UNLISTED",
    "Component",
    "Connection",
    "Listening",
    "connection",
    "listening_ports",
    "rows_of",
]
