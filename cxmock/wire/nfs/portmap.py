"""The port mapper, version 2 (RFC 1833, section 3): which port a program listens on."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Struct

from cxmock.wire.nfs.rpc import Nothing, Procedure, Program
from cxmock.wire.nfs.xdr import U32, chain, structure

PORT: Final = 111
"""Where a port mapper listens by itself."""
TCP: Final = 6


class Mapping(Struct, frozen=True):
    """A program, and where it listens; ``port`` is 0 in questions."""

    program: U32
    version: U32
    protocol: U32
    port: U32 = 0


class PortResult(Struct, frozen=True):
    """GETPORT: the port, 0 for a program that is not there."""

    port: U32


class MappingsResult(Struct, frozen=True):
    """DUMP: every program that is there."""

    mappings: Annotated[tuple[Mapping, ...], chain(structure(Mapping), 1024)] = ()


PORTMAP: Final = Program(
    100000,
    2,
    {
        0: Procedure("NULL"),
        3: Procedure("GETPORT", Mapping, PortResult),
        4: Procedure("DUMP", Nothing, MappingsResult),
    },
)
