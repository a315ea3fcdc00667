"""What is SSH's own at the customer's file server: keys, channels, links, bytes in names."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncssh
import pytest

from cxmock.clients.sftp import SftpClient
from cxmock.errors.transfer import LoginRefused, ServerNotTrusted, ServerSilent
from cxmock.fakes.sftp import Sftp
from cxmock.net.ssh_key import make_host_key
from cxmock.net.waiting import until
from cxmock.testbed import Testbed
from tests.fakes.sftp.conftest import seen


@asynccontextmanager
async def raw(testbed: Testbed) -> AsyncIterator[asyncssh.SSHClientConnection]:
    """A connection that can do more than our client does."""
    url = urlsplit(testbed.env["CX_SFTP_URL"])
    connection = await asyncssh.connect(
        url.hostname or "",
        url.port or 0,
        username=url.username,
        password=url.password,
        known_hosts=([asyncssh.import_public_key(testbed.env["CX_SFTP_HOST_KEY"])], [], []),
        config=None,
        client_keys=None,
        agent_path=None,
    )
    async with connection:
        yield connection


def test_a_key_that_the_server_knows_opens_it(testbed: Testbed, server: Sftp) -> None:
    key = make_host_key()
    server.accounts.keys["cxcontact"] = [key.public + " job-scheduler@example"]

    async def names() -> list[str]:
        url, host_key = testbed.env["CX_SFTP_URL"], testbed.env["CX_SFTP_HOST_KEY"]
        async with await SftpClient.connect(url, host_key=host_key, client_key=key.private) as client:
            return await client.listdir("/")

    assert testbed.run(names()) == ["in", "out"]
    (login,) = testbed.journal.exchanges(2, operation="login")
    assert login.response == {"user": "cxcontact", "method": "publickey"}


def test_a_key_that_the_server_does_not_know_is_refused_once(testbed: Testbed, server: Sftp) -> None:
    server.accounts.keys["cxcontact"] = [make_host_key().public]

    async def log_in() -> None:
        url, host_key = testbed.env["CX_SFTP_URL"], testbed.env["CX_SFTP_HOST_KEY"]
        await SftpClient.connect(url, host_key=host_key, client_key=make_host_key().private)

    with pytest.raises(LoginRefused, match='refused the login of "cxcontact" by publickey'):
        testbed.run(log_in())
    refused = testbed.journal.wait_for(2, operation="login refused cxcontact")
    assert refused.response == {"error": "LOGIN_REFUSED", "method": "publickey"}
    assert len(testbed.journal.exchanges(2)) == 1


def test_another_host_key_is_not_trusted_and_not_given_the_password(testbed: Testbed) -> None:
    async def log_in() -> None:
        await SftpClient.connect(testbed.env["CX_SFTP_URL"], host_key=make_host_key().public)

    with pytest.raises(ServerNotTrusted, match="its host key is not SHA256:"):
        testbed.run(log_in())
    assert testbed.journal.exchanges(2) == []


def test_a_server_that_says_nothing_is_given_up(testbed: Testbed) -> None:
    """Somebody accepts, but never answers."""

    host_key = testbed.env["CX_SFTP_HOST_KEY"]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"sftp://a:b@127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(ServerSilent, match=r'did not answer "connect" within 0\.05 s'):
            testbed.run(SftpClient.connect(url, host_key=host_key, within=0.05))


@pytest.mark.parametrize("what", ["shell", "command", "scp", "forwarding"])
def test_nothing_but_files_is_served(testbed: Testbed, what: str) -> None:
    """No shell, no commands, no way further into the network."""

    async def ask() -> None:
        async with raw(testbed) as connection:
            with pytest.raises(asyncssh.ChannelOpenError):
                match what:
                    case "forwarding":
                        await connection.open_connection("127.0.0.1", 22)
                    case "shell":
                        await connection.create_process()
                    case "command":
                        await connection.create_process("id")
                    case "scp":
                        await connection.create_process("scp -t /")

    testbed.run(ask())


def test_clients_make_no_links(testbed: Testbed, server: Sftp) -> None:
    """A link is a way out, and a customer's server does without."""
    server.put("/in/leads.csv", "a")

    async def link() -> None:
        async with raw(testbed) as connection, connection.start_sftp_client() as sftp:
            attempts: tuple[Callable[[], object], ...] = (
                lambda: sftp.symlink("/etc/passwd", "/in/link"),
                lambda: sftp.symlink("leads.csv", "/in/link"),
                lambda: sftp.link("/in/leads.csv", "/in/link"),
                lambda: sftp.readlink("/in/leads.csv"),
                lambda: sftp.statvfs("/"),
            )
            for attempt in attempts:
                with pytest.raises(asyncssh.SFTPOpUnsupported):
                    await attempt()  # type: ignore[misc]

    testbed.run(link())
    assert server.tree() == ["/in/", "/in/leads.csv", "/out/"]
    assert [one.response["error"] for one in seen(testbed) if one.request["op"] in ("symlink", "link")] == [
        "OP_UNSUPPORTED"
    ] * 3


