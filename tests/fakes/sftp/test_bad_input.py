"""Whatever a client says, the file server answers it or hangs up, and goes on serving the others."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import asyncssh
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxmock.fakes.sftp import Sftp
from cxmock.fakes.sftp.ssh import OPEN_LIMIT, SESSIONS_LIMIT
from cxmock.net.waiting import until
from cxmock.testbed import Testbed
from tests.fakes.sftp.conftest import Connect
from tests.fakes.sftp.test_ssh import raw

Writer = asyncssh.SSHWriter[bytes]
Reader = asyncssh.SSHReader[bytes]

WITHIN = 5.0
FUZZING = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], database=None
)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing may go wrong that a library has to tell: a task that failed unseen, a handler that raised."""
    caplog.set_level(logging.ERROR)
    yield
    assert [one.getMessage() for one in caplog.records] == []


@pytest.fixture
def secret(server: Sftp, tmp_path: Path) -> Path:
    """A file outside, with links to it and to its folder inside."""
    secret = tmp_path / "secret"
    secret.write_text("do not tell")
    secret.chmod(0o640)
    (server.folder.path / "evil").symlink_to(secret)
    (server.folder.path / "away").symlink_to(tmp_path)
    return secret


def is_untouched(secret: Path) -> bool:
    inside = {path.name for path in secret.parent.iterdir()}
    return (secret.read_text(), secret.stat().st_mode & 0o777, inside) == ("do not tell", 0o640, {"secret"})


# Before anybody has said who they are


GREETINGS = (b"SSH-2.0-x\r\n", b"SSH-1.5-old\r\n", b"SSH-99.9-new\r\n", b"GET / HTTP/1.1\r\n\r\n", b"USER x\r\n", b"")


@settings(FUZZING, max_examples=60)
@given(port=st.sampled_from(["SFTP", "FTP"]), greeting=st.sampled_from(GREETINGS), noise=st.binary(max_size=4000))
def test_who_speaks_something_else_is_hung_up_on_or_answered(
    testbed: Testbed, port: str, greeting: bytes, noise: bytes
) -> None:
    url = urlsplit(testbed.env[f"CX_{port}_URL"])
    with (
        socket.create_connection((url.hostname or "", url.port or 0), timeout=WITHIN) as client,
        suppress(ConnectionError),
    ):
        client.sendall(greeting + noise)
        client.shutdown(socket.SHUT_WR)
        while client.recv(65536):
            pass


@pytest.mark.parametrize("flood", [b"x" * 65536, b"\0" * 65536, b"x\r\n" * 20000], ids=["no line", "zeros", "lines"])
def test_an_ssh_client_that_never_comes_to_the_point_is_hung_up_on(testbed: Testbed, flood: bytes) -> None:
    """Before it could fill the memory."""
    assert _flooded(testbed.env["CX_SFTP_URL"], flood) < FLOOD


def test_an_ftp_client_that_takes_no_replies_is_hung_up_on(testbed: Testbed) -> None:
    assert _flooded(testbed.env["CX_FTP_URL"], b"x\r\n" * 20000) < FLOOD


def test_an_endless_ftp_command_is_thrown_away(testbed: Testbed) -> None:
    url = urlsplit(testbed.env["CX_FTP_URL"])
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=WITHIN) as client:
        assert client.recv(1000).startswith(b"220 ")
        client.sendall(b"x" * 2**20)
        client.sendall(b"\r\nNOOP\r\n")
        said = b""
        while b"\r\n200 " not in said:
            said += client.recv(65536)
        assert {line[:4] for line in said.splitlines()} == {b"500 ", b"200 "}


FLOOD = 64 * 2**20


def _flooded(where: str, flood: bytes) -> int:
    """Say ``flood`` again and again; return how many bytes could be said before the server hung up."""
    url = urlsplit(where)
    sent = 0
    with (
        socket.create_connection((url.hostname or "", url.port or 0), timeout=WITHIN) as client,
        suppress(ConnectionError),
    ):
        while sent < FLOOD:
            sent += client.send(flood)
    return sent


# SFTP, once logged in

