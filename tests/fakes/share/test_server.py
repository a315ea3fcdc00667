"""The share answers what it understands, says politely what it does not, and tells all of it to the journal."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from cxmock.fakes.share.folder import Folder
from cxmock.fakes.share.server import Refusal, Server
from cxmock.wire.http import to_json
from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs import mount, portmap, rpc
from cxmock.wire.nfs.arguments import AS_IS, Creation, How
from cxmock.wire.nfs.decoder import NfsDecoder
from cxmock.wire.nfs.mount import MOUNT
from cxmock.wire.nfs.nfs3 import NFS
from cxmock.wire.nfs.portmap import PORTMAP
from cxmock.wire.nfs.programs import PROGRAMS
from cxmock.wire.nfs.rpc import Accept, Credentials, Nothing, Procedure, Program
from cxmock.wire.nfs.values import FileType, NewAttributes, Rights, Stable, Status
from cxmock.wire.nfs.xdr import XdrError, decode
from cxmock.wire.observed import Observed
from tests.fakes.share.calls import Call


def refused(server: Server, record: bytearray) -> Accept | None:
    """Return why a call was refused."""
    reply = rpc.read_reply(bytes(server.answer(bytes(record[4:]))[4:]))
    return reply.accept


def of(number: int, version: int, procedure: int = 0) -> Program:
    return Program(number, version, {procedure: Procedure("X")})


# What is not spoken


@pytest.mark.parametrize(
    ("program", "accept", "name"),
    [
        (of(100227, 3), Accept.PROG_UNAVAIL, "100227.3.0"),
        (of(100003, 4, 1), Accept.PROG_MISMATCH, "100003.4.1"),
        (of(100005, 1, 1), Accept.PROG_MISMATCH, "100005.1.1"),
        (of(100003, 3, 22), Accept.PROC_UNAVAIL, "100003.3.22"),
    ],
)
def test_what_is_not_spoken_is_refused_by_its_number(
    server: Server, seen: list[Observed], program: Program, accept: Accept, name: str
) -> None:
    assert refused(server, rpc.call(1, program, "X", Nothing())) is accept
    assert (seen[0].request, seen[0].response, seen[0].ok) == ({"proc": name}, {"status": accept.name}, False)


def test_the_version_that_is_spoken_is_told(server: Server) -> None:
    reply = server.answer(bytes(rpc.call(1, of(100003, 4, 1), "X", Nothing())[4:]))
    assert reply[-8:] == bytes.fromhex("00000003 00000003")


def test_arguments_that_cannot_be_read_are_refused(server: Server, seen: list[Observed]) -> None:
    assert refused(server, rpc.call(1, NFS, "READ", Nothing())) is Accept.GARBAGE_ARGS
    assert (seen[0].request, seen[0].response) == ({"proc": "READ"}, {"status": "GARBAGE_ARGS"})


def test_credentials_that_need_a_secret_are_not_accepted(server: Server, seen: list[Observed]) -> None:
    """A client that insists on Kerberos is told so, not left waiting."""
    record = rpc.call(1, NFS, "NULL", Nothing())
    record[28:32] = (6).to_bytes(4, "big")
    assert refused(server, record) is None
    assert seen[0].response == {"status": "DENIED"}


def test_only_version_2_of_rpc_is_spoken(server: Server) -> None:
    record = rpc.call(1, NFS, "NULL", Nothing())
    record[12:16] = (3).to_bytes(4, "big")
    assert refused(server, record) is None


def test_every_procedure_that_is_declared_is_performed(server: Server) -> None:
    """No call that can be read ends in an exception."""
    for program in PROGRAMS.values():
        for procedure in program.procedures.values():
            assert refused(server, rpc.call(1, program, procedure.name, Nothing())) in (
                Accept.SUCCESS,
                Accept.GARBAGE_ARGS,
            )


# How it is found


def test_any_folder_can_be_mounted_and_a_file_cannot(call: Call, root: bytes) -> None:
    inner = call("MKDIR", args.Mkdir(root, "in", AS_IS)).file
    call("CREATE", args.Create(inner, "a", Creation(How.UNCHECKED)))
    assert call("MNT", mount.OfPath("/"), MOUNT).file == root
    assert call("MNT", mount.OfPath("/in/"), MOUNT).file == inner
    assert call("MNT", mount.OfPath("/none"), MOUNT).status is Status.NOENT
    assert call("MNT", mount.OfPath("/in/a"), MOUNT).status is Status.NOTDIR
    assert call("MNT", mount.OfPath("/../../etc"), MOUNT).status is Status.NOENT


def test_who_mounted_what_is_told_until_it_is_unmounted(call: Call, root: bytes) -> None:
    call("MKDIR", args.Mkdir(root, "in", AS_IS))
    for path in ("/", "/in"):
        call("MNT", mount.OfPath(path), MOUNT)
    mounted = [mount.Mounted("list-manager", path) for path in ("/", "/in")]
    assert list(call("DUMP", Nothing(), MOUNT).mounts) == mounted
    call("UMNT", mount.OfPath("/"), MOUNT)
    assert list(call("DUMP", Nothing(), MOUNT).mounts) == mounted[1:]
    call("UMNTALL", Nothing(), MOUNT)
    assert call("DUMP", Nothing(), MOUNT).mounts == ()
    assert call("EXPORT", Nothing(), MOUNT).exports == (mount.Export("/"),)


def test_the_port_mapper_knows_what_is_spoken_here(call: Call, server: Server) -> None:
    server.mounts.port = 2049
    assert call("GETPORT", portmap.Mapping(100005, 3, portmap.TCP), PORTMAP).port == 2049
    assert call("GETPORT", portmap.Mapping(100005, 3, 17), PORTMAP).port == 0
    assert call("GETPORT", portmap.Mapping(100021, 4, portmap.TCP), PORTMAP).port == 0
    assert {one.program for one in call("DUMP", Nothing(), PORTMAP).mappings} == set(PROGRAMS)


# How it fails


def test_calls_are_refused_as_often_as_was_asked_for(call: Call, server: Server, root: bytes) -> None:
    server.refusals["GETATTR"] = Refusal(Status.JUKEBOX, 2)
    statuses = [call("GETATTR", args.OfHandle(root)).status.name for _ in range(3)]
    assert statuses == ["JUKEBOX", "JUKEBOX", "OK"]
    server.refusals["GETATTR"] = Refusal(Status.IO, None)
    assert {call("GETATTR", args.OfHandle(root)).status.name for _ in range(10)} == {"IO"}


def test_a_share_for_reading_only_refuses_changes(call: Call, server: Server, root: bytes) -> None:
    file = call("CREATE", args.Create(root, "a", Creation(How.UNCHECKED))).file
    server.read_only = True
    assert call("WRITE", args.Write(file, 0, 1, Stable.FILE_SYNC, b"x")).status is Status.ROFS
    assert call("REMOVE", args.OfEntry(root, "a")).status is Status.ROFS
    assert call("READ", args.Read(file, 0, 1)).status is Status.OK


# What is told


def test_the_journal_and_a_tap_see_the_same(server: Server, seen: list[Observed], root: bytes) -> None:
    """So what was promised can be held against either."""
    decoder, tapped = NfsDecoder(), list[Observed]()

    def call(name: str, arguments: Any, program: Program = NFS) -> Any:
        record = bytes(rpc.call(len(tapped) + 1, program, name, arguments, Credentials(machine="list-manager")))
        answer = bytes(server.answer(record[4:]))
        tapped.extend([*decoder.upstream(record), *decoder.downstream(answer)])
        reply = rpc.read_reply(answer[4:])
        return decode(program.procedures[program.number_of(name)].result, reply.result)

    call("MNT", mount.OfPath("/"), MOUNT)
    inner = call("MKDIR", args.Mkdir(root, "in", NewAttributes(mode=0o755))).file
    file = call("CREATE", args.Create(inner, "a", Creation(How.UNCHECKED, NewAttributes(size=0)))).file
    call("CREATE", args.Create(inner, "a", Creation(How.EXCLUSIVE)))
    call("WRITE", args.Write(file, 0, 4, Stable.UNSTABLE, b"a,b\n"))
    call("COMMIT", args.Commit(file, 0, 0))
    call("READ", args.Read(file, 0, 100))
    call("GETATTR", args.OfHandle(file))
    call("SETATTR", args.Setattr(file, NewAttributes(mode=0o600, modified=1_500_000_000)))
    call("ACCESS", args.Access(file, Rights.READ | Rights.EXECUTE))
    call("LOOKUP", args.OfEntry(inner, "none"))
    call("SYMLINK", args.Symlink(inner, "link\udcff", AS_IS, "a"))
    call("LINK", args.Link(file, root, "b"))
    call("READDIRPLUS", args.Readdirplus(inner, 0, bytes(8), 65536, 65536))
    call("RENAME", args.Rename(root, "in", root, "done"))
    call("READDIR", args.Readdir(inner, 0, bytes(8), 65536))
    call("FSSTAT", args.OfHandle(root))
    call("FSINFO", args.OfHandle(root))
    call("PATHCONF", args.OfHandle(root))
    call("REMOVE", args.OfEntry(inner, "a"))
    call("GETATTR", args.OfHandle(b"never given"))
    call("GETPORT", portmap.Mapping(100003, 3, portmap.TCP), PORTMAP)
    call("DUMP", Nothing(), MOUNT)
    call("EXPORT", Nothing(), MOUNT)
    assert [structs.replace(one, began=0.0) for one in tapped] == seen
    assert len(seen) == 24
    for one in seen:
        to_json([one.request, one.response])


def test_a_call_is_told_with_the_path_that_it_meant(call: Call, seen: list[Observed], root: bytes) -> None:
    """Not the one that the file has afterwards."""
    call("CREATE", args.Create(root, "a", Creation(How.UNCHECKED)))
    call("RENAME", args.Rename(root, "a", root, "b"))
    call("REMOVE", args.OfEntry(root, "b"))
    assert [one.operation for one in seen] == ["CREATE /a", "RENAME /a", "REMOVE /b"]
    assert seen[1].source == "list-manager"


# Whatever comes


@pytest.fixture
def handles(call: Call, root: bytes) -> list[bytes]:
    """Handles of a folder, a file, a link, and of nothing."""
    inner = call("MKDIR", args.Mkdir(root, "d", AS_IS)).file
    file = call("CREATE", args.Create(inner, "f", Creation(How.UNCHECKED))).file
    link = call("SYMLINK", args.Symlink(root, "l", AS_IS, "/etc/passwd")).file
    return [root, inner, file, link, b"", b"nonsense", root[:8] + bytes(8)]


NAMES = st.sampled_from(["", ".", "..", "d", "f", "l", "new", "a/b", "x" * 256, "\udcff", "\0"])
SIZES = st.sampled_from([0, 1, 4096, 2**20, 2**31, 2**32 - 1])
OFFSETS = st.sampled_from([0, 1, 2**40 - 1, 2**40, 2**63 - 1, 2**63, 2**64 - 1])
NEW = st.builds(
    NewAttributes,
    st.sampled_from([None, 0, 0o777, 2**32 - 1]),
    st.sampled_from([None, 2**32 - 1]),
    st.none(),
    st.none() | OFFSETS,
    st.sampled_from([None, 0, 2**32 * 10**9 - 1]),
    st.none(),
)


@st.composite
def calls(draw: st.DrawFn, handles: list[bytes]) -> tuple[str, Any]:
    """Return a call that can be read, with arguments that hurt."""
    one = st.sampled_from(handles)
    file, other, name, to, new = draw(one), draw(one), draw(NAMES), draw(NAMES), draw(NEW)
    offset, size, how = draw(OFFSETS), draw(SIZES), draw(st.sampled_from(How))
    procedure = draw(st.sampled_from([known for known in NFS.procedures.values() if known.name != "NULL"]))
    made: dict[type, Any] = {
        args.OfHandle: args.OfHandle(file),
        args.OfEntry: args.OfEntry(file, name),
        args.Setattr: args.Setattr(file, new),
        args.Access: args.Access(file, size),
        args.Read: args.Read(file, offset, size),
        args.Write: args.Write(file, offset, size, Stable.UNSTABLE, b"data"),
        args.Create: args.Create(file, name, Creation(how, new)),
        args.Mkdir: args.Mkdir(file, name, new),
        args.Symlink: args.Symlink(file, name, new, to),
        args.Mknod: args.Mknod(file, name, FileType.FIFO),
        args.Rename: args.Rename(file, name, other, to),
        args.Link: args.Link(file, other, to),
        args.Readdir: args.Readdir(file, offset, bytes(8), size),
        args.Readdirplus: args.Readdirplus(file, offset, bytes(8), size, size),
        args.Commit: args.Commit(file, offset, size),
    }
    return procedure.name, made[procedure.arguments]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_call_is_too_strange(call: Call, handles: list[bytes], folder: Folder, data: st.DataObject) -> None:
    """Every one of them ends with a status, none with an exception, and nothing is made outside the folder."""
    for name, arguments in data.draw(st.lists(calls(handles), max_size=20)):
        result = call(name, arguments)
        assert isinstance(result.status, Status)
    assert {one.name for one in folder.path.parent.iterdir()} == {"files"}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=200), head=st.booleans())
def test_any_record_is_answered_or_no_call(server: Server, noise: bytes, head: bool) -> None:
    record = bytes(rpc.call(1, NFS, "LOOKUP", Nothing(), Credentials())[4:]) + noise if head else noise
    try:
        rpc.read_reply(bytes(server.answer(record)[4:]))
    except XdrError:
        assert not head
