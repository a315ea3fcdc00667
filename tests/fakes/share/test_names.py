"""Names on the share keep the promises of NFS version 3 (RFC 1813): handles, entries of folders, listings."""

from __future__ import annotations

import pytest

from cxmock.fakes.share.folder import Folder
from cxmock.fakes.share.listings import WALKS_LIMIT
from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs.arguments import Creation, How
from cxmock.wire.nfs.values import Status
from cxmock.wire.nfs.xdr import encode
from tests.fakes.share.calls import Call, attributes, lookup, make, mkdir, names, read

# Handles


def test_a_handle_stays_valid_when_its_file_is_renamed(call: Call, root: bytes) -> None:
    file, inner = make(call, root, "a", b"1"), mkdir(call, root, "in")
    deep = make(call, inner, "deep", b"2")
    assert call("RENAME", args.Rename(root, "a", inner, "b")).status is Status.OK
    assert call("RENAME", args.Rename(root, "in", root, "done")).status is Status.OK
    assert bytes(read(call, file).data) == b"1"
    assert bytes(read(call, deep).data) == b"2"
    assert lookup(call, lookup(call, root, "done").file, "b").file == file


def test_a_handle_is_stale_when_its_file_is_gone(call: Call, root: bytes) -> None:
    file, inner = make(call, root, "a"), mkdir(call, root, "in")
    call("REMOVE", args.OfEntry(root, "a"))
    call("RMDIR", args.OfEntry(root, "in"))
    assert call("GETATTR", args.OfHandle(file)).status is Status.STALE
    assert make(call, root, "a") != file
    assert call("CREATE", args.Create(inner, "x", Creation(How.UNCHECKED))).status is Status.STALE


def test_a_new_file_is_new_even_where_the_disk_gives_it_an_old_number(call: Call, root: bytes) -> None:
    handles = set()
    for number in range(20):
        file = make(call, root, "a", b"%d" % number)
        assert bytes(read(call, file).data) == b"%d" % number
        handles.add(file)
        call("REMOVE", args.OfEntry(root, "a"))
    assert len(handles) == 20


def test_a_file_that_is_renamed_often_is_remembered_once(call: Call, root: bytes, folder: Folder) -> None:
    file = make(call, root, "0")
    for number in range(20):
        call("RENAME", args.Rename(root, f"{number}", root, f"{number + 1}"))
    assert len(folder.nodes.node(file).places) == 1


def test_a_replaced_file_is_stale_and_the_new_one_keeps_its_handle(call: Call, root: bytes) -> None:
    old, new = make(call, root, "a", b"old"), make(call, root, "a.tmp", b"new")
    call("RENAME", args.Rename(root, "a.tmp", root, "a"))
    assert read(call, old).status is Status.STALE
    assert bytes(read(call, new).data) == b"new"


@pytest.mark.parametrize("handle", [b"", b"x", bytes(16), bytes(64)])
def test_a_handle_that_was_never_given_is_refused(call: Call, handle: bytes) -> None:
    assert call("GETATTR", args.OfHandle(handle)).status in (Status.STALE, Status.BADHANDLE)


def test_a_handle_of_an_earlier_server_is_stale(call: Call, root: bytes) -> None:
    earlier = bytes(byte ^ 1 for byte in root[:8]) + root[8:]
    assert call("GETATTR", args.OfHandle(earlier)).status is Status.STALE


# Names


def test_a_file_can_have_two_names(call: Call, root: bytes) -> None:
    file, inner = make(call, root, "a", b"1"), mkdir(call, root, "in")
    linked = call("LINK", args.Link(file, inner, "b"))
    assert (linked.status, linked.attributes.links) == (Status.OK, 2)
    assert call("REMOVE", args.OfEntry(root, "a")).status is Status.OK
    assert bytes(read(call, file).data) == b"1"
    assert call("LINK", args.Link(inner, root, "c")).status is Status.ISDIR


def test_renaming_one_name_of_a_file_to_another_changes_nothing(call: Call, root: bytes) -> None:
    """So POSIX wants it."""
    file = make(call, root, "a")
    call("LINK", args.Link(file, root, "b"))
    assert call("RENAME", args.Rename(root, "a", root, "b")).status is Status.OK
    call("REMOVE", args.OfEntry(root, "b"))
    assert attributes(call, file).links == 1
    assert sorted(names(call, root)) == [".", "..", "a"]


