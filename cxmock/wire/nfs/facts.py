"""Calls and replies as JSON: the shape that contracts, the journal and taps share.

A request is ``{"proc": NAME, ...}``, where every file is named by its path on the share, never by its handle:

    {"proc": "READ", "path": "/in/leads.csv", "offset": 0, "count": 65536}
    {"proc": "WRITE", "path": "/in/leads.csv", "offset": 0, "count": 4, "stable": "FILE_SYNC", "text": "a,b\n"}
    {"proc": "CREATE", "path": "/in/leads.csv", "how": "UNCHECKED", "new": {"size": 0}}
    {"proc": "RENAME", "path": "/in/leads.csv", "to": "/done/leads.csv"}
    {"proc": "MNT", "path": "/"}

A response is ``{"status": NAME, ...}`` with what the procedure gives; after a status other than ``OK`` nothing more:

    {"status": "OK", "count": 4, "eof": true, "text": "a,b\\n"}
    {"status": "OK", "type": "REGULAR", "size": 512, "mode": "0644"}
    {"status": "OK", "entries": ["leads.csv"], "count": 1, "eof": true}
    {"status": "NOENT"}

``text`` is what was read or written, where that is UTF-8 of at most 1 KiB; ``entries`` are the first 100 of ``count``.
What RPC itself refused has ``{"status": "PROG_MISMATCH"}`` and the like.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs import mount, portmap, results
from cxmock.wire.nfs.rpc import Nothing
from cxmock.wire.nfs.values import Attributes, Moment, NewAttributes, Rights, Status

TEXT_LIMIT: Final = 1024
NAMES_LIMIT: Final = 100

Facts = dict[str, Any]
PathOf = Callable[[bytes, str], str]
"""Tells the path of an entry of a folder by the folder's handle and the entry's name, of the handle alone by ``""``."""


def request_facts(proc: str, arguments: Any, path_of: PathOf) -> Facts:
    """Return a call as JSON."""
    return {"proc": proc, **_REQUESTS[type(arguments)](arguments, lambda handle, name: shown(path_of(handle, name)))}


def response_facts(result: Any) -> Facts:
    """Return a result as JSON."""
    status = getattr(result, "status", Status.OK)
    if status != Status.OK:
        return {"status": status.name}
    return {"status": "OK", **_RESPONSES[type(result)](result)}


def operation_of(request: Mapping[str, Any]) -> str:
    """Return what a request is called in a list of exchanges.

    >>> operation_of({"proc": "READ", "path": "/in/leads.csv", "offset": 0})
    'READ /in/leads.csv'
    """
    return f"{request['proc']} {request['path']}" if "path" in request else str(request["proc"])


def shown(text: str) -> str:
    """Return ``text`` fit for JSON: bytes that are no UTF-8 are replaced."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _of_entry(call: args.OfEntry, path_of: PathOf) -> Facts:
    return {"path": path_of(call.folder, call.name)}


def _create(call: args.Create, path_of: PathOf) -> Facts:
    facts = {"path": path_of(call.folder, call.name), "how": call.creation.how.name}
    return facts if call.creation.how is args.How.EXCLUSIVE else facts | {"new": _new(call.creation.new)}


def _write(call: args.Write, path_of: PathOf) -> Facts:
    text = _text(call.data) if len(call.data) == call.count else {}
    path = path_of(call.file, "")
    return {"path": path, "offset": call.offset, "count": call.count, "stable": call.stable.name, **text}


def _getport(call: portmap.Mapping, path_of: PathOf) -> Facts:
    return {"program": call.program, "version": call.version, "protocol": call.protocol}


def _new(new: NewAttributes) -> Facts:
    given: Facts = {
        "mode": None if new.mode is None else _octal(new.mode),
        "uid": new.uid,
        "gid": new.gid,
        "size": new.size,
        "accessed": _moment(new.accessed),
        "modified": _moment(new.modified),
    }
    return {name: value for name, value in given.items() if value is not None}


def _moment(moment: int | Moment | None) -> float | str | None:
    if isinstance(moment, Moment):
        return moment.value
    return None if moment is None else moment / 1e9


def _octal(mode: int) -> str:
    return f"{mode:04o}"


def _rights(rights: int) -> list[str]:
    return [right.name or "" for right in Rights if right & rights]


