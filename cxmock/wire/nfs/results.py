"""What the procedures of NFS version 3 give (RFC 1813, section 3): a status first, and what comes with it."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Struct

from cxmock.wire.nfs.arguments import Data
from cxmock.wire.nfs.values import (
    ATTRIBUTES,
    Attributes,
    Change,
    Handle,
    MaybeAttributes,
    Name,
    Path,
    Stable,
    Status,
    Time,
    Verifier,
)
from cxmock.wire.nfs.xdr import U32, U64, Bool, WhenOk, chain, structure

ENTRIES_LIMIT: Final = 65_536
"""Entries accepted in one answer."""
NO_CHANGE: Final = Change()


class GetattrResult(Struct, frozen=True):
    """GETATTR. On success the attributes are always there, so the wire has no flag for them."""

    status: Status
    attributes: WhenOk[Annotated[Attributes | None, ATTRIBUTES]] = None


class ChangeResult(Struct, frozen=True):
    """SETATTR of a file; REMOVE and RMDIR of a folder's entry."""

    status: Status
    change: Change = NO_CHANGE


class LookupResult(Struct, frozen=True):
    """LOOKUP."""

    status: Status
    file: WhenOk[Handle] = b""
    attributes: WhenOk[MaybeAttributes] = None
    folder: MaybeAttributes = None


class AccessResult(Struct, frozen=True):
    """ACCESS."""

    status: Status
    attributes: MaybeAttributes = None
    rights: WhenOk[U32] = 0


class ReadlinkResult(Struct, frozen=True):
    """READLINK."""

    status: Status
    attributes: MaybeAttributes = None
    target: WhenOk[Path] = ""


class ReadResult(Struct, frozen=True):
    """READ."""

    status: Status
    attributes: MaybeAttributes = None
    count: WhenOk[U32] = 0
    eof: WhenOk[Bool] = False
    data: WhenOk[Data] = b""


class WriteResult(Struct, frozen=True):
    """WRITE. A verifier that differs from the last one means that the server lost what was not committed."""

    status: Status
    change: Change = NO_CHANGE
    count: WhenOk[U32] = 0
    committed: WhenOk[Stable] = Stable.FILE_SYNC
    verifier: WhenOk[Verifier] = bytes(8)


class CreateResult(Struct, frozen=True):
    """CREATE, MKDIR, SYMLINK, MKNOD."""

    status: Status
    file: WhenOk[Handle | None] = None
    attributes: WhenOk[MaybeAttributes] = None
    folder: Change = NO_CHANGE


class RenameResult(Struct, frozen=True):
    """RENAME."""

    status: Status
    folder: Change = NO_CHANGE
    to_folder: Change = NO_CHANGE


class LinkResult(Struct, frozen=True):
    """LINK."""

    status: Status
    attributes: MaybeAttributes = None
    folder: Change = NO_CHANGE


class Entry(Struct, frozen=True):
    """An entry in READDIR's answer."""

    number: U64
    name: Name
    cookie: U64


class FullEntry(Struct, frozen=True):
    """An entry in READDIRPLUS's answer."""

    number: U64
    name: Name
    cookie: U64
    attributes: MaybeAttributes = None
    file: Handle | None = None


class ReaddirResult(Struct, frozen=True):
    """READDIR."""

    status: Status
    folder: MaybeAttributes = None
    verifier: WhenOk[Verifier] = bytes(8)
    entries: WhenOk[Annotated[tuple[Entry, ...], chain(structure(Entry), ENTRIES_LIMIT)]] = ()
    eof: WhenOk[Bool] = False


class ReaddirplusResult(Struct, frozen=True):
    """READDIRPLUS."""

    status: Status
    folder: MaybeAttributes = None
    verifier: WhenOk[Verifier] = bytes(8)
    entries: WhenOk[Annotated[tuple[FullEntry, ...], chain(structure(FullEntry), ENTRIES_LIMIT)]] = ()
    eof: WhenOk[Bool] = False


class FsstatResult(Struct, frozen=True):
    """FSSTAT: how much room there is."""

    status: Status
    attributes: MaybeAttributes = None
    total_bytes: WhenOk[U64] = 0
    free_bytes: WhenOk[U64] = 0
    available_bytes: WhenOk[U64] = 0
    total_files: WhenOk[U64] = 0
    free_files: WhenOk[U64] = 0
    available_files: WhenOk[U64] = 0
    unchanged_seconds: WhenOk[U32] = 0


class FsinfoResult(Struct, frozen=True):
    """FSINFO: what the server can do. ``properties``: links 1, symbolic links 2, same everywhere 8, sets times 16."""

    status: Status
    attributes: MaybeAttributes = None
    read_max: WhenOk[U32] = 0
    read_preferred: WhenOk[U32] = 0
    read_multiple: WhenOk[U32] = 0
    write_max: WhenOk[U32] = 0
    write_preferred: WhenOk[U32] = 0
    write_multiple: WhenOk[U32] = 0
    folder_preferred: WhenOk[U32] = 0
    file_size_max: WhenOk[U64] = 0
    time_precision: WhenOk[Time] = 1
    properties: WhenOk[U32] = 0


class PathconfResult(Struct, frozen=True):
    """PATHCONF: what names may be."""

    status: Status
    attributes: MaybeAttributes = None
    links_max: WhenOk[U32] = 0
    name_max: WhenOk[U32] = 0
    refuses_long: WhenOk[Bool] = False
    owner_keeps_files: WhenOk[Bool] = False
    ignores_case: WhenOk[Bool] = False
    keeps_case: WhenOk[Bool] = False


class CommitResult(Struct, frozen=True):
    """COMMIT."""

    status: Status
    change: Change = NO_CHANGE
    verifier: WhenOk[Verifier] = bytes(8)
