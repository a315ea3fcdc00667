"""A small emulated machine with Debian's kernel, for what only a kernel does: mounting the share.

Its root file system is made here, from a static busybox and the modules that NFS needs. A shell in it takes commands
from a port of ours, and what they say comes back there; once the port is closed, the machine switches itself off.
"""

from __future__ import annotations

import os
import re
import select
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOME: Final = Path(sys.prefix) / "linux"
"""Where ``.ci/foreign-clients`` unpacks the kernel and busybox."""
HOST: Final = "10.0.2.2"
"""Where the machine finds 127.0.0.1 of the machine that emulates it."""
BOOT_WITHIN: Final = 90.0

_MODULES: Final = ("virtio_pci", "virtio_console", "virtio_net", "nfsv3")
_INIT: Final = """#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in /modules/*; do insmod $module; done
ip link set lo up
ip link set eth0 up
ip address add 10.0.2.15/24 dev eth0
until port=$(ls /dev/vport* 2>/dev/null); do sleep 0.01; done
exec <>$port >&0 2>&0
echo ready
exec sh
"""


class Machine:
    """A running machine.

    Args:
        folder: for its root file system and the kernel's messages.

    Raises:
        TimeoutError: it did not boot in time.
    """

    def __init__(self, folder: Path) -> None:
        kernel = next((HOME / "boot").glob("vmlinuz-*"), None)
        assert kernel is not None, f"There is no kernel in {HOME}: sh .ci/foreign-clients fetches it."
        root = folder / "root"
        root.write_bytes(_archive(_root()))
        self.messages = folder / "messages"
        """What the kernel says."""
        command = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", "512", "-nodefaults", "-no-user-config"]
        command += ["-display", "none", "-no-reboot", "-kernel", str(kernel), "-initrd", str(root)]
        command += ["-append", "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on"]
        command += ["-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net"]
        command += ["-serial", f"file:{self.messages}"]
        command += ["-chardev", "stdio,id=shell", "-device", "virtio-serial", "-device", "virtserialport,chardev=shell"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._count = 0
        try:
            self._read(rb"ready\r?\n", "booting", BOOT_WITHIN)
        except BaseException:
            self.close()
            raise

    def run(self, command: str, *, within: float = 60.0) -> tuple[int, str]:
        """Run a command; return its exit code and all that it said.

        Raises:
            TimeoutError: it did not end in time.
        """
        assert self._process.stdin is not None
        self._count += 1
        mark = f"--{self._count}--"
        self._process.stdin.write(f"({command}\n) </dev/null; code=$?; echo; echo {mark} $code\n".encode())
        self._process.stdin.flush()
        said, end = self._read(rf"\n{mark} (\d+)\r?\n".encode(), command, within)
        return int(end[1]), said.decode(errors="replace").removesuffix("\n")

    def close(self) -> None:
        """Switch it off."""
        self._process.kill()
        with self._process:
            pass

    def _read(self, ends: bytes, doing: str, within: float) -> tuple[bytes, re.Match[bytes]]:
        """Read up to what ``ends`` describes; return what came before it."""
        assert self._process.stdout is not None
        said = b""
        until = time.monotonic() + within
        while (end := re.search(ends, said)) is None:
            left = max(0.0, until - time.monotonic())
            if not select.select([self._process.stdout], [], [], left)[0]:
                raise TimeoutError(f"{doing}: no end after {within} s.\n{self._told(said)}")
            more = os.read(self._process.stdout.fileno(), 65536)
            if not more:
                raise TimeoutError(f"{doing}: the machine ended.\n{self._told(said)}")
            said += more
        return said[: end.start()], end

    def _told(self, said: bytes) -> str:
        messages = self.messages.read_text(errors="replace") if self.messages.exists() else ""
        return f"It said:\n{said.decode(errors='replace')}\nIts kernel:\n{messages[-4000:]}"


@dataclass(frozen=True)
class _Entry:
    """A file or folder of the root file system."""

    name: str
    mode: int
    content: bytes = b""


def _root() -> Iterator[_Entry]:
    for name in ("bin", "dev", "proc", "sys", "modules", "mnt"):
        yield _Entry(name, stat.S_IFDIR | 0o755)
    yield _Entry("bin/busybox", stat.S_IFREG | 0o755, (HOME / "bin" / "busybox").read_bytes())
    yield _Entry("init", stat.S_IFREG | 0o755, _INIT.encode())
    for number, module in enumerate(_in_order(_MODULES)):
        yield _Entry(f"modules/{number:02}-{module.name}", stat.S_IFREG | 0o644, module.read_bytes())


def _in_order(wanted: tuple[str, ...]) -> list[Path]:
    """Return the files of modules, each behind those that it needs."""
    files = {path.stem.replace("-", "_"): path for path in (HOME / "lib" / "modules").rglob("*.ko")}
    ordered: dict[str, Path] = {}

    def add(name: str) -> None:
        # What is no file is part of the kernel itself.
        if name not in ordered and name in files:
            needs = re.search(rb"\0depends=([^\0]*)\0", files[name].read_bytes())
            for needed in needs[1].decode().split(",") if needs else ():
                add(needed.replace("-", "_"))
            ordered[name] = files[name]

    for name in wanted:
        add(name)
    return list(ordered.values())


def _archive(entries: Iterator[_Entry]) -> bytes:
    """Return the archive that a Linux kernel unpacks as its first root (cpio, "newc")."""
    archive = bytearray()
    for number, entry in enumerate([*entries, _Entry("TRAILER!!!", 0)], 1):
        name = entry.name.encode() + b"\0"
        words = (number, entry.mode, 0, 0, 1, 0, len(entry.content), 0, 0, 0, 0, len(name), 0)
        archive += b"070701" + b"".join(b"%08x" % word for word in words) + name
        archive += bytes(-len(archive) % 4) + entry.content
        archive += bytes(-len(archive) % 4)
    return bytes(archive)
