"""The NFS client: against our share, and against servers that behave in ways ours does not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cxmock.clients import nfs
from cxmock.clients.nfs import NfsClient
from cxmock.clients.perform_nfs import NfsPerformer
from cxmock.errors.nfs import NfsError, NfsTooSlow, NfsUnreachable, NotAnNfsUrl, UnknownNfsWord
from cxmock.fakes.share.connection import NfsConnection
from cxmock.fakes.share.folder import Folder
from cxmock.fakes.share.server import Refusal, Server
from cxmock.net.clock import Clock
from cxmock.wire.nfs import portmap, rpc
from cxmock.wire.nfs.mount import MOUNT
from cxmock.wire.nfs.nfs3 import NFS
from cxmock.wire.nfs.portmap import PORTMAP
from cxmock.wire.nfs.programs import procedure_of
from cxmock.wire.nfs.rpc import Accept
from cxmock.wire.nfs.values import FileType, Status
from cxmock.wire.nfs.xdr import decode

Change = Callable[[str, Any, Any], Any]
"""Given a procedure, its arguments and the result of our share, returns another result."""


@contextlib.asynccontextmanager
async def listening(protocol: Callable[[], asyncio.Protocol]) -> AsyncIterator[int]:
    """Serve on a port; tell which."""
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


class Odd:
    """A server that answers as ours does, but for what ``change`` makes of it."""

    def __init__(self, folder: Path, change: Change) -> None:
        self.server = Server(Folder(folder, Clock().now), lambda seen, seconds: None)
        self.asked: list[tuple[str, Any]] = []
        self._change = change

    def answer(self, record: bytes) -> bytearray:
        call = rpc.read_call(record)
        procedure = procedure_of(call)
        assert procedure is not None
        arguments = decode(procedure.arguments, call.arguments)
        self.asked.append((procedure.name, arguments))
        answer = self.server.answer(record)
        result = decode(procedure.result, rpc.read_reply(bytes(answer[4:])).result)
        changed = self._change(procedure.name, arguments, result)
        return changed if isinstance(changed, bytearray) else rpc.success(call.xid, changed)


@pytest.fixture
def against(tmp_path: Path) -> Callable[..., Odd]:
    """Run a test with a client of an odd server."""

    def against(work: Callable[[NfsClient], Awaitable[None]], change: Change = lambda name, asked, got: got) -> Odd:
        odd = Odd(tmp_path / "files", change)

        async def running() -> None:
            async with (
                listening(lambda: NfsConnection(odd.answer)) as port,
                await NfsClient.open(f"nfs://127.0.0.1:{port}/", within=5) as client,
            ):
                await work(client)

        try:
            asyncio.run(running())
        finally:
            odd.server.folder.close()
        return odd

    return against


# What it does


def test_files_and_folders_come_and_go(against: Callable[..., Odd]) -> None:
    async def work(client: NfsClient) -> None:
        await client.makedirs("/in/today")
        await client.makedirs("/in/today")
        await client.write("/in/today/leads.csv", b"a,b\n")
        await client.append("/in/today/leads.csv", 4, b"1,2\n")
        assert await client.read("/in/today/leads.csv") == b"a,b\n1,2\n"
        await client.write("/in/today/leads.csv", b"x")
        assert await client.read("/in/today/leads.csv") == b"x"
        assert (await client.stat("/in/today")).type is FileType.DIRECTORY
        assert (await client.stat("/in/today/leads.csv")).size == 1
        await client.rename("/in/today/leads.csv", "/in/done.csv")
        assert (await client.listdir("/in"), await client.listdir("/")) == (["done.csv", "today"], ["in"])
        assert await client.exists("/in/done.csv")
        assert not await client.exists("/in/leads.csv")
        assert not await client.exists("/in/done.csv/x")
        await client.remove("/in/done.csv")
        await client.rmdir("/in/today")
        assert await client.listdir("in") == []
        await client.mkdir("/out")
        with pytest.raises(NfsError, match="MKDIR of /out was answered EXIST"):
            await client.mkdir("/out")

    against(work)


@pytest.mark.parametrize("size", [0, 1, 2**20 - 1, 2**20, 2**20 + 1, 20 * 2**20 + 3])
def test_files_of_every_size_come_back_as_they_went(against: Callable[..., Odd], size: int) -> None:
    content = (b"0123456789abcde" * (size // 15 + 1))[:size]

    async def work(client: NfsClient) -> None:
        await client.write("/a", content)
        assert await client.read("/a") == content

    odd = against(work)
    assert sum(arguments.count for name, arguments in odd.asked if name == "WRITE") == size


def test_parts_of_a_file_are_under_way_together(against: Callable[..., Odd]) -> None:
    async def work(client: NfsClient) -> None:
        await client.write("/a", bytes(3 * 2**20))
        files = await asyncio.gather(*(client.read("/a") for _ in range(3)))
        assert files == [bytes(3 * 2**20)] * 3

    against(work)


def test_a_folder_inside_the_export_can_be_mounted(against: Callable[..., Odd]) -> None:
    async def work(client: NfsClient) -> None:
        await client.makedirs("/exports/cx contact")
        async with await NfsClient.open(f"nfs://127.0.0.1:{client._rpc.port}/exports/cx%20contact") as inner:
            await inner.write("/a", b"1")
        assert await client.read("/exports/cx contact/a") == b"1"
        with pytest.raises(NfsError, match="MNT of /none was answered NOENT"):
            await NfsClient.open(f"nfs://127.0.0.1:{client._rpc.port}/none")

    against(work)


# What servers may do


def test_short_reads_and_writes_are_gone_on_with(against: Callable[..., Odd]) -> None:
    content = bytes(range(256)) * 16

    def change(name: str, asked: Any, got: Any) -> Any:
        if name == "READ":
            data = bytes(got.data)[:100]
            return replace(got, data=data, count=len(data), eof=asked.offset + len(data) >= 4096)
        return replace(got, count=min(got.count, 1000)) if name == "WRITE" else got

    async def work(client: NfsClient) -> None:
        await client.write("/a", content)
        assert await client.read("/a") == content

    assert [asked.offset for name, asked in against(work, change).asked if name == "WRITE"] == [
        0,
        1000,
        2000,
        3000,
        4000,
    ]


def test_a_server_that_writes_nothing_is_not_asked_for_ever(against: Callable[..., Odd]) -> None:
    async def work(client: NfsClient) -> None:
        with pytest.raises(NfsError, match="WRITE of /a was answered IO"):
            await client.write("/a", b"1")

    against(work, lambda name, asked, got: replace(got, count=0) if name == "WRITE" else got)


def test_attributes_and_handles_may_be_left_out(against: Callable[..., Odd]) -> None:
    """The protocol lets a server do so."""

    def change(name: str, asked: Any, got: Any) -> Any:
        if name == "LOOKUP":
            return replace(got, attributes=None)
        return replace(got, file=None, attributes=None) if name == "CREATE" else got

    async def work(client: NfsClient) -> None:
        await client.write("/a", b"12")
        assert (await client.read("/a"), (await client.stat("/a")).size) == (b"12", 2)

    against(work, change)


def test_a_listing_that_the_server_forgot_is_begun_anew(against: Callable[..., Odd]) -> None:
    failures = iter([True, False])

    def change(name: str, asked: Any, got: Any) -> Any:
        if name == "READDIR" and asked.cookie and next(failures, False):
            return type(got)(Status.BAD_COOKIE)
        if name == "READDIR" and not asked.cookie:
            return replace(got, entries=got.entries[:3], eof=False)
        return got

    async def work(client: NfsClient) -> None:
        for name in "abc":
            await client.write(name, b"")
        assert await client.listdir("/") == ["a", "b", "c"]

    against(work, change)


def test_a_listing_that_is_always_forgotten_is_given_up(against: Callable[..., Odd]) -> None:
    async def work(client: NfsClient) -> None:
        with pytest.raises(NfsError, match="BAD_COOKIE"):
            await client.listdir("/")

    odd = against(work, lambda name, asked, got: type(got)(Status.BAD_COOKIE) if name == "READDIR" else got)
    assert [name for name, _ in odd.asked].count("READDIR") == 3


def test_a_failing_part_ends_the_whole_file_at_once(against: Callable[..., Odd]) -> None:
    """Without waiting for the parts that are not answered."""

    async def work(client: NfsClient) -> None:
        async with asyncio.timeout(2):
            with pytest.raises(NfsError, match="WRITE of /a was answered NOSPC"):
                await client.write("/a", bytes(5 * 2**20))
        assert len(asyncio.all_tasks()) == 1

    def change(name: str, asked: Any, got: Any) -> Any:
        if name != "WRITE":
            return got
        return type(got)(Status.NOSPC) if asked.offset else bytearray()

    against(work, change)


def test_the_mount_protocol_may_live_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on real servers: NFS on 2049, the port mapper on 111, mountd wherever it says."""
    server = Server(Folder(tmp_path / "files", Clock().now), lambda seen, seconds: None)

    def only(*numbers: int) -> Callable[[], asyncio.Protocol]:
        def answer(record: bytes) -> bytearray:
            call = rpc.read_call(record)
            return server.answer(record) if call.program in numbers else rpc.refusal(call.xid, Accept.PROG_UNAVAIL)

        return lambda: NfsConnection(answer)

    async def running() -> None:
        async with (
            listening(only(NFS.number)) as port,
            listening(only(MOUNT.number)) as mountd,
            listening(only(PORTMAP.number)) as mapper,
        ):
            monkeypatch.setattr(portmap, "PORT", mapper)
            server.mounts.port = mountd
            async with await NfsClient.connect("127.0.0.1", port) as client:
                await client.write("/a", b"1")
            server.mounts.port = 0
            with pytest.raises(NfsUnreachable, match="its port mapper knows no mount protocol"):
                await NfsClient.connect("127.0.0.1", port)

    try:
        asyncio.run(running())
    finally:
        server.folder.close()


