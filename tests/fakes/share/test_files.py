"""Files on the share keep the promises of NFS version 3 (RFC 1813): content, creation, attributes."""

from __future__ import annotations

import pytest

from cxmock.fakes.share.folder import Folder
from cxmock.fakes.share.nodes import DEPTH_LIMIT
from cxmock.fakes.share.space import FILE_SIZE_MAX
from cxmock.net.clock import Clock
from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs.arguments import AS_IS, Creation, How
from cxmock.wire.nfs.values import MAX_DATA, FileType, Moment, NewAttributes, Rights, Stable, Status
from tests.fakes.share.calls import Call, attributes, lookup, make, mkdir, names, read, write

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
