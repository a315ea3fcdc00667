"""Component names as host names, and a network of one's own."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cxmock.errors.addresses import NoIsolation
from cxmock.net import private_hosts
from cxmock.net.isolation import isolate
from cxmock.net.names import hosts_file, nss_wrapper, resolving

NAMES = {"gws": "127.13.0.10"}


@pytest.mark.parametrize("written", ["gws", "GWS", "gws.", b"gws"])
def test_a_name_resolves_however_it_is_written(written: str | bytes) -> None:
    with resolving(NAMES):
        found = socket.getaddrinfo(written, 443, type=socket.SOCK_STREAM)

    assert found[0][4] == ("127.13.0.10", 443)


def test_asyncio_asks_for_names_too() -> None:
    async def look_up() -> object:
        return (await asyncio.get_running_loop().getaddrinfo("gws", 443))[0][4]

    with resolving(NAMES):
        assert asyncio.run(look_up()) == ("127.13.0.10", 443)


def test_other_names_are_the_systems_and_all_are_after_the_end() -> None:
    before = socket.getaddrinfo

    with resolving(NAMES):
        assert socket.getaddrinfo("localhost", 80, socket.AF_INET)[0][4] == ("127.0.0.1", 80)
        assert socket.getaddrinfo(None, 80, socket.AF_INET)[0][4] == ("127.0.0.1", 80)

    assert socket.getaddrinfo is before


def test_a_hosts_file_keeps_what_the_system_says(tmp_path: Path) -> None:
    system = tmp_path / "hosts"
    system.write_bytes(b"127.0.0.1 localhost # \xff\n")

    text = hosts_file(NAMES, system)

    assert text.encode("utf-8", "surrogateescape") == b"127.13.0.10 gws\n127.0.0.1 localhost # \xff\n"


def test_the_library_that_reads_another_hosts_file_is_one_where_there_is_any() -> None:
    assert nss_wrapper() is None or Path(str(nss_wrapper())).name == "libnss_wrapper.so"


def become(file: Path, *command: str) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, "-I", "-S", str(private_hosts.__file__), str(file)]
    return subprocess.run([*script, *command], capture_output=True, text=True, timeout=30, check=False)


def test_a_program_sees_a_hosts_file_of_its_own_and_nobody_else_does(tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    file.write_text("127.13.0.10 gws\n")

    ran = become(file, sys.executable, "-c", "import os, socket; print(socket.gethostbyname('gws'), os.getuid())")

    assert ran.stdout.split() == ["127.13.0.10", str(os.getuid())]
    assert "gws" not in Path("/etc/hosts").read_text()


def test_a_hosts_file_that_cannot_be_had_is_told_before_anything_runs(tmp_path: Path) -> None:
    ran = become(tmp_path / "nothing", "echo", "ran")

    assert (ran.returncode, ran.stdout) == (private_hosts.DENIED, "")
    assert ran.stderr == "/etc/hosts cannot be replaced: [Errno 2] No such file or directory\n"


def test_a_program_that_is_none_ends_as_in_a_shell(tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    file.write_text("")

    ran = become(file, "cxmock-nothing")

    assert (ran.returncode, ran.stderr) == (127, "There is no program cxmock-nothing.\n")


def test_a_network_of_ones_own_has_every_port_and_nobody_else() -> None:
    script = """
import socket
from cxmock.net.isolation import isolate

isolate()
for host, port in (("127.13.0.9", 443), ("0.0.0.0", 22)):
    with socket.socket() as one:
        one.bind((host, port))
try:
    socket.create_connection(("192.0.2.1", 80), 5)
except OSError as error:
    print(error.strerror)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)

    assert (ran.stdout, ran.stderr) == ("Network is unreachable\n", "")


def test_it_is_too_late_when_there_are_threads() -> None:
    script = """
import threading
from cxmock.errors.addresses import NoIsolation
from cxmock.net.isolation import isolate

done = threading.Event()
other = threading.Thread(target=done.wait)
other.start()
try:
    isolate()
except NoIsolation as error:
    print(error.what)
done.set()
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)

    assert ran.stdout == "There can be no network of its own here: this process has threads already.\n"


def test_elsewhere_than_on_linux_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    with pytest.raises(NoIsolation, match="it is a matter of Linux"):
        isolate()