def test_permissions_times_and_size_are_set_inside_only(testbed: Testbed, server: Sftp, tmp_path: Path) -> None:
    """Through a link to the outside nothing is changed, even where the server runs as root."""
    server.put("/in/leads.csv", "0123456789")
    outside = tmp_path / "outside"
    outside.write_text("0123456789")
    before = outside.stat()
    (server.folder.path / "evil").symlink_to(outside)

    async def change() -> None:
        async with raw(testbed) as connection, connection.start_sftp_client() as sftp:
            await sftp.setstat("/in/leads.csv", asyncssh.SFTPAttrs(permissions=0o640, atime=1, mtime=2))
            await sftp.truncate("/in/leads.csv", 4)
            async with sftp.open("/in/leads.csv", "r+") as file:
                await file.utime((3, 4))
            for attributes in (asyncssh.SFTPAttrs(permissions=0o777), asyncssh.SFTPAttrs(size=0)):
                with pytest.raises(asyncssh.SFTPPermissionDenied):
                    await sftp.setstat("/evil", attributes)

    testbed.run(change())
    status = server.folder.stat("/in/leads.csv")
    assert (status.st_mode & 0o777, status.st_size, status.st_mtime) == (0o640, 4, 4)
    assert (outside.stat().st_mode, outside.stat().st_size) == (before.st_mode, before.st_size)


def test_rename_does_not_replace_unless_it_is_posix_rename(testbed: Testbed, server: Sftp) -> None:
    server.put("/in/a", "new")
    server.put("/in/b", "old")

    async def rename() -> None:
        async with raw(testbed) as connection, connection.start_sftp_client() as sftp:
            with pytest.raises(asyncssh.SFTPFailure):
                await sftp.rename("/in/a", "/in/b")
            await sftp.posix_rename("/in/a", "/in/b")

    testbed.run(rename())
    assert server.read("/in/b") == b"new"


def test_a_missing_folder_is_refused_when_it_is_opened(testbed: Testbed) -> None:
    """As OpenSSH's server does; clients look for the error there."""

    async def look() -> None:
        async with raw(testbed) as connection, connection.start_sftp_client() as sftp:
            with pytest.raises(asyncssh.SFTPNoSuchFile):
                await sftp._handler.opendir(b"/nowhere")

    testbed.run(look())


def test_names_that_are_no_text_go_there_and_back(testbed: Testbed, server: Sftp) -> None:
    """A path is bytes on the wire; in the journal what is no UTF-8 stands escaped."""
    name = b"/in/caf\xe9.csv"

    async def there_and_back() -> object:
        async with raw(testbed) as connection, connection.start_sftp_client() as sftp:
            async with sftp.open(name, "wb") as file:
                await file.write(b"a")
            return await sftp.listdir(b"/in")

    assert b"caf\xe9.csv" in testbed.run(there_and_back())  # type: ignore[operator]
    assert server.read(os.fsdecode(name)) == b"a"
    assert seen(testbed)[0].request["path"] == r"/in/caf\xe9.csv"


def test_parts_may_be_read_and_written_in_any_order(testbed: Testbed, server: Sftp) -> None:
    server.put("/in/a", "0123456789")

    async def jump() -> None:
        async with raw(testbed) as connection, connection.start_sftp_client() as sftp:
            async with sftp.open("/in/a", "rb", encoding=None) as file:
                parts: list[object] = [await file.read(3, 7), await file.read(2, 0)]
                assert parts == [b"789", b"01"]
            async with sftp.open("/in/a", "r+b") as file:
                await file.write(b"X", 5)
                await file.write(b"Y", 0)
            async with sftp.open("/in/a", "ab") as file:
                await file.write(b"Z")

    testbed.run(jump())
    read, written, appended = (one.response for one in seen(testbed))
    assert read == {"size": 5, "of": 10}
    assert (written["size"], written["text"]) == (10, "Y1234X6789")
    assert (appended["size"], appended["text"]) == (11, "Y1234X6789Z")


def test_a_client_that_asks_and_never_takes_does_not_fill_the_memory(testbed: Testbed, server: Sftp) -> None:
    """Answers wait until there is room, so that one client cannot end the whole testbed."""
    server.put("/in/big", bytes(8 * 1024 * 1024))

    async def greedy() -> int:
        async with raw(testbed) as connection:
            sftp = await connection.start_sftp_client()
            file = await sftp._handler.open(b"/in/big", asyncssh.FXF_READ, asyncssh.SFTPAttrs())
            connection._transport.pause_reading()  # type: ignore[union-attr]
            asked = [asyncio.create_task(sftp._handler.read(file, 0, 4 * 1024 * 1024)) for _ in range(100)]
            (client,) = server._ssh.connections  # type: ignore[union-attr]
            waiting = 0

            def held() -> bool:
                nonlocal waiting
                size = client._transport.get_write_buffer_size()  # type: ignore[union-attr]
                size += sum(sum(len(part) for part, _ in one._send_buf) for one in client._channels.values())
                settled, waiting = size == waiting > 0, size
                return settled

            assert await until(held, within=10, every=0.05)
            connection.abort()
            await asyncio.gather(*asked, return_exceptions=True)
            return waiting

    assert testbed.run(greedy()) < 32 * 1024 * 1024
