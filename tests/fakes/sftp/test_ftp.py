"""What is FTP's own at the customer's file server: two connections, text mode, restarts, TLS when asked for."""

from __future__ import annotations

import ftplib
import hashlib
import io
import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from cxmock.clients.ftp import FtpClient
from cxmock.clients.transfer import FileStat
from cxmock.errors.transfer import ServerNotTrusted, ServerSilent
from cxmock.fakes.sftp import Sftp
from cxmock.net.waiting import until
from cxmock.testbed import Testbed
from cxmock.topology import connection
from tests.fakes.sftp.conftest import seen


@pytest.fixture
def ftp(testbed: Testbed) -> Iterator[ftplib.FTP]:
    """A client that we did not write, logged in."""
    url = urlsplit(testbed.env["CX_FTP_URL"])
    with ftplib.FTP(timeout=10) as client:
        client.connect(url.hostname or "", url.port or 0)
        client.login(url.username or "", url.password or "")
        yield client


def test_active_data_leaves_from_port_20_where_the_system_allows_it(testbed: Testbed, ftp: ftplib.FTP) -> None:
    """The documented ports are 20, 21 and 22; without the documented ones, any port will do."""
    ftp.set_pasv(False)
    ports = set()
    for _ in range(30):
        with ftp.transfercmd("NLST /") as data:
            host, port = data.getpeername()
            ports.add(port)
            assert host == testbed.addresses.host(testbed.directory.endpoint(connection(2).provider).component)
            assert data.recv(100) == b"in\r\nout\r\n"
        ftp.voidresp()
    assert (ports == {20}) == testbed.addresses.documented


def test_passive_data_is_accepted_on_the_servers_own_address(testbed: Testbed, ftp: ftplib.FTP) -> None:
    answer = ftp.sendcmd("PASV")
    host = testbed.directory.endpoint(connection(2).provider).host
    assert f"({host.replace('.', ',')}," in answer
    assert ftp.sendcmd("EPSV").startswith("229")


def test_data_for_somebody_else_is_refused(ftp: ftplib.FTP) -> None:
    """A server that connects wherever a client says would be a way into the network."""
    for command in ("PORT 127,9,9,9,200,1", "EPRT |1|10.0.0.1|5000|", "PORT 127,0,0,1,0,22"):
        with pytest.raises(ftplib.error_perm, match="501"):
            ftp.sendcmd(command)


def test_text_mode_changes_the_ends_of_lines_and_binary_mode_nothing(
    testbed: Testbed, server: Sftp, ftp: ftplib.FTP
) -> None:
    server.put("/in/a", "one\ntwo\n")
    for mode, expected in (("A", b"one\r\ntwo\r\n"), ("I", b"one\ntwo\n")):
        ftp.voidcmd(f"TYPE {mode}")
        with ftp.transfercmd("RETR /in/a") as data:
            assert data.recv(100) == expected
        ftp.voidresp()
    ftp.storlines("STOR /out/a", io.BytesIO(b"one\r\ntwo\r\n"))
    assert server.read("/out/a") == b"one\ntwo\n"
    assert seen(testbed)[-1].response["text"] == "one\ntwo\n"


def test_a_transfer_is_taken_up_again_where_it_ended(testbed: Testbed, server: Sftp, ftp: ftplib.FTP) -> None:
    server.put("/in/a", "0123456789")
    server.put("/out/a", "01234")
    got: list[bytes] = []
    ftp.retrbinary("RETR /in/a", got.append, rest=6)
    ftp.storbinary("STOR /out/a", io.BytesIO(b"56789"), rest=5)
    ftp.storbinary("APPE /out/a", io.BytesIO(b"+"))
    assert b"".join(got) == b"6789"
    assert server.read("/out/a") == b"0123456789+"
    read, resumed, appended = (one.response for one in seen(testbed))
    assert read == {"size": 4, "of": 10}
    assert resumed["sha256"] == hashlib.sha256(b"0123456789").hexdigest()
    assert appended["text"] == "0123456789+"


def test_a_name_of_the_servers_choice_is_told(testbed: Testbed, server: Sftp, ftp: ftplib.FTP) -> None:
    """STOU: the server finds a name that nobody has."""
    ftp.cwd("/out")
    ftp.storbinary("STOU", io.BytesIO(b"unique"))
    (path,) = (path for path in server.tree() if path.startswith("/out/") and path != "/out/")
    assert server.read(path) == b"unique"
    assert [one.operation for one in seen(testbed)] == ["stat /out", f"write {path}"]


