"""The network file share as a part of the testbed."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from secrets import token_hex

from cxmock.errors.looking import NotThere
from cxmock.errors.nfs import NfsError, NotOnShare, UnknownNfsWord
from cxmock.fakes.share.connection import NfsConnection
from cxmock.fakes.share.folder import Folder
from cxmock.fakes.share.nodes import Node
from cxmock.fakes.share.refused import Refused, status_of
from cxmock.fakes.share.server import Refusal, Server
from cxmock.fakes.share.snapshot import KeptShare
from cxmock.fakes.share.space import Space
from cxmock.net.waiting import PATIENCE, patiently
from cxmock.serving.guard import told
from cxmock.serving.part import Site
from cxmock.serving.states import States
from cxmock.topology import connection
from cxmock.wire.nfs.arguments import AS_IS, Creation, How
from cxmock.wire.nfs.facts import Facts, operation_of
from cxmock.wire.nfs.nfs3 import NFS
from cxmock.wire.nfs.values import MAX_DATA, FileType, NewAttributes, Status
from cxmock.wire.observed import Observed

ROW = connection(6)


class Share:
    """The network file share (connection 6): NFS version 3, its mount protocol and port mapper, over TCP on one port.

    Documented is that CX Contact keeps the files of contact and suppression lists on a network share, a volume that
    many mount for reading and writing, on port 2049. That it is NFS version 3 is assumed; so is everything about which
    folders there are. Nobody need be root, nothing is exported but the part's own folder, and locks are not offered
    (mount with ``nolock``).

    Its methods may be called from any thread, once it is started.

    Args:
        room_bytes: how much fits on the share (NOSPC beyond); None for what fits on the disk.
        quota_bytes: how much all files together may hold (DQUOT beyond); None for no limit.
        read_only: whether clients may only read.
    """

    states = States()

    def __init__(
        self, *, room_bytes: int | None = None, quota_bytes: int | None = None, read_only: bool = False
    ) -> None:
        self._room_bytes = room_bytes
        self._quota_bytes = quota_bytes
        self._read_only = read_only
        self._lock = threading.RLock()
        self._site: Site | None = None
        self._server: Server | None = None

    # A part of the testbed

    async def start(self, site: Site) -> None:
        """Serve an empty folder."""
        space = Space(self._room_bytes, self._quota_bytes)
        folder = Folder(site.folder / "files", site.clock.now, space)
        self._site = site
        self._server = Server(folder, self._observe, read_only=self._read_only, objection=self._objection)
        listener = await site.listen(ROW.ports[0], lambda secure: NfsConnection(self._answer, self._unplugged))
        self._server.mounts.port = listener.address[1]

    async def stop(self) -> None:
        """Stop serving; the files stay until the testbed removes the site's folder."""
        if self._site is not None:
            await self._site.close()
        if self._server is not None:
            self._server.folder.close()
        self._site = self._server = None

    async def reset(self) -> None:
        """Remove all files and end all faults. Who has mounted the share stays so."""
        with self._lock:
            server = self._running
            server.folder.empty()
            server.folder.space.room_bytes, server.folder.space.quota_bytes = self._room_bytes, self._quota_bytes
            server.read_only = self._read_only
            server.refusals.clear()

    async def keep(self) -> KeptShare:
        """Return the state of the share, to be put back later."""
        assert self._site is not None, "start() comes first"
        copies = self._site.folder / f"kept-{token_hex(4)}"
        return await asyncio.to_thread(KeptShare, self._running, self._lock, copies)

    @property
    def _running(self) -> Server:
        assert self._server is not None, "The share is not started."
        return self._server

    def _answer(self, record: bytes) -> bytearray:
        with self._lock:
            return self._running.answer(record)

    def _unplugged(self) -> bool:
        return self._site is not None and ROW.number in self._site.unplugged

    def _objection(self, request: Facts) -> str:
        assert self._site is not None
        if not (guard := self._site.guard):
            return ""
        why = guard.refusal(ROW.number, ROW.transports[0], operation_of(request), request)
        return told(why) if why is not None else ""

    def _observe(self, seen: Observed, seconds: float) -> None:
        assert self._site is not None
        self._site.journal.record(
            ROW.number,
            ROW.transports[0],
            seen.operation,
            seen.request_message,
            seen.response_message,
            seconds=seconds,
            ok=seen.ok,
            source=seen.source,
        )

    # Its files

    def put(self, path: str, data: bytes) -> None:
        """Write a file, and make the folders that it needs. One that is there is overwritten and keeps its handle.

        Raises:
            NfsError: it cannot be written, as a client would be told.
        """
        with self._using("put", path) as folder:
            above, name = _split(path)
            node = folder.create(self._made(above), name, Creation(How.UNCHECKED, NewAttributes(size=0)))
            rest = memoryview(data)
            while rest:
                written, _ = folder.write(node, len(data) - len(rest), rest)
                rest = rest[written:]

    def read(self, path: str) -> bytes:
        """Return what a file holds.

        Raises:
            NotOnShare: there is no such file.
            NfsError: it cannot be read, as a client would be told.
        """
        content = bytearray()
        with self._using("read", path) as folder:
            node = folder.find(path)
            eof = False
            while not eof:
                data, eof, _ = folder.read(node, len(content), MAX_DATA)
                content += data
        return bytes(content)

    def file(self, path: str, *, within: float = PATIENCE) -> bytes:
        """Return what a file holds, as soon as it is there.

        Raises:
            NotThere: it is not there in time; the error tells what is.
        """

        def look() -> bytes:
            try:
                return self.read(path)
            except NotOnShare as error:
                raise NotThere("The share", f'no file "{path}"', self.tree(), "connection 6") from error

        return patiently(look, within=within)

    def mkdir(self, path: str) -> None:
        """Make a folder and those above it; harmless when they are there."""
        with self._using("mkdir", path):
            self._made(_names(path))

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all that is in it.

        Raises:
            NotOnShare: there is neither.
        """
        with self._using("remove", path) as folder:
            above, name = _split(path)
            self._remove(folder.find("/".join(above)), name)

    def tree(self) -> list[str]:
        """Return the paths of everything there is, sorted; those of folders end in ``/``."""
        with self._lock:
            return sorted(self._below(self._running.folder.nodes.root, "/"))

    # How it fails

    def refuse(self, procedure: str, status: str, *, times: int | None = 1) -> None:
        """Answer the next calls of a procedure with a status, whatever they ask.

        Args:
            procedure: its name, such as ``WRITE``.
            status: one of RFC 1813 without its prefix, such as ``NOSPC``, ``STALE``, ``JUKEBOX``.
            times: how often; None until the next reset.
        """
        names = [known.name for known in NFS.procedures.values()]
        if procedure not in names:
            raise UnknownNfsWord("procedure", procedure, names)
        if status not in Status.__members__:
            raise UnknownNfsWord("status", status, list(Status.__members__))
        self._running.refusals[procedure] = Refusal(Status[status], times)

    @states("file {path} holds {text}")
    def file_holds(self, path: str, text: str) -> None:
        """Put a text file there."""
        self.put(path, text.encode())

    @states("there is no file {path}")
    def file_is_absent(self, path: str) -> None:
        """Remove the file if it is there; its folder is there."""
        self.mkdir("/".join(_names(path)[:-1]))
        with contextlib.suppress(NotOnShare):
            self.remove(path)

    @states("folder {path} is empty")
    def folder_is_empty(self, path: str) -> None:
        """Make the folder, or empty it."""
        with contextlib.suppress(NotOnShare):
            self.remove(path)
        self.mkdir(path)

    @states("the share has room for {size} bytes")
    def has_room_for(self, size: int) -> None:
        """Let no more than this be written."""
        folder = self._running.folder
        folder.space.room_bytes = folder.space.used_bytes + int(size)

    @states("{size} bytes are left of the quota")
    def has_left_of_its_quota(self, size: int) -> None:
        """Let no more than this be written, though there is room."""
        folder = self._running.folder
        folder.space.quota_bytes = folder.space.used_bytes + int(size)

    @states("the share is read-only")
    def is_read_only(self) -> None:
        """Refuse all changes by clients."""
        self._running.read_only = True

    @states("{procedure} is answered {status}")
    def is_answered(self, procedure: str, status: str) -> None:
        """Refuse the next call of a procedure."""
        self.refuse(procedure, status)

    @contextlib.contextmanager
    def _using(self, doing: str, path: str) -> Iterator[Folder]:
        """Hold the folder; tell what cannot be done with it as a test's author would want to hear it."""
        with self._lock:
            folder = self._running.folder
            try:
                yield folder
            except (Refused, OSError) as error:
                status = error.status if isinstance(error, Refused) else status_of(error)
                if status is Status.NOENT:
                    raise NotOnShare(path, self.tree()) from error
                raise NfsError(status.name, doing, path) from error

    def _made(self, names: list[str]) -> Node:
        """Return a folder, made where it is missing."""
        folder = self._running.folder
        node = folder.nodes.root
        for name in names:
            try:
                node = folder.lookup(node, name)
            except FileNotFoundError:
                node = folder.mkdir(node, name, AS_IS)
        return node

    def _remove(self, above: Node, name: str) -> None:
        folder = self._running.folder
        node = folder.lookup(above, name)
        if folder.attributes(node).type is not FileType.DIRECTORY:
            folder.remove(above, name)
            return
        for _, inner in folder.entries(node):
            self._remove(node, inner)
        folder.rmdir(above, name)

    def _below(self, node: Node, path: str) -> Iterator[str]:
        folder = self._running.folder
        for number, name in folder.entries(node):
            inner = folder.nodes.numbered(number)
            if folder.attributes(inner).type is FileType.DIRECTORY:
                yield f"{path}{name}/"
                yield from self._below(inner, f"{path}{name}/")
            else:
                yield f"{path}{name}"


def _names(path: str) -> list[str]:
    return [name for name in path.split("/") if name]


def _split(path: str) -> tuple[list[str], str]:
    """Return the names of the folders above, and the last one."""
    *above, name = _names(path) or [""]
    if not name:
        raise Refused(Status.ISDIR)
    return above, name
