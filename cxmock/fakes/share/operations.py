"""What each procedure does: its arguments, put to the folder, become its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cxmock.fakes.share.folder import Folder
from cxmock.fakes.share.listings import Listed
from cxmock.fakes.share.nodes import Node
from cxmock.fakes.share.refused import Refused
from cxmock.fakes.share.space import FILE_SIZE_MAX
from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs import results
from cxmock.wire.nfs.rpc import Nothing
from cxmock.wire.nfs.values import MAX_DATA, NAME_LIMIT, Before, Change, Stable, Status

Operation = Callable[[Folder, Any], Any]

_OK: Final = Status.OK
_LISTING_SIZE: Final = 64 * 1024
_HEAD_SIZE: Final = 128
"""Bytes of READDIR's answer beside its entries, rounded up."""
_ENTRY_SIZE: Final = 28
"""Bytes of an entry beside its name, rounded up."""
_FULL_SIZE: Final = 120
"""Bytes more of an entry in READDIRPLUS's answer: attributes and handle."""
_FILES: Final = 1 << 32
_PROPERTIES: Final = 1 | 2 | 8 | 16


def _change(folder: Folder, node: Node) -> Callable[[], Change]:
    """Remember what a node is like before a change; the call that follows it tells both."""
    before = _before(folder, node)
    return lambda: Change(before, folder.attributes(node))


def _before(folder: Folder, node: Node) -> Before:
    now = folder.attributes(node)
    return Before(now.size, now.modified, now.changed)


def _null(folder: Folder, call: Nothing) -> Nothing:
    return call


def _getattr(folder: Folder, call: args.OfHandle) -> results.GetattrResult:
    return results.GetattrResult(_OK, folder.attributes(folder.nodes.node(call.file)))


def _setattr(folder: Folder, call: args.Setattr) -> results.ChangeResult:
    node = folder.nodes.node(call.file)
    change = _change(folder, node)
    if call.guard is not None and call.guard != folder.attributes(node).changed:
        raise Refused(Status.NOT_SYNC)
    folder.set(node, call.new)
    return results.ChangeResult(_OK, change())


def _lookup(folder: Folder, call: args.OfEntry) -> results.LookupResult:
    parent = folder.nodes.node(call.folder)
    node = folder.lookup(parent, call.name)
    return results.LookupResult(_OK, folder.nodes.handle(node), folder.attributes(node), folder.attributes(parent))


def _access(folder: Folder, call: args.Access) -> results.AccessResult:
    node = folder.nodes.node(call.file)
    return results.AccessResult(_OK, folder.attributes(node), folder.access(node) & call.rights)


def _readlink(folder: Folder, call: args.OfHandle) -> results.ReadlinkResult:
    node = folder.nodes.node(call.file)
    return results.ReadlinkResult(_OK, folder.attributes(node), folder.readlink(node))


def _read(folder: Folder, call: args.Read) -> results.ReadResult:
    data, eof, attributes = folder.read(folder.nodes.node(call.file), call.offset, call.count)
    return results.ReadResult(_OK, attributes, len(data), eof, data)


def _write(folder: Folder, call: args.Write) -> results.WriteResult:
    node = folder.nodes.node(call.file)
    before = _before(folder, node)
    # Nothing here outlives the testbed, so all data is as safe as it will ever be.
    count, after = folder.write(node, call.offset, memoryview(call.data)[: call.count])
    return results.WriteResult(_OK, Change(before, after), count, Stable.FILE_SYNC, folder.nodes.boot)


def _created(folder: Folder, parent: bytes, make: Callable[[Node], Node]) -> results.CreateResult:
    above = folder.nodes.node(parent)
    change = _change(folder, above)
    node = make(above)
    return results.CreateResult(_OK, folder.nodes.handle(node), folder.attributes(node), change())


def _create(folder: Folder, call: args.Create) -> results.CreateResult:
    return _created(folder, call.folder, lambda above: folder.create(above, call.name, call.creation))


def _mkdir(folder: Folder, call: args.Mkdir) -> results.CreateResult:
    return _created(folder, call.folder, lambda above: folder.mkdir(above, call.name, call.new))


def _symlink(folder: Folder, call: args.Symlink) -> results.CreateResult:
    return _created(folder, call.folder, lambda above: folder.symlink(above, call.name, call.target))


def _mknod(folder: Folder, call: args.Mknod) -> results.CreateResult:
    raise Refused(Status.NOTSUPP)


def _remove(folder: Folder, call: args.OfEntry) -> results.ChangeResult:
    above = folder.nodes.node(call.folder)
    change = _change(folder, above)
    folder.remove(above, call.name)
    return results.ChangeResult(_OK, change())


def _rmdir(folder: Folder, call: args.OfEntry) -> results.ChangeResult:
    above = folder.nodes.node(call.folder)
    change = _change(folder, above)
    folder.rmdir(above, call.name)
    return results.ChangeResult(_OK, change())