PATHS = (
    b"/",
    b"/in",
    b"/in/a",
    b"/new",
    b"/evil",
    b"/away",
    b"/away/secret",
    b"../..",
    b"",
    b"/in/\xff",
    b"a\0b",
    b"x" * 300,
)
EXTENSIONS = (
    b"posix-rename@openssh.com",
    b"hardlink@openssh.com",
    b"statvfs@openssh.com",
    b"fstatvfs@openssh.com",
    b"lsetstat@openssh.com",
    b"fsync@openssh.com",
    b"limits@openssh.com",
    b"copy-data",
    b"ranges@asyncssh.com",
    b"no-such@example",
)
NUMBERS = (0, 1, 2, 7, 0x1F, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def text(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


HANDLES = tuple(struct.pack(">I", number) for number in range(4))
FIELDS = (
    st.sampled_from(PATHS + EXTENSIONS + HANDLES).map(text)
    | st.sampled_from(NUMBERS).map(lambda number: struct.pack(">I", number))
    | st.sampled_from((0, 1, 2**32, 2**63, 2**64 - 1)).map(lambda number: struct.pack(">Q", number))
    | st.binary(max_size=20)
)
REQUESTS = st.builds(
    lambda kind, fields: (kind, b"".join(fields)),
    st.sampled_from([*range(1, 24), 101, 105, 200, 201, 255]),
    st.lists(FIELDS, max_size=6),
)


@asynccontextmanager
async def channel(testbed: Testbed, window: int = 2**21) -> AsyncIterator[tuple[Writer, Reader]]:
    """The subsystem as bytes, after the greeting."""
    async with raw(testbed) as connection:
        writer, reader, _ = await connection.open_session(subsystem="sftp", encoding=None, window=window)
        writer.write(struct.pack(">IBI", 5, 1, 3))
        size = struct.unpack(">I", await reader.readexactly(4))[0]
        await reader.readexactly(size)
        yield writer, reader


@settings(FUZZING, max_examples=60)
@given(requests=st.lists(REQUESTS, min_size=1, max_size=30))
def test_every_request_is_answered(
    testbed: Testbed, server: Sftp, secret: Path, requests: list[tuple[int, bytes]]
) -> None:
    server.put("/in/a", "a")

    async def ask() -> list[int]:
        async with channel(testbed) as (writer, reader):
            answered = []
            for number, (kind, body) in enumerate(requests):
                writer.write(struct.pack(">IBI", 5 + len(body), kind, number) + body)
                async with asyncio.timeout(WITHIN):
                    head = await reader.readexactly(4)
                async with asyncio.timeout(WITHIN):
                    answer = await reader.readexactly(struct.unpack(">I", head)[0])
                answered.append(struct.unpack_from(">BI", answer)[1])
            return answered

    assert testbed.run(ask()) == list(range(len(requests)))
    assert is_untouched(secret)


@settings(FUZZING, max_examples=20)
@given(noise=st.lists(st.binary(max_size=2000), max_size=5), size=st.sampled_from((0, 1, 9, 2**22, 2**31, 2**32 - 1)))
def test_a_stream_that_is_no_sftp_ends_the_session(testbed: Testbed, noise: list[bytes], size: int) -> None:
    """A length that is a lie, a request cut short: the session is over at the latest when the client's side is."""

    async def say() -> bytes:
        async with channel(testbed) as (writer, reader):
            writer.write(struct.pack(">I", size))
            for part in noise:
                writer.write(part)
            writer.write_eof()
            async with asyncio.timeout(WITHIN):
                return await reader.read()

    testbed.run(say())


@pytest.mark.parametrize("version", [0, 1, 2, 4, 6, 255, 2**32 - 1])
def test_version_3_is_spoken_whatever_is_asked_for(testbed: Testbed, version: int) -> None:
    async def greet() -> bytes:
        async with raw(testbed) as connection:
            writer, reader, _ = await connection.open_session(subsystem="sftp", encoding=None)
            writer.write(struct.pack(">IBI", 5, 1, version))
            writer.write_eof()
            async with asyncio.timeout(WITHIN):
                answer: bytes = await reader.read()
                return answer

    told = testbed.run(greet())
    assert told == b"" or struct.unpack_from(">BI", told, 4) == (2, min(version, 3))


def test_a_client_that_never_closes_what_it_opens_is_refused(testbed: Testbed, server: Sftp) -> None:
    """So that the testbed does not run out of descriptors."""
    server.put("/in/a", "a")

    async def hoard() -> None:
        async with raw(testbed) as connection:
            sftp = await connection.start_sftp_client()
            files = [await sftp.open("/in/a") for _ in range(OPEN_LIMIT - 1)]
            listing = await sftp._handler.opendir(b"/in")
            for _ in range(2):
                with pytest.raises(asyncssh.SFTPFailure, match="Too many open files"):
                    await sftp.open("/in/a")
                with pytest.raises(asyncssh.SFTPFailure, match="Too many open files"):
                    await sftp.listdir("/in")
            await sftp._handler.close(listing)
            await files.pop().close()
            assert await sftp.listdir("/in") == [".", "..", "a"]

    testbed.run(hoard())


def test_sessions_on_one_connection_are_counted(testbed: Testbed) -> None:
    async def hoard() -> None:
        async with raw(testbed) as connection:
            sessions = [await connection.start_sftp_client() for _ in range(SESSIONS_LIMIT)]
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.start_sftp_client()
            sessions[0].exit()
            await sessions[0].wait_closed()
            await connection.start_sftp_client()

    testbed.run(hoard())


def test_a_file_is_not_copied_into_itself(testbed: Testbed, server: Sftp) -> None:
    """It would grow for ever."""
    server.put("/in/a", bytes(600_000))

    async def copy() -> None:
        async with raw(testbed) as connection:
            sftp = await connection.start_sftp_client()
            assert sftp.supports_remote_copy
            await sftp.remote_copy("/in/a", "/in/b")
            source, target = await sftp.open("/in/a"), await sftp.open("/in/a", "r+")
            with pytest.raises(asyncssh.SFTPFailure, match="cannot be copied into itself"):
                await sftp.remote_copy(source, target, dst_offset=600_000)

    testbed.run(copy())
    assert server.read("/in/a") == server.read("/in/b") == bytes(600_000)


def test_answers_that_nobody_takes_do_not_pile_up(testbed: Testbed, server: Sftp) -> None:
    """Whatever was asked for, known or not."""

    async def greedy() -> int:
        async with channel(testbed, window=32768) as (writer, _):

            async def ask() -> None:
                for _ in range(1000):
                    writer.write(struct.pack(">IBI", 5, 77, 0) * 100)
                    await writer.drain()

            asking = asyncio.create_task(ask())
            (client,) = server._ssh.connections  # type: ignore[union-attr]
            waiting = 0

            def held() -> bool:
                nonlocal waiting
                size = sum(sum(len(part) for part, _ in one._send_buf) for one in client._channels.values())
                settled, waiting = size == waiting > 0, size
                return settled

            assert await until(held, within=20, every=0.2)
            client.abort()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            return waiting

    assert testbed.run(greedy()) < 2**20


# FTP

COMMANDS = (
    *("USER", "PASS", "ACCT", "CWD", "CDUP", "PWD", "TYPE", "STRU", "MODE", "PORT", "EPRT", "PASV", "EPSV", "REST"),
    *("LIST", "NLST", "MLSD", "MLST", "STAT", "SIZE", "MDTM", "MFMT", "DELE", "MKD", "RMD", "RNFR", "RNTO", "ALLO"),
    *("RETR", "STOR", "STOU", "APPE", "ABOR", "SITE", "SITE CHMOD", "OPTS", "FEAT", "HELP", "PBSZ", "PROT", "NOOP"),
)
ARGUMENTS = (
    *("", "/", "/in", "/in/a", "/evil", "/away/secret", "../../etc/passwd", "777 /evil", "20260101000000 /evil"),
    *(
        "127,0,0,1,0,22",
        "|1|127.0.0.1|22|",
        "|9|x|y|",
        "-1",
        "99999999999999999999",
        "A",
        "I",
        "L 7",
        "C",
        "\x00",
        "\xff",
    ),
    *("999,999,999,999,999,999", "MLST type;x;", "UTF8 ON", "x" * 500, "%s%n{0}", "ALL", "2", "\t"),
)
LINES = st.builds(lambda verb, rest: f"{verb} {rest}".strip(), st.sampled_from(COMMANDS), st.sampled_from(ARGUMENTS))


@settings(FUZZING, max_examples=50)
@given(
    lines=st.lists(LINES | st.text(max_size=30).filter(lambda text: "\n" not in text), max_size=30), login=st.booleans()
)
def test_every_ftp_command_is_answered(
    testbed: Testbed, server: Sftp, secret: Path, lines: list[str], login: bool
) -> None:
    server.put("/in/a", "a")
    url = urlsplit(testbed.env["CX_FTP_URL"])
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=WITHIN) as client:
        if login:
            lines = [f"USER {url.username}", f"PASS {url.password}", *lines]
        with suppress(ConnectionError):
            client.sendall("".join(f"{line}\r\n" for line in [*lines, "QUIT"]).encode("utf-8", "surrogatepass"))
            said = b""
            while part := client.recv(65536):
                said += part
            assert said.startswith(b"220 FTP server ready.\r\n")
    assert is_untouched(secret)


# After all that


def test_others_are_served_as_before(testbed: Testbed, server: Sftp, connect: Connect) -> None:
    async def use() -> bytes:
        async with connect() as client:
            await client.write("/in/a", b"a")
            return b"".join([part async for part in client.read("/in/a")])

    assert testbed.run(use()) == b"a"
