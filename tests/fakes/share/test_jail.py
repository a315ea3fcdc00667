"""Nobody gets out of the exported folder, whatever lies in it and whatever happens behind the share's back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cxmock.fakes.share.folder import Folder
from cxmock.fakes.share.jail import OPEN_LIMIT
from cxmock.fakes.share.refused import Refused
from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs.arguments import AS_IS, Creation, How
from cxmock.wire.nfs.values import FileType, NewAttributes, Stable, Status
from tests.fakes.descriptors import held
from tests.fakes.share.calls import Call


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside the exported folder."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    return secret


def found(call: Call, folder: bytes, name: str) -> bytes:
    looked_up = call("LOOKUP", args.OfEntry(folder, name))
    assert looked_up.status is Status.OK
    handle: bytes = looked_up.file
    return handle


def test_a_symbolic_link_is_told_and_never_followed(call: Call, root: bytes, secret: Path) -> None:
    made = call("SYMLINK", args.Symlink(root, "link", AS_IS, str(secret)))
    assert made.attributes.type is FileType.SYMLINK
    assert call("READLINK", args.OfHandle(made.file)).target == str(secret)
    assert call("READ", args.Read(made.file, 0, 100)).status is Status.INVAL
    assert call("WRITE", args.Write(made.file, 0, 1, Stable.FILE_SYNC, b"x")).status is Status.INVAL
    assert call("SETATTR", args.Setattr(made.file, NewAttributes(size=0))).status is Status.INVAL
    assert call("SETATTR", args.Setattr(made.file, NewAttributes(modified=1))).status is Status.OK
    opened = call("CREATE", args.Create(root, "link", Creation(How.UNCHECKED, NewAttributes(size=0))))
    assert opened.status is Status.EXIST
    assert (secret.read_bytes(), secret.stat().st_mtime_ns > 1) == (b"secret", True)


def test_a_link_to_a_folder_is_no_folder(call: Call, root: bytes, secret: Path) -> None:
    link = call("SYMLINK", args.Symlink(root, "up", AS_IS, str(secret.parent))).file
    assert call("LOOKUP", args.OfEntry(link, "secret")).status is Status.NOTDIR
    assert call("READDIR", args.Readdir(link, 0, bytes(8), 1000)).status is Status.NOTDIR
    assert call("CREATE", args.Create(link, "x", Creation(How.UNCHECKED))).status is Status.NOTDIR


def test_a_folder_that_became_a_link_leads_nowhere(call: Call, root: bytes, folder: Folder, secret: Path) -> None:
    """Somebody swaps a folder for a link to the outside while a client holds handles in it."""
    inner = call("MKDIR", args.Mkdir(root, "in", AS_IS)).file
    call("CREATE", args.Create(inner, "secret", Creation(How.UNCHECKED)))
    file = found(call, inner, "secret")
    folder._jail.forget(2)
    (folder.path / "in").rename(folder.path / "was")
    (folder.path / "in").symlink_to(secret.parent)
    assert call("READ", args.Read(file, 0, 100)).status is Status.STALE
    assert call("LOOKUP", args.OfEntry(inner, "secret")).status is Status.STALE
    assert found(call, found(call, root, "was"), "secret") == file


def test_a_folder_that_was_swapped_for_another_is_stale(call: Call, root: bytes, folder: Folder) -> None:
    inner = call("MKDIR", args.Mkdir(root, "in", AS_IS)).file
    folder._jail.forget(2)
    (folder.path / "in").rename(folder.path / "was")
    (folder.path / "in").mkdir()
    (folder.path / "in" / "a").touch()
    assert call("LOOKUP", args.OfEntry(inner, "a")).status is Status.STALE
    with pytest.raises(Refused, match="STALE"):
        folder._jail.folder(folder.nodes.node(inner))


def test_a_file_that_was_swapped_for_another_is_stale(call: Call, root: bytes, folder: Folder) -> None:
    file = call("CREATE", args.Create(root, "a", Creation(How.UNCHECKED))).file
    (folder.path / "b").write_bytes(b"other")
    (folder.path / "b").rename(folder.path / "a")
    assert call("READ", args.Read(file, 0, 100)).status is Status.STALE
    assert bytes(call("READ", args.Read(found(call, root, "a"), 0, 100)).data) == b"other"


def test_a_pipe_does_not_keep_the_share_waiting(call: Call, root: bytes, folder: Folder) -> None:
    os.mkfifo(folder.path / "pipe")
    pipe = found(call, root, "pipe")
    assert call("READ", args.Read(pipe, 0, 100)).status is Status.INVAL
    assert call("GETATTR", args.OfHandle(pipe)).attributes.type is FileType.FIFO


def test_nothing_is_opened_through_a_link(folder: Folder, secret: Path) -> None:
    """Even if it became one a moment ago."""
    (folder.path / "link").symlink_to(secret)
    with pytest.raises(OSError, match="symbolic links"):
        folder._jail.open("link", os.O_RDONLY, folder._jail.root)


def test_a_pipe_is_opened_without_its_other_end(folder: Folder) -> None:
    os.mkfifo(folder.path / "pipe")
    os.close(folder._jail.open("pipe", os.O_RDONLY, folder._jail.root))


def test_removed_folders_are_let_go(call: Call, root: bytes, tmp_path: Path) -> None:
    before = held(tmp_path)
    for _ in range(OPEN_LIMIT // 2):
        inner = call("MKDIR", args.Mkdir(root, "d", AS_IS)).file
        call("LOOKUP", args.OfEntry(inner, "a"))
        call("RMDIR", args.OfEntry(root, "d"))
    assert held(tmp_path) == before == 1


def test_many_folders_do_not_take_many_descriptors(call: Call, root: bytes, tmp_path: Path) -> None:
    """And those that were let go are found again."""
    handles = []
    for number in range(OPEN_LIMIT * 3):
        inner = call("MKDIR", args.Mkdir(root, f"d{number}", AS_IS)).file
        call("CREATE", args.Create(inner, "a", Creation(How.UNCHECKED)))
        handles.append(inner)
    assert 1 < held(tmp_path) <= 1 + OPEN_LIMIT
    assert all(call("LOOKUP", args.OfEntry(inner, "a")).status is Status.OK for inner in handles)


def test_deep_folders_are_found_again_after_they_were_let_go(
    call: Call, root: bytes, folder: Folder, tmp_path: Path
) -> None:
    deep = root
    for _ in range(40):
        deep = call("MKDIR", args.Mkdir(deep, "d", AS_IS)).file
    call("CREATE", args.Create(deep, "a", Creation(How.UNCHECKED)))
    for number in range(OPEN_LIMIT + 1):
        other = call("MKDIR", args.Mkdir(root, f"x{number}", AS_IS)).file
        call("CREATE", args.Create(other, "a", Creation(How.UNCHECKED)))
    assert call("RENAME", args.Rename(deep, "a", root, "b")).status is Status.OK
    folder.close()
    assert held(tmp_path) == 0


def test_emptying_leaves_only_the_root(call: Call, root: bytes, folder: Folder) -> None:
    inner = call("MKDIR", args.Mkdir(root, "in", AS_IS)).file
    number = call("GETATTR", args.OfHandle(root)).attributes.number
    folder.empty()
    assert call("GETATTR", args.OfHandle(inner)).status is Status.STALE
    assert call("GETATTR", args.OfHandle(root)).attributes.number == number
    assert call("LOOKUP", args.OfEntry(root, "in")).status is Status.NOENT
