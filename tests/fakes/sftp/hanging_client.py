"""A client that stops in the middle of a transfer and waits to be killed: ``python -m ... WAY read|write``."""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from collections.abc import AsyncIterator

from cxmock.clients.ftp import FtpClient
from cxmock.clients.sftp import SftpClient
from cxmock.clients.transfer import FileClient


async def connect(way: str) -> FileClient:
    """Log in by one of the ways."""
    if way == "sftp":
        return await SftpClient.connect(os.environ["CX_SFTP_URL"], host_key=os.environ["CX_SFTP_HOST_KEY"])
    trusted = ssl.create_default_context(cafile=os.environ["NODE_EXTRA_CA_CERTS"]) if way == "ftps" else None
    return await FtpClient.connect(os.environ["CX_FTP_URL"], tls=trusted, passive=way != "ftp-active")


async def hang() -> None:
    """Say so, and wait."""
    print("half done", flush=True)  # noqa: T201
    await asyncio.Event().wait()


async def half() -> AsyncIterator[bytes]:
    """Give the first half of a file."""
    yield b"x" * 300_000
    await hang()


async def main(way: str, op: str) -> None:
    """Begin, and never end."""
    client = await connect(way)
    if op == "write":
        await client.write("/out/half.csv", half())
    else:
        async for _ in client.read("/in/big"):
            await hang()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