# What goes wrong


def test_nobody_there(against: Callable[..., Odd]) -> None:
    async def work(client: NfsClient) -> None:
        async with listening(asyncio.Protocol) as port:
            pass
        with pytest.raises(NfsUnreachable, match=f"The file share at 127.0.0.1:{port} cannot be used: .*refused"):
            await NfsClient.connect("127.0.0.1", port)

    against(work)


def test_a_server_that_hangs_is_named(against: Callable[..., Odd]) -> None:
    async def work(client: NfsClient) -> None:
        async with listening(asyncio.Protocol) as port:
            with pytest.raises(NfsTooSlow, match=f"127.0.0.1:{port} did not answer MNT within 0.05 s"):
                await NfsClient.connect("127.0.0.1", port, within=0.05)

    against(work)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "what it sends is not NFS"),
        (bytes.fromhex("80000004 00000001"), "what it sends is not NFS"),
        (b"", "it closed the connection"),
    ],
)
def test_a_server_of_something_else_is_told_from_one_of_files(said: bytes, reason: str) -> None:
    class Other(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            transport.write(said)
            if not said:
                transport.close()

    async def running() -> None:
        async with listening(Other) as port:
            with pytest.raises(NfsUnreachable, match=reason):
                await NfsClient.connect("127.0.0.1", port, within=5)

    asyncio.run(running())


def test_a_result_that_cannot_be_read_is_no_nfs(against: Callable[..., Odd]) -> None:
    async def work(client: NfsClient) -> None:
        with pytest.raises(NfsUnreachable, match="what it sends is not NFS"):
            await client.stat("/")

    def change(name: str, asked: Any, got: Any) -> Any:
        return rpc.success(3, rpc.Nothing()) if name == "GETATTR" else got

    against(work, change)


def test_a_closed_client_says_so(against: Callable[..., Odd]) -> None:
    async def work(client: NfsClient) -> None:
        await client.close()
        await client.close()
        assert client.closed
        with pytest.raises(NfsUnreachable, match="the connection is closed"):
            await client.listdir("/")

    against(work)


@pytest.mark.parametrize("url", ["http://host/", "nfs:///export", "nfs://host:port/", "leads.csv", "nfs://[::1/"])
def test_an_address_of_something_else_is_refused(url: str) -> None:
    with pytest.raises(NotAnNfsUrl, match="is not the address of a file share"):
        asyncio.run(NfsClient.open(url))


# As contracts write it


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ({"proc": "LOOKUP", "path": "/in"}, {"status": "OK", "type": "DIRECTORY", "mode": "0755"}),
        ({"proc": "LOOKUP", "path": "/in/none"}, {"status": "NOENT"}),
        ({"proc": "READ", "path": "/none/a"}, {"status": "NOENT"}),
        ({"proc": "GETATTR", "path": "/in/a"}, {"status": "OK", "type": "REGULAR", "size": 4, "mode": "0644"}),
        ({"proc": "ACCESS", "path": "/in/a"}, {"status": "OK", "rights": ["READ", "MODIFY", "EXTEND"]}),
        ({"proc": "ACCESS", "path": "/in/a", "rights": ["EXECUTE"]}, {"status": "OK", "rights": []}),
        ({"proc": "READ", "path": "/in/a"}, {"status": "OK", "count": 4, "eof": True, "text": "a,b\n"}),
        ({"proc": "READ", "path": "/in/a", "offset": 1, "count": 2}, {"status": "OK", "eof": False, "text": ",b"}),
        ({"proc": "WRITE", "path": "/in/a", "text": "xyz"}, {"status": "OK", "count": 3, "committed": "FILE_SYNC"}),
        ({"proc": "WRITE", "path": "/in/a", "offset": 4, "count": 9, "stable": "UNSTABLE"}, {"count": 9}),
        ({"proc": "CREATE", "path": "/in/b", "new": {"size": 0, "mode": "0600"}}, {"status": "OK", "mode": "0600"}),
        ({"proc": "CREATE", "path": "/in/a", "how": "GUARDED"}, {"status": "EXIST"}),
        ({"proc": "CREATE", "path": "/in/a", "how": "EXCLUSIVE"}, {"status": "EXIST"}),
        ({"proc": "MKDIR", "path": "/out"}, {"status": "OK", "type": "DIRECTORY"}),
        ({"proc": "SYMLINK", "path": "/l", "target": "in/a"}, {"status": "OK", "type": "SYMLINK"}),
        ({"proc": "READLINK", "path": "/link"}, {"status": "OK", "target": "in"}),
        ({"proc": "MKNOD", "path": "/pipe"}, {"status": "NOTSUPP"}),
        ({"proc": "REMOVE", "path": "/in/a"}, {"status": "OK"}),
        ({"proc": "RMDIR", "path": "/in"}, {"status": "NOTEMPTY"}),
        ({"proc": "RENAME", "path": "/in/a", "to": "/b"}, {"status": "OK"}),
        ({"proc": "LINK", "path": "/in/a", "to": "/b"}, {"status": "OK"}),
        ({"proc": "READDIR", "path": "/in"}, {"status": "OK", "entries": ["a"], "count": 1, "eof": True}),
        ({"proc": "READDIRPLUS", "path": "/in"}, {"status": "OK", "entries": ["a"], "count": 1, "eof": True}),
        ({"proc": "FSSTAT", "path": "/"}, {"status": "OK"}),
        ({"proc": "FSINFO", "path": "/"}, {"status": "OK", "read_max": 1048576, "write_max": 1048576}),
        ({"proc": "PATHCONF", "path": "/"}, {"status": "OK", "name_max": 255}),
        ({"proc": "COMMIT", "path": "/in/a"}, {"status": "OK"}),
        ({"proc": "MNT", "path": "/"}, {"status": "OK"}),
        ({"proc": "MNT", "path": "/in"}, {"status": "OK"}),
        ({"proc": "MNT", "path": "/none"}, {"status": "NOENT"}),
        ({"proc": "SETATTR", "path": "/in/a", "new": {"modified": "now", "accessed": 1.5}}, {"status": "OK"}),
    ],
    ids=lambda value: value.get("proc") if isinstance(value, dict) else None,
)
def test_every_call_of_a_contract_can_be_carried_out(
    tmp_path: Path, operation: dict[str, Any], answer: dict[str, Any]
) -> None:
    async def running() -> None:
        server = Server(Folder(tmp_path / "files", Clock().now), lambda seen, seconds: None)
        async with listening(lambda: NfsConnection(server.answer)) as port:
            async with await NfsClient.connect("127.0.0.1", port) as client:
                await client.mkdir("/in")
                await client.write("/in/a", b"a,b\n")
            (server.folder.path / "link").symlink_to("in")
            performer = NfsPerformer(f"nfs://127.0.0.1:{port}/", within=5)
            got = await performer.perform(operation)
            await performer.aclose()
            assert {key: got[key] for key in answer} == answer
            assert set(got) == {"status"} or got["status"] == "OK"
        server.folder.close()

    asyncio.run(running())


