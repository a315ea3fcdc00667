"""The share behaves like a local disk: seen by a client that we did not write, by ours, and compared call by call."""

from __future__ import annotations

import errno
import itertools
import os
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxmock.clients.nfs import NfsClient
from cxmock.errors.nfs import NfsError
from cxmock.fakes.share.refused import status_of
from cxmock.testbed import Options, Testbed
from cxmock.topology import Component
from cxmock.wire.nfs.values import FileType

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="nfs-rs has wheels for Linux on x86-64 only"
)

PATHS = ["a", "b", "a/a", "a/b", "b/a", "a/a/a", "c.csv"]


class Hands(Protocol):
    """How one of them does it; errors are told by the status of NFS."""

    def mkdir(self, path: str) -> Any: ...
    def rmdir(self, path: str) -> Any: ...
    def remove(self, path: str) -> Any: ...
    def rename(self, path: str, to: str) -> Any: ...
    def write(self, path: str, data: bytes) -> Any: ...
    def read(self, path: str) -> Any: ...
    def listdir(self, path: str) -> Any: ...
    def stat(self, path: str) -> Any: ...


class OnDisk:
    """The operating system's own file system."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def mkdir(self, path: str) -> None:
        (self._folder / path).mkdir()

    def rmdir(self, path: str) -> None:
        (self._folder / path).rmdir()

    def remove(self, path: str) -> None:
        (self._folder / path).unlink()

    def rename(self, path: str, to: str) -> None:
        (self._folder / path).rename(self._folder / to)

    def write(self, path: str, data: bytes) -> None:
        (self._folder / path).write_bytes(data)

    def read(self, path: str) -> bytes:
        return (self._folder / path).read_bytes()

    def listdir(self, path: str) -> list[str]:
        return sorted(one.name for one in (self._folder / path).iterdir())

    def stat(self, path: str) -> tuple[bool, int]:
        found = (self._folder / path).stat()
        is_folder = (self._folder / path).is_dir()
        return is_folder, 0 if is_folder else found.st_size


class ByNfsRs:
    """A client that we did not write."""

    def __init__(self, client: Any, folder: str) -> None:
        self._client = client
        self._folder = folder

    def mkdir(self, path: str) -> None:
        self._client.mkdir(f"{self._folder}/{path}")

    def rmdir(self, path: str) -> None:
        self._client.rmdir(f"{self._folder}/{path}")

    def remove(self, path: str) -> None:
        self._client.remove(f"{self._folder}/{path}")

    def rename(self, path: str, to: str) -> None:
        self._client.rename(f"{self._folder}/{path}", f"{self._folder}/{to}")

    def write(self, path: str, data: bytes) -> None:
        with self._client.open(f"{self._folder}/{path}", "wb") as file:
            file.write(data)

    def read(self, path: str) -> bytes:
        with self._client.open(f"{self._folder}/{path}", "rb") as file:
            return bytes(file.read())

    def listdir(self, path: str) -> list[str]:
        return sorted(self._client.listdir(f"{self._folder}/{path}"))

    def stat(self, path: str) -> tuple[bool, int]:
        found = self._client.stat(f"{self._folder}/{path}")
        is_folder = found.type.value == "directory"
        return is_folder, 0 if is_folder else found.size


class ByUs:
    """Our own client."""

    def __init__(self, testbed: Testbed, client: NfsClient, folder: str) -> None:
        self._run = testbed.run
        self._client = client
        self._folder = folder

    def mkdir(self, path: str) -> None:
        self._run(self._client.mkdir(f"{self._folder}/{path}"))

    def rmdir(self, path: str) -> None:
        self._run(self._client.rmdir(f"{self._folder}/{path}"))

    def remove(self, path: str) -> None:
        self._run(self._client.remove(f"{self._folder}/{path}"))

    def rename(self, path: str, to: str) -> None:
        self._run(self._client.rename(f"{self._folder}/{path}", f"{self._folder}/{to}"))

    def write(self, path: str, data: bytes) -> None:
        try:
            self._run(self._client.write(f"{self._folder}/{path}", data))
        except NfsError as error:
            # CREATE has no ISDIR (RFC 1813, section 3.3.8): what is there already, and no file, is EXIST.
            raise IsADirectoryError(errno.EISDIR, path) if error.status == "EXIST" else error from error

    def read(self, path: str) -> bytes:
        return self._run(self._client.read(f"{self._folder}/{path}"))

    def listdir(self, path: str) -> list[str]:
        return self._run(self._client.listdir(f"{self._folder}/{path}"))

    def stat(self, path: str) -> tuple[bool, int]:
        found = self._run(self._client.stat(f"{self._folder}/{path}"))
        is_folder = found.type is FileType.DIRECTORY
        return is_folder, 0 if is_folder else found.size


Step = Callable[[Hands], Any]


def outcome(step: Step, hands: Hands) -> Any:
    """Return what a step gives, or the status that it fails with."""
    try:
        return step(hands)
    except NfsError as error:
        return error.status
    except Exception as error:
        if (code := getattr(error, "code_name", None)) is not None:
            return str(code).removeprefix("NFS3ERR_")
        assert isinstance(error, OSError), error
        return status_of(error).name


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    with Testbed(Options(ports="ephemeral")) as testbed:
        testbed.start(Component.SHARE)
        yield testbed


@pytest.fixture(scope="module")
def ours(testbed: Testbed) -> Iterator[NfsClient]:
    client = testbed.run(NfsClient.open(testbed.env["CX_SHARE_URL"], within=5))
    yield client
    testbed.run(client.close())


@pytest.fixture(scope="module")
def theirs(testbed: Testbed) -> Iterator[Any]:
    import nfs_rs

    (endpoint,) = testbed.endpoints[Component.SHARE]
    client = nfs_rs.Client.connect(
        f"nfs://{endpoint.host}/",
        versions=["3"],
        nfs_port=endpoint.port,
        mount_port=endpoint.port,
        connect_timeout=5,
        operation_timeout=5,
    )
    yield client
    client.close()


@pytest.fixture(scope="module")
def fresh(
    testbed: Testbed, ours: NfsClient, theirs: Any, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], list[Hands]]:
    """Give each of them an empty folder."""
    numbers = itertools.count()

    def fresh() -> list[Hands]:
        number = next(numbers)
        disk = tmp_path_factory.mktemp("disk")
        for who in ("ours", "theirs"):
            testbed.part(Component.SHARE).mkdir(f"/{who}{number}")
        return [OnDisk(disk), ByNfsRs(theirs, f"/theirs{number}"), ByUs(testbed, ours, f"/ours{number}")]

    return fresh


def step(name: str, *arguments: Any) -> Step:
    return lambda hands: getattr(hands, name)(*arguments)


ANY = st.sampled_from(PATHS)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["mkdir", "rmdir", "remove", "read", "listdir", "stat"]), ANY),
    st.tuples(st.just("rename"), ANY, ANY),
    st.tuples(st.just("write"), ANY, st.sampled_from([b"", b"a,b\n", bytes(5000)])),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=25))
def test_every_step_ends_on_the_share_as_it_does_on_disk(
    fresh: Callable[[], list[Hands]], steps: list[tuple[Any, ...]]
) -> None:
    """The same value or the same error, through their client and through ours."""
    hands = fresh()
    for one in steps:
        on_disk, by_them, by_us = (outcome(step(*one), hand) for hand in hands)
        assert by_us == by_them, one
        # Of two wrong paths, a client comes to one first and the system to the other.
        both_fail = one[0] == "rename" and isinstance(on_disk, str) and isinstance(by_them, str)
        assert by_them == on_disk or both_fail, one


def test_files_of_both_clients_are_the_same(theirs: Any, testbed: Testbed, ours: NfsClient) -> None:
    """Larger than what one call carries."""
    content = os.urandom(3 * 2**20 + 5)
    with theirs.open("/big", "wb") as file:
        file.write(content)
    assert testbed.run(ours.read("/big")) == content
    testbed.run(ours.write("/big", content[::-1]))
    with theirs.open("/big", "rb") as file:
        assert file.read() == content[::-1]


def test_links_modes_and_limits_are_as_their_client_expects(theirs: Any) -> None:
    with theirs.open("/a", "wb") as file:
        file.write(b"1")
    theirs.chmod("/a", 0o640)
    theirs.chown("/a", 1000, 100)
    theirs.utime("/a", ns=(1, 1_700_000_000_000_000_005))
    theirs.link("/a", "/b")
    theirs.symlink("/etc/passwd", "/l")
    found = theirs.stat("/b")
    assert (found.mode, found.uid, found.gid, found.nlink) == (0o640, 1000, 100, 2)
    assert (found.atime, found.mtime) == (1, 1_700_000_000_000_000_005)
    assert theirs.readlink("/l") == "/etc/passwd"
    assert (theirs.io_limits.max_read, theirs.io_limits.max_write) == (2**20, 2**20)
    assert theirs.fs_info().supports_symlinks


def test_ten_thousand_files_are_listed_by_their_client(theirs: Any, testbed: Testbed) -> None:
    share = testbed.part(Component.SHARE)
    share.mkdir("/many")
    for number in range(10_000):
        share.put(f"/many/{number:05}.csv", b"")
    listed = list(theirs.scandir("/many"))
    assert len({one.name for one in listed}) == len(listed) == 10_000
    assert {one.info.size for one in listed} == {0}
