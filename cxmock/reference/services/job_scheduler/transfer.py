"""Files between the customer's server (row 2) and the share, through List Manager, a chunk at a time."""

from __future__ import annotations

import posixpath
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from urllib.parse import quote

from cxmock.reference.calls import Caller
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.service import API
from cxmock.reference.services.job_scheduler.jobs import Job, Step, is_pattern
from cxmock.reference.settings import Settings
from cxmock.reference.share import CHUNK

if TYPE_CHECKING:
    from cxmock.clients.transfer import FileClient


@asynccontextmanager
async def logged_in(protocol: str, settings: Settings) -> AsyncIterator[FileClient]:
    """Log in at the customer's server by SFTP or FTP.

    Raises:
        CxmockError: it cannot be reached, is not to be trusted, or does not let us in.
    """
    client: FileClient
    if protocol == "sftp":
        from cxmock.clients.sftp import SftpClient

        client = await SftpClient.connect(settings.sftp_url, host_key=settings.sftp_host_key)
    else:
        from cxmock.clients.ftp import FtpClient

        secure = settings.ftp_url.startswith("ftps:")
        tls = settings.tls_context() if secure else None
        client = await FtpClient.connect(settings.ftp_url, tls=tls)
    try:
        yield client
    finally:
        await client.close()


async def matching(client: FileClient, job: Job, taken: Mapping[str, str]) -> list[Step]:
    """Return the files on the server that a job is to import, by name: all that match, the newest, or the new ones.

    Args:
        client: logged in.
        job: whose path names a file, or a pattern of its name.
        taken: the files that it has taken already, with their sizes: one that has another size by now is new.

    Raises:
        Refusal: none matches (604); that none is new is no error.
    """
    folder, pattern = posixpath.split(job.path)
    if is_pattern(pattern):
        names = await client.listdir(folder)
        paths = [posixpath.join(folder, name) for name in names if fnmatchcase(name, pattern)]
        if not paths and job.files != "new":
            there = ", ".join(names[:10]) or "nothing"
            raise Refusal(
                Code.NOT_FOUND, f"No file on the server matches {job.path}.", f"In {folder} there is: {there}."
            )
    else:
        paths = [job.path]
    if job.files == "all":
        return [Step(path) for path in paths]
    told = [(path, await client.stat(path)) for path in paths]
    if job.files == "newest":
        # Of several of one moment, the last by name: names often end in a date.
        path, stat = max(told, key=lambda one: (one[1].modified or 0, one[0]))
        return [Step(path, stat.size)]
    return [Step(path, stat.size) for path, stat in told if taken.get(path) != str(stat.size)]


async def fetch(client: FileClient, path: str, list_manager: Caller, file: str) -> int:
    """Copy a file from the server to the share; return its size. On the share it is whole or not there."""
    size, held = 0, b""
    chunks = client.read(path)
    try:
        async for chunk in chunks:
            # One chunk behind, for only the last one may say that it is the last.
            if held:
                await _put(list_manager, file, size, held, last=False)
                size += len(held)
            held = chunk
    finally:
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()  # a transfer that was left ends now, not whenever it is collected
    await _put(list_manager, file, size, held, last=True)
    return size + len(held)


async def deliver(client: FileClient, path: str, list_manager: Caller, file: str) -> int:
    """Copy a file from the share to the server; return its size. Its folder there is made if it is missing."""
    from cxmock.errors.transfer import FileMissing

    async def chunks() -> AsyncIterator[bytes]:
        offset = 0
        while True:
            target = f"{_target(file)}?offset={offset}&count={CHUNK}"
            answer = await list_manager.request("GET", target)
            if answer.status != 200:
                list_manager.open_envelope("GET", target, answer)
            if not answer.body:
                return
            yield answer.body
            offset += len(answer.body)

    try:
        return await client.write(path, chunks())
    except FileMissing:
        await client.mkdir(posixpath.dirname(path))
        return await client.write(path, chunks())


async def _put(list_manager: Caller, file: str, offset: int, data: bytes, *, last: bool) -> None:
    query = f"?offset={offset}&last={'true' if last else 'false'}"
    await list_manager.ask(
        "PUT", _target(file) + query, body=data, headers={"Content-Type": "application/octet-stream"}
    )


def _target(file: str) -> str:
    return f"{API}/files/{quote(file)}"
