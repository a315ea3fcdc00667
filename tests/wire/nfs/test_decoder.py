"""The tap on the file share: calls with their replies, files by their paths; it never raises and never piles up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxmock.wire.http import to_json
from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs import decoder as module
from cxmock.wire.nfs import mount, portmap, results, rpc
from cxmock.wire.nfs.arguments import Creation, How
from cxmock.wire.nfs.decoder import NfsDecoder
from cxmock.wire.nfs.mount import MOUNT
from cxmock.wire.nfs.nfs3 import NFS
from cxmock.wire.nfs.portmap import PORTMAP
from cxmock.wire.nfs.rpc import Accept, Credentials, Nothing, Program
from cxmock.wire.nfs.values import Attributes, FileType, NewAttributes, Stable, Status
from cxmock.wire.observed import Observed

ROOT, IN, LEADS = b"0", b"1", b"2"
FILE = Attributes(FileType.REGULAR, 0o644, 1, 0, 0, 512, 512, 0, 1, 2, 0, 0, 0)


class Tap:
    """A decoder, and calls that pass it."""

    def __init__(self) -> None:
        self.decoder = NfsDecoder(iter(range(1, 1000)).__next__)
        self._xid = 0

    def pass_by(self, name: str, arguments: Any, result: Any, program: Program = NFS) -> Observed:
        """Let a call and its reply pass; return what was seen."""
        self._xid += 1
        call = rpc.call(self._xid, program, name, arguments, Credentials(machine="list-manager"))
        assert self.decoder.upstream(bytes(call)) == []
        [seen] = self.decoder.downstream(bytes(rpc.success(self._xid, result)))
        return seen


@pytest.fixture
def tap() -> Tap:
    """A tap that saw /in/leads.csv being looked up."""
    tap = Tap()
    tap.pass_by("MNT", mount.OfPath("/"), mount.MountResult(Status.OK, ROOT, (1,)), MOUNT)
    tap.pass_by("LOOKUP", args.OfEntry(ROOT, "in"), results.LookupResult(Status.OK, IN))
    tap.pass_by("LOOKUP", args.OfEntry(IN, "leads.csv"), results.LookupResult(Status.OK, LEADS, FILE))
    return tap


def test_files_are_named_by_the_paths_that_were_looked_up(tap: Tap) -> None:
    seen = tap.pass_by("READ", args.Read(LEADS, 0, 65536), results.ReadResult(Status.OK, FILE, 4, True, b"a,b\n"))
    assert (seen.operation, seen.ok, seen.source) == ("READ /in/leads.csv", True, "list-manager")
    assert seen.request == {"proc": "READ", "path": "/in/leads.csv", "offset": 0, "count": 65536}
    assert seen.response == {"status": "OK", "count": 4, "eof": True, "text": "a,b\n"}


def test_a_short_text_that_is_written_is_told(tap: Tap) -> None:
    seen = tap.pass_by(
        "WRITE", args.Write(LEADS, 512, 4, Stable.UNSTABLE, b"a,b\n"), results.WriteResult(Status.OK, count=4)
    )
    assert seen.request == {
        "proc": "WRITE",
        "path": "/in/leads.csv",
        "offset": 512,
        "count": 4,
        "stable": "UNSTABLE",
        "text": "a,b\n",
    }
    assert seen.response == {"status": "OK", "count": 4, "committed": "FILE_SYNC"}


@pytest.mark.parametrize("data", [b"\xff\xfe", b"x" * 1025])
def test_what_is_long_or_no_text_is_only_counted(tap: Tap, data: bytes) -> None:
    written = tap.pass_by(
        "WRITE", args.Write(LEADS, 0, len(data), Stable.UNSTABLE, data), results.WriteResult(Status.OK)
    )
    read = tap.pass_by("READ", args.Read(LEADS, 0, 65536), results.ReadResult(Status.OK, FILE, len(data), True, data))
    assert (written.request["count"], read.response["count"]) == (len(data), len(data))
    assert "text" not in {*written.request, *read.response}


def test_an_error_is_told_by_its_name(tap: Tap) -> None:
    seen = tap.pass_by("LOOKUP", args.OfEntry(IN, "none.csv"), results.LookupResult(Status.NOENT))
    assert (seen.ok, seen.request["path"], seen.response) == (False, "/in/none.csv", {"status": "NOENT"})


def test_a_renamed_folder_takes_its_files_along(tap: Tap) -> None:
    rename = tap.pass_by("RENAME", args.Rename(ROOT, "in", ROOT, "done"), results.RenameResult(Status.OK))
    assert rename.request == {"proc": "RENAME", "path": "/in", "to": "/done"}
    seen = tap.pass_by("GETATTR", args.OfHandle(LEADS), results.GetattrResult(Status.OK, FILE))
    assert seen.request["path"] == "/done/leads.csv"
    assert seen.response == {"status": "OK", "type": "REGULAR", "size": 512, "mode": "0644"}


def test_created_and_listed_files_are_known_by_name(tap: Tap) -> None:
    creation = Creation(How.UNCHECKED, NewAttributes(size=0, mode=0o600))
    seen = tap.pass_by("CREATE", args.Create(IN, "new.csv", creation), results.CreateResult(Status.OK, b"3", FILE))
    assert seen.request == {
        "proc": "CREATE",
        "path": "/in/new.csv",
        "how": "UNCHECKED",
        "new": {"mode": "0600", "size": 0},
    }
    listed = results.ReaddirplusResult(
        Status.OK,
        entries=(results.FullEntry(1, ".", 1, None, IN), results.FullEntry(9, "other.csv", 2, None, b"4")),
        eof=True,
    )
    seen = tap.pass_by("READDIRPLUS", args.Readdirplus(IN, 0, bytes(8), 100, 100), listed)
    assert seen.response == {"status": "OK", "entries": ["other.csv"], "count": 1, "eof": True}
    for handle, path in ((b"3", "/in/new.csv"), (b"4", "/in/other.csv"), (IN, "/in")):
        seen = tap.pass_by("ACCESS", args.Access(handle, 1), results.AccessResult(Status.OK, rights=1))
        assert (seen.request["path"], seen.response["rights"]) == (path, ["READ"])


def test_what_was_never_named_has_a_question_mark(tap: Tap) -> None:
    removal = results.ChangeResult(Status.OK)
    assert tap.pass_by("REMOVE", args.OfEntry(b"9", "x"), removal).request["path"] == "?/x"
    tap.pass_by("REMOVE", args.OfEntry(IN, "leads.csv"), removal)
    seen = tap.pass_by("GETATTR", args.OfHandle(LEADS), results.GetattrResult(Status.STALE))
    assert (seen.request["path"], seen.response) == ("?", {"status": "STALE"})


def test_where_the_programs_listen_is_seen_too(tap: Tap) -> None:
    seen = tap.pass_by("GETPORT", portmap.Mapping(100003, 3, portmap.TCP), portmap.PortResult(2049), PORTMAP)
    assert seen.request == {"proc": "GETPORT", "program": 100003, "version": 3, "protocol": 6}
    assert (seen.operation, seen.response) == ("GETPORT", {"status": "OK", "port": 2049})


def test_replies_may_come_in_another_order_and_tell_when_they_were_asked_for(tap: Tap) -> None:
    for xid, name in ((101, "a"), (102, "b")):
        tap.decoder.upstream(bytes(rpc.call(xid, NFS, "LOOKUP", args.OfEntry(IN, name))))
    replies = b"".join(bytes(rpc.success(xid, results.LookupResult(Status.NOENT))) for xid in (102, 101))
    seen = tap.decoder.downstream(replies)
    assert [(one.operation, one.began) for one in seen] == [("LOOKUP /in/b", 5), ("LOOKUP /in/a", 4)]


def test_a_reply_to_what_nobody_asked_is_passed_over(tap: Tap) -> None:
    assert tap.decoder.downstream(bytes(rpc.success(999, results.ChangeResult(Status.OK)))) == []


def test_other_programs_are_paired_by_their_numbers() -> None:
    """NFS version 4 and the lock manager may speak on the same connection."""
    decoder = NfsDecoder()
    nfs4 = Program(100003, 4, {1: rpc.Procedure("COMPOUND")})
    decoder.upstream(bytes(rpc.call(1, nfs4, "COMPOUND", Nothing())))
    [seen] = decoder.downstream(bytes(rpc.refusal(1, Accept.PROG_MISMATCH, low=3, high=3)))
    assert (seen.operation, seen.request) == ("100003.4.1", {"proc": "100003.4.1"})
    assert (seen.ok, seen.response) == (False, {"status": "PROG_MISMATCH"})
    decoder.upstream(bytes(rpc.call(2, nfs4, "COMPOUND", Nothing())))
    [seen] = decoder.downstream(bytes(rpc.unknown_flavor(2)))
    assert seen.response == {"status": "DENIED"}


def test_arguments_that_cannot_be_read_are_no_reason_to_look_away() -> None:
    decoder = NfsDecoder()
    decoder.upstream(bytes(rpc.call(1, NFS, "READ", Nothing())))
    [seen] = decoder.downstream(bytes(rpc.refusal(1, Accept.GARBAGE_ARGS)))
    assert (seen.request, seen.response) == ({"proc": "READ"}, {"status": "GARBAGE_ARGS"})


def test_what_is_no_call_ends_the_watching_with_a_reason() -> None:
    decoder = NfsDecoder()
    [seen] = decoder.upstream(b"GET / HTTP/1.1\r\n\r\n")
    assert (seen.operation, seen.ok) == ("undecodable", False)
    assert "a record of more than" in seen.request["why"]
    assert decoder.upstream(bytes(rpc.call(1, NFS, "NULL", Nothing()))) == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=120)), max_size=20))
def test_any_bytes_are_watched_without_an_exception(chunks: list[tuple[bool, bytes]]) -> None:
    decoder = NfsDecoder()
    for up, chunk in chunks:
        for seen in decoder.upstream(chunk) if up else decoder.downstream(chunk):
            to_json(seen.request)
            to_json(seen.response)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(NFS.procedures)), st.binary(max_size=100)), max_size=20))
def test_calls_and_replies_with_any_content_are_watched_without_an_exception(
    calls: list[tuple[int, bytes]],
) -> None:
    """The framing is right, what is in it is not."""
    decoder = NfsDecoder()
    for number, noise in calls:
        call = bytes(rpc.call(1, NFS, NFS.procedures[number].name, Nothing()))[4:] + noise
        reply = bytes(rpc.success(1, Nothing()))[4:] + noise
        for record, direction in ((call, decoder.upstream), (reply, decoder.downstream)):
            direction((len(record) | 1 << 31).to_bytes(4, "big") + record)


def test_calls_without_replies_do_not_pile_up() -> None:
    decoder = NfsDecoder()
    for xid in range(module.PENDING_LIMIT + 10):
        decoder.upstream(bytes(rpc.call(xid, NFS, "NULL", Nothing())))
    assert decoder.downstream(bytes(rpc.success(9, Nothing()))) == []
    assert len(decoder.downstream(bytes(rpc.success(10, Nothing())))) == 1


def test_the_data_of_waiting_writes_is_not_held() -> None:
    """A thousand calls of a mebibyte would be a gibibyte."""
    decoder = NfsDecoder()
    decoder.upstream(bytes(rpc.call(1, NFS, "WRITE", args.Write(IN, 0, 1 << 20, Stable.UNSTABLE, bytes(1 << 20)))))
    [pending] = decoder._pending.values()
    assert len(pending.arguments.data) < 2000
