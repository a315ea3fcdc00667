"""A share that is full, or whose quota is used up, says so; and how much is left."""

from __future__ import annotations

import errno
import os
from typing import NoReturn

import pytest

from cxmock.fakes.share.folder import Folder
from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs.arguments import AS_IS
from cxmock.wire.nfs.values import NewAttributes, Status
from tests.fakes.share.calls import Call, make, read, write


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
