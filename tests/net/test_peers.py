"""Whose program is at the other end of a connection."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from cxmock.net.peers import user_of

TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000000000000000 100
   1: 0100007F:9C40 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 4712 1 0000000000000000 20
"""


def test_the_table_tells_whose_an_address_is(tmp_path: Path) -> None:
    table = tmp_path / "tcp"
    table.write_text(TABLE)

    assert user_of(("127.0.0.1", 0x9C40), table) == 1001
    assert user_of(("127.0.0.1", 0x9C41), table) is None
    assert user_of(("127.0.0.1", 0x9C40), tmp_path / "nothing") is None


def test_a_connection_of_ours_is_ours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        accepted, peer = server.accept()
        with accepted:
            assert user_of(peer) == os.getuid()