def _text(data: bytes | memoryview) -> Facts:
    """Return short text as such, anything else not at all."""
    if len(data) <= TEXT_LIMIT:
        with contextlib.suppress(UnicodeDecodeError):
            return {"text": str(data, "utf-8")}
    return {}


def _attributes(attributes: Attributes | None) -> Facts:
    if attributes is None:
        return {}
    return {"type": attributes.type.name, "size": attributes.size, "mode": _octal(attributes.mode)}


def _read_result(result: results.ReadResult) -> Facts:
    return {"count": result.count, "eof": result.eof} | _text(result.data)


def _entries(result: results.ReaddirResult | results.ReaddirplusResult) -> Facts:
    names = [entry.name for entry in result.entries if entry.name not in (".", "..")]
    return {"entries": [shown(name) for name in names[:NAMES_LIMIT]], "count": len(names), "eof": result.eof}


_REQUESTS: Final[dict[type, Callable[[Any, PathOf], Facts]]] = {
    Nothing: lambda call, path_of: {},
    args.OfHandle: lambda call, path_of: {"path": path_of(call.file, "")},
    args.OfEntry: _of_entry,
    args.Setattr: lambda call, path_of: {"path": path_of(call.file, ""), "new": _new(call.new)},
    args.Access: lambda call, path_of: {"path": path_of(call.file, ""), "rights": _rights(call.rights)},
    args.Read: lambda call, path_of: {"path": path_of(call.file, ""), "offset": call.offset, "count": call.count},
    args.Write: _write,
    args.Create: _create,
    args.Mkdir: lambda call, path_of: {"path": path_of(call.folder, call.name), "new": _new(call.new)},
    args.Symlink: lambda call, path_of: {"path": path_of(call.folder, call.name), "target": shown(call.target)},
    args.Mknod: lambda call, path_of: {"path": path_of(call.folder, call.name), "type": call.type.name},
    args.Rename: lambda call, path_of: {
        "path": path_of(call.folder, call.name),
        "to": path_of(call.to_folder, call.to_name),
    },
    args.Link: lambda call, path_of: {"path": path_of(call.file, ""), "to": path_of(call.folder, call.name)},
    args.Readdir: lambda call, path_of: {"path": path_of(call.folder, ""), "cookie": call.cookie},
    args.Readdirplus: lambda call, path_of: {"path": path_of(call.folder, ""), "cookie": call.cookie},
    args.Commit: lambda call, path_of: {"path": path_of(call.file, ""), "offset": call.offset, "count": call.count},
    mount.OfPath: lambda call, path_of: {"path": shown(call.path)},
    portmap.Mapping: _getport,
}

_RESPONSES: Final[dict[type, Callable[[Any], Facts]]] = {
    Nothing: lambda result: {},
    results.GetattrResult: lambda result: _attributes(result.attributes),
    results.ChangeResult: lambda result: {},
    results.LookupResult: lambda result: _attributes(result.attributes),
    results.AccessResult: lambda result: {"rights": _rights(result.rights)},
    results.ReadlinkResult: lambda result: {"target": shown(result.target)},
    results.ReadResult: _read_result,
    results.WriteResult: lambda result: {"count": result.count, "committed": result.committed.name},
    results.CreateResult: lambda result: _attributes(result.attributes),
    results.RenameResult: lambda result: {},
    results.LinkResult: lambda result: {},
    results.ReaddirResult: _entries,
    results.ReaddirplusResult: _entries,
    results.FsstatResult: lambda result: {
        "total_bytes": result.total_bytes,
        "free_bytes": result.free_bytes,
        "available_bytes": result.available_bytes,
    },
    results.FsinfoResult: lambda result: {"read_max": result.read_max, "write_max": result.write_max},
    results.PathconfResult: lambda result: {"name_max": result.name_max},
    results.CommitResult: lambda result: {},
    mount.MountResult: lambda result: {},
    mount.DumpResult: lambda result: {"mounts": [shown(mounted.path) for mounted in result.mounts]},
    mount.ExportResult: lambda result: {"exports": [shown(export.path) for export in result.exports]},
    portmap.PortResult: lambda result: {"port": result.port},
    portmap.MappingsResult: lambda result: {"programs": [mapping.program for mapping in result.mappings]},
}