def test_every_kind_of_listing_is_one_exchange(testbed: Testbed, server: Sftp, ftp: ftplib.FTP) -> None:
    server.put("/in/a", "a")
    lines: list[str] = []
    ftp.dir("/in", lines.append)
    assert lines[0].endswith(" a")
    assert [name for name, facts in ftp.mlsd("/in")] == ["a"]
    assert ftp.nlst("/in") == ["a"]
    assert ftp.nlst("/in/a") == ["a"]
    assert ftp.nlst("/out") == []
    assert [(one.operation, one.response["names"]) for one in seen(testbed)] == [
        ("list /in", ["a"]),
        ("list /in", ["a"]),
        ("list /in", ["a"]),
        ("list /in/a", ["a"]),
        ("list /out", []),
    ]


def test_refused_commands_are_exchanges_too(testbed: Testbed, server: Sftp, ftp: ftplib.FTP) -> None:
    server.put("/in/a", "a")
    ftp.voidcmd("TYPE I")
    for command in ("CWD /nowhere", "CWD /in/a", "RNFR /nowhere", "SIZE /nowhere", "MDTM /nowhere", "RMD /in", "RMD /"):
        with pytest.raises(ftplib.error_perm):
            ftp.sendcmd(command)
    with pytest.raises(ftplib.error_perm):
        list(ftp.mlsd("/nowhere"))
    assert [(one.operation, one.response["error"]) for one in seen(testbed)] == [
        ("stat /nowhere", "NO_SUCH_FILE"),
        ("stat /in/a", "NO_SUCH_FILE"),
        ("rename /nowhere", "NO_SUCH_FILE"),
        ("stat /nowhere", "NO_SUCH_FILE"),
        ("stat /nowhere", "NO_SUCH_FILE"),
        ("rmdir /in", "FAILURE"),
        ("rmdir /", "FAILURE"),
        ("list /nowhere", "NO_SUCH_FILE"),
    ]


def test_what_is_said_during_a_transfer_is_no_part_of_it(testbed: Testbed, server: Sftp, ftp: ftplib.FTP) -> None:
    """A client may ask for something else meanwhile, or break the transfer off."""
    server.put("/in/big", bytes(32 * 1024 * 1024))
    ftp.voidcmd("TYPE I")
    data = ftp.transfercmd("RETR /in/big")
    assert data.recv(1)
    assert ftp.sendcmd("NOOP").startswith("200")
    assert ftp.sendcmd("MKD /out/meanwhile").startswith("257")
    with pytest.raises(ftplib.error_temp, match="426"):
        ftp.sendcmd("ABOR")
    ftp.voidresp()
    data.close()
    made, broken = seen(testbed)
    assert (made.operation, made.ok) == ("mkdir /out/meanwhile", True)
    assert (broken.operation, broken.response["error"]) == ("read /in/big", "INCOMPLETE")


def test_a_reset_of_the_data_is_no_end_of_the_file(testbed: Testbed, server: Sftp, ftp: ftplib.FTP) -> None:
    """Only an orderly end makes a whole file, and the client is told so."""
    ftp.voidcmd("TYPE I")
    data = ftp.transfercmd("STOR /out/half")
    data.sendall(b"half")
    half = server.folder.path / "out" / "half"
    assert testbed.run(until(lambda: half.stat().st_size == 4, within=10))
    data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    data.close()
    with pytest.raises(ftplib.error_temp, match="426"):
        ftp.voidresp()
    assert seen(testbed)[-1].response["error"] == "INCOMPLETE"
    assert not server.folder.settled("/out/half")


def test_a_reset_before_the_server_has_looked_is_told_too(testbed: Testbed, server: Sftp, ftp: ftplib.FTP) -> None:
    """A data connection may be gone when the server accepts it; whoever waits for the transfer is not left waiting."""
    ftp.voidcmd("TYPE I")
    for _ in range(20):
        host, port = ftp.makepasv()
        assert ftp.sendcmd("STOR /out/half").startswith("150")
        data = socket.create_connection((host, port))
        data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        data.close()
        with pytest.raises(ftplib.error_temp, match="426"):
            ftp.voidresp()
    assert {one.response["error"] for one in seen(testbed) if one.operation.startswith("write")} == {"INCOMPLETE"}


def test_a_client_that_never_opens_the_data_connection_leaves_nothing_open(
    testbed: Testbed, server: Sftp, ftp: ftplib.FTP
) -> None:
    ftp.sendcmd("PASV")
    ftp.sendcmd("STOR /out/never")
    ftp.close()
    broken = testbed.journal.wait_for(2, operation="write /out/never")
    assert broken.response == {"error": "INCOMPLETE", "size": 0}


