"""The share as a part of a testbed: what a test's author does with it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from cxmock.clients.nfs import NfsClient
from cxmock.errors.nfs import NfsError, NfsUnreachable, NotOnShare, UnknownNfsWord
from cxmock.fakes.share import Share
from cxmock.testbed import Options, Testbed
from cxmock.topology import Component
from tests.fakes.descriptors import held


@pytest.fixture(scope="module")
def running() -> Iterator[Testbed]:
    with Testbed(Options(ports="ephemeral")) as testbed:
        testbed.start(Component.SHARE)
        yield testbed


@pytest.fixture
def testbed(running: Testbed) -> Iterator[Testbed]:
    """A testbed with the share alone, emptied."""
    running.reset()
    yield running


@pytest.fixture
def share(testbed: Testbed) -> Share:
    share = testbed.part(Component.SHARE)
    assert isinstance(share, Share)
    return share


@pytest.fixture
def client(testbed: Testbed) -> Iterator[NfsClient]:
    """List Manager, say."""
    client = testbed.run(NfsClient.open(testbed.env["CX_SHARE_URL"], within=5, machine="list-manager"))
    yield client
    testbed.run(client.close())


def test_a_file_put_by_a_test_is_read_by_a_client(testbed: Testbed, share: Share, client: NfsClient) -> None:
    share.put("/in/today/leads.csv", b"a,b\n")
    assert testbed.run(client.read("/in/today/leads.csv")) == b"a,b\n"
    assert share.tree() == ["/in/", "/in/today/", "/in/today/leads.csv"]


def test_a_file_written_by_a_client_is_read_by_a_test(testbed: Testbed, share: Share, client: NfsClient) -> None:
    testbed.run(client.write("/out.csv", bytes(3_000_000)))
    assert share.read("/out.csv") == bytes(3_000_000)


def test_a_file_that_is_put_again_keeps_its_handle(testbed: Testbed, share: Share, client: NfsClient) -> None:
    share.put("/a", b"12345")
    handle = testbed.run(client.handle("/a"))
    share.put("/a", b"1")
    assert (testbed.run(client.handle("/a")), share.read("/a")) == (handle, b"1")


def test_every_call_is_an_exchange_on_connection_6(testbed: Testbed, share: Share, client: NfsClient) -> None:
    share.put("/in/leads.csv", b"a,b\n")
    testbed.run(client.read("/in/leads.csv"))
    with pytest.raises(NfsError):
        testbed.run(client.read("/in/none.csv"))
    exchanges = testbed.journal.exchanges(6)
    assert [one.operation for one in exchanges if one.request["proc"] != "FSINFO"] == [
        "MNT /",
        "LOOKUP /in",
        "LOOKUP /in/leads.csv",
        "READ /in/leads.csv",
        "LOOKUP /in",
        "LOOKUP /in/none.csv",
    ]
    last = exchanges[-1]
    assert (last.ok, last.source, last.transport, last.seconds > 0) == (False, "list-manager", "nfs", True)


def test_a_reset_empties_the_share_and_keeps_its_clients(testbed: Testbed, share: Share, client: NfsClient) -> None:
    share.put("/in/leads.csv", b"a,b\n")
    share.has_room_for(0)
    share.is_read_only()
    share.refuse("GETATTR", "IO", times=None)
    testbed.reset()
    assert share.tree() == []
    assert testbed.run(client.listdir("/")) == []
    testbed.run(client.write("/a", b"123456789"))
    assert testbed.run(client.stat("/")).links >= 2


def test_an_unplugged_share_hangs_up(testbed: Testbed, client: NfsClient) -> None:
    testbed.unplug(6)
    try:
        with pytest.raises(NfsUnreachable):
            testbed.run(client.listdir("/"))
    finally:
        testbed.plug(6)
    client = testbed.run(NfsClient.open(testbed.env["CX_SHARE_URL"], within=5))
    testbed.run(client.close())


def test_what_is_no_nfs_is_hung_up_on(testbed: Testbed) -> None:
    (endpoint,) = testbed.endpoints[Component.SHARE]
    with socket.create_connection((endpoint.host, endpoint.port), timeout=5) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: share\r\n\r\n")
        assert sock.recv(100) == b""


def test_a_call_can_be_made_to_fail(testbed: Testbed, share: Share, client: NfsClient) -> None:
    share.refuse("WRITE", "NOSPC")
    with pytest.raises(NfsError, match="NOSPC"):
        testbed.run(client.write("/a", b"1"))
    testbed.run(client.write("/a", b"1"))


def test_a_procedure_or_status_that_is_unknown_is_refused(share: Share) -> None:
    with pytest.raises(UnknownNfsWord, match='Did you mean "WRITE"'):
        share.refuse("WRIT", "NOSPC")
    with pytest.raises(UnknownNfsWord, match='no status "NOSPACE"'):
        share.refuse("WRITE", "NOSPACE")


def test_a_file_that_is_not_there_is_named_with_what_is(share: Share) -> None:
    share.put("/in/leads.csv", b"")
    with pytest.raises(NotOnShare) as missing:
        share.read("/in/lead.csv")
    assert missing.value.what == "/in/lead.csv is not on the share."
    assert missing.value.expected == 'Did you mean "/in/leads.csv"?'


def test_what_cannot_be_done_is_told_as_a_client_would_be(share: Share) -> None:
    share.put("/in/leads.csv", b"")
    for path, status in (("/in", "EXIST"), ("/in/leads.csv/x", "NOTDIR"), ("/..", "INVAL"), ("/", "ISDIR")):
        with pytest.raises(NfsError) as refused:
            share.put(path, b"")
        assert str(refused.value).startswith(f"put of {path} was answered {status}.")
    with pytest.raises(NfsError, match="read of /in was answered ISDIR"):
        share.read("/in")


def test_paths_do_not_lead_out(share: Share) -> None:
    share.put("/../../outside", b"x")
    assert share.tree() == ["/outside"]


def test_folders_are_made_and_removed_with_all_that_is_in_them(share: Share) -> None:
    share.put("/in/a/b.csv", b"1")
    share.mkdir("/in/a")
    share.remove("/in")
    assert share.tree() == []
    with pytest.raises(NotOnShare):
        share.remove("/in")


def test_provider_states_are_brought_about(testbed: Testbed, share: Share, client: NfsClient) -> None:
    def arrange(state: str, **params: object) -> None:
        testbed.run(Share.states.arrange(share, state, params))

    arrange("file {path} holds {text}", path="/in/leads.csv", text="a,b\n")
    assert share.read("/in/leads.csv") == b"a,b\n"
    arrange("there is no file {path}", path="/in/leads.csv")
    arrange("there is no file {path}", path="/new/leads.csv")
    assert share.tree() == ["/in/", "/new/"]
    share.put("/in/a/b", b"1")
    arrange("folder {path} is empty", path="/in")
    arrange("folder {path} is empty", path="/out")
    assert share.tree() == ["/in/", "/new/", "/out/"]
    share.put("/a", b"123")
    arrange("the share has room for {size} bytes", size=2)
    with pytest.raises(NfsError, match="NOSPC"):
        testbed.run(client.append("/a", 3, b"456"))
    testbed.run(client.append("/a", 3, b"45"))
    arrange("{size} bytes are left of the quota", size=0)
    with pytest.raises(NfsError, match="NOSPC"):
        testbed.run(client.append("/a", 5, b"6"))
    arrange("the share has room for {size} bytes", size=2)
    with pytest.raises(NfsError, match="DQUOT"):
        testbed.run(client.append("/a", 5, b"6"))
    arrange("{procedure} is answered {status}", procedure="READ", status="STALE")
    with pytest.raises(NfsError, match="STALE"):
        testbed.run(client.read("/a"))
    arrange("the share is read-only")
    with pytest.raises(NfsError, match="ROFS"):
        testbed.run(client.mkdir("/x"))


def test_a_stopped_share_leaves_nothing_open() -> None:
    """Its port is free, its folder gone."""
    with Testbed(Options(ports="ephemeral")) as testbed:
        testbed.start(Component.SHARE)
        (endpoint,) = testbed.endpoints[Component.SHARE]
        files = testbed.part(Component.SHARE)._running.folder.path
        assert files.is_dir()
        assert held(files) > 0
    assert not files.exists()
    assert held(files) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((endpoint.host, endpoint.port), timeout=5)
