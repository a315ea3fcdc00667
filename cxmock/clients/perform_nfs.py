"""Carries out calls on a file share, as contracts of the transport ``nfs`` write them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from cxmock.clients.nfs import WITHIN, NfsClient
from cxmock.errors.nfs import NfsError, UnknownNfsWord
from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs.arguments import Creation, How
from cxmock.wire.nfs.facts import response_facts
from cxmock.wire.nfs.values import FileType, Moment, NewAttributes, Rights, Stable

Asked = Mapping[str, Any]
_MOUNT = "MNT"
"""Its path begins at the export that the URL names."""


class NfsPerformer:
    """Performs calls at one share; it mounts when first needed.

    Args:
        url: ``nfs://host:port/export``.
        within: seconds for each answer.
    """

    def __init__(self, url: str, *, within: float = WITHIN) -> None:
        self._url = url
        self._within = within
        self._client: NfsClient | None = None

    async def perform(self, operation: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out one call.

        Args:
            operation: in the shape of :mod:`cxmock.wire.nfs.facts`: ``{"proc": "READ", "path": "/in/leads.csv"}``; what
                is left out has a default. WRITE writes ``text`` if it is given, else ``count`` bytes of filler.

        Returns:
            What the share answered, in the same shape. Where the path cannot be walked, the status of the walk.

        Raises:
            NfsUnreachable: the share cannot be reached, or was lost.
            NfsTooSlow: it does not answer.
            UnknownNfsWord: there is no such procedure.
        """
        proc = operation["proc"]
        if proc != _MOUNT and proc not in _ARGUMENTS:
            raise UnknownNfsWord("procedure", proc, [_MOUNT, *_ARGUMENTS])
        try:
            if proc == _MOUNT:
                await (await self._mounted(operation.get("path", ""))).close()
                return {"status": "OK"}
            if self._client is None or self._client.closed:
                self._client = await self._mounted()
            arguments = await _ARGUMENTS[proc](self._client, operation)
            return response_facts(await self._client.call(proc, arguments, operation.get("path", "")))
        except NfsError as error:
            return {"status": error.status}

    async def _mounted(self, path: str = "") -> NfsClient:
        """Mount a path that begins at the URL's export."""
        url = f"{self._url.rstrip('/')}/{quote(path.strip('/'))}" if path.strip("/") else self._url
        return await NfsClient.open(url, within=self._within, machine="cxc-contract")

    async def aclose(self) -> None:
        """Hang up. Harmless when repeated."""
        if self._client is not None:
            await self._client.close()
            self._client = None


async def _of_handle(client: NfsClient, asked: Asked) -> args.OfHandle:
    return args.OfHandle(await client.handle(asked["path"]))


async def _of_entry(client: NfsClient, asked: Asked) -> args.OfEntry:
    return args.OfEntry(*await client.entry(asked["path"]))


async def _setattr(client: NfsClient, asked: Asked) -> args.Setattr:
    return args.Setattr(await client.handle(asked["path"]), _new(asked))


async def _access(client: NfsClient, asked: Asked) -> args.Access:
    rights = Rights(0)
    for name in asked.get("rights", Rights.__members__):
        rights |= Rights[name]
    return args.Access(await client.handle(asked["path"]), rights)


async def _read(client: NfsClient, asked: Asked) -> args.Read:
    return args.Read(await client.handle(asked["path"]), asked.get("offset", 0), asked.get("count", 65536))


async def _write(client: NfsClient, asked: Asked) -> args.Write:
    data = asked["text"].encode() if "text" in asked else b"x" * asked.get("count", 0)
    stable = Stable[asked.get("stable", Stable.FILE_SYNC.name)]
    return args.Write(await client.handle(asked["path"]), asked.get("offset", 0), len(data), stable, data)


async def _create(client: NfsClient, asked: Asked) -> args.Create:
    how = How[asked.get("how", How.UNCHECKED.name)]
    return args.Create(*await client.entry(asked["path"]), Creation(how, _new(asked)))


async def _mkdir(client: NfsClient, asked: Asked) -> args.Mkdir:
    return args.Mkdir(*await client.entry(asked["path"]), _new(asked))


async def _symlink(client: NfsClient, asked: Asked) -> args.Symlink:
    return args.Symlink(*await client.entry(asked["path"]), NewAttributes(), asked["target"])


async def _mknod(client: NfsClient, asked: Asked) -> args.Mknod:
    return args.Mknod(*await client.entry(asked["path"]), FileType[asked.get("type", FileType.FIFO.name)])


async def _rename(client: NfsClient, asked: Asked) -> args.Rename:
    return args.Rename(*await client.entry(asked["path"]), *await client.entry(asked["to"]))


async def _link(client: NfsClient, asked: Asked) -> args.Link:
    return args.Link(await client.handle(asked["path"]), *await client.entry(asked["to"]))


async def _readdir(client: NfsClient, asked: Asked) -> args.Readdir:
    return args.Readdir(await client.handle(asked["path"]), asked.get("cookie", 0), bytes(8), 65536)


async def _readdirplus(client: NfsClient, asked: Asked) -> args.Readdirplus:
    return args.Readdirplus(await client.handle(asked["path"]), asked.get("cookie", 0), bytes(8), 65536, 65536)


async def _commit(client: NfsClient, asked: Asked) -> args.Commit:
    return args.Commit(await client.handle(asked["path"]), asked.get("offset", 0), asked.get("count", 0))


def _new(asked: Asked) -> NewAttributes:
    new = dict(asked.get("new", {}))
    if "mode" in new:
        new["mode"] = int(new["mode"], 8)
    for name in ("accessed", "modified"):
        if name in new:
            new[name] = Moment.NOW if new[name] == Moment.NOW.value else int(new[name] * 1e9)
    return NewAttributes(**new)


_ARGUMENTS: Final[dict[str, Callable[[NfsClient, Asked], Awaitable[Any]]]] = {
    "GETATTR": _of_handle,
    "SETATTR": _setattr,
    "LOOKUP": _of_entry,
    "ACCESS": _access,
    "READLINK": _of_handle,
    "READ": _read,
    "WRITE": _write,
    "CREATE": _create,
    "MKDIR": _mkdir,
    "SYMLINK": _symlink,
    "MKNOD": _mknod,
    "REMOVE": _of_entry,
    "RMDIR": _of_entry,
    "RENAME": _rename,
    "LINK": _link,
    "READDIR": _readdir,
    "READDIRPLUS": _readdirplus,
    "FSSTAT": _of_handle,
    "FSINFO": _of_handle,
    "PATHCONF": _of_handle,
    "COMMIT": _commit,
}
