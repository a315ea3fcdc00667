"""A share without a socket: calls go in as records and come out as results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cxmock.fakes.share.folder import Folder
from cxmock.fakes.share.server import Server
from cxmock.net.clock import Clock
from cxmock.wire.nfs import rpc
from cxmock.wire.nfs.nfs3 import NFS
from cxmock.wire.nfs.rpc import Accept, Credentials, Program
from cxmock.wire.nfs.xdr import decode
from cxmock.wire.observed import Observed
from tests.fakes.share.calls import Call


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    folder = Folder(tmp_path / "files", clock.now)
    yield folder
    folder.close()


@pytest.fixture
def seen() -> list[Observed]:
    """What the server told of its calls."""
    return []


@pytest.fixture
def server(folder: Folder, seen: list[Observed]) -> Server:
    return Server(folder, lambda one, seconds: seen.append(one))


@pytest.fixture
def call(server: Server) -> Call:
    """Call a procedure by its name and return its result."""

    def call(name: str, arguments: Any, program: Program = NFS) -> Any:
        record = rpc.call(1, program, name, arguments, Credentials(machine="list-manager"))
        reply = rpc.read_reply(bytes(server.answer(bytes(record[4:]))[4:]))
        assert reply.accept is Accept.SUCCESS
        return decode(program.procedures[program.number_of(name)].result, reply.result)

    return call


@pytest.fixture
def root(folder: Folder) -> bytes:
    """The handle of the exported folder."""
    return folder.nodes.handle(folder.nodes.root)
