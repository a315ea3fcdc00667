"""Carries out operations on files, as contracts of the transports ``sftp`` and ``ftp`` write them."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlsplit

from cxmock.clients.ftp import FtpClient
from cxmock.clients.sftp import SftpClient
from cxmock.clients.transfer import WITHIN, FileClient
from cxmock.errors.transfer import LoginRefused, TransferFailed

TEXT_LIMIT = 2048
"""Bytes of a file that are told as text."""


class TransferPerformer:
    """Performs operations at one server; it logs in when first needed.

    Args:
        url: ``sftp://user:password@host:port/`` or ``ftp://...``.
        host_key: the SFTP server's public key.
        tls: whom to trust over FTP; None for no encryption.
        passive: whether FTP data connections are opened by the client.
        within: seconds for each answer.
    """

    def __init__(
        self,
        url: str,
        *,
        host_key: str = "",
        tls: ssl.SSLContext | None = None,
        passive: bool = True,
        within: float = WITHIN,
    ) -> None:
        self._url = url
        self._host_key = host_key
        self._tls = tls
        self._passive = passive
        self._within = within
        self._client: FileClient | None = None

    async def perform(self, operation: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out one operation.

        Args:
            operation: ``op`` (``login``, ``list``, ``stat``, ``read``, ``write``, ``remove``, ``rename``, ``mkdir`` or
                ``rmdir``), ``path``, and where they apply ``to``, ``text`` (what to write; else nothing), ``user`` and
                ``password`` (else those of the URL).

        Returns:
            What the client saw: ``{"names": [...]}``, ``{"kind": "file", "size": 512}``, ``{"size": 512, "sha256":
            "...", "text": "..."}``, ``{"user": "..."}``, ``{}``; or ``{"error": "NO_SUCH_FILE"}``.

        Raises:
            ServerLost: the server cannot be reached, or was lost.
            ServerSilent: it does not answer.
            ServerNotTrusted: it is another server.
            ValueError: there is no such operation.
        """
        try:
            if operation["op"] == "login":
                return await self._login(operation)
            if self._client is None:
                self._client = await self._connect(self._url)
            return await _perform(self._client, operation)
        except (TransferFailed, LoginRefused) as error:
            return {"error": error.code}
        except OSError:
            # The connection is of no more use; the next operation opens another.
            await self.close()
            raise

    async def close(self) -> None:
        """Log out. Harmless when repeated."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    async def _connect(self, url: str) -> FileClient:
        if urlsplit(url).scheme == "sftp":
            return await SftpClient.connect(url, host_key=self._host_key, within=self._within, suggest=False)
        return await FtpClient.connect(url, tls=self._tls, passive=self._passive, within=self._within, suggest=False)

    async def _login(self, operation: Mapping[str, Any]) -> dict[str, Any]:
        parts = urlsplit(self._url)
        user, password = parts.username or "", parts.password or ""
        if "user" in operation:
            user = quote(operation["user"], safe="")
        if "password" in operation:
            password = quote(operation["password"], safe="")
        place = parts.netloc.rpartition("@")[2]
        client = await self._connect(parts._replace(netloc=f"{user}:{password}@{place}").geturl())
        await client.close()
        return {"user": operation.get("user", user), "method": "password"}


async def _perform(client: FileClient, operation: Mapping[str, Any]) -> dict[str, Any]:
    op, path = operation["op"], operation["path"]
    match op:
        case "list":
            return {"names": await client.listdir(path)}
        case "stat":
            found = await client.stat(path)
            return {"kind": found.kind} if found.size is None else {"kind": found.kind, "size": found.size}
        case "read":
            return _content(b"".join([part async for part in client.read(path)]))
        case "write":
            content = operation.get("text", "").encode()
            await client.write(path, content)
            return _content(content)
        case "remove":
            await client.remove(path)
        case "rename":
            await client.rename(path, operation["to"])
        case "mkdir":
            await client.mkdir(path)
        case "rmdir":
            await client.rmdir(path)
        case _:
            raise ValueError(f"there is no operation {op!r} on files")
    return {}


def _content(data: bytes) -> dict[str, Any]:
    """Return the facts of a file's content.

    >>> _content(b"a,b")["size"], _content(b"a,b")["text"], "text" in _content(b"\\xff")
    (3, 'a,b', False)
    """
    facts: dict[str, Any] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    if len(data) <= TEXT_LIMIT:
        with suppress(UnicodeDecodeError):
            facts["text"] = data.decode()
    return facts