def test_a_performer_that_was_hung_up_on_mounts_again(tmp_path: Path) -> None:
    async def running() -> None:
        server = Server(Folder(tmp_path / "files", Clock().now), lambda seen, seconds: None)
        down = False
        async with listening(lambda: NfsConnection(server.answer, lambda: down)) as port:
            performer = NfsPerformer(f"nfs://127.0.0.1:{port}/", within=5)
            assert (await performer.perform({"proc": "LOOKUP", "path": "/a"})) == {"status": "NOENT"}
            down = True
            with pytest.raises(NfsUnreachable):
                await performer.perform({"proc": "LOOKUP", "path": "/a"})
            down = False
            server.refusals["FSINFO"] = Refusal(Status.JUKEBOX, 1)
            assert (await performer.perform({"proc": "LOOKUP", "path": "/a"})) == {"status": "JUKEBOX"}
            assert (await performer.perform({"proc": "LOOKUP", "path": "/a"})) == {"status": "NOENT"}
            with pytest.raises(UnknownNfsWord, match='no procedure "OPEN"'):
                await performer.perform({"proc": "OPEN", "path": "/a"})
            await performer.aclose()
        server.folder.close()

    asyncio.run(running())


def test_the_window_bounds_what_is_under_way() -> None:
    assert (nfs._workers(0, 10), nfs._workers(1, 10), nfs._workers(11, 10), nfs._workers(10**9, 10)) == (0, 1, 2, 8)
