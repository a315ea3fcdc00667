"""The share keeps the promises of NFS version 3 (RFC 1813)."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from cxmock.fakes.share.folder import Folder
from cxmock.fakes.share.listings import WALKS_LIMIT
from cxmock.fakes.share.nodes import DEPTH_LIMIT
from cxmock.fakes.share.space import FILE_SIZE_MAX
from cxmock.net.clock import Clock
from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs.arguments import AS_IS, Creation, How
from cxmock.wire.nfs.values import MAX_DATA, FileType, Moment, NewAttributes, Rights, Stable, Status
from cxmock.wire.nfs.xdr import encode

Call = Callable[..., Any]


def make(call: Call, folder: bytes, name: str, data: bytes = b"") -> bytes:
    """Create a file; return its handle."""
    made = call("CREATE", args.Create(folder, name, Creation(How.GUARDED)))
    assert made.status is Status.OK
    if data:
        assert write(call, made.file, data).status is Status.OK
    handle: bytes = made.file
    return handle


def mkdir(call: Call, folder: bytes, name: str) -> bytes:
    made = call("MKDIR", args.Mkdir(folder, name, AS_IS))
    assert made.status is Status.OK
    handle: bytes = made.file
    return handle


def write(call: Call, file: bytes, data: bytes, offset: int = 0) -> Any:
    return call("WRITE", args.Write(file, offset, len(data), Stable.FILE_SYNC, data))


def read(call: Call, file: bytes, offset: int = 0, count: int = 65536) -> Any:
    return call("READ", args.Read(file, offset, count))


def lookup(call: Call, folder: bytes, name: str) -> Any:
    return call("LOOKUP", args.OfEntry(folder, name))


def attributes(call: Call, file: bytes) -> Any:
    return call("GETATTR", args.OfHandle(file)).attributes


def names(call: Call, folder: bytes, size: int = 65536) -> list[str]:
    """List a folder page by page."""
    found: list[str] = []
    cookie, verifier, eof = 0, bytes(8), False
    while not eof:
        page = call("READDIR", args.Readdir(folder, cookie, verifier, size))
        assert page.status is Status.OK
        found += (entry.name for entry in page.entries)
        cookie, verifier, eof = page.entries[-1].cookie, page.verifier, page.eof
    return found


# Files


def test_what_is_written_is_read_back(call: Call, root: bytes) -> None:
    file = make(call, root, "leads.csv", b"a,b\n1,2\n")
    got = read(call, file, offset=4)
    assert (got.status, bytes(got.data), got.count, got.eof) == (Status.OK, b"1,2\n", 4, True)
    got = read(call, file, count=3)
    assert (bytes(got.data), got.eof) == (b"a,b", False)


def test_reading_behind_the_end_gives_nothing(call: Call, root: bytes) -> None:
    got = read(call, make(call, root, "a", b"123"), offset=2**64 - 1)
    assert (got.status, bytes(got.data), got.eof) == (Status.OK, b"", True)


def test_a_read_gives_no_more_than_a_mebibyte(call: Call, root: bytes) -> None:
    file = make(call, root, "big", bytes(MAX_DATA))
    write(call, file, b"more", offset=MAX_DATA)
    got = read(call, file, count=2**32 - 1)
    assert (got.count, got.eof) == (MAX_DATA, False)


def test_no_more_is_written_than_was_counted(call: Call, root: bytes) -> None:
    file = make(call, root, "a")
    assert call("WRITE", args.Write(file, 0, 2, Stable.FILE_SYNC, b"1234")).count == 2
    assert bytes(read(call, file).data) == b"12"


def test_writing_behind_the_end_leaves_a_hole_of_zeros(call: Call, root: bytes) -> None:
    file = make(call, root, "a")
    assert write(call, file, b"x", offset=3).change.after.size == 4
    assert bytes(read(call, file).data) == b"\0\0\0x"


def test_a_file_may_not_be_larger_than_the_server_says(call: Call, root: bytes) -> None:
    file = make(call, root, "a")
    assert write(call, file, b"x", offset=FILE_SIZE_MAX).status is Status.FBIG
    assert write(call, file, b"x", offset=2**64 - 1).status is Status.FBIG
    assert call("SETATTR", args.Setattr(file, NewAttributes(size=2**64 - 1))).status is Status.FBIG
    assert call("FSINFO", args.OfHandle(root)).file_size_max == FILE_SIZE_MAX


def test_a_change_tells_before_and_after(call: Call, root: bytes) -> None:
    """So a client can tell whether somebody else changed the file meanwhile."""
    file = make(call, root, "a", b"12")
    first = write(call, file, b"3", offset=2).change
    second = write(call, file, b"4", offset=3).change
    assert (first.before.size, first.after.size) == (2, 3)
    assert (second.before.size, second.before.modified, second.before.changed) == (
        first.after.size,
        first.after.modified,
        first.after.changed,
    )
    assert second.after.modified > second.before.modified


def test_the_verifier_of_writes_is_that_of_commits(call: Call, root: bytes) -> None:
    file = make(call, root, "a")
    assert write(call, file, b"1").verifier == call("COMMIT", args.Commit(file, 0, 0)).verifier


def test_a_folder_cannot_be_read_and_a_file_not_listed(call: Call, root: bytes) -> None:
    inner, file = mkdir(call, root, "in"), make(call, root, "a")
    assert read(call, inner).status is Status.ISDIR
    assert write(call, inner, b"x").status is Status.ISDIR
    assert call("READDIR", args.Readdir(file, 0, bytes(8), 1000)).status is Status.NOTDIR
    assert lookup(call, file, "x").status is Status.NOTDIR


# Creating


def test_a_guarded_creation_does_not_touch_what_is_there(call: Call, root: bytes) -> None:
    make(call, root, "a", b"old")
    again = call("CREATE", args.Create(root, "a", Creation(How.GUARDED, NewAttributes(size=0))))
    assert again.status is Status.EXIST
    assert attributes(call, lookup(call, root, "a").file).size == 3


def test_an_unchecked_creation_may_truncate_what_is_there(call: Call, root: bytes) -> None:
    file = make(call, root, "a", b"old")
    same = call("CREATE", args.Create(root, "a", Creation(How.UNCHECKED)))
    assert (same.status, same.file, same.attributes.size) == (Status.OK, file, 3)
    truncated = call("CREATE", args.Create(root, "a", Creation(How.UNCHECKED, NewAttributes(size=0))))
    assert (truncated.file, truncated.attributes.size) == (file, 0)


def test_an_exclusive_creation_can_be_repeated_only_by_who_made_it(call: Call, root: bytes) -> None:
    """The reply may have been lost: the same verifier succeeds again, another one does not."""
    mine = args.Create(root, "lock", Creation(How.EXCLUSIVE, verifier=b"verifier"))
    first, again = call("CREATE", mine), call("CREATE", mine)
    assert (first.status, again.status, again.file) == (Status.OK, Status.OK, first.file)
    other = call("CREATE", args.Create(root, "lock", Creation(How.EXCLUSIVE, verifier=b"another1")))
    assert other.status is Status.EXIST
    call("SETATTR", args.Setattr(first.file, NewAttributes(mode=0o600)))
    assert call("CREATE", mine).status is Status.EXIST


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("", Status.INVAL),
        (".", Status.INVAL),
        ("..", Status.INVAL),
        ("a/b", Status.INVAL),
        ("a\0b", Status.INVAL),
        ("x" * 256, Status.NAMETOOLONG),
        ("x" * 255, Status.OK),
        ("\udcff\udcfe", Status.OK),
        ("Käufer 名前.csv", Status.OK),
    ],
)
def test_a_name_is_checked(call: Call, root: bytes, name: str, status: Status) -> None:
    assert call("CREATE", args.Create(root, name, Creation(How.UNCHECKED))).status is status
    assert (name in names(call, root)) is (status is Status.OK or name in (".", ".."))
    assert call("MKDIR", args.Mkdir(root, name, AS_IS)).status in (status, Status.EXIST)


def test_folders_cannot_be_nested_without_end(call: Call, root: bytes) -> None:
    handle = root
    for _ in range(250):
        made = call("MKDIR", args.Mkdir(handle, "d", AS_IS))
        if made.status is Status.NAMETOOLONG:
            break
        handle = made.file
    else:
        pytest.fail("250 folders in folders were made")
    assert attributes(call, handle).type is FileType.DIRECTORY


def test_folders_are_not_nested_deeper_by_renaming(call: Call, root: bytes, folder: Folder) -> None:
    """Else what walks through all of it, such as a reset, would one day fail."""
    bottoms = []
    for name in ("a", "b"):
        handle = mkdir(call, root, name)
        for _ in range(DEPTH_LIMIT // 2 - 1):
            handle = mkdir(call, handle, "d")
        bottoms.append(handle)
    mkdir(call, root, "c")
    assert call("RENAME", args.Rename(root, "c", bottoms[1], "c")).status is Status.OK
    assert call("RENAME", args.Rename(root, "b", bottoms[0], "b")).status is Status.NAMETOOLONG
    assert call("RMDIR", args.OfEntry(bottoms[1], "c")).status is Status.OK
    assert call("RENAME", args.Rename(root, "b", bottoms[0], "b")).status is Status.OK
    assert folder.nodes.names(folder.nodes.node(bottoms[1])) == ["a", *"d" * 99, "b", *"d" * 99]


def test_a_file_that_would_be_too_large_at_once_is_not_made(call: Call, root: bytes, folder: Folder) -> None:
    folder.space.room_bytes = 10
    creation = Creation(How.GUARDED, NewAttributes(size=11))
    assert call("CREATE", args.Create(root, "a", creation)).status is Status.NOSPC
    assert names(call, root) == [".", ".."]


def test_devices_are_not_made(call: Call, root: bytes) -> None:
    assert call("MKNOD", args.Mknod(root, "pipe", FileType.FIFO)).status is Status.NOTSUPP


# Attributes


def test_mode_and_owner_are_kept_without_being_root(call: Call, root: bytes, folder: Folder) -> None:
    file = make(call, root, "a")
    new = NewAttributes(mode=0o4751, uid=1000, gid=100)
    assert call("SETATTR", args.Setattr(file, new)).status is Status.OK
    now = attributes(call, file)
    assert (now.mode, now.uid, now.gid) == (0o4751, 1000, 100)
    assert (folder.path / "a").stat().st_mode & 0o7777 == 0o600


def test_a_file_without_rights_is_still_its_owners_to_write(call: Call, root: bytes) -> None:
    """A client that creates a file for reading only goes on to write it."""
    made = call("CREATE", args.Create(root, "a", Creation(How.GUARDED, NewAttributes(mode=0o400))))
    assert write(call, made.file, b"x").status is Status.OK
    assert call("ACCESS", args.Access(made.file, 0x3F)).rights == Rights.READ


def test_a_folders_rights_bind_who_changes_it(call: Call, root: bytes) -> None:
    inner = mkdir(call, root, "in")
    make(call, inner, "a")
    call("SETATTR", args.Setattr(inner, NewAttributes(mode=0o500)))
    assert call("CREATE", args.Create(inner, "b", Creation(How.UNCHECKED))).status is Status.ACCES
    assert call("REMOVE", args.OfEntry(inner, "a")).status is Status.ACCES
    assert lookup(call, inner, "a").status is Status.OK
    call("SETATTR", args.Setattr(inner, NewAttributes(mode=0)))
    assert lookup(call, inner, "a").status is Status.ACCES
    assert call("READDIR", args.Readdir(inner, 0, bytes(8), 1000)).status is Status.ACCES
    assert call("ACCESS", args.Access(inner, 0x3F)).rights == 0


def test_times_can_be_set(call: Call, root: bytes, clock: Clock) -> None:
    file = make(call, root, "a")
    call("SETATTR", args.Setattr(file, NewAttributes(accessed=5, modified=1_700_000_000_123_456_789)))
    now = attributes(call, file)
    assert (now.accessed, now.modified) == (5, 1_700_000_000_123_456_789)
    clock.set(2_000_000_000)
    call("SETATTR", args.Setattr(file, NewAttributes(modified=Moment.NOW)))
    assert attributes(call, file).modified // 10**9 == 2_000_000_000


def test_files_are_dated_by_the_testbeds_clock(call: Call, root: bytes, clock: Clock) -> None:
    clock.set(2_000_000_000)
    file = make(call, root, "a", b"x")
    assert attributes(call, file).modified // 10**9 == 2_000_000_000
    assert attributes(call, root).modified // 10**9 == 2_000_000_000


def test_a_guarded_change_is_refused_after_another_change(call: Call, root: bytes) -> None:
    """However soon that was."""
    file = make(call, root, "a", b"x")
    guard = attributes(call, file).changed
    write(call, file, b"y")
    guarded = args.Setattr(file, NewAttributes(size=0), guard)
    assert call("SETATTR", guarded).status is Status.NOT_SYNC
    assert attributes(call, file).size == 1
    guarded = args.Setattr(file, NewAttributes(size=0), attributes(call, file).changed)
    assert call("SETATTR", guarded).status is Status.OK


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


# Room


def test_a_full_share_says_so(call: Call, root: bytes, folder: Folder) -> None:
    folder.space.room_bytes = 10
    file = make(call, root, "a", b"12345678")
    assert write(call, file, b"123", offset=8).status is Status.NOSPC
    assert write(call, file, b"12", offset=8).status is Status.OK
    assert write(call, file, b"xx", offset=0).status is Status.OK
    assert call("FSSTAT", args.OfHandle(root)).free_bytes == 0
    assert call("SETATTR", args.Setattr(file, NewAttributes(size=11))).status is Status.NOSPC


def test_what_takes_no_more_room_is_done_on_an_overfull_share(call: Call, root: bytes, folder: Folder) -> None:
    file = make(call, root, "a", b"12345678")
    folder.space.room_bytes = 4
    assert write(call, file, b"x").status is Status.OK
    assert call("SETATTR", args.Setattr(file, NewAttributes(size=6))).status is Status.OK
    assert call("FSSTAT", args.OfHandle(root)).free_bytes == 0


def test_room_is_given_back(call: Call, root: bytes, folder: Folder) -> None:
    folder.space.room_bytes = 10
    file = make(call, root, "a", b"12345678")
    call("LINK", args.Link(file, root, "b"))
    call("REMOVE", args.OfEntry(root, "a"))
    assert folder.space.used_bytes == 8
    call("SETATTR", args.Setattr(file, NewAttributes(size=4)))
    assert folder.space.used_bytes == 4
    make(call, root, "c", b"12")
    call("RENAME", args.Rename(root, "c", root, "b"))
    assert folder.space.used_bytes == 2
    call("REMOVE", args.OfEntry(root, "b"))
    assert folder.space.used_bytes == 0


def test_a_quota_that_is_used_up_is_told_from_a_full_share(call: Call, root: bytes, folder: Folder) -> None:
    folder.space.room_bytes, folder.space.quota_bytes = 100, 10
    file = make(call, root, "a", b"12345678")
    told = call("FSSTAT", args.OfHandle(root))
    assert (told.total_bytes, told.free_bytes, told.available_bytes) == (100, 92, 2)
    assert write(call, file, b"123", offset=8).status is Status.DQUOT
    assert write(call, file, b"12", offset=8).status is Status.OK
    assert write(call, file, bytes(200)).status is Status.NOSPC


def test_a_full_disk_is_a_full_share(call: Call, root: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    file = make(call, root, "a", b"1")

    def full(*about: object, **more: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    monkeypatch.setattr(os, "mkdir", full)
    assert write(call, file, b"2").status is Status.NOSPC
    assert call("MKDIR", args.Mkdir(root, "in", AS_IS)).status is Status.NOSPC
    monkeypatch.undo()
    assert read(call, file).data == b"1"


def test_without_a_limit_the_room_is_the_disks(call: Call, root: bytes, folder: Folder) -> None:
    disk = os.statvfs(folder.path)
    assert call("FSSTAT", args.OfHandle(root)).total_bytes == disk.f_blocks * disk.f_frsize


def test_what_names_may_be_is_told(call: Call, root: bytes) -> None:
    told = call("PATHCONF", args.OfHandle(root))
    assert (told.name_max, told.refuses_long, told.keeps_case) == (255, True, True)
