"""The share with the Linux kernel's own client, mounted in a small emulated machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxmock.fakes.share import Share
from cxmock.testbed import Options, Testbed
from cxmock.topology import Component
from tests.foreign.emulated_linux import HOST, Machine

pytestmark = pytest.mark.foreign

WAYS = f"nolock,addr={HOST},mountaddr={HOST},mountproto=tcp"
"""What ``mount.nfs`` would add, which is not in the machine."""


class Linux:
    """Runs commands in the mounted share."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def __call__(self, command: str, *, within: float = 60.0) -> str:
        """Run a command that has to end well; return what it said."""
        code, said = self._machine.run(f"cd /mnt; set -e; {command}", within=within)
        assert code == 0, said
        return said

    def refused(self, command: str) -> str:
        """Run a command that has to fail; return what it said."""
        code, said = self._machine.run(f"cd /mnt; {command}")
        assert code != 0, said
        return said


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    """A share at the one address of this machine that the emulated one reaches."""
    with Testbed(Options(hosts={Component.SHARE: "127.0.0.1"})) as testbed:
        testbed.start(Component.SHARE)
        yield testbed


@pytest.fixture
def share(testbed: Testbed) -> Share:
    testbed.reset()
    share = testbed.part(Component.SHARE)
    assert isinstance(share, Share)
    return share


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    machine = Machine(tmp_path_factory.mktemp("machine"))
    yield machine
    machine.close()


@pytest.fixture
def linux(machine: Machine, testbed: Testbed, share: Share) -> Iterator[Linux]:
    """The machine, with the share as its current folder."""
    (endpoint,) = testbed.endpoints[Component.SHARE]
    ports = f"vers=3,tcp,port={endpoint.port},mountport={endpoint.port}"
    linux = Linux(machine)
    assert machine.run(f"mount -t nfs -o {ports},{WAYS} {HOST}:/ /mnt") == (0, "")
    yield linux
    assert machine.run("umount /mnt") == (0, "")


def test_files_are_written_read_and_listed(linux: Linux, share: Share) -> None:
    share.put("/in/leads.csv", b"name,phone\n")
    assert linux("cat in/leads.csv") == "name,phone"
    linux("mkdir out; echo phone,result >out/results.csv; echo 1,2 >>out/results.csv")
    assert share.read("/out/results.csv") == b"phone,result\n1,2\n"
    linux("truncate -s 5 out/results.csv; printf 12 | dd of=out/results.csv bs=1 seek=7 conv=notrunc 2>/dev/null")
    assert share.read("/out/results.csv") == b"phone\0\x0012"
    assert linux("find . | sort").split() == [".", "./in", "./in/leads.csv", "./out", "./out/results.csv"]


def test_files_are_renamed_replaced_linked_and_removed(linux: Linux, share: Share) -> None:
    linux("echo 1 >a; echo 2 >b; mv a b; ln b c; mkdir d; mv c d/c; ln -s ../b d/link; cat d/link")
    assert share.tree() == ["/b", "/d/", "/d/c", "/d/link"]
    assert linux("stat -c %h b; readlink d/link").split() == ["2", "../b"]
    linux("rm b; cat d/c; rm -r d")
    assert share.tree() == []


def test_an_open_file_is_known_by_whatever_name_it_has(linux: Linux, share: Share) -> None:
    linux("mkdir in done; echo first >in/a; exec 3>>in/a; mv in/a done/b; echo second >&3; exec 3>&-; cat done/b")
    assert share.read("/done/b") == b"first\nsecond\n"
    assert linux("exec 3<done/b; rm done/b; cat <&3") == "first\nsecond"
    assert share.tree() == ["/done/", "/in/"]


def test_modes_owners_and_times_are_kept(linux: Linux, share: Share) -> None:
    linux("echo 1 >a; chmod 640 a; chown 1000:2000 a; touch -d '2026-01-02 03:04:05' a")
    assert linux("stat -c '%a %u %g %Y' a") == "640 1000 2000 1767323045"


