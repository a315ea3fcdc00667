"""What is kept of the customer's file server: its files, what is denied, and who may log in."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cxmock.fakes.sftp.accounts import Accounts
from cxmock.fakes.sftp.folder import Folder
from cxmock.serving.kept_files import KeptFiles


class KeptSftp:
    """The state of the server. Files that clients hold open live on until they close them, unseen by others.

    Args:
        folder: what is served.
        accounts: who may log in.
        copies: where copies of the files go.
    """

    def __init__(self, folder: Folder, accounts: Accounts, copies: Path) -> None:
        self._folder = folder
        self._accounts = accounts
        self._known = accounts.copy()
        self._denied = set(folder.denied)
        self._files = KeptFiles(folder.path, copies)

    async def put_back(self) -> None:
        """Put files, refusals and accounts back."""
        await asyncio.to_thread(self._put_files_back)
        self._folder.denied |= self._denied
        self._accounts.become(self._known)

    async def forget(self) -> None:
        """Remove the copies."""
        self._files.forget()

    def _put_files_back(self) -> None:
        self._folder.clear()
        self._files.lay_out(self._folder.path)
