"""The mount protocol, version 3 (RFC 1813, appendix I): from a path to the first file handle."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Struct

from cxmock.wire.nfs.rpc import Nothing, Procedure, Program
from cxmock.wire.nfs.values import Handle, Path, Status
from cxmock.wire.nfs.xdr import UNSIGNED, WhenOk, array, chain, structure, text


class OfPath(Struct, frozen=True):
    """MNT, UMNT: one exported path."""

    path: Path


class MountResult(Struct, frozen=True):
    """MNT: the handle of the folder, and the authentication flavors that may be used with it."""

    status: Status
    file: WhenOk[Handle] = b""
    flavors: WhenOk[Annotated[tuple[int, ...], array(UNSIGNED, 64)]] = ()


class Mounted(Struct, frozen=True):
    """Who mounted what, as they said."""

    host: Annotated[str, text(255)]
    path: Path


class DumpResult(Struct, frozen=True):
    """DUMP: what is mounted."""

    mounts: Annotated[tuple[Mounted, ...], chain(structure(Mounted), 1024)] = ()


class Group(Struct, frozen=True):
    """Who may mount."""

    name: Annotated[str, text(255)]


class Export(Struct, frozen=True):
    """A path that can be mounted, and by whom; by everybody if nobody is named."""

    path: Path
    groups: Annotated[tuple[Group, ...], chain(structure(Group), 1024)] = ()


class ExportResult(Struct, frozen=True):
    """EXPORT: what can be mounted."""

    exports: Annotated[tuple[Export, ...], chain(structure(Export), 1024)] = ()


MOUNT: Final = Program(
    100005,
    3,
    {
        0: Procedure("NULL"),
        1: Procedure("MNT", OfPath, MountResult),
        2: Procedure("DUMP", Nothing, DumpResult),
        3: Procedure("UMNT", OfPath),
        4: Procedure("UMNTALL"),
        5: Procedure("EXPORT", Nothing, ExportResult),
    },
)
