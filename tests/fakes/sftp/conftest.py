"""A testbed with the file server alone, and clients for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from cxmock.clients.ftp import FtpClient
from cxmock.clients.sftp import SftpClient
from cxmock.clients.transfer import FileClient
from cxmock.fakes.sftp import Sftp
from cxmock.fakes.sftp.folder import Folder
from cxmock.journal import Exchange
from cxmock.testbed import Testbed
from cxmock.topology import Component

Connect = Callable[[], AbstractAsyncContextManager[FileClient]]

WAYS = ("sftp", "ftp", "ftp-active", "ftps")
"""How a client may come: over SSH, over plain FTP with either side opening the data connection, over FTP with TLS."""


@pytest.fixture(scope="module")
def running() -> Iterator[Testbed]:
    """A testbed in which only the file server runs."""
    with Testbed() as testbed:
        testbed.start(Component.SFTP)
        yield testbed


@pytest.fixture
def testbed(running: Testbed) -> Testbed:
    """The same testbed, as it was right after its start."""
    running.reset()
    return running


@pytest.fixture
def server(testbed: Testbed) -> Sftp:
    """The part that plays the customer's file server."""
    part = testbed.part(Component.SFTP)
    assert isinstance(part, Sftp)
    return part


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """One of the ways to come."""
    return str(request.param)


@pytest.fixture
def transport(way: str) -> str:
    """The name that the journal has for the protocol."""
    return "sftp" if way == "sftp" else "ftp"


@pytest.fixture
def connect(testbed: Testbed, way: str) -> Connect:
    """Log in as the testbed's user, by each of the ways."""
    opening: dict[str, Callable[[], Awaitable[FileClient]]] = {
        "sftp": lambda: SftpClient.connect(testbed.env["CX_SFTP_URL"], host_key=testbed.env["CX_SFTP_HOST_KEY"]),
        "ftp": lambda: FtpClient.connect(testbed.env["CX_FTP_URL"]),
        "ftp-active": lambda: FtpClient.connect(testbed.env["CX_FTP_URL"], passive=False),
        "ftps": lambda: FtpClient.connect(testbed.env["CX_FTP_URL"], tls=testbed.authority.client_context),
    }

    @asynccontextmanager
    async def connecting() -> AsyncIterator[FileClient]:
        client = await opening[way]()
        try:
            yield client
        finally:
            await client.close()

    return connecting


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder without a server."""
    home = tmp_path / "home"
    home.mkdir()
    return Folder(home)


def seen(testbed: Testbed) -> list[Exchange]:
    """Return what connection 2 has carried, without logins."""
    return [one for one in testbed.journal.exchanges(2) if not one.operation.startswith("login")]
