"""The jailed folder: whatever a path says, it stays inside."""

from __future__ import annotations

import errno
import os
import posixpath
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxmock.fakes.sftp.folder import DEPTH_LIMIT, Folder
from tests.fakes.descriptors import held

READ, WRITE = os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[Path]:
    """A file beside the folder, which nobody may reach or change."""
    path = tmp_path / "secret"
    path.write_text("do not tell")
    mode = path.stat().st_mode
    yield path
    assert path.read_text() == "do not tell"
    assert path.stat().st_mode == mode


def opened(folder: Folder, path: str, flags: int = READ) -> bytes:
    """Open, read or write one word, and close."""
    file = folder.open(path, flags)
    data = file.read(100, 0) if flags == READ else b"%d" % file.write(b"changed", 0)
    file.finish(complete=True)
    return data


def test_a_file_put_there_is_read_listed_and_told(folder: Folder) -> None:
    folder.put("/in/2026/leads.csv", "name\nÅsa\n")
    assert folder.read("in/2026/leads.csv") == "name\nÅsa\n".encode()
    assert folder.tree() == ["/in/", "/in/2026/", "/in/2026/leads.csv"]
    assert [name for name, _ in folder.listing("/in")] == ["2026"]
    assert folder.stat("/in/2026/leads.csv").st_size == 10


@pytest.mark.parametrize("path", ["../secret", "/../secret", "in/../../secret", "/in/../../../secret", "//../secret"])
def test_dots_stop_at_the_top(folder: Folder, secret: Path, path: str) -> None:
    """As in a chroot, the parent of the top is the top."""
    folder.make("/in")
    with pytest.raises(FileNotFoundError):
        opened(folder, path)
    opened(folder, path, WRITE)
    assert folder.tree() == ["/in/", "/secret"]


def test_an_absolute_path_starts_at_the_top(folder: Folder, secret: Path) -> None:
    for path in ("/etc/passwd", str(secret)):
        with pytest.raises(FileNotFoundError):
            opened(folder, path)


@pytest.mark.parametrize("target", ["../../secret", "/etc/passwd", "..", "../..", "/", "in/../../../secret"])
@pytest.mark.parametrize("inside", ["", "/passwd", "/secret"])
def test_a_link_that_points_outside_is_followed_by_nothing(
    folder: Folder, secret: Path, target: str, inside: str
) -> None:
    """Links that were in the folder before a client came are as dangerous as its own."""
    folder.make("/in")
    (folder.path / "evil").symlink_to(target)
    path = "/evil" + inside
    attempts: tuple[Callable[[], object], ...] = (
        lambda: opened(folder, path),
        lambda: opened(folder, path, WRITE),
        lambda: folder.stat(path),
        lambda: folder.listing(path),
        lambda: folder.change(path, mode=0o777),
        lambda: folder.change(path, times=(0, 0)),
        lambda: folder.change(path, size=0),
        lambda: folder.mkdir(path + "/x"),
        lambda: folder.rename(path + "/x", "/in/x", replace=True),
        lambda: folder.rename("/in", path + "/x", replace=True),
        lambda: folder.put(path + "/x", "x"),
        lambda: folder.read(path),
    )
    for attempt in attempts:
        with pytest.raises(PermissionError):
            attempt()


def test_a_link_inside_is_followed_as_usual(folder: Folder) -> None:
    folder.put("/in/leads.csv", "a")
    (folder.path / "latest").symlink_to("in/../in/leads.csv")
    (folder.path / "in" / "up").symlink_to("..")
    assert opened(folder, "/latest") == b"a"
    assert opened(folder, "/in/up/in/up/latest") == b"a"
    folder.remove("/latest")
    assert folder.read("/in/leads.csv") == b"a"


def test_links_in_a_circle_end(folder: Folder) -> None:
    (folder.path / "a").symlink_to("b")
    (folder.path / "b").symlink_to("a")
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)):
        folder.stat("/a")


def test_a_link_that_grows_as_it_is_followed_ends(folder: Folder) -> None:
    (folder.path / "a").symlink_to("/".join(["a"] * 100))
    with pytest.raises(OSError, match=os.strerror(errno.ENAMETOOLONG)):
        folder.stat("/a")


