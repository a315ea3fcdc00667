"""The share with libnfs, as Debian has it: the C client behind many tools."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cxmock.fakes.share import Share
from cxmock.testbed import Options, Testbed
from cxmock.topology import Component
from cxmock.wire.nfs.values import NewAttributes
from tests.foreign.memory import GIBIBYTE, MEBIBYTE, Peak

pytestmark = pytest.mark.foreign


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    with Testbed(Options(ports="auto")) as testbed:
        testbed.start(Component.SHARE)
        yield testbed


@pytest.fixture
def share(testbed: Testbed) -> Share:
    testbed.reset()
    share = testbed.part(Component.SHARE)
    assert isinstance(share, Share)
    return share


@pytest.fixture
def url(testbed: Testbed, share: Share) -> Callable[[str], str]:
    """Tell the address of a path. Its parameters name both ports, so that no port mapper is asked."""
    (endpoint,) = testbed.endpoints[Component.SHARE]
    # A file at the root needs a second slash: libnfs takes what is before it for the export.
    return lambda path: f"nfs://{endpoint.host}/{path}?nfsport={endpoint.port}&mountport={endpoint.port}"


def run(*command: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*map(str, command)], capture_output=True, timeout=120, check=False)


def test_a_folder_is_listed(share: Share, url: Callable[[str], str]) -> None:
    share.put("/in/leads.csv", b"a,b\n")
    share.mkdir("/in/done")
    listed = run("nfs-ls", url("/in"))
    assert listed.returncode == 0, listed.stderr
    lines = {line.split()[-1]: line.split() for line in listed.stdout.decode().splitlines()}
    assert (lines["leads.csv"][0], lines["leads.csv"][4]) == ("-rw-r--r--", "4")
    assert lines["done"][0] == "drwxr-xr-x"


def test_a_file_is_read(share: Share, url: Callable[[str], str]) -> None:
    share.put("/in/leads.csv", b"a,b\n1,2\n")
    assert run("nfs-cat", url("/in/leads.csv")).stdout == b"a,b\n1,2\n"


def test_files_go_there_and_back_unchanged(share: Share, url: Callable[[str], str], tmp_path: Path) -> None:
    content = os.urandom(10 * 2**20 + 7)
    (tmp_path / "up").write_bytes(content)
    share.mkdir("/out")
    copied = run("nfs-cp", tmp_path / "up", url("/out/big.bin"))
    assert copied.returncode == 0, copied.stderr
    assert share.read("/out/big.bin") == content
    assert run("nfs-cp", url("/out/big.bin"), tmp_path / "down").returncode == 0
    assert (tmp_path / "down").read_bytes() == content


def test_a_gigabyte_is_streamed(share: Share, url: Callable[[str], str], tmp_path: Path) -> None:
    """Of which the share holds little at any time. It is a hole, so that it needs no gigabyte of disk."""
    share.put("/in/big.bin", b"begin")
    share._running.folder.set(share._running.folder.find("/in/big.bin"), NewAttributes(size=GIBIBYTE))
    peak = Peak()
    with subprocess.Popen(["nfs-cat", url("/in/big.bin")], stdout=subprocess.PIPE) as client:
        assert client.stdout is not None
        begun, rest = client.stdout.read(5), 0
        while part := client.stdout.read(MEBIBYTE):
            rest += len(part)
    assert (client.returncode, begun, rest) == (0, b"begin", GIBIBYTE - 5)
    assert peak.growth() < 32 * MEBIBYTE


def test_what_is_written_is_streamed(share: Share, url: Callable[[str], str], tmp_path: Path) -> None:
    with (tmp_path / "up").open("wb") as file:
        file.truncate(256 * MEBIBYTE)
    share.mkdir("/out")
    peak = Peak()
    assert run("nfs-cp", tmp_path / "up", url("/out/big.bin")).returncode == 0
    assert peak.growth() < 32 * MEBIBYTE
    assert share._running.folder.space.used_bytes == 256 * MEBIBYTE


def test_what_is_not_there_is_refused(share: Share, url: Callable[[str], str], testbed: Testbed) -> None:
    refused = run("nfs-cat", url("/none.csv"))
    assert refused.returncode != 0
    assert b"NFS3ERR_NOENT" in refused.stdout + refused.stderr
    assert testbed.journal.exchanges(6, operation="LOOKUP /none.csv")[0].response == {"status": "NOENT"}


def test_ten_thousand_files_are_listed(share: Share, url: Callable[[str], str]) -> None:
    for number in range(10_000):
        share.put(f"/many/{number:05}.csv", b"")
    listed = run("nfs-ls", url("/many"))
    assert len(listed.stdout.splitlines()) == 10_000


def test_a_full_share_is_told(share: Share, url: Callable[[str], str], tmp_path: Path) -> None:
    share.mkdir("/out")
    share.has_room_for(1000)
    (tmp_path / "up").write_bytes(bytes(5000))
    refused = run("nfs-cp", tmp_path / "up", url("/out/a"))
    assert refused.returncode != 0
    assert len(share.read("/out/a")) <= 1000