def test_a_client_that_leaves_in_the_middle_of_its_data_is_dropped_with_the_server(
    testbed: Testbed, server: Sftp, ftp: ftplib.FTP
) -> None:
    """The server first ends the transfer, and would wait for it for ever."""
    server.put("/in/big", bytes(32 * 1024 * 1024))
    ftp.voidcmd("TYPE I")
    with ftp.transfercmd("RETR /in/big") as data:
        assert data.recv(1)
        assert ftp.sendcmd("QUIT").startswith("221")
        testbed.unplug(2)
        assert ftp.sock is not None
        with suppress(ConnectionError):
            assert ftp.sock.recv(1) == b""
    testbed.plug(2)


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_client_that_is_logged_in_is_dropped_with_the_server(testbed: Testbed, encrypted: bool) -> None:
    url = urlsplit(testbed.env["CX_FTP_URL"])
    client = ftplib.FTP_TLS(context=testbed.authority.client_context) if encrypted else ftplib.FTP()
    with client:
        client.connect(url.hostname or "", url.port or 0, timeout=5)
        client.login(url.username or "", url.password or "")
        testbed.unplug(2)
        assert client.sock is not None
        with suppress(ConnectionError):
            assert client.sock.recv(1) == b""
    testbed.plug(2)


def test_a_server_whose_loop_has_just_ended_is_closed_all_the_same(testbed: Testbed, server: Sftp) -> None:
    """A client may wake the loop at the very moment at which it is to end: then nobody else has to."""
    ftp = server._ftp
    assert ftp is not None and ftp._thread is not None
    ftp._stopping = True
    ftp._waker.wake()
    ftp._thread.join(5)
    testbed.unplug(2)
    testbed.plug(2)
    assert server._ftp is not ftp


def test_the_end_of_one_clients_active_data_disturbs_no_other_client(testbed: Testbed, ftp: ftplib.FTP) -> None:
    """The system gives a descriptor's number to the next client: whoever had it before must not touch it again."""
    others = [socket.socket() for _ in range(8)]
    ftp.set_pasv(False)
    ftp.nlst("/")
    for other in others:
        other.settimeout(5)
        other.connect(ftp.sock.getpeername() if ftp.sock else ())
        assert other.recv(100).startswith(b"220")
    ftp.nlst("/")
    for other in others:
        other.sendall(b"NOOP\r\n")
        assert other.recv(100).startswith(b"200")
        other.close()


def test_login_and_data_are_encrypted_when_a_client_asks_for_it(testbed: Testbed) -> None:
    """The certificate is the testbed's, for the server's own address."""
    url = urlsplit(testbed.env["CX_FTP_URL"])
    with ftplib.FTP_TLS(context=testbed.authority.client_context, timeout=10) as client:
        client.connect(url.hostname or "", url.port or 0)
        client.login(url.username or "", url.password or "")
        client.prot_p()
        client.storbinary("STOR /out/a", io.BytesIO(b"secret"))
        assert isinstance(client.sock, ssl.SSLSocket)
        assert client.sock.version() == "TLSv1.3"
    assert [one.secure for one in testbed.journal.exchanges(2)] == [True, True]


def test_a_client_that_only_sends_loses_nothing_by_hanging_up(testbed: Testbed, server: Sftp) -> None:
    """What it had not read would make a reset of its end: TLS 1.3 tells tickets, and its data is lost on the way."""
    url = urlsplit(testbed.env["CX_FTP_URL"])
    with ftplib.FTP_TLS(context=testbed.authority.client_context, timeout=10) as client:
        client.connect(url.hostname or "", url.port or 0)
        client.login(url.username or "", url.password or "")
        client.prot_p()
        data = client.transfercmd("STOR /out/a")
        data.sendall(b"a")
        assert client.sendcmd("NOOP").startswith("200")
        with socket.socket(fileno=data.detach()) as bare, pytest.raises(BlockingIOError):
            bare.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        client.voidresp()
    assert server.read("/out/a") == b"a"


def test_a_certificate_of_somebody_else_is_not_trusted(testbed: Testbed) -> None:
    async def log_in() -> None:
        await FtpClient.connect(testbed.env["CX_FTP_URL"], tls=ssl.create_default_context())

    with pytest.raises(ServerNotTrusted, match="is not the server that was expected"):
        testbed.run(log_in())


def test_a_server_that_says_nothing_is_given_up(testbed: Testbed) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connecting = FtpClient.connect(f"ftp://a:b@127.0.0.1:{silent.getsockname()[1]}/", within=0.05)
        with pytest.raises(ServerSilent, match=r'did not answer "connect" within 0\.05 s'):
            testbed.run(connecting)


def test_an_older_server_that_knows_no_mlst_is_asked_for_the_size(
    testbed: Testbed, server: Sftp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIZE tells a file, and CWD a folder."""
    server.put("/in/a", "abc")
    send = ftplib.FTP.sendcmd

    def old(client: ftplib.FTP, command: str) -> str:
        return send(client, command.replace("MLST", "XXXX"))

    monkeypatch.setattr(ftplib.FTP, "sendcmd", old)

    async def look() -> list[FileStat]:
        async with await FtpClient.connect(testbed.env["CX_FTP_URL"]) as client:
            return [await client.stat("/in/a"), await client.stat("/in")]

    assert testbed.run(look()) == [FileStat("file", 3), FileStat("folder")]