def _rename(folder: Folder, call: args.Rename) -> results.RenameResult:
    above, to_above = folder.nodes.node(call.folder), folder.nodes.node(call.to_folder)
    change, to_change = _change(folder, above), _change(folder, to_above)
    folder.rename(above, call.name, to_above, call.to_name)
    return results.RenameResult(_OK, change(), to_change())


def _link(folder: Folder, call: args.Link) -> results.LinkResult:
    node, above = folder.nodes.node(call.file), folder.nodes.node(call.folder)
    change = _change(folder, above)
    folder.link(node, above, call.name)
    return results.LinkResult(_OK, folder.attributes(node), change())


def _readdir(folder: Folder, call: args.Readdir) -> results.ReaddirResult:
    above = folder.nodes.node(call.folder)
    verifier, listed = folder.listing(above, call.cookie, call.verifier)
    page = _page(listed, call.size, call.size, 0)
    entries = tuple(results.Entry(number, name, cookie) for cookie, (number, name) in enumerate(page, call.cookie + 1))
    return results.ReaddirResult(_OK, folder.attributes(above), verifier, entries, len(page) == len(listed))


def _readdirplus(folder: Folder, call: args.Readdirplus) -> results.ReaddirplusResult:
    above = folder.nodes.node(call.folder)
    verifier, listed = folder.listing(above, call.cookie, call.verifier)
    page = _page(listed, call.size, call.full_size, _FULL_SIZE)
    entries = tuple(
        results.FullEntry(number, name, cookie, *folder.details(number))
        for cookie, (number, name) in enumerate(page, call.cookie + 1)
    )
    return results.ReaddirplusResult(_OK, folder.attributes(above), verifier, entries, len(page) == len(listed))


def _page(listed: list[Listed], size: int, full_size: int, extra: int) -> list[Listed]:
    """Return the entries that fit: ``size`` bounds the names, ``full_size`` the whole answer."""
    names_room, room = size, min(full_size, MAX_DATA) - _HEAD_SIZE
    for count, (_, name) in enumerate(listed):
        needed = _ENTRY_SIZE + len(name.encode("utf-8", "surrogateescape"))
        names_room -= needed
        room -= needed + extra
        if room < 0 or names_room < 0:
            if count == 0:
                raise Refused(Status.TOOSMALL)
            return listed[:count]
    return listed


def _fsstat(folder: Folder, call: args.OfHandle) -> results.FsstatResult:
    attributes = folder.attributes(folder.nodes.node(call.file))
    return results.FsstatResult(_OK, attributes, *folder.room(), _FILES, _FILES, _FILES)


def _fsinfo(folder: Folder, call: args.OfHandle) -> results.FsinfoResult:
    return results.FsinfoResult(
        _OK,
        folder.attributes(folder.nodes.node(call.file)),
        read_max=MAX_DATA,
        read_preferred=MAX_DATA,
        read_multiple=4096,
        write_max=MAX_DATA,
        write_preferred=MAX_DATA,
        write_multiple=4096,
        folder_preferred=_LISTING_SIZE,
        file_size_max=FILE_SIZE_MAX,
        properties=_PROPERTIES,
    )


def _pathconf(folder: Folder, call: args.OfHandle) -> results.PathconfResult:
    attributes = folder.attributes(folder.nodes.node(call.file))
    return results.PathconfResult(_OK, attributes, 32_000, NAME_LIMIT, refuses_long=True, keeps_case=True)


def _commit(folder: Folder, call: args.Commit) -> results.CommitResult:
    change = _change(folder, folder.nodes.node(call.file))
    return results.CommitResult(_OK, change(), folder.nodes.boot)


OPERATIONS: Final[dict[str, Operation]] = {
    "NULL": _null,
    "GETATTR": _getattr,
    "SETATTR": _setattr,
    "LOOKUP": _lookup,
    "ACCESS": _access,
    "READLINK": _readlink,
    "READ": _read,
    "WRITE": _write,
    "CREATE": _create,
    "MKDIR": _mkdir,
    "SYMLINK": _symlink,
    "MKNOD": _mknod,
    "REMOVE": _remove,
    "RMDIR": _rmdir,
    "RENAME": _rename,
    "LINK": _link,
    "READDIR": _readdir,
    "READDIRPLUS": _readdirplus,
    "FSSTAT": _fsstat,
    "FSINFO": _fsinfo,
    "PATHCONF": _pathconf,
    "COMMIT": _commit,
}

CHANGING: Final = frozenset(
    ("SETATTR", "WRITE", "CREATE", "MKDIR", "SYMLINK", "MKNOD", "REMOVE", "RMDIR", "RENAME", "LINK")
)
"""The procedures that a share for reading only refuses."""
