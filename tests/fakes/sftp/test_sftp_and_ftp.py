"""The customer's file server on connection 2: the same for a client over SFTP, FTP and FTP with TLS."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cxmock.clients.ftp import FtpClient
from cxmock.clients.sftp import SftpClient
from cxmock.clients.transfer import FileStat
from cxmock.errors.transfer import (
    FileMissing,
    FileNotArrived,
    LoginRefused,
    PathDenied,
    ServerLost,
    TransferFailed,
)
from cxmock.fakes.sftp import Sftp
from cxmock.testbed import Testbed
from cxmock.topology import Component
from tests.fakes.descriptors import descriptors
from tests.fakes.sftp.conftest import Connect, seen

LEADS = "name,phone\nAda,+14155550100\n"
BIG = bytes(range(256)) * 4096 * 64  # 64 MiB


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_client_fetches_what_the_customer_dropped(
    testbed: Testbed, server: Sftp, connect: Connect, transport: str, way: str
) -> None:
    """Login, listing and reading are one exchange each, told in the shape that contracts use."""
    server.put("/in/leads.csv", LEADS)

    async def fetch() -> bytes:
        async with connect() as client:
            assert await client.listdir("/in") == ["leads.csv"]
            return b"".join([part async for part in client.read("/in/leads.csv")])

    assert testbed.run(fetch()) == LEADS.encode()
    login, listing, reading = testbed.journal.exchanges(2)
    assert {one.transport for one in (login, listing, reading)} == {transport}
    assert {one.source for one in (login, listing, reading)} == {"cxcontact"}
    assert {one.secure for one in (login, listing, reading)} == {way in ("sftp", "ftps")}
    assert login.operation == "login cxcontact"
    assert login.request == {"op": "login", "user": "cxcontact"}
    assert login.response == {"user": "cxcontact", "method": "password"}
    assert (listing.request, listing.response) == ({"op": "list", "path": "/in"}, {"names": ["leads.csv"]})
    assert reading.operation == "read /in/leads.csv"
    assert reading.request == {"op": "read", "path": "/in/leads.csv"}
    assert reading.response == {"size": len(LEADS), "sha256": sha256(LEADS.encode()), "text": LEADS}


def test_a_client_exports_and_the_customer_finds_it(testbed: Testbed, server: Sftp, connect: Connect) -> None:
    data = b"phone,result\n+14155550100,33\n"

    async def export() -> bytes:
        async with connect() as client:
            assert await client.write("/out/results.csv", data) == len(data)
        return await server.wait_for("/out/results.csv")

    assert testbed.run(export()) == data
    (writing,) = seen(testbed)
    assert (writing.operation, writing.ok) == ("write /out/results.csv", True)
    assert writing.response == {"size": len(data), "sha256": sha256(data), "text": data.decode()}


def test_every_other_operation_is_an_exchange_too(testbed: Testbed, server: Sftp, connect: Connect) -> None:
    server.put("/in/leads.csv", LEADS)

    async def work() -> None:
        async with connect() as client:
            assert await client.stat("/in/leads.csv") == FileStat("file", len(LEADS))
            assert await client.stat("/in") == FileStat("folder")
            await client.mkdir("/done")
            await client.rename("/in/leads.csv", "/done/leads.csv")
            await client.remove("/done/leads.csv")
            await client.rmdir("/done")

    testbed.run(work())
    assert [(one.request, one.response) for one in seen(testbed)] == [
        ({"op": "stat", "path": "/in/leads.csv"}, {"kind": "file", "size": len(LEADS)}),
        ({"op": "stat", "path": "/in"}, {"kind": "folder"}),
        ({"op": "mkdir", "path": "/done"}, {}),
        ({"op": "rename", "path": "/in/leads.csv", "to": "/done/leads.csv"}, {}),
        ({"op": "remove", "path": "/done/leads.csv"}, {}),
        ({"op": "rmdir", "path": "/done"}, {}),
    ]
    assert server.tree() == ["/in/", "/out/"]


def test_a_missing_file_is_named_with_those_that_are_near(testbed: Testbed, server: Sftp, connect: Connect) -> None:
    server.put("/in/leads.csv", LEADS)

    async def look() -> None:
        async with connect() as client:
            with pytest.raises(FileMissing, match=r'has no "/in/lead.csv"') as caught:
                async for _ in client.read("/in/lead.csv"):
                    raise AssertionError
            assert 'Did you mean "leads.csv"?' in str(caught.value)
            with pytest.raises(FileMissing):
                await client.listdir("/nowhere")
            with pytest.raises(FileMissing):
                await client.remove("/in/x")
            with pytest.raises(FileMissing):
                await client.rename("/in/x", "/in/y")
            with pytest.raises(FileMissing):
                await client.write("/nowhere/x", b"")
            with pytest.raises(FileMissing):
                await client.stat("/in/x")

    testbed.run(look())
    failed = [one for one in seen(testbed) if not one.ok]
    assert {one.response["error"] for one in failed} == {"NO_SUCH_FILE"}
    assert {one.request["op"] for one in failed} == {"read", "list", "remove", "rename", "write", "stat"}


def test_what_is_there_already_is_a_failure(testbed: Testbed, connect: Connect) -> None:
    async def make() -> None:
        async with connect() as client:
            with pytest.raises(TransferFailed) as caught:
                await client.mkdir("/in")
            assert caught.value.code == "FAILURE"

    testbed.run(make())
    (making,) = seen(testbed)
    assert making.response == {"error": "FAILURE", "message": "File exists"}


def test_what_is_denied_is_said_so(testbed: Testbed, server: Sftp, connect: Connect) -> None:
    server.put("/in/secret.csv", LEADS)
    server.folder.denied.add("/in/secret.csv")

    async def read() -> None:
        async with connect() as client:
            with pytest.raises(PathDenied, match=r'denied "read /in/secret\.csv"'):
                async for _ in client.read("/in/secret.csv"):
                    raise AssertionError
            with pytest.raises(PathDenied):
                await client.write("/in/secret.csv", b"mine")

    testbed.run(read())
    assert [one.response["error"] for one in seen(testbed)] == ["PERMISSION_DENIED", "PERMISSION_DENIED"]
    assert server.read("/in/secret.csv") == LEADS.encode()


@pytest.mark.parametrize("path", ["/../../../../etc/passwd", "/evil/passwd", "/evil", "/in/../../../etc/passwd"])
def test_no_client_gets_out_of_the_folder(
    testbed: Testbed, server: Sftp, connect: Connect, tmp_path: Path, path: str
) -> None:
    """Dots stop at the top; a link to the outside is denied, whatever is asked of it."""
    outside = tmp_path / "etc"
    outside.mkdir()
    (outside / "passwd").write_text("root")
    (server.folder.path / "evil").symlink_to(outside)

    async def escape() -> None:
        async with connect() as client:
            # The link itself is inside: it may be listed or removed, but not be followed.
            inside = (client.listdir, client.remove, client.mkdir, client.rmdir) if path != "/evil" else ()
            for attempt in (client.stat, *inside):
                with pytest.raises((FileMissing, PathDenied)):
                    await attempt(path)
            with pytest.raises((FileMissing, PathDenied)):
                await client.write(path, b"owned")
            with pytest.raises((FileMissing, PathDenied)):
                async for _ in client.read(path):
                    raise AssertionError
            if path != "/evil":
                with pytest.raises((FileMissing, PathDenied)):
                    await client.rename(path, "/in/got")

    testbed.run(escape())
    assert (outside / "passwd").read_text() == "root"
    assert [one.name for one in outside.iterdir()] == ["passwd"]


def test_a_file_of_64_megabytes_arrives_whole(testbed: Testbed, server: Sftp, connect: Connect) -> None:
    """Both ways, part after part, and the journal has its digest without reading it again."""

    async def there_and_back() -> str:
        digest = hashlib.sha256()
        async with connect() as client:
            await client.write("/out/big", BIG)
            async for part in client.read("/out/big"):
                digest.update(part)
        return digest.hexdigest()

    assert testbed.run(there_and_back(), within=60) == sha256(BIG)
    facts = {"size": len(BIG), "sha256": sha256(BIG)}
    assert [one.response for one in seen(testbed)] == [facts, facts]


def test_a_thousand_small_files_are_a_thousand_exchanges(testbed: Testbed, server: Sftp, connect: Connect) -> None:
    for number in range(1000):
        server.put(f"/in/{number:04}.csv", f"{number}\n")

    async def fetch_all() -> int:
        total = 0
        async with connect() as client:
            names = await client.listdir("/in")
            assert len(names) == 1000
            for name in names:
                total += sum([int(part) async for part in client.read(f"/in/{name}")])
        return total

    assert testbed.run(fetch_all(), within=60) == sum(range(1000))
    assert len([one for one in seen(testbed) if one.request["op"] == "read" and one.ok]) == 1000


def test_twenty_clients_log_in_at_once(testbed: Testbed, server: Sftp, connect: Connect) -> None:
    async def one(number: int) -> None:
        async with connect() as client:
            await client.write(f"/in/{number}", b"%d" % number)

    async def all_at_once() -> None:
        await asyncio.gather(*(one(number) for number in range(20)))

    testbed.run(all_at_once(), within=60)
    assert [server.read(f"/in/{number}") for number in range(20)] == [b"%d" % number for number in range(20)]
    assert len(testbed.journal.exchanges(2, operation="login cxcontact")) == 20


def test_a_source_that_fails_leaves_no_half_file(testbed: Testbed, server: Sftp, connect: Connect) -> None:
    """What a client cannot write to the end, it takes away again."""

    async def failing() -> AsyncIterator[bytes]:
        yield b"half of it"
        raise RuntimeError("the source broke")

    async def write() -> None:
        async with connect() as client:
            with pytest.raises(RuntimeError, match="the source broke"):
                await client.write("/out/half.csv", failing())
            assert await client.listdir("/out") == []

    testbed.run(write())
    assert not server.folder.settled("/out/half.csv")


def test_leaving_a_reading_early_keeps_the_client_usable(testbed: Testbed, server: Sftp, connect: Connect) -> None:
    """Whoever has seen enough stops, and asks for something else."""
    server.put("/in/big", BIG[: 8 * 1024 * 1024])

    async def look() -> list[str]:
        async with connect() as client:
            reading = client.read("/in/big")
            assert len(await anext(reading)) > 0
            await reading.aclose()
            return await client.listdir("/in")

    assert testbed.run(look()) == ["big"]
    reading = next(one for one in seen(testbed) if one.request["op"] == "read")
    assert reading.response["size"] < 8 * 1024 * 1024
    assert "sha256" not in reading.response


@pytest.mark.parametrize("op", ["write", "read"])
def test_a_client_that_dies_in_the_middle_leaves_an_incomplete_transfer(
    testbed: Testbed, server: Sftp, way: str, op: str
) -> None:
    """The half file stays, as on a real server, but nobody takes it for a whole one."""
    server.put("/in/big", BIG)
    command = [sys.executable, "-m", "tests.fakes.sftp.hanging_client", way, op]
    environment = os.environ | testbed.env | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as client:
        assert client.stdout is not None
        assert client.stdout.readline() == b"half done\n"
        client.kill()
    path = "/out/half.csv" if op == "write" else "/in/big"
    broken = testbed.journal.wait_for(2, operation=f"{op} {path}")
    assert (broken.ok, broken.response["error"]) == (False, "INCOMPLETE")
    assert 0 < broken.response["size"] < len(BIG)
    assert server.folder.settled(path) == (op == "read")


def test_a_reset_removes_files_and_accounts_while_clients_stay(
    testbed: Testbed, server: Sftp, connect: Connect
) -> None:
    async def stay() -> list[str]:
        async with connect() as client:
            await client.write("/in/old", b"old")
            server.accounts.passwords["eve"] = "eve"
            await server.reset()
            await client.write("/out/new", b"new")
            return await client.listdir("/")

    assert testbed.run(stay()) == ["in", "out"]
    assert server.tree() == ["/in/", "/out/", "/out/new"]
    assert list(server.accounts.passwords) == ["cxcontact"]


def test_unplugged_nobody_is_there_and_plugged_the_files_are_as_before(
    testbed: Testbed, server: Sftp, connect: Connect
) -> None:
    server.put("/in/leads.csv", LEADS)

    async def names() -> list[str]:
        async with connect() as client:
            return await client.listdir("/in")

    testbed.unplug(2)
    with pytest.raises(ServerLost, match="refused"):
        testbed.run(names())
    testbed.plug(2)
    assert testbed.run(names()) == ["leads.csv"]


def test_a_file_that_does_not_come_is_told_with_what_is_there(testbed: Testbed, server: Sftp) -> None:
    server.put("/in/leads.csv", LEADS)
    began = time.monotonic()
    with pytest.raises(FileNotArrived, match=r'No whole file "/out/results\.csv"') as caught:
        testbed.run(server.wait_for("/out/results.csv", within=0.05))
    assert time.monotonic() - began < 5
    assert "/in/leads.csv" in str(caught.value)


STATES = {
    "file {path} holds {text}": {"path": "/in/a/b.csv", "text": "x"},
    "the customer's file {path} holds {text}": {"path": "/in/a/b.csv", "text": "x"},
    "folder {path} is empty": {"path": "/in"},
    "there is no folder {path}": {"path": "/in"},
    "there is no file {path}": {"path": "/in/old.csv"},
    "path {path} is denied": {"path": "/out"},
    "user {user} may log in": {"user": "ada"},
}


@pytest.mark.parametrize("state", STATES)
def test_every_provider_state_can_be_arranged(testbed: Testbed, server: Sftp, state: str) -> None:
    server.put("/in/old.csv", "old")
    server.put("/in/deep/older.csv", "older")
    values = testbed.run(Sftp.states.arrange(server, state, STATES[state]))
    assert list(Sftp.states.table) == list(STATES)
    match state:
        case "file {path} holds {text}" | "the customer's file {path} holds {text}":
            assert server.read("/in/a/b.csv") == b"x"
        case "folder {path} is empty":
            assert server.tree() == ["/in/", "/out/"]
        case "there is no folder {path}":
            assert server.tree() == ["/out/"]
        case "there is no file {path}":
            assert server.tree() == ["/in/", "/in/deep/", "/in/deep/older.csv", "/out/"]
        case "path {path} is denied":
            with pytest.raises(PermissionError):
                server.folder.listing("/out")
        case "user {user} may log in":
            assert server.accounts.opens("ada", values["password"])


def test_a_stopped_server_leaves_no_thread_no_socket_and_starts_again() -> None:
    """Starting and stopping again and again costs nothing that stays."""

    def held() -> set[str]:
        threads = {f"{thread.name} {thread.ident}" for thread in threading.enumerate() if thread.name == "cxmock-ftp"}
        return threads.union(descriptors())

    with Testbed() as testbed:
        before = held()
        testbed.start(Component.SFTP)
        assert any(one.startswith("cxmock-ftp") for one in held() - before)
        testbed.unplug(2)
        stopped = held()
        for _ in range(5):
            testbed.plug(2)
            assert held() - stopped
            testbed.unplug(2)
            assert held() <= stopped


def test_a_wrong_password_is_refused_and_never_told(testbed: Testbed, way: str) -> None:
    name = "CX_SFTP_URL" if way == "sftp" else "CX_FTP_URL"
    right = testbed.directory.credentials.sftp.secret
    url = testbed.env[name].replace(right, "guessed-password")

    async def log_in() -> None:
        if way == "sftp":
            await SftpClient.connect(url, host_key=testbed.env["CX_SFTP_HOST_KEY"])
        else:
            tls = testbed.authority.client_context if way == "ftps" else None
            await FtpClient.connect(url, tls=tls, passive=way != "ftp-active")

    with pytest.raises(LoginRefused) as caught:
        testbed.run(log_in())
    assert 'refused the login of "cxcontact"' in str(caught.value)
    assert "127." in str(caught.value)
    (refused,) = testbed.journal.exchanges(2)
    assert (refused.operation, refused.ok) == ("login refused cxcontact", False)
    assert refused.response == {"error": "LOGIN_REFUSED", "method": "password"}
    for text in (str(caught.value), repr(caught.value), repr(refused)):
        assert "guessed-password" not in text
        assert right not in text