def test_a_folder_with_entries_is_neither_removed_nor_replaced(call: Call, root: bytes) -> None:
    inner = mkdir(call, root, "in")
    make(call, inner, "a")
    mkdir(call, root, "other")
    assert call("RMDIR", args.OfEntry(root, "in")).status is Status.NOTEMPTY
    assert call("RENAME", args.Rename(root, "other", root, "in")).status is Status.NOTEMPTY
    assert call("REMOVE", args.OfEntry(root, "in")).status is Status.ISDIR
    assert call("RENAME", args.Rename(root, "in", inner, "self")).status is Status.INVAL


def test_what_is_not_there_is_neither_removed_nor_renamed(call: Call, root: bytes) -> None:
    for procedure in ("REMOVE", "RMDIR", "LOOKUP"):
        assert call(procedure, args.OfEntry(root, "none")).status is Status.NOENT
    assert call("RENAME", args.Rename(root, "none", root, "x")).status is Status.NOENT
    make(call, root, "a")
    assert call("RMDIR", args.OfEntry(root, "a")).status is Status.NOTDIR


def test_the_root_is_its_own_parent(call: Call, root: bytes) -> None:
    inner = mkdir(call, root, "in")
    assert lookup(call, root, "..").file == root
    assert lookup(call, inner, "..").file == root
    assert lookup(call, inner, ".").file == inner


# Listing


def test_ten_thousand_files_are_listed_once_each(call: Call, root: bytes, folder: Folder) -> None:
    for number in range(10_000):
        (folder.path / f"{number:05}.csv").touch()
    listed = names(call, root)
    assert len(listed) == 10_002
    assert sorted(listed)[:4] == [".", "..", "00000.csv", "00001.csv"]


def test_a_listing_is_as_the_folder_was_when_it_began(call: Call, root: bytes) -> None:
    for number in range(20):
        make(call, root, f"{number:02}")
    first = call("READDIRPLUS", args.Readdirplus(root, 0, bytes(8), 2000, 2000))
    assert 2 < len(first.entries) < 22
    gone = ({f"{number:02}" for number in range(20)} - {entry.name for entry in first.entries}).pop()
    call("REMOVE", args.OfEntry(root, gone))
    make(call, root, "new")
    rest = call("READDIRPLUS", args.Readdirplus(root, first.entries[-1].cookie, first.verifier, 65536, 65536))
    found = {entry.name: entry.attributes for entry in (*first.entries, *rest.entries)}
    assert rest.eof
    assert set(found) == {".", ".."} | {f"{number:02}" for number in range(20)}
    assert found[gone] is None


def test_readdirplus_gives_handles_that_work(call: Call, root: bytes) -> None:
    make(call, root, "a", b"123")
    page = call("READDIRPLUS", args.Readdirplus(root, 0, bytes(8), 65536, 65536))
    [entry] = (entry for entry in page.entries if entry.name == "a")
    assert (bytes(read(call, entry.file).data), entry.attributes.size) == (b"123", 3)
    assert entry.number == entry.attributes.number


def test_no_page_is_larger_than_was_asked_for(call: Call, root: bytes) -> None:
    for number in range(50):
        make(call, root, "n" * number + "x")
    for size in (400, 1000, 4096):
        assert len(names(call, root, size)) == 52
        cookie, verifier, eof = 0, bytes(8), False
        while not eof:
            page = call("READDIRPLUS", args.Readdirplus(root, cookie, verifier, size, size))
            cookie, verifier, eof = page.entries[-1].cookie, page.verifier, page.eof
            assert len(encode(page)) <= size


def test_a_page_too_small_for_any_entry_is_refused(call: Call, root: bytes) -> None:
    assert call("READDIR", args.Readdir(root, 0, bytes(8), 10)).status is Status.TOOSMALL
    assert call("READDIRPLUS", args.Readdirplus(root, 0, bytes(8), 10, 65536)).status is Status.TOOSMALL


def test_a_listing_that_was_forgotten_is_begun_anew(call: Call, root: bytes) -> None:
    first = call("READDIR", args.Readdir(root, 0, bytes(8), 1000))
    for _ in range(WALKS_LIMIT):
        call("READDIR", args.Readdir(root, 0, bytes(8), 1000))
    assert call("READDIR", args.Readdir(root, 1, first.verifier, 1000)).status is Status.BAD_COOKIE
    assert call("READDIR", args.Readdir(root, 1, b"anything", 1000)).status is Status.BAD_COOKIE


def test_a_listing_belongs_to_its_folder(call: Call, root: bytes) -> None:
    other = mkdir(call, root, "in")
    first = call("READDIR", args.Readdir(root, 0, bytes(8), 1000))
    assert call("READDIR", args.Readdir(other, 1, first.verifier, 1000)).status is Status.BAD_COOKIE
