"""What the procedures of NFS version 3 give (RFC 1813, section 3): a status first, and what comes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

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


@dataclass(frozen=True, slots=True)
class GetattrResult:
    """GETATTR. On success the attributes are always there, so the wire has no flag for them."""

    status: Status
    attributes: WhenOk[Annotated[Attributes | None, ATTRIBUTES]] = None


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """SETATTR of a file; REMOVE and RMDIR of a folder's entry."""

    status: Status
    change: Change = NO_CHANGE


@dataclass(frozen=True, slots=True)
class LookupResult:
    """LOOKUP."""

    status: Status
    file: WhenOk[Handle] = b""
    attributes: WhenOk[MaybeAttributes] = None
    folder: MaybeAttributes = None


@dataclass(frozen=True, slots=True)
class AccessResult:
    """ACCESS."""

    status: Status
    attributes: MaybeAttributes = None
    rights: WhenOk[U32] = 0


@dataclass(frozen=True, slots=True)
class ReadlinkResult:
    """READLINK."""

    status: Status
    attributes: MaybeAttributes = None
    target: WhenOk[Path] = ""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """READ."""

    status: Status
    attributes: MaybeAttributes = None
    count: WhenOk[U32] = 0
    eof: WhenOk[Bool] = False
    data: WhenOk[Data] = b""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """WRITE. A verifier that differs from the last one means that the server lost what was not committed."""

    status: Status
    change: Change = NO_CHANGE
    count: WhenOk[U32] = 0
    committed: WhenOk[Stable] = Stable.FILE_SYNC
    verifier: WhenOk[Verifier] = bytes(8)


@dataclass(frozen=True, slots=True)
class CreateResult:
    """CREATE, MKDIR, SYMLINK, MKNOD."""

    status: Status
    file: WhenOk[Handle | None] = None
    attributes: WhenOk[MaybeAttributes] = None
    folder: Change = NO_CHANGE


@dataclass(frozen=True, slots=True)
class RenameResult:
    """RENAME."""

    status: Status
    folder: Change = NO_CHANGE
    to_folder: Change = NO_CHANGE


@dataclass(frozen=True, slots=True)
class LinkResult:
    """LINK."""

    status: Status
    attributes: MaybeAttributes = None
    folder: Change = NO_CHANGE


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry in READDIR's answer."""

    number: U64
    name: Name
    cookie: U64


@dataclass(frozen=True, slots=True)
class FullEntry:
    """An entry in READDIRPLUS's answer."""

    number: U64
    name: Name
    cookie: U64
    attributes: MaybeAttributes = None
    file: Handle | None = None


@dataclass(frozen=True, slots=True)
class ReaddirResult:
    """READDIR."""

    status: Status
    folder: MaybeAttributes = None
    verifier: WhenOk[Verifier] = bytes(8)
    entries: WhenOk[Annotated[tuple[Entry, ...], chain(structure(Entry), ENTRIES_LIMIT)]] = ()
    eof: WhenOk[Bool] = False


@dataclass(frozen=True, slots=True)
class ReaddirplusResult:
    """READDIRPLUS."""

    status: Status
    folder: MaybeAttributes = None
    verifier: WhenOk[Verifier] = bytes(8)
    entries: WhenOk[Annotated[tuple[FullEntry, ...], chain(structure(FullEntry), ENTRIES_LIMIT)]] = ()
    eof: WhenOk[Bool] = False


@dataclass(frozen=True, slots=True)
class FsstatResult:
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


@dataclass(frozen=True, slots=True)
class FsinfoResult:
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


@dataclass(frozen=True, slots=True)
class PathconfResult:
    """PATHCONF: what names may be."""

    status: Status
    attributes: MaybeAttributes = None
    links_max: WhenOk[U32] = 0
    name_max: WhenOk[U32] = 0
    refuses_long: WhenOk[Bool] = False
    owner_keeps_files: WhenOk[Bool] = False
    ignores_case: WhenOk[Bool] = False
    keeps_case: WhenOk[Bool] = False


@dataclass(frozen=True, slots=True)
class CommitResult:
    """COMMIT."""

    status: Status
    change: Change = NO_CHANGE
    verifier: WhenOk[Verifier] = bytes(8)