def test_permissions_bind_even_root(linux: Linux, share: Share) -> None:
    """As the client asks the share what is allowed, instead of guessing from the mode."""
    linux("mkdir closed; echo 1 >closed/a; echo 1 >secret; chmod 0 secret; chmod 500 closed")
    assert "Permission denied" in linux.refused("cat secret")
    assert "Permission denied" in linux.refused("echo 2 >closed/b")
    assert "Permission denied" in linux.refused("rm closed/a")
    assert linux("cat closed/a") == "1"


def test_a_symbolic_link_leads_no_further_than_the_client(linux: Linux, share: Share, tmp_path: Path) -> None:
    """It is read by the machine that mounts, which looks for the target among its own files."""
    secret = tmp_path / "secret"
    secret.write_text("do not tell")
    linux(f"ln -s {secret} evil; ln -s /init own")
    assert "No such file" in linux.refused("cat evil")
    assert linux("head -n 1 own") == "#!/bin/busybox sh"
    assert linux.refused("echo 1 >evil")
    assert secret.read_text() == "do not tell"


def test_names_may_be_long_and_in_any_script(linux: Linux, share: Share) -> None:
    share.put("/" + "é" * 100, b"1")
    assert linux("cat é*") == "1"
    linux(f"echo 2 >{'x' * 255}")
    assert "File name too long" in linux.refused(f"echo 2 >{'x' * 256}")


def test_a_full_share_says_so(linux: Linux, share: Share) -> None:
    share.has_room_for(100_000)
    assert "No space left" in linux.refused("dd if=/dev/zero of=a bs=1000 count=200 conv=fsync")
    linux("rm a; echo 1 >b")
    assert share.read("/b") == b"1\n"


def test_a_quota_that_is_used_up_is_told_from_a_full_share(linux: Linux, share: Share) -> None:
    share.has_left_of_its_quota(100_000)
    assert "quota exceeded" in linux.refused("dd if=/dev/zero of=a bs=1000 count=200 conv=fsync")


def test_what_is_for_reading_only_says_so(linux: Linux, share: Share) -> None:
    share.is_read_only()
    assert "Read-only file system" in linux.refused("echo 1 >a")


def test_a_share_that_is_busy_is_asked_again(linux: Linux, share: Share, testbed: Testbed) -> None:
    share.put("/a", b"1\n")
    share.refuse("READ", "JUKEBOX")
    assert linux("cat a") == "1"
    assert [one.response["status"] for one in testbed.journal.exchanges(6, operation="READ /a")] == ["JUKEBOX", "OK"]


def test_a_share_that_was_gone_for_a_moment_is_gone_on_with(linux: Linux, share: Share, testbed: Testbed) -> None:
    linux("echo 1 >a")
    testbed.unplug(6)
    try:
        linux("(echo 2 >>/mnt/a; echo ended >/ended) &")
    finally:
        testbed.plug(6)
    linux("until [ -e /ended ]; do sleep 0.1; done; rm /ended")
    assert share.read("/a") == b"1\n2\n"


def test_large_files_go_there_and_back_unchanged(linux: Linux, share: Share) -> None:
    data = os.urandom(2**20) * 32
    share.put("/down", data)
    linux("cp down up; sync")
    # Else the machine would tell what it remembers.
    linux("echo 3 >/proc/sys/vm/drop_caches")
    assert linux("md5sum up").split()[0] == hashlib.md5(data, usedforsecurity=False).hexdigest()
    assert share.read("/up") == data


def test_ten_thousand_files_are_listed_and_a_thousand_removed(linux: Linux, share: Share) -> None:
    for number in range(10_000):
        share.put(f"/many/{number:05}.csv", b"12345")
    assert linux("ls many | sort | uniq | wc -l") == "10000"
    assert linux("ls -l many | grep -c ' 5 '") == "10000"
    linux("rm many/00*")
    assert len(share.tree()) == 9001


def test_the_size_of_the_share_is_told(linux: Linux, share: Share) -> None:
    share.put("/a", bytes(2**20))
    share.has_room_for(3 * 2**20)
    assert linux("df -k . | tail -n 1").split()[1:4] == ["4096", "1024", "3072"]