@pytest.mark.parametrize("swapped", ["folder", "file"])
def test_what_is_swapped_for_a_link_is_never_followed(folder: Folder, tmp_path: Path, swapped: str) -> None:
    """Somebody swaps a folder or a file for a link to the outside, again and again, while a client writes."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a").write_text("do not touch")
    folder.put("/in/a", "")
    place = folder.path / ("in" if swapped == "folder" else "in/a")
    target = outside if swapped == "folder" else outside / "a"
    stop = threading.Event()

    def swap() -> None:
        aside = folder.path / "aside"
        while not stop.is_set():
            place.rename(aside)
            place.symlink_to(target)
            place.unlink()
            aside.rename(place)

    swapper = threading.Thread(target=swap)
    swapper.start()
    denied = 0
    try:
        for _ in range(3000):
            try:
                file = folder.open("/in/a", os.O_WRONLY)
            except OSError:
                denied += 1
            else:
                file.write(b"changed", 0)
                file.finish(complete=True)
    finally:
        stop.set()
        swapper.join()
    assert (outside / "a").read_text() == "do not touch"
    assert denied > 0, "the swap was never met: this test has shown nothing"


def test_only_files_and_folders_are_opened(folder: Folder) -> None:
    """A pipe would hang whoever opens it."""
    os.mkfifo(folder.path / "pipe")
    for flags in (READ, WRITE):
        with pytest.raises(OSError, match=f"{os.strerror(errno.EACCES)}|{os.strerror(errno.ENXIO)}"):
            opened(folder, "/pipe", flags)
    folder.make("/in")
    with pytest.raises(IsADirectoryError):
        opened(folder, "/in")


def test_the_top_itself_can_be_neither_removed_nor_renamed(folder: Folder) -> None:
    attempts: tuple[Callable[[], object], ...] = (
        lambda: folder.rmdir("/"),
        lambda: folder.remove("/"),
        lambda: folder.rename("/", "/x", replace=True),
        lambda: folder.mkdir("/"),
    )
    for attempt in attempts:
        with pytest.raises(OSError):
            attempt()
    folder.put("/a", "a")
    assert folder.tree() == ["/a"]


@pytest.mark.parametrize("path", ["/a\0b", "/" + "a" * 300, "/" + "a/" * (DEPTH_LIMIT + 1)])
def test_an_impossible_path_is_an_error_and_no_more(folder: Folder, path: str) -> None:
    with pytest.raises(OSError):
        folder.stat(path)


def test_folders_are_not_nested_deeper_by_renaming(folder: Folder) -> None:
    """Else what is in them would be out of reach, and what walks through all of it would one day fail."""
    half = DEPTH_LIMIT // 2
    folder.make("/a" + "/d" * (half - 1))
    folder.put("/b" + "/d" * (half - 1) + "/leads.csv", "a")
    with pytest.raises(OSError, match=os.strerror(errno.ENAMETOOLONG)):
        folder.rename("/b", "/a" + "/d" * (half - 1) + "/b", replace=True)
    folder.rename("/b", "/a" + "/d" * (half - 2) + "/b", replace=True)
    assert folder.read("/a" + "/d" * (half - 2) + "/b" + "/d" * (half - 1) + "/leads.csv") == b"a"


def test_a_name_may_be_any_bytes(folder: Folder) -> None:
    path = os.fsdecode(b"/\xff\xfe.csv")
    folder.put(path, "a")
    assert [os.fsencode(name) for name, _ in folder.listing("/")] == [b"\xff\xfe.csv"]


def test_rename_replaces_only_where_it_is_asked_to(folder: Folder) -> None:
    folder.put("/a", "new")
    folder.put("/b", "old")
    with pytest.raises(FileExistsError):
        folder.rename("/a", "/b", replace=False)
    assert folder.read("/b") == b"old"
    folder.rename("/a", "/b", replace=True)
    assert folder.tree() == ["/b"]
    assert folder.read("/b") == b"new"


def test_a_client_cannot_take_away_the_owners_rights(folder: Folder) -> None:
    """Otherwise whoever runs the testbed could not remove what is left."""
    folder.put("/in/a", "a")
    folder.change("/in", mode=0o4000)
    folder.change("/in/a", mode=0o0)
    assert folder.stat("/in").st_mode & 0o7777 == 0o700
    assert folder.stat("/in/a").st_mode & 0o7777 == 0o600


def test_what_is_denied_is_denied_with_everything_below_it(folder: Folder) -> None:
    folder.put("/in/a", "a")
    folder.put("/inner", "b")
    folder.denied.add("/in")
    (folder.path / "link").symlink_to("in")
    for path in ("/in/a", "/in/../in/a", "/link/a"):
        with pytest.raises(PermissionError):
            folder.stat(path)
    for attempt in (folder.listing, folder.rmdir, folder.mkdir):
        with pytest.raises(PermissionError):
            attempt("/in")
    assert folder.stat("/in"), "that it is there can be seen in the folder above"
    assert opened(folder, "/inner") == b"b"
    assert folder.read("/in/a") == b"a", "who runs the server is not denied"


def test_a_file_is_settled_once_its_writer_came_to_the_end(folder: Folder) -> None:
    assert not folder.settled("/a")
    file = folder.open("/a", WRITE)
    file.write(b"half", 0)
    assert not folder.settled("/a")
    folder.rename("/a", "/b", replace=False)
    file.finish(complete=False)
    assert not folder.settled("/b")
    again = folder.open("/b", WRITE)
    again.finish(complete=True)
    assert folder.settled("/b")
    folder.make("/in")
    assert not folder.settled("/in")


def test_a_file_that_replaces_a_half_one_is_settled(folder: Folder) -> None:
    folder.open("/half", WRITE).finish(complete=False)
    folder.put("/whole", "whole")
    folder.rename("/whole", "/half", replace=True)
    assert folder.settled("/half")
    folder.open("/other", WRITE).finish(complete=False)
    folder.put("/other", "whole")
    assert folder.settled("/other")


def test_clearing_leaves_open_files_to_those_who_hold_them(folder: Folder) -> None:
    folder.put("/in/a", "a")
    folder.denied.add("/in")
    file = folder.open("/b", WRITE)
    folder.clear()
    assert file.write(b"late", 0) == 4
    file.finish(complete=True)
    assert folder.tree() == []
    assert folder.denied == set()
    folder.put("/in/a", "again")
    assert opened(folder, "/in/a") == b"again"


def test_what_an_earlier_folder_left_is_served_again(folder: Folder) -> None:
    folder.put("/in/a", "a")
    assert Folder(folder.path.parent).read("/in/a") == b"a"


def test_no_descriptor_is_left_behind(folder: Folder) -> None:
    """Good operations and bad ones close what they opened."""
    (folder.path / "evil").symlink_to("/etc")
    for path in ("/a/b/c", "/evil/passwd", "/a", "/../..", "/a/b/../../a/b/c/d"):
        folder.put("/a/b/c", "x")
        for attempt in (folder.stat, folder.listing, folder.read, lambda path: opened(folder, path)):
            with suppress(OSError):
                attempt(path)
    assert held(folder.path) == 0


NAMES = st.sampled_from(["..", ".", "", "in", "out", "a", "evil", "up", "loop", "etc", "passwd", "secret"])


@given(parts=st.lists(NAMES, max_size=12), absolute=st.booleans())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_path_leads_outside(folder: Folder, secret: Path, parts: list[str], absolute: bool) -> None:
    """Whatever is opened lies in the folder, and is what the same walk inside a chroot would have found."""
    folder.put("/in/a", "inside")
    for link, target in (("evil", "../.."), ("in/up", ".."), ("loop", "loop"), ("out", "/")):
        if not (folder.path / link).is_symlink():
            (folder.path / link).symlink_to(target)
    path = ("/" if absolute else "") + "/".join(parts)
    try:
        file = folder.open(path, READ)
    except OSError:
        return
    where = Path(f"/proc/self/fd/{file.fileno()}").readlink()
    data = file.read(100, 0)
    file.finish(complete=True)
    assert where.is_relative_to(folder.path)
    assert data == b"inside"


@given(path=st.text(max_size=60))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_path_or_an_error(folder: Folder, path: str) -> None:
    """Nothing but an OSError comes out, and what could be written is read at the place that the text names."""
    try:
        folder.put(path, "x")
    except (OSError, UnicodeEncodeError):
        return
    clean = posixpath.normpath("/" + path.lstrip("/"))
    assert clean in folder.tree()
    assert folder.read(clean) == b"x"
    folder.clear()
